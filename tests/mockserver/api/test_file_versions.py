"""Files that were uploaded more than once: which version counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from .crm import NOON

if TYPE_CHECKING:
    from .drive import Drive


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
