"""Guesses about leads, contacts, companies and customers, and what belongs to them."""

from __future__ import annotations

import orjson

from .crm import NOON, Crm, Json
from .guess_case import code_of, on_crm

_STAGE = {"pipeline_id": 70, "id": 7002}
_PIPELINES = [
    {
        "id": 70,
        "name": "Sales",
        "is_main": True,
        "_embedded": {
            "statuses": [
                {"id": 7000, "name": "Inbox", "type": 1},
                {"id": 7001, "name": "First", "sort": 20},
                {"id": 7002, "name": "Second", "sort": 30},
            ]
        },
    },
    {"id": 71, "name": "Other", "_embedded": {"statuses": [{"id": 7101, "name": "One"}]}},
]
_CUSTOMER = {"customers_mode": "segments", "customers": [{"id": 601, "name": "Shop"}]}


@on_crm("filters.not_bought", {"work": 1, "ignored": 2}, {"is_api_filter_enabled": False})
def _(crm: Crm) -> Json:
    crm.create("leads", {"name": "One"}, {"name": "Two"})
    return len(crm.find("leads", "filter[name]=One"))


@on_crm("filters.name", {"equal": ["One"], "part": ["One", "One more"]})
def _(crm: Crm) -> Json:
    crm.create("leads", {"name": "One"}, {"name": "One more"}, {"name": "Two"})
    return [row["name"] for row in crm.find("leads", "filter[name]=one&order[id]=asc")]


@on_crm(
    "bodies.unknown_keys",
    {"ignored": 200, "refused": (400, "NotSupportedChoice", "colour")},
)
def _(crm: Crm) -> Json:
    return code_of(crm.send("POST", "leads", [{"name": "One", "colour": "red"}]))


@on_crm(
    "validation.too_long",
    {
        "NotSupportedChoice": (400, "NotSupportedChoice", "name"),
        "TooLong": (400, "TooLong", "name"),
    },
)
def _(crm: Crm) -> Json:
    user = {"name": "n" * 51, "email": "a@example.com", "password": "Passw0rd"}
    return code_of(crm.send("POST", "users", [user]))


@on_crm("batches.faulty_item", {"nothing_saved": (400, []), "others_saved": (400, ["Good"])})
def _(crm: Crm) -> Json:
    answer = crm.send("POST", "leads", [{"name": "Good"}, {"name": "Bad", "status_id": 1}])
    return answer.status, [row["name"] for row in crm.find("leads")]


@on_crm(
    "batches.unknown_id",
    {
        "errors": (400, {"9": "Lead not found"}),
        "validation_errors": (400, "NotSupportedChoice", "id"),
    },
)
def _(crm: Crm) -> Json:
    return code_of(crm.send("PATCH", "leads", [{"id": 9, "name": "Nobody"}]))


@on_crm(
    "batches.too_long",
    {"422": (422, "Limit 250 per page"), "400": (400, "Limit 250 per page")},
)
def _(crm: Crm) -> Json:
    return code_of(crm.send("POST", "leads", [{}] * 251))


@on_crm(
    "updates.older_updated_at",
    {
        "stored": (200, NOON - 9),
        "refused": ((400, "Last modified date is older than in database"), NOON),
    },
)
def _(crm: Crm) -> Json:
    [number] = crm.create("leads", {"name": "One"})
    answer = crm.send("PATCH", f"leads/{number}", {"updated_at": NOON - 9})
    return code_of(answer), crm.get(f"leads/{number}")["updated_at"]


@on_crm("links.none", {"200": 200, "204": 204}, {"leads": [{"id": 7}]})
def _(crm: Crm) -> Json:
    return crm.send("GET", "leads/7/links").status


@on_crm(
    "links.most",
    {"any": (1200, 200), "200": (200, 400), "1000": (1000, 200)},
    {"leads": [{"id": 7}, {"id": 8}]},
)
def _(crm: Crm) -> Json:
    for _ in range(6):
        numbers = crm.create("contacts", *[{"name": "Ann"}] * 200)
        body = [{"to_entity_id": number, "to_entity_type": "contacts"} for number in numbers]
        assert code_of(crm.send("POST", "leads/7/link", body)) in (200, (400, [{"code": 330}]))
    held = len(crm.account.links.of("leads", 7, "contacts"))
    numbers = crm.create("contacts", *[{"name": "Bea"}] * 201)
    body = [{"to_entity_id": number, "to_entity_type": "contacts"} for number in numbers]
    return held, crm.send("POST", "leads/8/link", body).status


@on_crm(
    "links.unlink_unlinked",
    {"204": 204, "404": (404, "Link not found")},
    {"leads": [{"id": 7}], "contacts": [{"id": 8}]},
)
def _(crm: Crm) -> Json:
    body = [{"to_entity_id": 8, "to_entity_type": "contacts"}]
    return code_of(crm.send("POST", "leads/7/unlink", body))


@on_crm("custom_fields.empty_values", {"cleared": None, "ignored": "Boss"})
def _(crm: Crm) -> Json:
    field = {"field_code": "POSITION", "values": [{"value": "Boss"}]}
    [number] = crm.create("contacts", {"name": "Ann", "custom_fields_values": [field]})
    crm.patch(f"contacts/{number}", {"custom_fields_values": [{**field, "values": []}]})
    shown = crm.get(f"contacts/{number}")["custom_fields_values"]
    return shown and shown[0]["values"][0]["value"]


@on_crm(
    "leads.loss_reason_elsewhere",
    {"cleared": None, "kept": 5},
    {"pipelines": _PIPELINES, "loss_reasons": [{"id": 5, "name": "Dear"}]},
)
def _(crm: Crm) -> Json:
    place = {"pipeline_id": 70, "status_id": 143}
    [number] = crm.create("leads", {**place, "loss_reason_id": 5})
    crm.patch(f"leads/{number}", {"status_id": _STAGE["id"]})
    return crm.get(f"leads/{number}")["loss_reason_id"]


@on_crm(
    "contacts.created_with_companies",
    {"ignored": [], "linked": [3]},
    {"companies": [{"id": 3, "name": "Firm"}]},
)
def _(crm: Crm) -> Json:
    [number] = crm.create("contacts", {"name": "Ann", "_embedded": {"companies": [{"id": 3}]}})
    return [one["id"] for one in crm.get(f"contacts/{number}")["_embedded"]["companies"]]


@on_crm(
    "contacts.first_is_main",
    {"main": True, "not_main": False},
    {"leads": [{"id": 7}], "contacts": [{"id": 8}]},
)
def _(crm: Crm) -> Json:
    crm.post("leads/7/link", [{"to_entity_id": 8, "to_entity_type": "contacts"}])
    return crm.get("leads/7", "with=contacts")["_embedded"]["contacts"][0]["is_main"]


@on_crm("unsorted.missing", {"404": 404, "204": 204})
def _(crm: Crm) -> Json:
    return crm.send("GET", "leads/unsorted/nope").status


@on_crm("tasks.missing", {"204": 204, "404": 404})
def _(crm: Crm) -> Json:
    return crm.send("GET", "tasks/9").status


@on_crm("notes.missing", {"204": 204, "404": 404}, {"leads": [{"id": 7}]})
def _(crm: Crm) -> Json:
    return crm.send("GET", "leads/7/notes/9").status


@on_crm("notes.updated_at_of_parent", {"changed": NOON + 9, "kept": NOON}, {"leads": [{"id": 7}]})
def _(crm: Crm) -> Json:
    crm.clock.advance(9)
    crm.post("leads/7/notes", [{"note_type": "common", "params": {"text": "Hello"}}])
    return crm.get("leads/7")["updated_at"]


@on_crm(
    "tags.unknown_id",
    {"refused": (400, "NotSupportedChoice", "_embedded.tags.0.id"), "ignored": 200},
)
def _(crm: Crm) -> Json:
    return code_of(crm.send("POST", "leads", [{"_embedded": {"tags": [{"id": 9}]}}]))


@on_crm("tags.case_of_names", {"exact": [], "ignored": ["Roof"]})
def _(crm: Crm) -> Json:
    crm.create("leads/tags", {"name": "Roof"}, {"name": "Wall"})
    return [row["name"] for row in crm.find("leads/tags", "filter[name]=roof", "tags")]


@on_crm(
    "customers.mode_off",
    {"422": [422, 422, 422], "426": [426, 422, 422]},
    {"customers_mode": "disabled"},
)
def _(crm: Crm) -> Json:
    paths = ("customers", "customers/statuses", "customers/segments")
    return [crm.send("GET", path).status for path in paths]


@on_crm("customers.average_check", {"cut": 2, "rounded": 3}, _CUSTOMER)
def _(crm: Crm) -> Json:
    crm.post("customers/601/transactions", [{"price": 2}, {"price": 3}, {"price": 3}])
    return crm.get("customers/601")["average_check"]


@on_crm(
    "bonus_points.beyond_balance",
    {"refused": (400, 5), "to_zero": (200, 0)},
    _CUSTOMER,
)
def _(crm: Crm) -> Json:
    crm.post("customers/601/bonus_points", {"earn": 5})
    answer = crm.send("POST", "customers/601/bonus_points", {"redeem": 9})
    left = crm.post("customers/601/bonus_points", {"earn": 0})["bonus_points"]
    return answer.status, left


@on_crm("calls.same_uniq", {"two_notes": 2, "one_note": 1})
def _(crm: Crm) -> Json:
    phone = {"field_code": "PHONE", "values": [{"value": "+79151112233"}]}
    [number] = crm.create("contacts", {"name": "Ann", "custom_fields_values": [phone]})
    call = {"phone": "+79151112233", "direction": "inbound", "uniq": "u1"}
    call |= {"duration": 5, "source": "phone"}
    notes = [crm.post("calls", [call])["_embedded"]["calls"][0]["id"] for _ in range(2)]
    assert len(crm.find(f"contacts/{number}/notes", key="notes")) == len(set(notes))
    return len(set(notes))


@on_crm("elements.missing", {"404": 404, "204": 204}, {"catalogs": [{"id": 4, "name": "List"}]})
def _(crm: Crm) -> Json:
    return crm.send("GET", "catalogs/4/elements/9").status


def _types(crm: Crm, code: str) -> Json:
    [number] = crm.create("catalogs", {"name": "Invoices", "type": "invoices"})
    fields = crm.find(f"catalogs/{number}/custom_fields")
    return next(field["type"] for field in fields if field["code"] == code)


@on_crm("invoices.type_of_no_vat_reason", {"text": "text", "select": "select"})
def _(crm: Crm) -> Json:
    return _types(crm, "BILL_REASON_FOR_NO_VAT")


@on_crm("invoices.type_of_payment_date", {"date_time": "date_time", "date": "date"})
def _(crm: Crm) -> Json:
    return _types(crm, "BILL_PAYMENT_DATE")


@on_crm(
    "pipelines.deletion_refusal",
    {"400": 400, "422": 422},
    {"pipelines": _PIPELINES, "leads": [{"pipeline_id": 71, "status_id": 7101}]},
)
def _(crm: Crm) -> Json:
    return crm.send("DELETE", "leads/pipelines/71").status


@on_crm("pipelines.main_deletion", {"next_is_main": 204, "refused": 400}, {"pipelines": _PIPELINES})
def _(crm: Crm) -> Json:
    return crm.send("DELETE", "leads/pipelines/70").status


@on_crm(
    "stages.unknown_color",
    {"refused": (400, "NotSupportedChoice", "color"), "accepted": "#123456"},
    {"pipelines": _PIPELINES},
)
def _(crm: Crm) -> Json:
    body = [{"name": "Third", "sort": 40, "color": "#123456"}]
    answer = crm.send("POST", "leads/pipelines/70/statuses", body)
    if answer.status != 200:
        return code_of(answer)
    return orjson.loads(answer.body)["_embedded"]["statuses"][0]["color"]


@on_crm(
    "stages.change_of_unsorted",
    {"refused": (400, "Inbox"), "accepted": (200, "New name")},
    {"pipelines": _PIPELINES},
)
def _(crm: Crm) -> Json:
    path = "leads/pipelines/70/statuses/7000"
    answer = crm.send("PATCH", path, {"name": "New name"})
    return answer.status, crm.get(path)["name"]


@on_crm("stages.sort", {"renumbered": 40, "as_sent": 300}, {"pipelines": _PIPELINES})
def _(crm: Crm) -> Json:
    body = [{"name": "Third", "sort": 300}]
    return crm.post("leads/pipelines/70/statuses", body)["_embedded"]["statuses"][0]["sort"]


@on_crm("loss_reasons.default_sort", {"next": 3, "0": 0, "100000": 100_000})
def _(crm: Crm) -> Json:
    made = crm.post("leads/loss_reasons", [{"name": "Late"}])
    return made["_embedded"]["loss_reasons"][0]["sort"]


@on_crm(
    "loss_reasons.deletion",
    {"cleared": None, "kept": 5},
    {"loss_reasons": [{"id": 5, "name": "Dear"}]},
)
def _(crm: Crm) -> Json:
    [number] = crm.create("leads", {"status_id": 143, "loss_reason_id": 5})
    assert crm.send("DELETE", "leads/loss_reasons/5").status == 204
    return crm.get(f"leads/{number}")["loss_reason_id"]
