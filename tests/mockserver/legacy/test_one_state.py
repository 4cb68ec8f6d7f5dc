"""Versions 2 and 4 of the API write and read one and the same account."""

from __future__ import annotations

import pytest
from legacy_caller import NOW, Caller, Json

_EVENTS = [
    f"{action}_{kind}"
    for action in ("add", "update", "responsible")
    for kind in ("lead", "contact", "company", "customer", "task")
] + ["status_lead", "note_lead", "note_contact", "note_company", "note_customer"]


def _account() -> Caller:
    return Caller.fresh(
        customers_mode="periodicity",
        webhooks=[
            {
                "id": 1,
                "destination": "https://hook.example.test/",
                "settings": _EVENTS,
                "created_at": NOW,
                "updated_at": NOW,
                "created_by": 0,
                "sort": 1,
                "disabled": False,
            }
        ],
        catalogs=[{"id": 4521, "name": "Cars", "type": "regular", "can_add_elements": True}],
    )


@pytest.fixture
def crm() -> Caller:
    """An account with customers and a catalog."""
    return _account()


@pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers"])
def test_cards(crm: Caller, kind: str) -> None:
    """Names, tags and fields, both ways."""
    definition = {"name": "F", "type": "text"}
    field = crm.add_v4(f"{kind}/custom_fields", definition)
    values = [{"id": field, "values": [{"value": "old"}]}]
    number = crm.added(kind, name="by 2", tags="t", custom_fields=values, next_date=NOW + 9)
    row = crm.one_v4(kind, number)
    assert (row["name"], [tag["name"] for tag in row["_embedded"]["tags"]]) == ("by 2", ["t"])
    assert row["custom_fields_values"][0]["values"] == [{"value": "old"}]
    new = [{"field_id": field, "values": [{"value": "new"}]}]
    change = {"name": "by 4", "custom_fields_values": new, "_embedded": {"tags": [{"name": "u"}]}}
    crm.ask("PATCH", f"/api/v4/{kind}/{number}", change)
    row = crm.one(kind, number)
    assert (row["name"], [tag["name"] for tag in row["tags"]]) == ("by 4", ["u"])
    assert row["custom_fields"][0]["values"] == [{"value": "new"}]
    item = {"name": "new by 4", **({"next_date": NOW} if kind == "customers" else {})}
    other = crm.add_v4(kind, item)
    assert crm.one(kind, other)["name"] == "new by 4"
    crm.changed(kind, other, name="changed by 2")
    assert crm.one_v4(kind, other)["name"] == "changed by 2"


def test_stages_and_prices(crm: Caller) -> None:
    """A stage that one version sets closes the lead in the other."""
    number = crm.added("leads", name="L", sale=7)
    assert crm.one_v4("leads", number)["price"] == 7
    crm.ask("PATCH", f"/api/v4/leads/{number}", {"status_id": 142, "price": 9})
    row = crm.one("leads", number)
    assert (row["status_id"], row["sale"], row["closed_at"]) == (142, 9, NOW)
    crm.changed("leads", number, status_id=143)
    assert crm.one_v4("leads", number)["status_id"] == 143


def test_tasks(crm: Caller) -> None:
    """Deadline, text and result, both ways."""
    lead = crm.added("leads", name="L")
    end = {"element_id": lead, "element_type": 2}
    number = crm.added("tasks", text="T", task_type=2, complete_till_at=NOW + 5, **end)
    row = crm.one_v4("tasks", number)
    shown = ("text", "task_type_id", "complete_till", "entity_id", "entity_type")
    assert [row[name] for name in shown] == ["T", 2, NOW + 5, lead, "leads"]
    done = {"is_completed": True, "result": {"text": "ok"}}
    crm.ask("PATCH", f"/api/v4/tasks/{number}", done)
    row = crm.one("tasks", number)
    assert (row["is_completed"], row["result"]["text"]) == (True, "ok")
    item = {"text": "U", "complete_till": NOW, "entity_id": lead, "entity_type": "leads"}
    other = crm.one("tasks", crm.add_v4("tasks", item))
    assert (other["text"], other["element_id"], other["element_type"]) == ("U", lead, 2)


@pytest.mark.parametrize(
    ("kind", "code"), [("contacts", 1), ("leads", 2), ("companies", 3), ("customers", 12)]
)
def test_notes(crm: Caller, kind: str, code: int) -> None:
    """Texts and parameters of each type that can be written, both ways."""
    card = crm.added(kind, name="x", next_date=NOW)
    end = {"element_id": card, "element_type": code}
    forms: dict[int, tuple[Json, str, Json]] = {
        4: ({"text": "hi"}, "common", {"text": "hi"}),
        25: (
            {"params": {"text": "t", "service": "s"}},
            "service_message",
            {"text": "t", "service": "s"},
        ),
        102: ({"params": {"text": "in"}}, "sms_in", {"text": "in"}),
        103: (
            {"params": {"text": "out", "phone": "+7"}},
            "sms_out",
            {"text": "out", "phone": "+7"},
        ),
    }
    for number, (given, name, params) in forms.items():
        note = crm.added("notes", note_type=number, **given, **end)
        row = crm.one_v4(f"{kind}/notes", note)
        assert row["note_type"] == name
        assert params.items() <= row["params"].items()
    item = {"note_type": "common", "params": {"text": "by 4"}}
    note = crm.add_v4(f"{kind}/{card}/notes", item)
    row = crm.one("notes", note)
    assert (row["text"], row["note_type"], row["element_type"]) == ("by 4", 4, code)
    crm.changed("notes", note, text="by 2")
    assert crm.one_v4(f"{kind}/notes", note)["params"]["text"] == "by 2"


def test_catalogs(crm: Caller) -> None:
    """Catalogs and elements, and what is deleted."""
    catalog = crm.added("catalogs", name="Shoes", can_add_elements=True)
    assert crm.one_v4("catalogs", catalog)["name"] == "Shoes"
    element = crm.added("catalog_elements", name="Boots", catalog_id=catalog)
    path = f"/api/v4/catalogs/{catalog}/elements/{element}"
    assert crm.ask("GET", path)["name"] == "Boots"
    crm.ask("PATCH", path, {"name": "Sandals"})
    assert crm.one("catalog_elements", element)["name"] == "Sandals"
    lead = crm.added("leads", name="L", catalog_elements_id={str(catalog): {str(element): 2}})
    [linked] = crm.ask("GET", f"/api/v4/leads/{lead}/links")["_embedded"]["links"]
    assert (linked["to_entity_id"], linked["metadata"]["quantity"]) == (element, 2)
    [shown] = crm.one("leads", lead, "&with=catalog_elements_links")["_embedded"].values()
    assert shown == [{"id": element, "catalog_id": catalog, "quantity": 2}]
    assert crm.save("catalog_elements", delete=[element]) == {"items": []}
    assert crm("GET", path).status == 404
    assert crm.save("catalogs", delete=[catalog]) == {"items": []}
    assert crm("GET", f"/api/v4/catalogs/{catalog}").status == 404


def test_purchases(crm: Caller) -> None:
    """A purchase by one version counts in the other."""
    customer = crm.added("customers", name="C", next_date=NOW)
    bought = crm.added("transactions", customer_id=customer, price=5, comment="c", date=NOW)
    row = crm.one_v4("customers/transactions", bought)
    assert (row["price"], row["comment"]) == (5, "c")
    assert crm.one_v4("customers", customer)["ltv"] == 5
    other = crm.add_v4(f"customers/{customer}/transactions", {"price": 6})
    assert crm.one("transactions", other)["price"] == 6
    crm.save("transactions", delete=[bought])
    assert crm.one_v4("customers", customer)["ltv"] == 6


def test_what_was_bought(crm: Caller) -> None:
    """Elements of a purchase, whose quantities may come as text, and with fractions."""
    customer = crm.added("customers", name="C", next_date=NOW)
    boots = crm.added("catalog_elements", name="Boots", catalog_id=4521)
    lace = crm.added("catalog_elements", name="Lace", catalog_id=4521)
    elements = {"4521": {str(boots): 2, str(lace): "1.5", "1": 7}}
    bought = crm.added("transactions", customer_id=customer, price=5, elements=elements)
    row = crm.one_v4("customers/transactions", bought)
    assert row["_embedded"]["catalog_elements"] == [
        {"id": boots, "metadata": {"quantity": 2, "catalog_id": 4521}},
        {"id": lace, "metadata": {"quantity": 1.5, "catalog_id": 4521}},
    ]
    crm.changed("customers", customer, catalog_elements_id={"4521": {str(lace): "2.5"}})
    [linked] = crm.ask("GET", f"/api/v4/customers/{customer}/links")["_embedded"]["links"]
    assert linked["metadata"]["quantity"] == 2.5


def test_a_catalog_that_stays(crm: Caller) -> None:
    """The catalog of products cannot be deleted."""
    crm("POST", "/api/v2/products_settings", {"enabled": True})
    [products] = crm.ask("GET", "/api/v4/catalogs?filter[type]=products")["_embedded"]["catalogs"]
    saved = crm.save("catalogs", delete=[products["id"]])
    assert saved["errors"] == {"delete": [{"id": products["id"], "code": 281}]}
    assert crm.ask("GET", f"/api/v4/catalogs/{products['id']}")["type"] == "products"


def test_incoming_leads(crm: Caller) -> None:
    """A request by one version is sorted by the other."""
    info = {"form_id": 1, "form_page": "p"}
    body = {"add": [{"source_uid": "s", "source_name": "n", "incoming_lead_info": info}]}
    [uid] = crm.ask("POST", "/api/v2/incoming_leads/form", body)["data"]
    [waiting] = crm.ask("GET", "/api/v4/leads/unsorted")["_embedded"]["unsorted"]
    assert (waiting["uid"], waiting["category"]) == (uid, "forms")
    crm.ask("POST", f"/api/v4/leads/unsorted/{uid}/accept", {})
    assert crm.items("incoming_leads") == []
    item = {
        "source_uid": "s",
        "source_name": "n",
        "metadata": {
            "form_id": "2",
            "form_name": "f",
            "form_page": "p",
            "ip": "1.1.1.1",
            "form_sent_at": NOW,
            "referer": "r",
        },
        "_embedded": {"leads": [{"name": "L"}]},
    }
    answer = crm.ask("POST", "/api/v4/leads/unsorted/forms", [item])
    [made] = answer["_embedded"]["unsorted"]
    assert [row["uid"] for row in crm.items("incoming_leads")] == [made["uid"]]
    told = crm.ask("POST", "/api/v2/incoming_leads/accept", {"accept": [made["uid"]]})
    assert list(told["data"]) == [made["uid"]]
    assert crm("GET", "/api/v4/leads/unsorted").status == 204


def test_webhooks_and_pipelines(crm: Caller) -> None:
    """What settings one version writes, the other reads."""
    hook = {"url": "https://two.example.test/", "events": ["add_lead"]}
    crm.save("webhooks/subscribe", subscribe=[hook])
    hooks = crm.ask("GET", "/api/v4/webhooks")["_embedded"]["webhooks"]
    assert hook["url"] in {one["destination"] for one in hooks}
    crm.save("webhooks/unsubscribe", unsubscribe=[hook])
    hooks = crm.ask("GET", "/api/v4/webhooks")["_embedded"]["webhooks"]
    assert hook["url"] not in {one["destination"] for one in hooks}
    pipelines = crm.ask("GET", "/api/v4/leads/pipelines")["_embedded"]["pipelines"]
    shown = crm.ask("GET", "/api/v2/pipelines")["_embedded"]["items"]
    assert {str(row["id"]): row["name"] for row in pipelines} == {
        key: row["name"] for key, row in shown.items()
    }


def _told(crm: Caller) -> tuple[list[Json], list[Json]]:
    """The messages that wait for webhooks, and the events; without ids that differ by way."""
    hooks = [
        (delivery.event, delivery.outgoing.body, delivery.outgoing.url)
        for delivery in crm.server.take_due()
    ]
    page = crm.ask("GET", "/api/v4/events?limit=100")
    rows = [] if page is None else page["_embedded"]["events"]
    names = ("type", "entity_id", "entity_type", "created_by", "created_at", "value_before")
    events = [{name: row[name] for name in (*names, "value_after")} for row in rows]
    return sorted(hooks), sorted(events, key=str)


_Write = tuple[str, str, "Json"]
_PAIRS: dict[str, tuple[_Write, _Write]] = {
    "a lead is added": (
        ("POST", "/api/v2/leads", {"add": [{"name": "L", "sale": 3, "tags": "t"}]}),
        (
            "POST",
            "/api/v4/leads",
            [{"name": "L", "price": 3, "_embedded": {"tags": [{"name": "t"}]}}],
        ),
    ),
    "a contact is added": (
        ("POST", "/api/v2/contacts", {"add": [{"name": "A", "first_name": "A"}]}),
        ("POST", "/api/v4/contacts", [{"name": "A", "first_name": "A"}]),
    ),
    "a company is added": (
        ("POST", "/api/v2/companies", {"add": [{"name": "A"}]}),
        ("POST", "/api/v4/companies", [{"name": "A"}]),
    ),
    "a customer is added": (
        ("POST", "/api/v2/customers", {"add": [{"name": "A", "next_date": NOW}]}),
        ("POST", "/api/v4/customers", [{"name": "A", "next_date": NOW}]),
    ),
    "a lead is renamed": (
        ("POST", "/api/v2/leads", {"update": [{"id": 101, "updated_at": NOW, "name": "X"}]}),
        ("PATCH", "/api/v4/leads/101", {"updated_at": NOW, "name": "X"}),
    ),
    "a lead moves": (
        ("POST", "/api/v2/leads", {"update": [{"id": 101, "updated_at": NOW, "status_id": 142}]}),
        ("PATCH", "/api/v4/leads/101", {"updated_at": NOW, "status_id": 142}),
    ),
    "a lead is tagged": (
        ("POST", "/api/v2/leads", {"update": [{"id": 101, "updated_at": NOW, "tags": "a,b"}]}),
        (
            "PATCH",
            "/api/v4/leads/101",
            {"updated_at": NOW, "_embedded": {"tags": [{"name": "a"}, {"name": "b"}]}},
        ),
    ),
    "a contact is linked": (
        (
            "POST",
            "/api/v2/leads",
            {"update": [{"id": 101, "updated_at": NOW, "contacts_id": [201]}]},
        ),
        (
            "POST",
            "/api/v4/leads/101/link",
            [{"to_entity_id": 201, "to_entity_type": "contacts"}],
        ),
    ),
    "a task is added": (
        (
            "POST",
            "/api/v2/tasks",
            {"add": [{"text": "T", "element_id": 101, "element_type": 2, "complete_till_at": NOW}]},
        ),
        (
            "POST",
            "/api/v4/tasks",
            [{"text": "T", "entity_id": 101, "entity_type": "leads", "complete_till": NOW}],
        ),
    ),
    "a note is added": (
        (
            "POST",
            "/api/v2/notes",
            {"add": [{"text": "N", "element_id": 101, "element_type": 2, "note_type": 4}]},
        ),
        ("POST", "/api/v4/leads/101/notes", [{"note_type": "common", "params": {"text": "N"}}]),
    ),
}


@pytest.mark.parametrize("name", _PAIRS)
def test_others_hear_the_same(name: str) -> None:
    """Webhooks and the list of events tell of a write by version 2 what they tell of one by 4."""
    heard: list[tuple[list[Json], list[Json]]] = []
    for method, path, body in _PAIRS[name]:
        crm = Caller.fresh(
            customers_mode="periodicity",
            leads=[{"id": 101, "name": "L", "created_at": NOW, "updated_at": NOW}],
            contacts=[{"id": 201, "name": "A", "created_at": NOW, "updated_at": NOW}],
        )
        hook = {"destination": "https://hook.example.test/", "settings": _EVENTS}
        crm.ask("POST", "/api/v4/webhooks", hook)
        before = _told(crm)[1]
        crm.ask(method, path, body)
        hooks, events = _told(crm)
        heard.append((hooks, [event for event in events if event not in before]))
    assert heard[0] == heard[1]
    assert heard[0][0] or heard[0][1]
