"""Tasks and notes of entities."""

from __future__ import annotations

import pytest

from .crm import NOON, ORIGIN, Crm, Json, make_crm

_TILL = NOON + 86_400


def _task(**more: Json) -> Json:
    return {"text": "Call", "complete_till": _TILL, **more}


def test_a_new_task_is_shown_whole(crm: Crm) -> None:
    """Without a result there is an empty list."""
    [number] = crm.create("tasks", _task())
    user = crm.caller.user_id
    assert crm.get(f"tasks/{number}") == {
        "id": number,
        "created_by": user,
        "updated_by": user,
        "created_at": NOON,
        "updated_at": NOON,
        "responsible_user_id": user,
        "group_id": 0,
        "entity_id": None,
        "entity_type": None,
        "duration": 0,
        "is_completed": False,
        "task_type_id": 1,
        "text": "Call",
        "result": [],
        "complete_till": _TILL,
        "account_id": crm.account.id,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/tasks/{number}"}},
    }


def test_times_as_floats(crm: Crm) -> None:
    """A whole float is an integer to some clients, and is read back as one."""
    [number] = crm.create("tasks", _task(complete_till=1_700_000_123.0))
    assert '"complete_till":1700000123,' in crm.send("GET", f"tasks/{number}").body.decode()


def test_completing_keeps_the_result(crm: Crm) -> None:
    """The answer always has a mark; the result lives with the completion only."""
    [number] = crm.create("tasks", _task(result={"text": "early"}))
    assert crm.get(f"tasks/{number}")["result"] == []
    done = {"is_completed": True, "result": {"text": "Agreed"}}
    assert crm.patch(f"tasks/{number}", done) == {
        "id": number,
        "updated_at": NOON,
        "request_id": "0",
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/tasks/{number}"}},
    }
    assert crm.get(f"tasks/{number}")["result"] == {"text": "Agreed"}
    crm.patch("tasks", [{"id": number, "text": "Call again", "result": []}])
    assert crm.get(f"tasks/{number}")["result"] == {"text": "Agreed"}
    crm.patch(f"tasks/{number}", {"is_completed": False})
    assert crm.get(f"tasks/{number}")["result"] == []
    kinds = [event["type"] for event in crm.account.events]
    assert kinds == ["task_added", "task_completed", "task_result_added", "task_text_changed"]


@pytest.mark.parametrize("kind", ["leads", "contacts", "companies"])
def test_the_entity_shows_its_nearest_deadline(crm: Crm, kind: str) -> None:
    """Of the open tasks; moving a task moves the deadline."""

    def nearest(number: int) -> int | None:
        found: int | None = crm.get(f"{kind}/{number}")["closest_task_at"]
        return found

    one, other = crm.create(kind, {"name": "a"}, {"name": "b"})
    late, soon = crm.create(
        "tasks",
        _task(entity_id=one, entity_type=kind),
        _task(entity_id=one, entity_type=kind, complete_till=NOON + 60),
    )
    assert nearest(one) == NOON + 60
    crm.patch(f"tasks/{soon}", {"is_completed": True})
    assert nearest(one) == _TILL
    crm.patch(f"tasks/{late}", {"complete_till": NOON + 5})
    assert nearest(one) == NOON + 5
    crm.patch(f"tasks/{late}", {"entity_id": other, "entity_type": kind})
    assert (nearest(one), nearest(other)) == (None, NOON + 5)


def test_filters_of_tasks() -> None:
    """Each filter that clients send, in the forms in which they send it."""
    crm = make_crm(
        {
            "leads": [{"id": 11, "name": "a"}, {"id": 12, "name": "b", "status_id": 142}],
            "contacts": [{"id": 11, "name": "c"}],
            "tasks": [
                {"id": 1, **_task(entity_id=11, entity_type="leads", updated_at=NOON - 9)},
                {"id": 2, **_task(entity_id=12, entity_type="leads", is_completed=True)},
                {"id": 3, **_task(entity_id=11, entity_type="contacts", task_type_id=2)},
            ],
        }
    )
    pipeline = crm.find("leads/pipelines")[0]["id"]
    stage = "filter[lead_statuses][0]"
    for query, ids in (
        ("", [1, 2, 3]),
        ("filter[is_completed]=1", [2]),
        ("filter[is_completed][]=0", [1, 3]),
        ("filter[task_type]=2", [3]),
        ("filter[task_type_id][0]=1&filter[task_type_id][3]=2", [1, 2, 3]),
        ("filter[entity_type]=leads&filter[entity_id]=11", [1]),
        ("filter[entity_id][]=11", [1, 3]),
        ("filter[id][]=3&filter[id][]=1&filter[id][]=99", [1, 3]),
        (f"filter[updated_at]={NOON}", [2, 3]),
        (f"filter[updated_at][to]={NOON - 1}", [1]),
        (f"{stage}[pipeline_id]={pipeline}&{stage}[status_id]=142", [2]),
        ("filter[id]=x", []),
        ("order[updated_at]=desc", [1, 2, 3]),
        ("order[id]=desc", [3, 2, 1]),
    ):
        assert [task["id"] for task in crm.find("tasks", query)] == ids, query


def test_a_note_and_its_addresses(crm: Crm) -> None:
    """Notes are found by either path; an entity's notes are its own."""
    one, other = crm.create("leads", {}, {})
    text = {"note_type": "common", "params": {"text": "hi"}}
    answer = crm.post("leads/notes", [{"entity_id": one, **text}])
    [row] = answer["_embedded"]["notes"]
    assert answer["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/leads/notes"}}
    href = f"{ORIGIN}/api/v4/leads/{one}/notes/{row['id']}"
    assert list(row.items())[1:] == [
        ("entity_id", one),
        ("request_id", "0"),
        ("_links", {"self": {"href": href}}),
    ]
    note = crm.get(f"leads/notes/{row['id']}")
    assert note == crm.get(f"leads/{one}/notes/{row['id']}")
    # Without the parent's id the official SDK leaves its segment empty.
    assert crm.raw("GET", f"//api/v4/leads//notes/{row['id']}/").status == 200
    assert list(note) == [
        "id",
        "entity_id",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
        "responsible_user_id",
        "group_id",
        "note_type",
        "params",
        "account_id",
        "_links",
    ]
    assert crm.send("GET", f"leads/{other}/notes/{row['id']}").status == 204
    assert crm.send("GET", f"contacts/notes/{row['id']}").status == 204
    crm.create(f"leads/{other}/notes", text)
    assert [found["entity_id"] for found in crm.find("leads/notes")] == [one, other]
    assert len(crm.find(f"leads/{other}/notes")) == 1
    query = f"filter[entity_id][]={other}&filter[note_type]=common"
    assert [found["entity_id"] for found in crm.find("leads/notes", query)] == [other]
    assert crm.find("leads/notes", "filter[note_type][]=call_in") == []


def test_changed_notes_keep_what_is_not_mentioned(crm: Crm) -> None:
    """The type stays whatever is sent."""
    [lead] = crm.create("leads", {})
    params = {"uniq": "u", "duration": 5, "phone": "+7", "call_responsible": "Ann"}
    [number] = crm.create(f"leads/{lead}/notes", {"note_type": "call_in", "params": params})
    change = {"id": number, "note_type": "common", "params": {"duration": 9}}
    answer = crm.patch(f"leads/{lead}/notes/{number}", change)
    assert set(answer) == {"id", "entity_id", "updated_at", "_links"}
    note = crm.get(f"leads/notes/{number}")
    assert (note["note_type"], note["params"]) == ("call_in", {**params, "duration": 9})
    crm.patch("leads/notes", [{"id": number, "params": {"phone": "+8"}}])
    assert crm.get(f"leads/notes/{number}")["params"] == {**params, "duration": 9, "phone": "+8"}


def test_pinning(crm: Crm) -> None:
    """By both paths; shown to those who ask."""
    [lead] = crm.create("leads", {})
    [number] = crm.create(f"leads/{lead}/notes", {"note_type": "common", "params": {"text": "x"}})
    path = f"leads/notes/{number}"
    for action, pinned in (
        (f"{path}/pin", True),
        (f"leads/{lead}/notes/{number}/unpin", False),
        (f"leads/{lead}/notes/{number}/pin", True),
        (f"{path}/unpin", False),
    ):
        response = crm.send("POST", action, [])
        assert (response.status, response.body) == (204, b"")
        assert crm.get(path, "with=is_pinned")["is_pinned"] is pinned
    assert "is_pinned" not in crm.get(path)
    assert crm.send("POST", "leads/notes/77/pin", []).status == 404


@pytest.mark.parametrize(
    ("kind", "params", "event"),
    [
        ("common", {"text": "x"}, "common_note_added"),
        ("call_in", {"phone": "1", "uniq": None, "link": None}, "incoming_call"),
        ("call_out", {"phone": "1"}, "outgoing_call"),
        ("sms_in", {"text": "x", "phone": "1"}, "incoming_sms"),
        ("service_message", {"service": "s", "text": "x"}, "service_note_added"),
        ("geolocation", {"text": "x", "address": "y"}, "geo_note_added"),
        ("message_cashier", {"status": "shown", "text": "x"}, "message_to_cashier_note_added"),
        ("attachment", {"file_uuid": "u", "file_name": "f"}, "attachment_note_added"),
        ("site_visit", {"url": "http://x"}, "site_visit_note_added"),
    ],
)
def test_notes_are_logged_and_touch_the_entity(
    crm: Crm, kind: str, params: Json, event: str
) -> None:
    """Each type has its event."""
    [contact] = crm.create("contacts", {})
    crm.clock.advance(3)
    item = {"entity_id": contact, "note_type": kind, "params": params}
    [number] = crm.create("contacts/notes", item)
    [found] = crm.events(event)
    assert (found["entity_type"], found["entity_id"]) == ("contact", contact)
    assert found["value_after"] == [{"note": {"id": number}}]
    assert crm.get(f"contacts/{contact}")["updated_at"] == NOON + 3
    shown = crm.get(f"contacts/notes/{number}")["params"]
    given = {key: value for key, value in params.items() if value is not None}
    assert {key: shown[key] for key in given} == given
