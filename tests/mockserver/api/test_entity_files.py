"""Files of entities: links by uuid."""

from __future__ import annotations

import pytest

from .crm import NOON, ORIGIN, Crm, Json

_FILES = [f"50ca4b6b-0b88-4ece-9f89-d4896157900{digit}" for digit in range(3)]


def _body(*uuids: str) -> Json:
    return [{"file_uuid": uuid} for uuid in uuids]


def _uuids(crm: Crm, path: str, query: str = "") -> list[str]:
    return [row["file_uuid"] for row in crm.find(path, query, "files")]


@pytest.mark.parametrize("kind", ["leads", "contacts", "companies", "customers"])
def test_files_come_and_go(crm: Crm, kind: str) -> None:
    """Attached once, listed newest first, detached; none is 204."""
    [number] = crm.create(kind, {"name": "A"})
    path = f"{kind}/{number}/files"
    assert crm.send("GET", path).status == 204
    response = crm.send("PUT", path, _body(_FILES[0], _FILES[1]))
    assert (response.status, response.body) == (202, b"")
    crm.send("PUT", path, _body(_FILES[1], _FILES[2]))
    assert _uuids(crm, path) == _FILES[::-1]
    page = crm.get(path, "limit=2")
    assert page["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/{path}?limit=2"}}
    last = page["_embedded"]["files"][-1]["id"]
    assert _uuids(crm, path, f"limit=2&before_id={last}") == _FILES[:1]
    response = crm.send("DELETE", path, _body(_FILES[1], _FILES[1]))
    assert (response.status, response.body) == (202, b"")
    assert _uuids(crm, path) == [_FILES[2], _FILES[0]]


def test_files_of_catalog_elements(crm: Crm) -> None:
    """Their path has no word for elements."""
    [cars] = crm.create("catalogs", {"name": "Cars"})
    [element] = crm.create(f"catalogs/{cars}/elements", {"name": "Lada"})
    path = f"catalogs/{cars}/{element}/files"
    assert crm.send("PUT", path, _body(_FILES[0])).status == 202
    assert _uuids(crm, path) == [_FILES[0]]
    assert crm.send("DELETE", path, _body(_FILES[0])).status == 202
    assert crm.send("GET", path).status == 204
    assert crm.send("GET", f"catalogs/5/{element}/files").status == 404


def test_a_file_knows_its_holders(crm: Crm) -> None:
    """Leads tell their stage, others do not have one."""
    [lead] = crm.create("leads", {"name": "Roof", "price": 5})
    [contact] = crm.create("contacts", {"name": "Ann"})
    for path in (f"leads/{lead}", f"contacts/{contact}"):
        crm.send("PUT", f"{path}/files", _body(_FILES[0]))
    answer = crm.get(f"files/{_FILES[0]}/links")
    user, stage = crm.caller.user_id, crm.get(f"leads/{lead}")
    common = {
        "created_by": user,
        "main_user_id": user,
        "date_create": NOON,
        "date_update": NOON,
        "updated_by": user,
        "closest_task_at": None,
    }
    assert answer == {
        "file_uuid": _FILES[0],
        "entities": [
            {
                "id": lead,
                "name": "Roof",
                "entity_type": "leads",
                "price": 5,
                "pipeline_id": stage["pipeline_id"],
                "status_id": stage["status_id"],
                **common,
            },
            {
                "id": contact,
                "name": "Ann",
                "entity_type": "contacts",
                "price": None,
                "pipeline_id": None,
                "status_id": None,
                **common,
            },
        ],
    }
    assert crm.get(f"files/{_FILES[1]}/links")["entities"] == []


def test_what_is_refused(crm: Crm) -> None:
    """Entities that are not there, bodies without a file."""
    [lead] = crm.create("leads", {})
    assert crm.send("GET", "leads/5/files").status == 404
    assert crm.send("PUT", "leads/5/files", _body(_FILES[0])).status == 404
    assert crm.send("PUT", f"leads/{lead}/files", [{}]).status == 400
    assert crm.send("DELETE", f"leads/{lead}/files", []).status == 400
