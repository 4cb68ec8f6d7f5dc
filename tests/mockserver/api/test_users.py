"""Users and roles: who may do what."""

from __future__ import annotations

import orjson
import pytest

from .crm import ORIGIN, Crm, Json, make_crm

_OWN: Json = {"view": "G", "edit": "M", "add": "A", "delete": "D", "export": "D"}
_RIGHTS: Json = {
    "leads": _OWN,
    "contacts": _OWN,
    "companies": _OWN,
    "tasks": {"edit": "M", "delete": "D"},
}
_ANN: Json = {"name": "Ann", "email": "ann@example.com", "password": "Secret1"}


def _send(crm: Crm, method: str, path: str, body: Json) -> tuple[int, Json]:
    answer = crm.send(method, path, body)
    return answer.status, orjson.loads(answer.body) if answer.body else None


def _fault(crm: Crm, path: str, body: Json) -> tuple[str, str]:
    status, answer = _send(crm, "POST", path, body)
    assert status == 400
    flaw = answer["validation-errors"][0]["errors"][0]
    return flaw["code"], flaw["path"]


def test_a_user_with_rights_of_her_own(crm: Crm) -> None:
    """The answer shows her whole, but not the password."""
    status, answer = _send(crm, "POST", "users", [{**_ANN, "rights": _RIGHTS, "request_id": "r"}])
    assert (status, list(answer)) == (201, ["_total_items", "_embedded"])
    [made] = answer["_embedded"]["users"]
    assert made == {
        "id": made["id"],
        "name": "Ann",
        "email": "ann@example.com",
        "lang": "ru",
        "rights": {
            **_RIGHTS,
            "mail_access": False,
            "catalog_access": False,
            "status_rights": None,
            "catalog_rights": None,
            "is_admin": False,
            "is_free": False,
            "is_active": True,
            "group_id": None,
            "role_id": None,
        },
        "request_id": "r",
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/users/{made['id']}"}},
    }
    del made["request_id"]
    assert crm.get(f"users/{made['id']}") == made
    assert b"Secret1" not in orjson.dumps(list(crm.account.users.values()))


def test_a_user_by_role_group_or_for_free() -> None:
    """A role brings its rights; a free user has none; no rights at all are none."""
    crm = make_crm({"groups": [{"id": 7, "name": "G"}]})
    [role] = crm.create("roles", {"name": "Sales", "rights": _RIGHTS})
    items = [
        {**_ANN, "rights": {"role_id": role, "group_id": 7, "leads": {"view": "A"}}},
        {**_ANN, "rights": {"is_free": True, "role_id": role}},
        _ANN,
    ]
    by_role, free, bare = [crm.get(f"users/{number}") for number in crm.create("users", *items)]
    assert (by_role["rights"]["leads"], by_role["rights"]["group_id"]) == (_OWN, 7)
    assert (free["rights"]["is_free"], free["rights"]["role_id"]) == (True, None)
    assert bare["rights"]["leads"]["view"] == "D"
    shown = crm.get(f"roles/{role}", "with=users")
    assert [user["id"] for user in shown["_embedded"]["users"]] == [by_role["id"]]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"email": None}, ("FieldMissing", "email")),
        ({"password": "secret1"}, ("NotSupportedChoice", "password")),
        ({"password": "Sec1"}, ("NotSupportedChoice", "password")),
        ({"rights": {"leads": _OWN}}, ("FieldMissing", "rights.contacts")),
        ({"rights": {"role_id": 9}}, ("NotSupportedChoice", "rights.role_id")),
        (
            {"rights": {"is_free": True, "group_id": 9}},
            ("NotSupportedChoice", "rights.group_id"),
        ),
        (
            {"rights": {**_RIGHTS, "leads": {**_OWN, "edit": "A"}}},
            ("NotSupportedChoice", "rights.leads.edit"),
        ),
        (
            {"rights": {**_RIGHTS, "leads": {**_OWN, "add": "M"}}},
            ("NotSupportedChoice", "rights.leads.add"),
        ),
    ],
)
def test_users_that_make_no_sense(crm: Crm, change: Json, fault: tuple[str, str]) -> None:
    """Are refused, with the place of the fault."""
    assert _fault(crm, "users", [{**_ANN, **change}]) == fault
    assert len(crm.account.users) == 1


def test_ten_users_at_a_time(crm: Crm) -> None:
    """More are refused as a whole."""
    assert crm.send("POST", "users", [_ANN] * 11).status == 422


def test_kept_out_and_let_in(crm: Crm) -> None:
    """Users lose and get access; administrators stay, strangers are named."""
    [number] = crm.create("users", _ANN)
    assert crm.send("POST", "users/deactivate", [{"id": number}]).status == 204
    assert crm.get(f"users/{number}")["rights"]["is_active"] is False
    assert crm.send("POST", "users/activate", [{"id": number}]).status == 204
    assert crm.get(f"users/{number}")["rights"]["is_active"] is True
    assert crm.send("POST", "users/deactivate", [{"id": crm.caller.user_id}]).status == 403
    status, answer = _send(crm, "POST", "users/activate", [{"id": 1}, {"id": 2}, {"id": number}])
    detail = "User(s) 1, 2 are not associated with provided account."
    assert (status, answer["detail"]) == (400, detail)
    assert _fault(crm, "users/activate", [{"id": "x"}]) == ("InvalidType", "id")


def test_life_of_a_role(crm: Crm) -> None:
    """Its users follow it, and keep their rights when it goes."""
    status, answer = _send(crm, "POST", "roles", {"name": "Sales", "rights": _RIGHTS})
    assert status == 201
    [made] = answer["_embedded"]["roles"]
    links = {"self": {"href": f"{ORIGIN}/api/v4/roles/{made['id']}"}}
    denied = {"mail_access": False, "catalog_access": False, "status_rights": None}
    assert made == {
        "id": made["id"],
        "name": "Sales",
        "rights": {**_RIGHTS, **denied},
        "request_id": "0",
        "_links": links,
    }
    path = f"roles/{made['id']}"
    [user] = crm.create("users", {**_ANN, "rights": {"role_id": made["id"]}})
    stage = {"entity_type": "leads", "pipeline_id": 1, "status_id": 2, "rights": {"view": "A"}}
    body = {"rights": {"mail_access": True, "status_rights": [stage]}}
    status, changed = _send(crm, "PATCH", path, body)
    assert (status, changed["rights"]["status_rights"]) == (202, [stage])
    assert changed["rights"]["leads"] == _OWN
    rights = crm.get(f"users/{user}")["rights"]
    assert (rights["mail_access"], rights["role_id"]) == (True, made["id"])
    status, answer = _send(crm, "PATCH", "roles", [{"id": made["id"], "name": "Best"}])
    assert (status, answer["_embedded"]["roles"][0]["name"]) == (202, "Best")
    assert _send(crm, "PATCH", path, {"rights": {"status_rights": None}})[1]["rights"][
        "status_rights"
    ] in (None, [])
    assert crm.send("DELETE", path).status == 204
    rights = crm.get(f"users/{user}")["rights"]
    assert (rights["role_id"], rights["mail_access"]) == (None, True)
    assert crm.send("GET", path).status == 404
    assert crm.send("DELETE", path).status == 404


def test_roles_that_make_no_sense(crm: Crm) -> None:
    """Delete reaches no further than edit; rights in stages are all or nothing."""
    wide = {**_RIGHTS, "tasks": {"edit": "M", "delete": "A"}}
    assert _fault(crm, "roles", [{"name": "A", "rights": wide}])[1] == "rights.tasks.delete"
    stage = {"entity_type": "leads", "pipeline_id": 1, "status_id": 2, "rights": {"view": "G"}}
    item = {"name": "A", "rights": {"status_rights": [stage]}}
    assert _fault(crm, "roles", [item])[1] == "rights.status_rights.0.rights.view"
    assert _fault(crm, "roles", [{"rights": _RIGHTS}]) == ("FieldMissing", "name")


def test_for_admins_only() -> None:
    """Others get 403."""
    people = [{"id": 501, "name": "A", "admin": True}, {"id": 502, "name": "B"}]
    crm = make_crm({"users": people})
    crm.caller = type(crm.caller)(user_id=502, is_admin=False, client_id=None, origin=ORIGIN)
    for method, path, body in (
        ("POST", "users", [_ANN]),
        ("POST", "users/activate", [{"id": 502}]),
        ("POST", "roles", [{"name": "A", "rights": _RIGHTS}]),
        ("GET", "contacts/chats", None),
    ):
        assert crm.send(method, path, body).status == 403
