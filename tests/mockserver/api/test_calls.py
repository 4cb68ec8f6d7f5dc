"""Calls: whom they are placed with, and what they leave."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json


def _call(phone: str = "+79990000001", **more: Json) -> Json:
    return {"direction": "inbound", "duration": 60, "source": "PBX", "phone": phone, **more}


def _with_phone(*phones: str) -> Json:
    values = [{"value": phone, "enum_code": "WORK"} for phone in phones]
    return {"custom_fields_values": [{"field_code": "PHONE", "values": values}]}


def _placed(crm: Crm, call: Json) -> tuple[str, int]:
    [made] = crm.post("calls", [call])["_embedded"]["calls"]
    return made["entity_type"], made["entity_id"]


def test_a_call_becomes_a_note(crm: Crm) -> None:
    """The last ten digits are compared; the robot leaves the note, an event tells of it."""
    [contact] = crm.create("contacts", _with_phone("1", "8 (999) 000-00-01"))
    call = _call(uniq="u1", link=None, call_status=4, request_id="m")
    answer = crm.post("calls", [call])
    [note] = crm.find(f"contacts/{contact}/notes")
    made = {
        "id": note["id"],
        "entity_id": contact,
        "entity_type": "contact",
        "account_id": crm.account.id,
        "request_id": "m",
        "_embedded": {
            "entity": {
                "id": contact,
                "_links": {"self": {"href": f"{ORIGIN}/api/v4/contacts/{contact}"}},
            }
        },
    }
    assert answer == {"_total_items": 1, "errors": [], "_embedded": {"calls": [made]}}
    assert (note["note_type"], note["created_by"], note["created_at"]) == ("call_in", 0, NOON)
    assert note["params"] == {
        "uniq": "u1",
        "duration": 60,
        "source": "PBX",
        "phone": "+79990000001",
        "call_status": 4,
    }
    assert [event["entity_id"] for event in crm.events("incoming_call")] == [contact]
    crm.post("calls", [_call(direction="outbound")])
    assert len(crm.events("outgoing_call")) == 1


def test_an_only_open_lead_gets_the_call(crm: Crm) -> None:
    """With two, or none, the contact itself gets it; a company is asked when no contact is."""
    [contact] = crm.create("contacts", _with_phone("+79990000001"))
    [company] = crm.create("companies", _with_phone("+79990000001", "+79990000002"))
    assert _placed(crm, _call()) == ("contact", contact)
    assert _placed(crm, _call("89990000002")) == ("company", company)
    link = {"_embedded": {"contacts": [{"id": contact}]}}
    [closed, first] = crm.create("leads", {"status_id": 142, **link}, link)
    assert _placed(crm, _call()) == ("lead", first)
    [second] = crm.create("leads", link)
    assert _placed(crm, _call()) == ("contact", contact)
    crm.patch(f"leads/{second}", {"status_id": 143})
    assert _placed(crm, _call()) == ("lead", first)
    assert crm.find(f"leads/{closed}/notes") == []


def test_who_made_a_call(crm: Crm) -> None:
    """Whoever talked, else whoever wrote it, else the robot."""
    crm.create("contacts", _with_phone("+79990000001"))
    user = crm.caller.user_id
    calls = [
        _call(call_responsible=user, created_by=0),
        _call(call_responsible="Oleg", created_by=user),
        _call(created_by=user),
        _call(),
    ]
    crm.post("calls", calls)
    notes = crm.find("contacts/notes")
    assert [note["created_by"] for note in notes] == [user, 0, user, 0]
    assert notes[1]["params"]["call_responsible"] == "Oleg"


def test_calls_of_nobody_are_named_beside(crm: Crm) -> None:
    """Some placed and some not is a success; none placed is an error."""
    [contact] = crm.create("contacts", _with_phone("+79990000001"))
    refused = {"title": "Entity not found", "status": 263, "detail": "Entity not found"}
    answer = crm.post("calls", [_call("5", request_id="a"), _call(request_id="b")])
    assert answer["errors"] == [{**refused, "request_id": "a"}]
    assert [call["entity_id"] for call in answer["_embedded"]["calls"]] == [contact]
    response = crm.send("POST", "calls", [_call("5"), _call("")])
    assert response.status == 400
    assert orjson.loads(response.body) == {
        "_total_items": 0,
        "errors": [{**refused, "request_id": "0"}, {**refused, "request_id": "1"}],
    }


@pytest.mark.parametrize(
    ("item", "flaw"),
    [
        ({"direction": "up"}, ("NotSupportedChoice", "direction")),
        ({"duration": "long"}, ("InvalidType", "duration")),
        ({"phone": None}, ("FieldMissing", "phone")),
        ({"responsible_user_id": 5}, ("NotSupportedChoice", "responsible_user_id")),
    ],
)
def test_a_wrong_call_refuses_all(crm: Crm, item: Json, flaw: tuple[str, str]) -> None:
    """Nothing is placed when one of them is not written rightly."""
    [contact] = crm.create("contacts", _with_phone("+79990000001"))
    response = crm.send("POST", "calls", [_call(), {**_call(), **item}])
    [errors] = orjson.loads(response.body)["validation-errors"]
    assert errors["request_id"] == "1"
    assert flaw in [(one["code"], one["path"]) for one in errors["errors"]]
    assert crm.find(f"contacts/{contact}/notes") == []


def test_calls_are_neither_read_nor_deleted(crm: Crm) -> None:
    """They are notes from then on."""
    assert crm.send("GET", "calls").status == 405
    assert crm.send("DELETE", "calls/5").status == 404
