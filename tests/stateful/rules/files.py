"""Files of the drive: uploaded, versioned, renamed, trashed, brought back, attached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define
from hypothesis import strategies as st

from amocrm_gen.v4 import FileRef, FileUpdate, UploadRequest

from ..base import NAME, PICK, TYPED, chosen, step
from .furnished import Furnished

if TYPE_CHECKING:
    from amocrm_gen.v4 import File

__all__ = ["FileRules"]

_MOST: Final = 4


@define
class _Version:
    """What was uploaded at once."""

    uuid: str
    name: str
    content: bytes


@define
class _Kept:
    """A file as the model keeps it."""

    uuid: str
    account: str
    """How the drive calls the account."""
    versions: list[_Version]
    main: _Version
    is_trashed: bool = False


def _token(url: str | object) -> str:
    """What names a session at the end of an address."""
    assert isinstance(url, str)
    return url.rpartition("/")[2]


class FileRules(Furnished):
    """The drive."""

    def furnish(self) -> None:
        """One file is there."""
        super().furnish()
        self.drive: dict[str, _Kept] = {}
        self.held: dict[int, list[str]] = {}
        self._upload(b"one", "first.txt", None, split=False)

    def _upload(self, content: bytes, name: str, onto: _Kept | None, *, split: bool) -> None:
        """Send it in one part or in two, by either path."""
        call, size = self.door.call, len(content)
        asked = UploadRequest(file_name=name, file_size=size)
        if onto is not None:
            asked.file_uuid = onto.uuid
        begun = call("files.create_session", asked)
        token = _token(begun.upload_url)
        if split and size > 1:
            step = call("files.upload_part", token, content[:1])
            token, content_left = _token(step.next_url), content[1:]
        else:
            content_left = content
        name_ = "files.upload_part_global" if split else "files.upload_part"
        made = call(name_, token, content_left)
        assert made.size == size
        version = _Version(made.version_uuid, name.rpartition(".")[0], content)
        if onto is None:
            assert made.uuid not in self.drive
            account = call("files.get", made.uuid).links.download.href.split("/")[-3]
            self.drive[made.uuid] = _Kept(made.uuid, account, [version], version)
        else:
            assert made.uuid == onto.uuid
            onto.versions.append(version)
            onto.main = version
        self._compare_file(self.drive[made.uuid])

    def kept(self, pick: int, *, is_trashed: bool = False) -> _Kept | None:
        """One of the files that are in the trash, or that are not."""
        known = [file for file in self.drive.values() if file.is_trashed is is_trashed]
        return chosen(known, pick) if known else None

    @step(
        name=st.sampled_from(["a.txt", "b.pdf", "я.png"]),
        content=st.binary(min_size=1, max_size=4),
        onto=st.one_of(st.none(), PICK),
        split=st.booleans(),
    )
    def upload(self, name: str, content: bytes, onto: int | None, split: bool) -> None:
        """A new file, or another version of one."""
        known = None if onto is None else self.kept(onto)
        if known is not None or len(self.drive) < _MOST:
            self._upload(content, name, known, split=split)

    def _compare_file(self, file: _Kept) -> None:
        call, main = self.door.call, file.main
        shown: File = call("files.get", file.uuid)
        is_many = len(file.versions) > 1
        told = (shown.version_uuid, shown.name, shown.size, shown.has_multiple_versions)
        assert told == (main.uuid, main.name, len(main.content), is_many)
        versions = call("files.find_versions", file.uuid)
        assert [(one.uuid, one.is_main) for one in versions] == [
            (one.uuid, one is main) for one in file.versions
        ]

    @step(pick=PICK, name=NAME)
    def rename_file(self, pick: int, name: str) -> None:
        """The version that counts has the name."""
        file = self.kept(pick)
        if file is not None:
            assert self.door.call("files.update", file.uuid, FileUpdate(name=name)).name == name
            file.main.name = name
            self._compare_file(file)

    @step(pick=PICK, other=PICK)
    def choose_version(self, pick: int, other: int) -> None:
        """One of the file's own; it brings its name and size."""
        file = self.kept(pick)
        if file is None:
            return
        file.main = chosen(file.versions, other)
        change = FileUpdate(version_uuid=file.main.uuid)
        assert self.door.call("files.update", file.uuid, change).size == len(file.main.content)
        self._compare_file(file)
        foreign = FileUpdate(version_uuid=file.uuid)
        assert self.door.is_refused(400, "files.update", file.uuid, foreign)

    @step(pick=PICK, other=PICK)
    def download(self, pick: int, other: int) -> None:
        """What was sent, of every version; what is in the trash cannot be had."""
        file = chosen(self.drive.values(), pick)
        version = chosen(file.versions, other)
        whole = (file.account, file.uuid, "x")
        part = (file.account, file.uuid, version.uuid, "x")
        if file.is_trashed:
            assert self.door.is_refused(404, "files.get_content", *whole)
            assert self.door.is_refused(404, "files.get_version_content", *part)
        else:
            assert self.door.call("files.get_content", *whole) == file.main.content
            assert self.door.call("files.get_version_content", *part) == version.content

    @step(pick=PICK, is_back=st.booleans())
    def trash_file(self, pick: int, is_back: bool) -> None:
        """Or bring it back; a list shows it again."""
        file = self.kept(pick, is_trashed=is_back)
        if file is not None:
            refs = [FileRef(uuid=file.uuid)]
            done = self.door.call("files.restore" if is_back else "files.delete", refs)
            assert [one.uuid for one in done or ()] == ([file.uuid] if is_back else [])
            file.is_trashed = not is_back

    @step(size=st.integers(1, 3))
    def list_files(self, size: int) -> None:
        """In pages; with those in the trash when they are asked for."""
        for asked, known in (
            ({}, [one.uuid for one in self.drive.values() if not one.is_trashed]),
            ({"deleted": 1}, list(self.drive)),
        ):
            found = list(self.door.call("files.find", filter=asked or None, page_size=size))
            assert [file.uuid for file in found] == known
            assert [file.is_trashed for file in found] == [
                self.drive[uuid].is_trashed for uuid in known
            ]

    @step(pick=PICK, file=PICK, attach=st.booleans(), typed=TYPED)
    def attach_drive_file(self, pick: int, file: int, attach: bool, typed: bool) -> None:
        """To a customer, and off; one in the trash is not to be used."""
        number, kept = self.card("customers", pick).id, chosen(self.drive.values(), file)
        held = self.held.setdefault(number, [])
        name = f"entity_files.{'attach' if attach else 'detach'}.customers"
        body = [{"file_uuid": kept.uuid}]
        answer = self.door.ask(name, body, entity_id=number, typed=typed)
        if attach and kept.is_trashed:
            self.refuse(answer, 400)
        else:
            assert answer.status == 202, answer
            if attach and kept.uuid not in held:
                held.append(kept.uuid)
            elif not attach and kept.uuid in held and not kept.is_trashed:
                held.remove(kept.uuid)
        answer = self.door.ask("entity_files.find.customers", entity_id=number, typed=typed)
        shown = [uuid for uuid in held if not self.drive[uuid].is_trashed]
        assert sorted(row["file_uuid"] for row in self.accept(answer)) == sorted(shown)
