"""What API v2 refuses, and by which number."""

from __future__ import annotations

import json

import pytest
from legacy_caller import HOST, NOW, Caller, Json


@pytest.fixture
def crm() -> Caller:
    """An account with a user who is off."""
    user = {"id": 501, "name": "A", "email": "a@example.com", "admin": True, "api_key": "k1"}
    gone = {
        "id": 502,
        "name": "B",
        "email": "b@example.com",
        "api_key": "k2",
        "rights": {"is_active": False},
    }
    return Caller.fresh(users=[user, gone], customers_mode="periodicity")


def _number(crm: Caller, method: str, target: str, body: Json = None, **more: str) -> Json:
    """Status and number of a refusal in the old envelope, which has five members."""
    response = crm(method, target, body, **more)
    said = json.loads(response.body)["response"]
    assert said.keys() == {"error", "error_code", "ip", "domain", "server_time"}
    assert (said["domain"], said["server_time"]) == (HOST, NOW)
    assert said["error"]
    return response.status, int(said["error_code"])


@pytest.mark.parametrize(
    ("kind", "empty", "wrong"),
    [
        ("contacts", 206, 207),
        ("companies", 206, 207),
        ("leads", 214, 215),
        ("notes", 222, 223),
        ("tasks", 228, 229),
        ("catalogs", 283, 283),
    ],
)
def test_requests_for_nothing(crm: Caller, kind: str, empty: int, wrong: int) -> None:
    """Without anything, or with a member that no request has."""
    assert _number(crm, "POST", f"/api/v2/{kind}", {}) == (400, empty)
    assert _number(crm, "POST", f"/api/v2/{kind}") == (400, empty)
    assert _number(crm, "POST", f"/api/v2/{kind}", {"put": [{}]}) == (400, wrong)


@pytest.mark.parametrize(
    ("kind", "add", "update"),
    [("contacts", 201, 208), ("leads", 213, 216), ("notes", 218, 224), ("tasks", 227, 230)],
)
def test_empty_lists(crm: Caller, kind: str, add: int, update: int) -> None:
    """Each is told beside what is saved."""
    saved = crm.save(kind, add=[], update=[])
    told = {"add": [{"code": add}], "update": [{"id": 0, "code": update}]}
    assert saved == {"items": [], "errors": told}


@pytest.mark.parametrize(
    ("kind", "code"),
    [("contacts", 212), ("leads", 217), ("notes", 225), ("tasks", 231), ("catalogs", 282)],
)
def test_what_is_not_there(crm: Caller, kind: str, code: int) -> None:
    """A change of it is refused by its number; what stands beside is saved."""
    item = {"id": 1, "updated_at": NOW, "name": "x", "text": "x"}
    saved = crm.save(kind, update=[item])
    assert saved == {"items": [], "errors": {"update": [{"id": 1, "code": code}]}}


@pytest.mark.parametrize(
    ("kind", "item", "code"),
    [
        ("contacts", {"name": "x", "custom_fields": [{"id": 1, "values": []}]}, 204),
        ("leads", {"name": "x", "custom_fields": [{"id": 1, "values": []}]}, 240),
        ("leads", {"name": "x", "contacts_id": list(range(41))}, 330),
        ("notes", {"element_id": 1, "element_type": 2, "text": "x"}, 221),
        ("notes", {"element_id": 1, "element_type": 2, "text": "x", "note_type": 4}, 226),
        ("tasks", {"element_id": 1, "text": "x"}, 235),
        ("tasks", {"element_id": 1, "element_type": 1, "text": "x"}, 233),
        ("tasks", {"element_id": 1, "element_type": 2, "text": "x"}, 234),
        ("catalogs", {}, 285),
        ("catalog_elements", {"name": "x"}, 285),
        ("catalog_elements", {"name": "x", "catalog_id": 1}, 282),
    ],
)
def test_refused_additions(crm: Caller, kind: str, item: Json, code: int) -> None:
    """By their numbers; nothing is stored."""
    before = crm.items(kind)
    assert crm.save(kind, add=[item]) == {"items": [], "errors": {"add": [{"code": code}]}}
    assert crm.items(kind) == before


def test_sessions(crm: Caller) -> None:
    """A wrong token is 110, no account 101; so is a wrong key, and a user who is off 112."""
    assert _number(crm, "GET", "/api/v2/leads", authorization="Bearer no") == (401, 110)
    assert _number(crm, "GET", "/api/v2/leads", authorization="") == (401, 110)
    path = "/private/api/auth.php?type=json"
    for login, key, code in (("a", "no", 110), ("b", "k2", 112), ("c", "k1", 110)):
        body = {"USER_LOGIN": f"{login}@example.com", "USER_HASH": key}
        assert _number(crm, "POST", path, body, authorization="") == (401, code)


def test_unknown_methods(crm: Caller) -> None:
    """Are told by 104."""
    assert _number(crm, "GET", "/api/v2/nothing") == (404, 104)
    assert _number(crm, "POST", "/api/v2/leads/nothing", {}) == (404, 104)
    assert crm("DELETE", "/api/v2/leads").status == 405
