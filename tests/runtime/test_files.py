"""Files go to the drive in parts and come back piece by piece, whatever happens on the way."""

import io
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import define

from amocrm_gen import (
    ConfigurationError,
    FileProgress,
    Forbidden,
    NotFound,
    ResponseError,
    TransportError,
    UploadError,
    UploadState,
    ValidationError,
)
from amocrm_gen.runtime.files.source import open_source
from amocrm_gen.runtime.files.target import Target
from amocrm_gen.v4.aio.files import Files as AsyncFiles
from amocrm_gen.v4.sync.files import Files
from runtime.amo import Amo, Tenant

PART = 1000
CONTENT = Random(7).randbytes(2 * PART + 500)
LONG = Random(8).randbytes(200_000)
"""More than is read at a time."""
PARTS = "/v1.0/sessions/upload/*"
DOWNLOADS = "/download/*"


@define
class Desk:
    """An account whose drive takes small parts, and clients of it."""

    amo: Amo
    tenant: Tenant

    def files(self, **options: Any) -> Callable[..., Any]:
        """Return what calls a method of the `files` of a new client."""
        driven = self.amo.open(self.tenant, token=self.tenant.long_lived(), **options)
        files: Any = (Files if driven.runner is None else AsyncFiles)(driven.client)

        def call(what: str, /, *given: Any, **more: Any) -> Any:
            return driven.do(lambda _: getattr(files, what)(*given, **more))

        return call

    def content(self, uuid: str) -> bytes:
        """What the drive holds."""
        with self.amo.server.locked():
            version = self.tenant.inside.table("files").rows[uuid]["version_uuid"]
            return self.tenant.inside.drive.contents[version]

    def sent(self, what: str = "POST") -> list[str]:
        """What was asked of the drive, without the tokens in the addresses."""
        lines = [line for line in self.tenant.asked() if line.startswith(what)]
        return [line.rpartition("/")[0] if "upload" in line else line for line in lines]


@pytest.fixture
def desk(amo: Amo) -> Desk:
    """Return a fresh account."""
    tenant = amo.tenant()
    tenant.inside.drive.max_part_size = PART
    return Desk(amo, tenant)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file of two parts and a half."""
    made = tmp_path / "photo.png"
    made.write_bytes(CONTENT)
    return made


class TestUploads:
    """A file goes out."""

    def test_a_path(self, desk: Desk, path: Path) -> None:
        """Part by part, to the drive's host; progress is told before, between and after."""
        told: list[FileProgress] = []
        file = desk.files()("upload", path, progress=told.append)
        assert (file.name, file.metadata.extension, file.size) == ("photo", "png", len(CONTENT))
        assert file.metadata.mime_type == "image/png"
        assert desk.content(file.uuid) == CONTENT
        assert [(each.done, each.total) for each in told] == [
            (0, 2500),
            (1000, 2500),
            (2000, 2500),
            (2500, 2500),
        ]
        assert [each.state is None for each in told] == [False, False, False, True]
        hosts = {asked.host for asked in desk.amo.server.asked if asked.method == "POST"}
        assert "drive-b.amocrm.ru" in {host.partition(":")[0] for host in hosts}
        parts = [a for a in desk.amo.server.asked if "/sessions/upload/" in a.path]
        assert [len(asked.request.body) for asked in parts] == [PART, PART, 500]
        assert {asked.request.headers["content-type"] for asked in parts} == {"image/png"}

    def test_bytes_and_open_files(self, desk: Desk, path: Path) -> None:
        """An open file goes from where it stands, and stays open."""
        upload = desk.files()
        given = upload("upload", b"abc", name="a.txt")
        assert desk.content(given.uuid) == b"abc"
        with path.open("rb") as opened:
            opened.seek(100)
            file = upload("upload", opened, content_type="x/y")
            assert not opened.closed
        assert (file.name, file.metadata.mime_type) == ("photo", "x/y")
        assert desk.content(file.uuid) == CONTENT[100:]
        empty = upload("upload", io.BytesIO(), name="empty")
        assert desk.content(empty.uuid) == b""

    def test_a_new_version(self, desk: Desk, path: Path) -> None:
        """The file keeps its uuid, and what it was can be had."""
        call = desk.files()
        old = call("upload", b"old", name="a.txt")
        new = call("upload", path, file_uuid=old.uuid)
        assert (new.uuid, new.has_multiple_versions) == (old.uuid, True)
        assert desk.content(old.uuid) == CONTENT
        kept = io.BytesIO()
        assert call("download", old.links.download_version.href, kept) == 3
        assert kept.getvalue() == b"old"
        assert [version.is_main for version in call("find_versions", old.uuid)] == [False, True]

    @pytest.mark.parametrize(("nth", "how"), [(1, "drop"), (2, "reset"), (3, "truncate")])
    def test_a_lost_answer_is_asked_for_again(
        self, desk: Desk, path: Path, nth: int, how: str
    ) -> None:
        """The part was taken in, and is sent once more: no byte comes twice, no file either."""
        desk.amo.fail(path=PARTS, nth=nth, cut=how, applied=True)
        file = desk.files()("upload", path)
        assert desk.content(file.uuid) == CONTENT
        assert len(desk.sent()) == 1 + 4
        assert len(desk.tenant.inside.table("files").rows) == 1

    @pytest.mark.parametrize(("nth", "applied"), [(1, True), (2, False), (3, True)])
    def test_another_process_goes_on(self, desk: Desk, path: Path, nth: int, applied: bool) -> None:
        """With what the error knows; what amoCRM has already is not sent again."""
        desk.amo.fail(path=PARTS, nth=nth, cut="drop", applied=applied)
        with pytest.raises(UploadError) as caught:
            desk.files(max_retries=0)("upload", path)
        error = caught.value
        assert isinstance(error.__cause__, TransportError)
        assert error.state is not None
        assert error.state.done == (nth - 1) * PART
        desk.sent()
        state = UploadState.load(error.state.dump())
        assert state == error.state
        told: list[int] = []
        file = desk.files()(
            "upload", path, resume=state, progress=lambda each: told.append(each.done)
        )
        assert desk.content(file.uuid) == CONTENT
        assert (file.name, file.metadata.mime_type) == ("photo", "image/png")
        assert told[0] == (nth - 1) * PART
        assert len(desk.sent()) == 3 - (nth - 1)

    def test_a_dead_process_left_its_state(self, desk: Desk, path: Path) -> None:
        """What progress was told is enough; bytes are as good a source as the path was."""
        kept: list[str] = []

        def keep(told: FileProgress) -> None:
            if told.done == 2 * PART:
                raise KeyboardInterrupt
            assert told.state is not None
            kept.append(told.state.dump())

        with pytest.raises(KeyboardInterrupt):
            desk.files()("upload", path, progress=keep)
        state = UploadState.load(kept[-1])
        assert state.done == PART
        file = desk.files()("upload", CONTENT, resume=state)
        assert desk.content(file.uuid) == CONTENT

    def test_a_session_that_is_over(self, desk: Desk, path: Path) -> None:
        """The error has no state, and says that all begins anew."""
        desk.amo.server.during = lambda request: (
            desk.tenant.inside.table("upload_sessions").rows.clear()
            if "/upload/" in request.path
            else None
        )
        with pytest.raises(UploadError, match="anew") as caught:
            desk.files()("upload", path)
        assert caught.value.state is None
        assert isinstance(caught.value.__cause__, NotFound)
        assert caught.value.status == 404

    def test_an_expired_token_is_renewed_on_the_way(self, desk: Desk, path: Path) -> None:
        """In the middle of the parts, without a break."""
        desk.amo.fail(path=PARTS, nth=2, status=401)
        driven = desk.amo.open(desk.tenant)
        driven.client._session.token = desk.tenant.token()
        files: Any = (Files if driven.runner is None else AsyncFiles)(driven.client)
        file = driven.do(lambda _: files.upload(path))
        assert desk.content(file.uuid) == CONTENT

    def test_what_amocrm_does_not_take(self, desk: Desk, path: Path) -> None:
        """Too large a file, an unknown one: nothing of it was sent, and there is no state."""
        desk.tenant.inside.drive.max_file_size = 2000
        with pytest.raises(ValidationError):
            desk.files()("upload", path)
        with pytest.raises(ValidationError, match="file_uuid"):
            desk.files()("upload", b"a", name="a", file_uuid="unknown")
        with pytest.raises(FileNotFoundError):
            desk.files()("upload", path.with_name("nothing"))

    def test_a_file_that_shrinks(self, desk: Desk, path: Path) -> None:
        """Is told, and the upload can go on when it is whole again."""

        def shrink(told: FileProgress) -> None:
            if told.done == PART:
                path.write_bytes(CONTENT[:1500])

        with pytest.raises(UploadError, match="shorter") as caught:
            desk.files()("upload", path, progress=shrink)
        path.write_bytes(CONTENT)
        file = desk.files()("upload", path, resume=caught.value.state)
        assert desk.content(file.uuid) == CONTENT

    def test_another_file_cannot_go_on(self, desk: Desk, path: Path) -> None:
        """Its size tells it."""
        desk.amo.fail(path=PARTS, nth=1, cut="drop")
        with pytest.raises(UploadError) as caught:
            desk.files(max_retries=0)("upload", path)
        with pytest.raises(ConfigurationError, match="2500 bytes"):
            desk.files()("upload", b"other", name="a", resume=caught.value.state)


class TestDownloads:
    """A file comes in."""

    def test_into_a_path(self, desk: Desk, path: Path, tmp_path: Path) -> None:
        """Whole, with its progress."""
        call = desk.files()
        file = call("upload", path)
        told: list[FileProgress] = []
        to = tmp_path / "back.png"
        assert call("download", file, to, progress=told.append) == len(CONTENT)
        assert to.read_bytes() == CONTENT
        assert (told[0].done, told[-1].done, told[-1].total) == (0, 2500, 2500)
        assert sorted(each.name for each in tmp_path.iterdir()) == ["back.png", "photo.png"]

    def test_into_an_open_file(self, desk: Desk, path: Path) -> None:
        """From where it stands, and it stays open."""
        call = desk.files()
        file = call("upload", path)
        to = io.BytesIO(b"head")
        to.seek(4)
        assert call("download", file.links.download.href, to) == len(CONTENT)
        assert to.getvalue() == b"head" + CONTENT

    @pytest.mark.parametrize("how", ["drop", "truncate"])
    def test_a_broken_answer_is_asked_for_again(
        self, desk: Desk, path: Path, tmp_path: Path, how: str
    ) -> None:
        """From its begin; what had come is thrown away."""
        call = desk.files()
        file = call("upload", path)
        desk.amo.fail(path=DOWNLOADS, times=1, cut=how, keep=700)
        told: list[int] = []
        to = tmp_path / "back"
        call("download", file, to, progress=lambda each: told.append(each.done))
        assert to.read_bytes() == CONTENT
        assert told.count(0) == (2 if how == "truncate" else 1)
        opened = io.BytesIO(b"12")
        opened.seek(2)
        desk.amo.fail(path=DOWNLOADS, times=1, cut=how, keep=700)
        call("download", file, opened)
        assert opened.getvalue() == b"12" + CONTENT

    def test_never_half_a_file(self, desk: Desk, path: Path, tmp_path: Path) -> None:
        """What stood there before stands there yet, and nothing is left beside it."""
        file = desk.files()("upload", path)
        desk.amo.fail(path=DOWNLOADS, cut="truncate", keep=700)
        to = tmp_path / "back"
        to.write_bytes(b"before")
        with pytest.raises(TransportError):
            desk.files(max_retries=0)("download", file, to)
        assert to.read_bytes() == b"before"
        assert sorted(each.name for each in tmp_path.iterdir()) == ["back", "photo.png"]

    def test_where_one_cannot_go_back(self, desk: Desk) -> None:
        """A pipe is not written to twice."""
        written: list[bytes] = []

        class Pipe:
            def write(self, data: bytes) -> None:
                written.append(data)

        desk.tenant.inside.drive.max_part_size = len(LONG)
        call = desk.files()
        file = call("upload", LONG, name="long")
        desk.amo.fail(path=DOWNLOADS, times=1, cut="truncate", keep=150_000)
        with pytest.raises(ConfigurationError, match="go back"):
            call("download", file, Pipe())
        assert 0 < len(b"".join(written)) <= 150_000
        assert LONG.startswith(b"".join(written))
        written.clear()
        assert call("download", file, Pipe()) == len(LONG)
        assert b"".join(written) == LONG

    def test_a_full_disk_is_no_broken_connection(self, desk: Desk, path: Path) -> None:
        """The error is the disk's own, nothing is asked again, and the client is whole."""

        class Full:
            def write(self, _data: bytes) -> None:
                raise OSError(28, "No space left on device")

        call = desk.files()
        file = call("upload", path)
        desk.sent()
        with pytest.raises(OSError, match="No space"):
            call("download", file, Full())
        assert len(desk.sent("GET")) == 1
        to = io.BytesIO()
        call("download", file, to)
        assert to.getvalue() == CONTENT

    def test_what_is_not_there(self, desk: Desk, path: Path, tmp_path: Path) -> None:
        """A trashed file, and one of another size than was told."""
        call = desk.files()
        file = call("upload", path)
        file.size += 1
        to = tmp_path / "back"
        with pytest.raises(ResponseError, match="2501"):
            call("download", file, to)
        desk.tenant.inside.table("files").rows[file.uuid]["is_trashed"] = True
        desk.tenant.inside.table("files").rows[file.uuid]["deleted_at"] = 10**11
        with pytest.raises(NotFound):
            call("download", file, to)
        assert not to.exists()

    def test_no_token_goes_to_strangers(self, desk: Desk, tmp_path: Path) -> None:
        """Neither by an address that somebody gives nor by one in plain text."""
        call = desk.files()
        for url in ("https://drive.evil.example/a", "http://drive-b.amocrm.ru/a"):
            with pytest.raises(ConfigurationError, match="token"):
                call("download", url, tmp_path / "a")
        assert desk.sent("GET") == []
        assert list(tmp_path.iterdir()) == []

    def test_rights(self, desk: Desk) -> None:
        """A refusal comes as in any other call."""
        desk.amo.fail(path=DOWNLOADS, status=403)
        with pytest.raises(Forbidden):
            desk.files()("download", "https://drive-b.amocrm.ru/download/a/b/c", io.BytesIO())


class TestStates:
    """What is kept of an upload."""

    STATE = UploadState(
        session_id=1, url="https://x/1", name="a", content_type="b/c", size=9, part_size=4
    )

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "{}", STATE.dump().replace("9", '"9"'), STATE.dump().replace("size", "s")],
    )
    def test_what_is_none(self, text: str) -> None:
        """Is not taken for one."""
        with pytest.raises(ConfigurationError, match="state"):
            UploadState.load(text)

    def test_it_shows_no_address(self) -> None:
        """Whoever has it could go on in our place."""
        assert "https" not in repr(self.STATE)
        assert UploadState.load(self.STATE.dump()) == self.STATE

    def test_a_target_of_nothing(self, tmp_path: Path) -> None:
        """An answer without a body is an empty file."""
        target = Target(tmp_path / "a", None)
        target.keep()
        assert (tmp_path / "a").read_bytes() == b""


def test_a_source_needs_a_name() -> None:
    """Nothing is sent without."""
    with pytest.raises(ConfigurationError, match="name"):
        open_source(b"a", None, None)
    with pytest.raises(ConfigurationError, match="size"):
        open_source(_Pipe(b"a"), "a", None)


class _Pipe(io.BytesIO):
    """What one cannot go back in."""

    def tell(self) -> int:
        """Fail, as pipes do."""
        raise OSError(29, "Illegal seek")
