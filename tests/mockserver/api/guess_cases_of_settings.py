"""Guesses about custom fields, events, webhooks, sources and talks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import orjson

from .crm import NOON, Crm, Json
from .guess_case import code_of, on_crm, told

if TYPE_CHECKING:
    from amocrm_mockserver.hooks.tell import Hook

_SELECT = {"id": 311, "name": "Plan", "type": "select", "enums": [{"value": "A"}, {"value": "B"}]}
_URL = "https://hook.example.test/amo"
_ENDS = {"leads": [{"id": 7, "name": "Roof"}], "contacts": [{"id": 8, "name": "Ann"}]}
_LINK = [{"to_entity_id": 8, "to_entity_type": "contacts"}]
_ITEM = {
    "id": 7,
    "status_id": 7002,
    "pipeline_id": 70,
    "old_status_id": 7001,
    "old_pipeline_id": 70,
}
_FIRM = {"companies": [{"id": 3, "name": "Firm"}]}


@on_crm(
    "custom_fields.no_enums",
    {"refused": (400, 2), "accepted": (200, 0)},
    {"custom_fields": {"leads": [_SELECT]}},
)
def _(crm: Crm) -> Json:
    answer = crm.send("PATCH", "leads/custom_fields/311", {"enums": []})
    return answer.status, len(crm.get("leads/custom_fields/311")["enums"])


@on_crm(
    "custom_fields.same_enum",
    {"refused": (400, "NotSupportedChoice", "enums.1.value"), "accepted": 201},
)
def _(crm: Crm) -> Json:
    field = {"name": "Plan", "type": "select", "enums": [{"value": "A"}, {"value": "A"}]}
    return code_of(crm.send("POST", "leads/custom_fields", [field]))


@on_crm(
    "custom_fields.search_in",
    {"accepted": 201, "refused": (400, "FieldMissing", "search_in")},
    {"catalogs": [{"id": 4, "name": "List"}]},
)
def _(crm: Crm) -> Json:
    field = {"name": "Who", "type": "linked_entity"}
    return code_of(crm.send("POST", "catalogs/4/custom_fields", [field]))


@on_crm("custom_fields.predefined_deletion", {"400": 400, "403": 403})
def _(crm: Crm) -> Json:
    number = next(f["id"] for f in crm.find("contacts/custom_fields") if f["code"] == "PHONE")
    return crm.send("DELETE", f"contacts/custom_fields/{number}").status


@on_crm(
    "custom_fields.nested_left_out",
    {"removed": ["Boots"], "kept": ["Shoes", "Boots"]},
    {"catalogs": [{"id": 4, "name": "List"}]},
)
def _(crm: Crm) -> Json:
    nested = [{"value": "Shoes"}]
    [number] = crm.create(
        "catalogs/4/custom_fields", {"name": "Group", "type": "category", "nested": nested}
    )
    path = f"catalogs/4/custom_fields/{number}"
    crm.patch(path, {"type": "category", "nested": [{"value": "Boots"}]})
    return [node["value"] for node in crm.get(path)["nested"]]


def _types(crm: Crm) -> list[str]:
    return [event["type"] for event in crm.find("events", key="events")]


@on_crm(
    "events.order",
    {
        "newest_first": ["name_field_changed", "lead_added"],
        "oldest_first": ["lead_added", "name_field_changed"],
    },
)
def _(crm: Crm) -> Json:
    [number] = crm.create("leads", {"name": "One"})
    crm.clock.advance(5)
    crm.patch(f"leads/{number}", {"name": "Two"})
    return _types(crm)


@on_crm("events.with_note", {"told": "Hello", "ignored": None}, _ENDS)
def _(crm: Crm) -> Json:
    crm.post("leads/7/notes", [{"note_type": "common", "params": {"text": "Hello"}}])
    [event] = crm.find("events", "with=note", "events")
    return event["value_after"][0]["note"].get("params", {}).get("text")


@on_crm("events.note_deleted_value", {"value_after": (1, 0), "value_before": (0, 1)}, _ENDS)
def _(crm: Crm) -> Json:
    [number] = crm.create("leads/7/notes", {"note_type": "common", "params": {"text": "Hello"}})
    body = urlencode({"ACTION": "NOTE_DELETE", "ID": number}).encode()
    assert crm.raw("POST", "/private/notes/edit2.php", body=body).status == 200
    [event] = crm.events("common_note_deleted")
    return len(event["value_after"]), len(event["value_before"])


def _unlink(crm: Crm) -> None:
    crm.post("leads/7/link", _LINK)
    crm.account.events.clear()
    assert crm.send("POST", "leads/7/unlink", _LINK).status == 204


@on_crm("events.unlink_value", {"value_before": (0, 1), "value_after": (1, 0)}, _ENDS)
def _(crm: Crm) -> Json:
    _unlink(crm)
    event = crm.account.events[0]
    return len(event["value_after"]), len(event["value_before"])


@on_crm(
    "events.link_names",
    {
        "entity": ["entity_linked", "entity_linked", "entity_unlinked", "entity_unlinked"],
        "typed": ["contact_linked", "lead_linked", "contact_unlinked", "lead_unlinked"],
    },
    _ENDS,
)
def _(crm: Crm) -> Json:
    crm.post("leads/7/link", _LINK)
    linked = [event["type"] for event in crm.account.events]
    _unlink(crm)
    return [*linked, *(event["type"] for event in crm.account.events)]


@on_crm("events.link_sides", {"both": ["lead", "contact"], "main": ["lead"]}, _ENDS)
def _(crm: Crm) -> Json:
    crm.post("leads/7/link", _LINK)
    return [event["entity_type"] for event in crm.account.events]


@on_crm(
    "events.custom_field_type",
    {"by_id": "custom_field_9_value_changed", "common": "custom_field_value_changed"},
    {**_ENDS, "custom_fields": {"leads": [{"id": 9, "name": "Note", "type": "text"}]}},
)
def _(crm: Crm) -> Json:
    crm.patch("leads/7", {"custom_fields_values": [{"field_id": 9, "values": [{"value": "x"}]}]})
    [event] = crm.find("events", "filter[type]=custom_field_value_changed", "events")
    return event["type"]


@on_crm("events.task_result_of", {"task": "task", "parent": "lead"}, _ENDS)
def _(crm: Crm) -> Json:
    task = {"text": "Call", "complete_till": NOON + 9, "entity_id": 7, "entity_type": "leads"}
    [number] = crm.create("tasks", task)
    crm.patch(f"tasks/{number}", {"is_completed": True, "result": {"text": "Done"}})
    [event] = crm.events("task_result_added")
    return event["entity_type"]


@on_crm(
    "events.lead_added_of_unsorted",
    {
        "at_accept": ([], ["lead_added"]),
        "at_creation": (["lead_added"], ["lead_status_changed"]),
    },
)
def _(crm: Crm) -> Json:
    metadata = {"form_id": "1", "form_name": "F", "form_page": "https://a.test", "form_sent_at": 1}
    metadata |= {"ip": "1.1.1.1", "referer": "https://a.test"}
    item = {"source_uid": "u", "source_name": "Site", "metadata": metadata}
    made = crm.post("leads/unsorted/forms", [item])["_embedded"]["unsorted"][0]
    first = [event["type"] for event in crm.account.events]
    crm.account.events.clear()
    crm.post(f"leads/unsorted/{made['uid']}/accept", {})
    then = [event["type"] for event in crm.account.events if event["entity_type"] == "lead"]
    return first, [kind for kind in then if kind in {"lead_added", "lead_status_changed"}]


def _subscribe(crm: Crm, *events: str) -> Json:
    return crm.post("webhooks", {"destination": _URL, "settings": list(events)})


@on_crm("webhooks.subscription_status", {"201": 201, "200": 200})
def _(crm: Crm) -> Json:
    body = {"destination": _URL, "settings": ["add_lead"]}
    return crm.send("POST", "webhooks", body).status


@on_crm("webhooks.settings_in_answer", {"list": ["add_lead"], "map": {"add_lead": 1}})
def _(crm: Crm) -> Json:
    told_at_once = _subscribe(crm, "add_lead")["settings"]
    assert crm.find("webhooks")[0]["settings"] == ["add_lead"]
    return told_at_once


@on_crm("webhooks.same_address", {"replaced": ["add_task"], "merged": ["add_lead", "add_task"]})
def _(crm: Crm) -> Json:
    _subscribe(crm, "add_lead")
    return _subscribe(crm, "add_task")["settings"]


@on_crm("webhooks.switched_off_address", {"switched_on": False, "stays_off": True})
def _(crm: Crm) -> Json:
    number = _subscribe(crm, "add_lead")["id"]
    table = crm.account.table("webhooks")
    table.change(table.rows[number], {"disabled": True})
    return _subscribe(crm, "add_lead")["disabled"]


@on_crm("webhooks.key_of_companies", {"contacts": "contacts", "companies": "companies"})
def _(crm: Crm) -> Json:
    _subscribe(crm, "add_company")
    crm.create("companies", {"name": "Firm"})
    [form] = told(crm)
    [key] = [name.partition("[")[0] for name in form if name.endswith("[add][0][name]")]
    return key


@on_crm("webhooks.key_of_company_notes", {"contacts": "contacts", "companies": "companies"}, _FIRM)
def _(crm: Crm) -> Json:
    _subscribe(crm, "note_company")
    crm.post("companies/3/notes", [{"note_type": "common", "params": {"text": "Hello"}}])
    [form] = told(crm)
    [key] = [name.partition("[")[0] for name in form if name.endswith("[note][element_id]")]
    return key


@on_crm(
    "webhooks.old_pipeline_id",
    {"when_changed": True, "never": False},
    {
        "pipelines": [{"id": 70, "name": "Sales", "is_main": True}, {"id": 71, "name": "Other"}],
        "leads": [{"id": 7, "pipeline_id": 70}],
    },
)
def _(crm: Crm) -> Json:
    _subscribe(crm, "status_lead")
    crm.patch("leads/7", {"pipeline_id": 71})
    [form] = told(crm)
    return "leads[status][0][old_pipeline_id]" in form


_TASK = {"id": 5, "text": "Call", "complete_till": NOON, "entity_id": 7, "entity_type": "leads"}


@on_crm(
    "webhooks.times_in_words",
    {"account": "2023-11-15 01:13:20", "utc": "2023-11-14 22:13:20"},
)
def _(crm: Crm) -> Json:
    _subscribe(crm, "add_task")
    crm.create("tasks", {"text": "Call", "complete_till": NOON})
    [form] = told(crm)
    return form["task[add][0][complete_till]"]


@on_crm(
    "webhooks.deleted_task",
    {
        "id": {"task[delete][0][id]": "5"},
        "with_element": {
            "task[delete][0][id]": "5",
            "task[delete][0][element_id]": "7",
            "task[delete][0][element_type]": "2",
        },
    },
    {**_ENDS, "tasks": [_TASK]},
)
def _(crm: Crm) -> Json:
    _subscribe(crm, "delete_task")
    body = urlencode({"ACTION": "TASK_DELETE", "ID": 5}).encode()
    assert crm.raw("POST", "/private/notes/edit2.php", body=body).status == 200
    [form] = told(crm)
    return {name: value for name, value in form.items() if name.startswith("task")}


@on_crm(
    "talks.methods_of_kommo",
    {"offered": (200, 200), "404": (200, 404)},
    {"talks": [{"talk_id": 1, "chat_id": "c", "contact_id": 8, "origin": "x"}], **_ENDS},
)
def _(crm: Crm) -> Json:
    return crm.send("GET", "talks/1").status, crm.send("GET", "talks").status


_STAGES = {
    "pipelines": [
        {
            "id": 70,
            "name": "Sales",
            "is_main": True,
            "_embedded": {"statuses": [{"id": 7001, "name": "A"}, {"id": 7002, "name": "B"}]},
        }
    ],
    "leads": [{"id": 7, "pipeline_id": 70, "status_id": 7001}],
    "stage_hooks": [{"pipeline_id": 70, "status_id": 7002, "destination": _URL}],
    "widget_hooks": [
        {
            "pipeline_id": 70,
            "status_id": 7002,
            "destination": f"{_URL}/widget",
            "settings": {"a": 1},
        }
    ],
}


def _moved(crm: Crm) -> list[Hook]:
    crm.patch("leads/7", {"status_id": 7002})
    return list(crm.account.hooks)


@on_crm("stage_hooks.retries", {"once": (), "four_in_an_hour": (300.0, 900.0, 1800.0)}, _STAGES)
def _(crm: Crm) -> Json:
    [hook, _] = _moved(crm)
    return hook.delays


@on_crm(
    "stage_hooks.encoding",
    {
        "form": ("leads[status][0][id]", "7", None),
        "json": ("leads", {"status": [_ITEM]}, (("Content-Type", "application/json"),)),
    },
    _STAGES,
)
def _(crm: Crm) -> Json:
    [hook, _] = _moved(crm)
    return *_first_of(hook), hook.headers


@on_crm(
    "widget_hooks.encoding",
    {"form": ("event[type]", "14", None), "json": ("event", 14, "application/json")},
    _STAGES,
)
def _(crm: Crm) -> Json:
    [_, hook] = _moved(crm)
    key, value = _first_of(hook)
    kind = None if hook.headers is None else hook.headers[0][1]
    return key, value["type"] if isinstance(value, dict) else value, kind


def _first_of(hook: Hook) -> tuple[str, Json]:
    """The first name and value of a body."""
    if hook.body.startswith(b"{"):
        read: dict[str, Json] = orjson.loads(hook.body)
        return next(iter(read.items()))
    return parse_qsl(hook.body.decode())[0]
