"""What is refused, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from attrs import evolve

from amocrm_mockserver.api import Api
from amocrm_mockserver.contract import load_contract
from amocrm_mockserver.message import Request

from .crm import ORIGIN, Crm, Json, make_crm

if TYPE_CHECKING:
    from amocrm_mockserver.exchange import Exchange

_CHOICE = "The value you selected is not a valid choice."
_MISSING = "This field is missing."
_TASK = {"text": "Call", "complete_till": 1_700_086_400}


def _problem(status: int, title: str, detail: str, **more: Json) -> Json:
    tail = {"title": title, "type": f"https://httpstatus.es/{status}", "status": status}
    return {**more, **tail, "detail": detail}


def _invalid(*errors: tuple[str, str, str], request_id: str = "0") -> Json:
    listed = [dict(zip(("code", "path", "detail"), error, strict=True)) for error in errors]
    items = [{"request_id": request_id, "errors": listed}]
    more = {"validation-errors": items}
    return _problem(400, "Bad Request", "Request validation failed", **more)


def _choice(path: str) -> tuple[str, str, str]:
    return "NotSupportedChoice", path, _CHOICE


def _missing(path: str) -> tuple[str, str, str]:
    return "FieldMissing", path, _MISSING


def _type(path: str, kind: str) -> tuple[str, str, str]:
    return "InvalidType", path, f"This value should be of type {kind}."


_EMPTY = _problem(400, "Bad Request", "Request data can not be empty")
_SYNTAX = "Error when parsing JSON request body: Syntax error"


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        ("POST", "leads", b"", _EMPTY),
        ("POST", "leads", b"  ", _EMPTY),
        ("POST", "leads", b"[]", _EMPTY),
        ("POST", "leads", b"{}", _EMPTY),
        ("PATCH", "contacts", b"null", _EMPTY),
        ("PATCH", "leads/5", b"{}", _EMPTY),
        ("POST", "leads", b'[{"name"', _problem(400, "Bad Request", _SYNTAX)),
        ("POST", "leads", b'{"name":"x"}', _invalid(_type("", "array"))),
        ("POST", "leads", b"[[1]]", _invalid(_type("", "array"))),
        ("POST", "leads", b'"text"', _invalid(_type("", "array"))),
    ],
)
def test_bodies_without_items(crm: Crm, method: str, path: str, body: bytes, answer: Json) -> None:
    """A body that holds nothing, or nothing that can be an item."""
    response = crm.raw(method, f"/api/v4/{path}", body=body)
    assert response.status == answer["status"]
    assert orjson.loads(response.body) == answer
    assert response.headers == (("Content-Type", "application/problem+json"),)


@pytest.mark.parametrize(
    ("path", "item", "errors"),
    [
        ("leads", {"name": 5}, [_type("name", "string")]),
        ("leads", {"created_at": "now"}, [_type("created_at", "int")]),
        ("leads", {"created_at": 1.5}, [_type("created_at", "int")]),
        ("leads", {"created_at": True}, [_type("created_at", "int")]),
        ("leads", {"price": "10"}, [_type("price", "numeric")]),
        ("leads", {"status_id": "x"}, [_type("status_id", "int"), _choice("status_id")]),
        ("leads", {"status_id": 77}, [_choice("status_id")]),
        ("leads", {"pipeline_id": 77}, [_choice("pipeline_id")]),
        (
            "leads",
            {"pipeline_id": 77, "status_id": 142},
            [_choice("pipeline_id"), _choice("status_id")],
        ),
        (
            "leads",
            {"responsible_user_id": "x"},
            [_type("responsible_user_id", "int"), _choice("responsible_user_id")],
        ),
        ("leads", {"responsible_user_id": 0}, [_choice("responsible_user_id")]),
        ("leads", {"loss_reason_id": 77}, [_choice("loss_reason_id")]),
        ("leads", {"_embedded": 5}, [_type("_embedded", "array")]),
        ("leads", {"_embedded": {"tags": "hot"}}, [_type("_embedded.tags", "array")]),
        ("leads", {"_embedded": {"tags": [{"id": 77}]}}, [_choice("_embedded.tags.0.id")]),
        ("leads", {"_embedded": {"contacts": [{"id": 77}]}}, [_choice("_embedded.contacts.0.id")]),
        ("leads", {"_embedded": {"contacts": [{}]}}, [_missing("_embedded.contacts.0.id")]),
        (
            "leads",
            {"_embedded": {"source": {"type": "widget", "external_id": 5}}},
            [_type("_embedded.source.external_id", "string")],
        ),
        (
            "leads",
            {"custom_fields_values": [{"field_id": 77, "values": [{"value": "x"}]}]},
            [_choice("custom_fields_values.0.field_id")],
        ),
        (
            "leads",
            {"custom_fields_values": [{"field_code": "NO", "values": [{"value": "x"}]}]},
            [_choice("custom_fields_values.0.field_code")],
        ),
        ("leads", {"custom_fields_values": 5}, [_type("custom_fields_values", "array")]),
        (
            "contacts",
            {
                "custom_fields_values": [
                    {"field_code": "PHONE", "values": [{"value": "1", "enum_code": "NO"}]}
                ]
            },
            [_choice("custom_fields_values.0.values.0.enum_code")],
        ),
        ("tasks", {"responsible_user_id": None}, [_missing("text"), _missing("complete_till")]),
        ("tasks", {**_TASK, "task_type_id": 77}, [_choice("task_type_id")]),
        ("tasks", {**_TASK, "entity_id": 77, "entity_type": "leads"}, [_choice("entity_id")]),
        ("tasks", {**_TASK, "entity_type": "planets"}, [_choice("entity_type")]),
        ("tasks", {**_TASK, "is_completed": "yes"}, [_type("is_completed", "bool")]),
        ("leads/tags", {"color": "EBEBEB"}, [_missing("name")]),
        ("leads/tags", {"name": "x", "color": "123456"}, [_choice("color")]),
        ("leads/custom_fields", {"name": "x"}, [_missing("type")]),
        ("leads/custom_fields", {"name": "x", "type": "select"}, [_missing("enums")]),
        ("leads/custom_fields", {"name": "x", "type": "monetary"}, [_missing("currency")]),
        ("leads/custom_fields", {"name": "x", "type": "price"}, [_choice("type")]),
        ("leads/custom_fields", {"name": "x", "type": "text", "code": "FROM"}, [_choice("code")]),
        ("leads/pipelines", {"sort": 5}, [_missing("name")]),
    ],
)
def test_faults_of_one_item(
    crm: Crm, path: str, item: Json, errors: list[tuple[str, str, str]]
) -> None:
    """Each fault is named by its code and its path within the item."""
    response = crm.send("POST", path, [item])
    assert response.status == 400
    assert orjson.loads(response.body) == _invalid(*errors)


def test_all_faults_of_all_items_are_told_and_nothing_is_written(crm: Crm) -> None:
    """Good items are not mentioned, and not stored either."""
    items = [{"name": "good"}, {"name": 1, "request_id": "mine"}, {"price": "x", "status_id": 5}]
    response = crm.send("POST", "leads", items)
    found = orjson.loads(response.body)["validation-errors"]
    assert [item["request_id"] for item in found] == ["mine", "2"]
    assert [len(item["errors"]) for item in found] == [1, 2]
    assert crm.find("leads") == []


def test_note_faults(crm: Crm) -> None:
    """Notes are checked by their type."""
    [lead] = crm.create("leads", {"name": "A"})
    for item, errors in (
        ({}, [_missing("entity_id"), _missing("note_type"), _missing("params")]),
        ({"entity_id": lead, "note_type": "poem", "params": {}}, [_choice("note_type")]),
        ({"entity_id": lead, "note_type": "common", "params": {}}, [_missing("params.text")]),
        ({"entity_id": lead, "note_type": "common"}, [_missing("params")]),
        (
            {"entity_id": lead, "note_type": "call_in", "params": {"duration": "5"}},
            [_type("params.duration", "int")],
        ),
    ):
        response = crm.send("POST", "leads/notes", [item])
        errors_ = orjson.loads(response.body)["validation-errors"][0]["errors"]
        assert sorted(errors_, key=str) == sorted(_errors(errors), key=str)


def _errors(errors: list[tuple[str, str, str]]) -> list[Json]:
    return [dict(zip(("code", "path", "detail"), error, strict=True)) for error in errors]


def test_a_note_for_a_trashed_or_unknown_lead_has_a_number() -> None:
    """226, in a list of its own."""
    crm = make_crm({"leads": [{"id": 101, "name": "A", "is_deleted": True}]})
    note = {"note_type": "common", "params": {"text": "x"}}
    for path, more in (("leads/101/notes", {}), ("leads/notes", {"entity_id": 77})):
        response = crm.send("POST", path, [{**note, **more}])
        assert response.status == 400
        assert orjson.loads(response.body)["errors"] == [{"code": 226}]


def test_unknown_ids(crm: Crm) -> None:
    """A batch names them in a map; one alone is not found."""
    response = crm.send("PATCH", "leads", [{"id": 77, "name": "x"}, {"id": 78, "name": "y"}])
    errors = {"77": "Lead not found", "78": "Lead not found"}
    answer = _problem(400, "Bad Request", "Request validation failed", errors=errors)
    assert orjson.loads(response.body) == answer
    response = crm.send("PATCH", "companies/77", {"name": "x"})
    assert orjson.loads(response.body) == _problem(404, "Not Found", "Company not found")
    response = crm.send("PATCH", "contacts", [{"name": "x"}])
    assert orjson.loads(response.body) == _invalid(_missing("id"))
    for path in ("leads/77", "contacts/77", "companies/77", "tasks/77", "leads/notes/77"):
        response = crm.send("GET", path)
        assert (response.status, response.body, response.headers) == (204, b"", ())
    for path, noun in (
        ("leads/custom_fields/77", "Custom field"),
        ("leads/pipelines/77", "Pipeline"),
        ("leads/pipelines/77/statuses", "Pipeline"),
        ("users/77", "User"),
        ("roles/77", "Role"),
        ("leads/77/links", "Lead"),
    ):
        response = crm.send("GET", path)
        assert orjson.loads(response.body) == _problem(404, "Not Found", f"{noun} not found")


def test_a_batch_has_a_limit(crm: Crm) -> None:
    """250 are taken, one more is not; complex leads have a limit of their own."""
    assert len(crm.create("leads", *[{"name": "x"}] * 250)) == 250
    for path, count, most in (("leads", 251, 250), ("leads/complex", 51, 50)):
        response = crm.send("POST", path, [{"name": "x"}] * count)
        answer = _problem(422, "Unprocessable Entity", f"Limit {most} per page")
        assert orjson.loads(response.body) == answer


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/api/v4/nope", _problem(404, "Not Found", f"Cannot GET {ORIGIN}/api/v4/nope!")),
        (
            "GET",
            "/api/v4/leads/x",
            _problem(404, "Not Found", f"Cannot GET {ORIGIN}/api/v4/leads/x!"),
        ),
        (
            "POST",
            "/api/v4/calls/5",
            _problem(404, "Not Found", f"Cannot POST {ORIGIN}/api/v4/calls/5!"),
        ),
        ("DELETE", "/api/v4/tasks/5", _problem(403, "Forbidden", "Invalid scope")),
        ("DELETE", "/api/v4/leads/5", _problem(405, "Method Not Allowed", "Method Not Allowed")),
        ("PUT", "/api/v4/leads", _problem(405, "Method Not Allowed", "Method Not Allowed")),
        ("DELETE", "/api/v4/leads/5/notes/6", None),
        ("DELETE", "/api/v4/contacts/notes/6", None),
    ],
)
def test_unknown_routes_and_methods(crm: Crm, method: str, path: str, answer: Json) -> None:
    """Each as live answers tell it; notes without a body."""
    response = crm.raw(method, path)
    if answer is None:
        assert (response.status, response.body, response.headers) == (405, b"", ())
    else:
        assert (response.status, orjson.loads(response.body)) == (answer["status"], answer)


def test_the_exclamation_mark_is_russian() -> None:
    """On the other hosts the text ends with the address, query included."""
    crm = make_crm(zone="kommo.com")
    response = crm.raw("GET", "/api/v4/nope", query="a=1")
    assert orjson.loads(response.body)["detail"] == f"Cannot GET {ORIGIN}/api/v4/nope?a=1"


def test_administrators_only(crm: Crm) -> None:
    """Users, roles and changes of the account's set-up."""
    crm.caller = evolve(crm.caller, is_admin=False)
    for method, path in (
        ("GET", "users"),
        ("GET", "roles"),
        ("POST", "leads/pipelines"),
        ("POST", "leads/custom_fields"),
        ("DELETE", "leads/custom_fields/5"),
    ):
        response = crm.send(method, path, [{"name": "x"}])
        assert orjson.loads(response.body) == _problem(403, "Forbidden", "Forbidden")
    assert crm.get("leads/pipelines")["_total_items"] == 1


def test_a_fault_of_the_server_is_a_500_and_logged(
    crm: Crm, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ever raised to the transport."""
    api = Api.of(load_contract())

    def fail(exchange: Exchange) -> None:
        raise ZeroDivisionError(exchange.operation.id)

    monkeypatch.setattr(api.engine, "run", fail)
    request = Request(method="GET", host="example.amocrm.ru", path="/api/v4/leads")
    response = api.answer(crm.account, crm.caller, request)
    body = orjson.loads(response.body)
    assert response.status == 500
    assert set(body) == {"title", "status", "detail", "trace_id"}
    assert body["title"] == "ErrInternalServer"
    assert body["trace_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_wrong_ends_of_links(crm: Crm) -> None:
    """The kinds that can be linked are fixed, and both ends must be there."""
    [lead, other] = crm.create("leads", {"name": "A"}, {"name": "B"})
    for item, error in (
        ({"to_entity_id": 77, "to_entity_type": "contacts"}, _choice("to_entity_id")),
        ({"to_entity_id": other, "to_entity_type": "leads"}, _choice("to_entity_type")),
        ({"to_entity_id": 5, "to_entity_type": "planets"}, _choice("to_entity_type")),
        ({"to_entity_type": "contacts"}, _missing("to_entity_id")),
        (
            {"to_entity_id": 5, "to_entity_type": "catalog_elements"},
            _missing("metadata.catalog_id"),
        ),
    ):
        response = crm.send("POST", f"leads/{lead}/link", [item])
        assert orjson.loads(response.body) == _invalid(error)
    response = crm.send(
        "POST", "leads/77/link", [{"to_entity_id": 5, "to_entity_type": "contacts"}]
    )
    assert orjson.loads(response.body) == _problem(404, "Not Found", "Lead not found")
    assert crm.send("GET", "leads/links").status == 400
