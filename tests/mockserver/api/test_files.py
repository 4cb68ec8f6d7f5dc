"""Files of the drive: uploaded in parts, found, renamed, versioned, trashed, downloaded."""

from __future__ import annotations

from urllib.parse import quote

import orjson
import pytest

from amocrm_mockserver.limits import Limits, Rates

from .crm import NOON
from .drive import Drive, make_drive

DAY = 86_400


@pytest.fixture
def drive() -> Drive:
    """A fresh account's drive."""
    return make_drive()


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


class TestVersions:
    """One file, uploaded more than once."""

    def test_a_new_version_counts(self, drive: Drive) -> None:
        """The file keeps its uuid; the old version can be had by its own address."""
        old = drive.upload("a.txt", b"old")
        drive.server.clock.advance(60)
        new = drive.upload("b.png", b"newer", file_uuid=old["uuid"])
        assert (new["uuid"], new["id"]) == (old["uuid"], old["id"])
        assert new["version_uuid"] != old["version_uuid"]
        assert (new["name"], new["size"], new["type"]) == ("b", 5, "image")
        assert (new["has_multiple_versions"], new["created_at"]) == (True, NOON)
        assert new["updated_at"] == NOON + 60
        url = f"/v1.0/files/{old['uuid']}/versions"
        answer = drive.get(url)
        first, second = answer["_embedded"]["versions"]
        assert answer["_count"] == 2
        assert answer["_links"] == {"self": {"href": f"https://{drive.host}{url}"}}
        assert (first["uuid"], first["is_main"]) == (old["version_uuid"], False)
        assert (second["uuid"], second["is_main"]) == (new["version_uuid"], True)
        assert {each["file_uuid"] for each in (first, second)} == {old["uuid"]}
        assert drive.raw("GET", old["_links"]["download"]["href"]).body == b"newer"
        assert drive.raw("GET", old["_links"]["download_version"]["href"]).body == b"old"
        assert drive.raw("GET", first["_links"]["download"]["href"]).body == b"old"

    def test_back_to_an_old_version(self, drive: Drive) -> None:
        """By PATCH; it brings its name and size."""
        old = drive.upload("a.txt", b"old")
        drive.upload("b.txt", b"newer", file_uuid=old["uuid"])
        url = f"/v1.0/files/{old['uuid']}"
        answer = drive.send("PATCH", url, {"version_uuid": old["version_uuid"]})
        file = orjson.loads(answer.body)
        assert (file["name"], file["size"]) == ("a", 3)
        assert drive.raw("GET", file["_links"]["download"]["href"]).body == b"old"

    def test_name_and_version_together(self, drive: Drive) -> None:
        """Only if the version is the one that counts, as clients send that have read it."""
        old = drive.upload("a.txt", b"old")
        new = drive.upload("a.txt", b"new", file_uuid=old["uuid"])
        url = f"/v1.0/files/{old['uuid']}"
        both = {"name": "c", "version_uuid": new["version_uuid"], "request_id": "1"}
        assert orjson.loads(drive.send("PATCH", url, both).body)["name"] == "c"
        for version in (old["version_uuid"], "unknown"):
            refused = drive.send("PATCH", url, {"name": "d", "version_uuid": version})
            assert refused.status == 400
        assert drive.send("PATCH", url, {"version_uuid": "unknown"}).status == 400
        assert drive.names() == ["c"]
        assert drive.send("PATCH", "/v1.0/files/unknown", {"name": "d"}).status == 404
        assert drive.send("GET", "/v1.0/files/unknown").status == 404
        assert drive.send("GET", "/v1.0/files/unknown/versions").status == 404


class TestTrash:
    """Files that were deleted."""

    def test_a_file_goes_and_comes_back(self, drive: Drive) -> None:
        """It is in no list meanwhile, and cannot be had."""
        file = drive.upload()
        other = drive.upload("b.txt")
        me = file["created_by"]
        named = [{"uuid": file["uuid"]}]
        response = drive.send("DELETE", "/v1.0/files", [*named, {"uuid": "unknown"}])
        assert (response.status, response.body) == (204, b"")
        assert drive.names() == ["b"]
        assert drive.names("filter[deleted]=1") == ["a", "b"]
        trashed = drive.get(f"/v1.0/files/{file['uuid']}")
        assert trashed["is_trashed"] is True
        assert (trashed["deleted_at"], trashed["deleted_by"]) == (NOON, me)
        assert drive.raw("GET", file["_links"]["download"]["href"]).status == 404
        body = {"file_name": "a", "file_size": 1, "file_uuid": file["uuid"]}
        assert drive.send("POST", "/v1.0/sessions", body).status == 400
        answer = orjson.loads(drive.send("POST", "/v1.0/files/restore", named).body)
        [back] = answer["_embedded"]["files"]
        assert answer["_count"] == 1
        assert (back["uuid"], back["is_trashed"], back["deleted_at"]) == (file["uuid"], False, None)
        assert drive.raw("GET", file["_links"]["download"]["href"]).body == b"0123456789"
        drive.send("DELETE", "/v1.0/files", [{"uuid": other["uuid"]}])
        assert drive.names() == ["a"]

    def test_after_30_days_it_is_gone(self, drive: Drive) -> None:
        """With its versions and its links."""
        lead = "https://example.amocrm.ru/api/v4/leads"
        [row] = orjson.loads(drive.send("POST", lead, [{}]).body)["_embedded"]["leads"]
        file = drive.upload()
        links = f"{lead}/{row['id']}/files"
        assert drive.send("PUT", links, [{"file_uuid": file["uuid"]}]).status == 202
        drive.send("DELETE", "/v1.0/files", [{"uuid": file["uuid"]}])
        assert drive.send("GET", links).status == 204
        again = drive.send("PUT", links, [{"file_uuid": file["uuid"]}])
        assert again.status == 400
        drive.server.clock.advance(30 * DAY - 1)
        assert drive.names("filter[deleted]=1") == ["a"]
        drive.server.clock.advance(1)
        assert drive.names("filter[deleted]=1") == []
        assert drive.send("GET", f"/v1.0/files/{file['uuid']}").status == 404
        state = drive.get("https://example.amocrm.ru/__mock__/accounts/example/state")
        kept = {name: state["tables"].get(name) for name in ("file_versions", "entity_files")}
        assert kept == {"file_versions": [], "entity_files": []}

    @pytest.mark.parametrize("path", ["/v1.0/files", "/v1.0/files/restore"])
    def test_bodies_that_name_no_file(self, drive: Drive, path: str) -> None:
        """Refused."""
        method = "POST" if path.endswith("restore") else "DELETE"
        assert drive.send(method, path, []).status == 400
        assert drive.send(method, path, [{}]).status == 400


class TestDownloads:
    """What files contain."""

    def test_headers(self, drive: Drive) -> None:
        """Type and name of the file; the bytes are whole."""
        file = drive.upload("план.txt", b"0123456789")
        url = file["_links"]["download"]["href"]
        assert url.endswith(f"/{quote('план.txt')}")
        response = drive.raw("GET", url)
        assert response.body == b"0123456789"
        assert response.header("Content-Type") == "text/plain"
        assert response.header("Content-Length") == "10"
        disposition = response.header("Content-Disposition") or ""
        assert disposition.startswith('attachment; filename="____.txt"; ')
        assert disposition.endswith(f"filename*=UTF-8''{quote('план.txt')}")

    @pytest.mark.parametrize("name", ['a"\r\nX-Evil: 1\\.b\n"', "a/b/../c.txt", "ё\0.ё"])
    def test_names_that_break_nothing(self, drive: Drive, name: str) -> None:
        """No name makes another header or another path."""
        file = drive.upload(name, b"x", content_type="text/plain\r\nX-Evil: 1")
        response = drive.raw("GET", file["_links"]["download"]["href"])
        assert response.body == b"x"
        for _, value in response.headers:
            assert value.isascii()
            assert value.isprintable()

    def test_without_a_token(self, drive: Drive) -> None:
        """The address is enough; a token that is wrong is refused all the same."""
        url = drive.upload()["_links"]["download"]["href"]
        assert drive.raw("GET", url, token="").body == b"0123456789"
        assert drive.raw("GET", url, token="wrong").status == 401
        assert drive.raw("GET", "/download/a/b/c.txt", token="").status == 401

    def test_addresses_that_lead_nowhere(self, drive: Drive) -> None:
        """Files, versions and accounts that do not belong together."""
        one, two = drive.upload(), drive.upload()
        url = one["_links"]["download_version"]["href"]
        account = url.split("/")[4]
        for wrong in (
            url.replace(one["version_uuid"], two["version_uuid"]),
            url.replace(one["version_uuid"], "unknown"),
            url.replace(one["uuid"], "unknown"),
            url.replace(account, one["uuid"]),
        ):
            assert drive.raw("GET", wrong).status == 404


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1.0/files", "files"),
        ("POST", "/v1.0/sessions", "files"),
        ("DELETE", "/v1.0/files", "files_delete"),
    ],
)
def test_scopes(method: str, path: str, scope: str) -> None:
    """Each needs its own, and the one of the rest does not do."""
    scopes = tuple({"crm", "files", "files_delete"} - {scope})
    response = make_drive(scopes=scopes).send(method, path, [{"uuid": "a"}])
    assert response.status == 403
    assert orjson.loads(response.body)["detail"] == "Client doesn't have the required scope"


def test_the_rate_limit_is_the_accounts_own() -> None:
    """Requests to the drive are not counted."""
    drive = make_drive()
    drive.server.limits = Limits(Rates(enabled=True))
    assert [drive.send("GET", "/v1.0/files").status for _ in range(20)] == [204] * 20


class TestFilters:
    """Which files a list shows."""

    @pytest.fixture
    def drive(self) -> Drive:
        """Files of three days, the last one changed today."""
        drive = make_drive()
        for name in ("Roof.PNG", "roof plan.pdf", "wall.txt"):
            drive.upload(name, b"x" * len(name), created_by={"id": len(name), "type": "internal"})
            drive.server.clock.advance(DAY)
        return drive

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Roof", "roof plan", "wall"]),
            ("filter[name]=roof", ["Roof"]),
            ("filter[term]=ROOF", ["Roof", "roof plan"]),
            ("filter[extensions][]=png&filter[extensions][]=pdf", ["Roof", "roof plan"]),
            ("filter[extensions]=txt", ["wall"]),
            ("filter[size][from]=9", ["roof plan"]),
            ("filter[size][to]=8&filter[size][unit]=b", ["Roof", "wall"]),
            ("filter[size][from]=1&filter[size][unit]=kb", []),
            ("filter[source_id]=5", []),
            ("filter[created_by][]=8", ["Roof", "wall"]),
            ("filter[created_by][]=-1&filter[created_by][]=13", ["roof plan"]),
            ("filter[updated_by][]=13", ["roof plan"]),
            (f"filter[date][type]=created_at&filter[date][from]={NOON + 1}", ["roof plan", "wall"]),
            (f"filter[date][to]={NOON}", ["Roof"]),
            ("filter[date][date_preset]=yesterday", ["wall"]),
            ("filter[date][date_preset]=last_3_days", ["roof plan", "wall"]),
            ("filter[date][date_preset]=next_3_days", []),
            ("filter[date][date_preset]=year", ["Roof", "roof plan", "wall"]),
            ("filter[date][date_preset]=nonsense", ["Roof", "roof plan", "wall"]),
            ("filter[date]=nonsense", ["Roof", "roof plan", "wall"]),
            ("page=2&limit=2", ["wall"]),
        ],
    )
    def test_what_is_shown(self, drive: Drive, query: str, names: list[str]) -> None:
        """Each filter alone; all must fit where there are several."""
        assert drive.names(query) == names

    def test_several_uuids_stand_in_one_value(self, drive: Drive) -> None:
        """With commas between them."""
        rows = drive.get("/v1.0/files")["_embedded"]["files"]
        uuids = ",".join(row["uuid"] for row in rows[1:])
        assert drive.names(f"filter[uuid]={uuids}") == ["roof plan", "wall"]
        assert drive.names("filter[uuid]=unknown") == []

    def test_pages(self, drive: Drive) -> None:
        """They are counted, and tell the next one."""
        page = drive.get("/v1.0/files?limit=2")
        assert page["_count"] == 2
        assert page["_links"]["next"]["href"].startswith(f"https://{drive.host}/v1.0/files?")
        assert "next" not in drive.get("/v1.0/files?limit=2&page=2")["_links"]


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


def test_a_note_means_the_latest_version(drive: Drive) -> None:
    """An attachment that names no version has the one that counts."""
    lead = "https://example.amocrm.ru/api/v4/leads"
    [row] = orjson.loads(drive.send("POST", lead, [{}]).body)["_embedded"]["leads"]
    file = drive.upload()
    notes = f"{lead}/{row['id']}/notes"
    params = {"file_uuid": file["uuid"], "file_name": "a.txt"}
    note = [{"note_type": "attachment", "params": params}]
    assert drive.send("POST", notes, note).status == 200
    [read] = drive.get(notes)["_embedded"]["notes"]
    assert read["params"]["version_uuid"] == file["version_uuid"]
    events = drive.server.world.accounts["example"].events
    assert "attachment_note_added" in [event["type"] for event in events]
