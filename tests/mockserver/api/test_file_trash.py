"""Files go to the trash, come back, and are gone."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON
from .drive import DAY, Drive


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
