"""Files are uploaded in parts, by sessions."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON
from .drive import DAY, Drive, make_drive


class TestUploads:
    """Sessions and parts."""

    def test_a_file_comes_in_parts(self, drive: Drive) -> None:
        """Each answer tells where the next part goes; the last one is the file."""
        begun = drive.begin("план.pdf", 10, content_type="application/pdf")
        assert begun.keys() == {"session_id", "upload_url", "max_file_size", "max_part_size"}
        assert (begun["max_part_size"], begun["max_file_size"]) == (4, 100)
        assert begun["upload_url"].startswith("https://drive-b.amocrm.ru/v1.0/sessions/upload/")
        first = drive.put(begun["upload_url"], b"0123")
        assert first.keys() == {"session_id", "next_url"}
        second = drive.put(first["next_url"], b"4567")
        urls = {begun["upload_url"], first["next_url"], second["next_url"]}
        assert len(urls) == 3
        file = drive.put(second["next_url"], b"89")
        me = file["created_by"]["id"]
        root = f"https://drive-b.amocrm.ru/v1.0/files/{file['uuid']}"
        links = file.pop("_links")
        assert isinstance(file.pop("id"), int)
        assert file == {
            "uuid": file["uuid"],
            "version_uuid": file["version_uuid"],
            "type": "document",
            "name": "план",
            "sanitized_name": "____",
            "size": 10,
            "source_id": None,
            "has_multiple_versions": False,
            "is_trashed": False,
            "created_at": NOON,
            "created_by": {"id": me, "type": "internal"},
            "updated_at": NOON,
            "updated_by": {"id": me, "type": "internal"},
            "deleted_at": None,
            "deleted_by": None,
            "metadata": {"extension": "pdf", "mime_type": "application/pdf"},
            "previews": None,
            "session_id": begun["session_id"],
        }
        assert links.keys() == {"download", "download_version", "self"}
        assert links["self"] == {"href": root}
        described = drive.get(root)
        assert "session_id" not in described
        assert described["_links"] == links

    def test_the_global_zone_has_a_path_of_its_own(self) -> None:
        """The address of the upload is shorter there, and serves alike."""
        drive = make_drive(zone="kommo.com")
        url = drive.begin(size=2)["upload_url"]
        assert url.startswith("https://drive-b.kommo.com/upload/")
        assert drive.put(url, b"ab")["size"] == 2

    def test_one_host_for_all(self, drive: Drive) -> None:
        """A client that came by no name of amoCRM's is sent where it came from."""
        body = {"file_name": "a", "file_size": 1}
        begun = orjson.loads(drive.send("POST", "http://127.0.0.1:8080/v1.0/sessions", body).body)
        assert begun["upload_url"].startswith("https://127.0.0.1:8080/v1.0/sessions/upload/")

    def test_a_part_can_be_sent_again(self, drive: Drive) -> None:
        """Its answer may have been lost: the upload goes on after it, the last part included."""
        begun = drive.begin(size=10)
        first = drive.put(begun["upload_url"], b"0123")
        again = drive.put(begun["upload_url"], b"abcd")
        second = drive.put(again["next_url"], b"4567")
        assert drive.raw("POST", first["next_url"], body=b"4567").status == 404
        file = drive.put(second["next_url"], b"89")
        assert drive.put(second["next_url"], b"89") == file
        assert drive.raw("POST", again["next_url"], body=b"4567").status == 404
        assert drive.raw("GET", file["_links"]["download"]["href"]).body == b"abcd456789"
        assert drive.names() == ["a"]

    @pytest.mark.parametrize(
        ("parts", "detail"),
        [
            ([b"01234"], "Part size must be at most 4 bytes"),
            ([b"0123", b"4567", b"890"], "File size must be 10 bytes"),
            ([b""], "Request data can not be empty"),
        ],
    )
    def test_parts_that_do_not_fit(self, drive: Drive, parts: list[bytes], detail: str) -> None:
        """Refused; the part can be sent once more as it should be."""
        url = drive.begin(size=10)["upload_url"]
        for part in parts[:-1]:
            url = drive.put(url, part)["next_url"]
        response = drive.raw("POST", url, body=parts[-1])
        assert response.status == 400
        assert orjson.loads(response.body)["detail"] == detail
        rest = b"0123456789"[4 * (len(parts) - 1) :][:4]
        assert drive.raw("POST", url, body=rest).status == 200

    def test_a_session_lives_for_a_day(self, drive: Drive) -> None:
        """Then its address is unknown, as is any that was never given."""
        url = drive.begin(size=10)["upload_url"]
        drive.server.clock.advance(DAY - 1)
        url = drive.put(url, b"0123")["next_url"]
        drive.server.clock.advance(1)
        for address in (url, url + "x", "/upload/x", "/v1.0/sessions/upload/a.b.c"):
            assert drive.raw("POST", address, body=b"4567").status == 404

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"file_size": 1}, "file_name"),
            ({"file_name": "a"}, "file_size"),
            ({"file_name": "a", "file_size": "1x"}, "file_size"),
            ({"file_name": "a", "file_size": 1, "file_uuid": "nobody"}, "file_uuid"),
        ],
    )
    def test_sessions_that_cannot_be(
        self, drive: Drive, body: dict[str, object], path: str
    ) -> None:
        """What is missing or wrong is named."""
        response = drive.send("POST", "/v1.0/sessions", body)
        assert response.status == 400
        [item] = orjson.loads(response.body)["validation-errors"]
        assert [flaw["path"] for flaw in item["errors"]] == [path]

    @pytest.mark.parametrize("size", [-1, 101])
    def test_sizes_that_cannot_be(self, drive: Drive, size: int) -> None:
        """No file is larger than the drive takes."""
        body = {"file_name": "a", "file_size": size}
        assert drive.send("POST", "/v1.0/sessions", body).status == 400

    def test_an_empty_file(self, drive: Drive) -> None:
        """One empty part makes it."""
        url = drive.begin(size=0)["upload_url"]
        assert drive.put(url, b"")["size"] == 0

    @pytest.mark.parametrize(
        ("name", "given", "expected"),
        [
            ("a.png", None, ("image", "a", "png", "image/png")),
            ("a.mp4", None, ("video", "a", "mp4", "video/mp4")),
            ("a.mp3", None, ("audio", "a", "mp3", "audio/mpeg")),
            ("a.b.pdf", None, ("document", "a.b", "pdf", "application/pdf")),
            ("a", "text/plain", ("document", "a", "", "text/plain")),
            (".env", None, ("file", ".env", "", "application/octet-stream")),
        ],
    )
    def test_kinds_of_files(
        self, drive: Drive, name: str, given: str | None, expected: tuple[str, ...]
    ) -> None:
        """The type follows from the MIME type, which follows from the name if it is not given."""
        more = {} if given is None else {"content_type": given}
        file = drive.upload(name, b"x", **more)
        assert (file["type"], file["name"], *file["metadata"].values()) == expected


def test_a_snapshot_keeps_files_and_uploads() -> None:
    """What files contain comes back, and an upload goes on."""
    drive = make_drive()
    file = drive.upload()
    url = drive.put(drive.begin(size=6)["upload_url"], b"0123")["next_url"]
    kept = drive.server.snapshot()
    drive.put(url, b"45")
    drive.server.restore(kept)
    assert drive.names() == ["a"]
    assert drive.put(url, b"67")["size"] == 6
    assert drive.raw("GET", file["_links"]["download"]["href"]).body == b"0123456789"


@pytest.mark.parametrize("given", [{"max_part_size": 0}, {"parts": 1}, [], {"max_file_size": "1"}])
def test_seeds_that_make_no_sense(given: object) -> None:
    """The size of a part is a number of bytes."""
    with pytest.raises(ValueError, match="drive"):
        make_drive({"drive": given})
