"""Elements of catalogs, their links, and invoices."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json


@pytest.fixture
def cars(crm: Crm) -> int:
    """A catalog with a text, a price and a choice."""
    [number] = crm.create("catalogs", {"name": "Cars"})
    fields = [
        {"name": "Colour", "type": "text", "code": "COLOUR"},
        {"name": "Price", "type": "price", "code": "PRICE"},
        {"name": "Gear", "type": "select", "code": "GEAR", "enums": [{"value": "auto"}]},
        {"name": "Owner", "type": "linked_entity", "code": "OWNER", "search_in": "contacts"},
    ]
    crm.post(f"catalogs/{number}/custom_fields", fields)
    return number


def _values(**values: Json) -> list[Json]:
    return [
        {"field_id": None, "field_code": code, "values": [{"value": value}]}
        for code, value in values.items()
    ]


def _flaws(crm: Crm, method: str, path: str, body: Json) -> list[tuple[str, str]]:
    response = crm.send(method, path, body)
    assert response.status == 400, response.body
    [item] = orjson.loads(response.body)["validation-errors"]
    return [(flaw["code"], flaw["path"]) for flaw in item["errors"]]


def test_life_of_an_element(crm: Crm, cars: int) -> None:
    """Made with values, read, changed field by field; nothing deletes it."""
    path = f"catalogs/{cars}/elements"
    assert crm.send("GET", path).status == 204
    answer = crm.post(
        path, [{"name": "Lada", "custom_fields_values": _values(PRICE=5990, COLOUR="red")}]
    )
    [made] = answer["_embedded"]["elements"]
    number, user = made["id"], crm.caller.user_id
    codes = [field["field_code"] for field in made["custom_fields_values"]]
    assert codes == ["COLOUR", "PRICE"]
    shown = crm.get(f"{path}/{number}")
    assert made == {**shown, "request_id": "0"}
    assert {key: shown[key] for key in shown if key != "custom_fields_values"} == {
        "id": number,
        "name": "Lada",
        "created_by": user,
        "updated_by": user,
        "created_at": NOON,
        "updated_at": NOON,
        "is_deleted": None,
        "catalog_id": cars,
        "account_id": crm.account.id,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/{path}/{number}"}},
    }
    assert shown["custom_fields_values"][1]["values"] == [{"value": "5990"}]
    crm.clock.advance(5)
    # The official SDK sends back all that it has read, the old time of change, too.
    changed = crm.patch(
        f"{path}/{number}", {**shown, "custom_fields_values": _values(PRICE="6100")}
    )
    assert changed["updated_at"] == NOON + 5
    assert [field["values"][0]["value"] for field in changed["custom_fields_values"]] == [
        "red",
        "6100",
    ]
    crm.patch(path, [{"id": number, "name": "Volga", "updated_at": 7}])
    assert (crm.get(f"{path}/{number}")["name"], crm.get(f"{path}/{number}")["updated_at"]) == (
        "Volga",
        7,
    )
    gone = crm.send("DELETE", f"{path}/{number}")
    assert (gone.status, gone.body) == (405, b"")


def test_elements_are_found(crm: Crm, cars: int) -> None:
    """By ids in both forms, by name and by value; other catalogs have others."""
    path = f"catalogs/{cars}/elements"
    first, second, third = crm.create(
        path,
        {"name": "Lada", "custom_fields_values": _values(COLOUR="Deep red")},
        {"name": "Volga", "custom_fields_values": _values(GEAR="auto")},
        {"name": "Moskvich"},
    )
    [other] = crm.create("catalogs", {"name": "Boats"})
    crm.create(f"catalogs/{other}/elements", {"name": "Lada"})

    def found(query: str) -> list[int]:
        return [row["id"] for row in crm.find(path, query)]

    assert found("") == [first, second, third]
    assert found(f"id[0]={third}&id[1]={first}") == [first, third]
    assert found(f"filter[id][]={second}") == [second]
    assert found("query=lada") == [first]
    assert found("query=RED") == [first]
    assert found("query=auto") == [second]
    assert found("query=nope") == []
    assert found("limit=1&page=3") == [third]
    assert crm.send("GET", f"catalogs/{other}/elements/{first}").status == 404
    assert crm.send("GET", "catalogs/77/elements").status == 404
    assert crm.send("POST", "catalogs/77/elements", [{"name": "x"}]).status == 404


def test_what_is_refused(crm: Crm, cars: int) -> None:
    """Fields of other catalogs, wrong choices, no name, and what a required field lacks."""
    path = f"catalogs/{cars}/elements"
    wrong = [{"name": "x", "custom_fields_values": _values(SKU="a")}]
    at = "custom_fields_values.0"
    assert _flaws(crm, "POST", path, wrong) == [("NotSupportedChoice", f"{at}.field_code")]
    wrong = [{"name": "x", "custom_fields_values": _values(GEAR="manual")}]
    assert _flaws(crm, "POST", path, wrong) == [("NotSupportedChoice", f"{at}.values.0.value")]
    assert _flaws(crm, "POST", path, [{"sort": 1}]) == [("FieldMissing", "name")]
    needed = {"name": "Key", "type": "text", "code": "KEY", "is_required": True}
    crm.post(f"catalogs/{cars}/custom_fields", [needed])
    assert _flaws(crm, "POST", path, [{"name": "x"}]) == [("FieldMissing", "custom_fields_values")]
    crm.post(path, [{"name": "x", "custom_fields_values": _values(KEY="k")}])
    response = crm.send("PATCH", path, [{"id": 5, "name": "x"}])
    assert orjson.loads(response.body)["errors"] == {"5": "Catalog element not found"}


def _to(kind: str, number: int, **metadata: Json) -> Json:
    return {"to_entity_id": number, "to_entity_type": kind, "metadata": metadata or None}


def test_links_are_seen_from_both_ends(crm: Crm, cars: int) -> None:
    """Quantities may be fractions; leads, contacts and companies embed their elements."""
    [element] = crm.create(f"catalogs/{cars}/elements", {"name": "Lada"})
    path = f"catalogs/{cars}/elements/{element}"
    for kind in ("leads", "contacts", "companies"):
        [number] = crm.create(kind, {"name": "A"})
        crm.post(
            f"{kind}/{number}/link",
            [_to("catalog_elements", element, catalog_id=cars, quantity=10.22, price_id=None)],
        )
        [shown] = crm.get(f"{kind}/{number}", "with=catalog_elements")["_embedded"][
            "catalog_elements"
        ]
        assert shown == {
            "id": element,
            "metadata": {"quantity": 10.22, "catalog_id": cars, "price_id": None},
            "_links": {"self": {"href": f"{ORIGIN}/api/v4/{path}"}},
        }
    links = crm.get(f"{path}/links")
    assert links["_total_items"] == 3
    assert {link["to_entity_type"] for link in links["_embedded"]["links"]} == {
        "leads",
        "contacts",
        "companies",
    }
    [lead] = crm.create("leads", {"name": "B"})
    answer = crm.post(f"{path}/link", [_to("leads", lead, quantity=2)])
    metadata = {"quantity": 2, "catalog_id": cars, "price_id": None}
    made = {"to_entity_id": lead, "to_entity_type": "leads", "metadata": metadata}
    assert answer["_embedded"]["links"] == [
        {"entity_id": element, "entity_type": "catalog_elements", **made}
    ]
    query = f"filter[to_entity_id]={lead}&filter[to_entity_type]=leads"
    assert crm.get(f"{path}/links", query)["_embedded"]["links"] == [made]
    assert crm.send("POST", f"{path}/unlink", [_to("leads", lead)]).status == 204
    assert crm.get(f"leads/{lead}/links")["_embedded"]["links"] == []


def test_links_that_are_refused(crm: Crm, cars: int) -> None:
    """Elements that are not there, catalogs that are not theirs, and links that are one only."""
    first, second = crm.create("leads", {}, {})
    [element] = crm.create(f"catalogs/{cars}/elements", {"name": "Lada"})
    [other] = crm.create("catalogs", {"name": "Boats"})
    path = f"leads/{first}/link"
    wrong = [_to("catalog_elements", 5, catalog_id=cars)]
    assert _flaws(crm, "POST", path, wrong) == [("NotSupportedChoice", "to_entity_id")]
    wrong = [_to("catalog_elements", element, catalog_id=other)]
    assert _flaws(crm, "POST", path, wrong) == [("NotSupportedChoice", "metadata.catalog_id")]
    own = f"catalogs/{cars}/elements/{element}/link"
    assert _flaws(crm, "POST", own, [_to("leads", 5)]) == [("NotSupportedChoice", "to_entity_id")]
    wrong_catalog = f"catalogs/{other}/elements/{element}/links"
    assert orjson.loads(crm.send("GET", wrong_catalog).body)["detail"] == (
        "Catalog element not found"
    )
    crm.patch(f"catalogs/{cars}", {"can_link_multiple": False})
    item = _to("catalog_elements", element, catalog_id=cars)
    crm.post(path, [item])
    crm.post(path, [{**item, "metadata": {"catalog_id": cars, "quantity": 3}}])
    refused = [("NotSupportedChoice", "to_entity_id")]
    assert _flaws(crm, "POST", f"leads/{second}/link", [item]) == refused
    both = [{"entity_id": second, **item}]
    assert _flaws(crm, "POST", "leads/link", both) == refused
    assert _flaws(crm, "POST", own, [_to("leads", second)]) == refused
    crm.post(own, [_to("leads", first, quantity=4)])


def test_invoices(crm: Crm) -> None:
    """A status is needed; a paid one is dated and told to the lead; a link prints it."""
    [bills] = crm.create("catalogs", {"name": "Bills", "type": "invoices"})
    path = f"catalogs/{bills}/elements"
    assert _flaws(crm, "POST", path, [{"name": "1"}]) == [("FieldMissing", "custom_fields_values")]
    supplier_catalog = crm.find("catalogs", "type=suppliers")[0]["id"]
    [supplier] = crm.create(
        f"catalogs/{supplier_catalog}/elements",
        {"name": "Acme", "custom_fields_values": _values(SUPPLIER_VAT_ID="77")},
    )
    status = {"field_code": "BILL_STATUS", "values": [{"enum_code": "created"}]}
    values = [status, *_values(BILL_PRICE=1484.85, SUPPLIER={"entity_id": supplier})]
    [made] = crm.post(path, [{"name": "1", "custom_fields_values": values}])["_embedded"][
        "elements"
    ]
    number = made["id"]
    assert made["_embedded"] == {"warning": {"message": None}}
    shown = {field["field_code"]: field["values"] for field in made["custom_fields_values"]}
    assert shown["SUPPLIER"] == [{"value": {"entity_id": supplier}}]
    assert shown["BILL_STATUS"][0]["value"] == "Создан"
    full = crm.get(f"{path}/{number}", "with=invoice_link,supplier_field_values")
    assert full["invoice_link"].startswith("https://")
    shown = {field["field_code"]: field["values"] for field in full["custom_fields_values"]}
    [told] = shown["SUPPLIER"]
    assert (told["value"]["name"], told["value"]["vat_id"]) == ("Acme", "77")
    other = crm.get(f"catalogs/{supplier_catalog}/elements/{supplier}", "with=invoice_link")
    assert other["invoice_link"] is None
    assert "_embedded" not in other
    [lead] = crm.create("leads", {})
    crm.post(f"leads/{lead}/link", [_to("catalog_elements", number, catalog_id=bills)])
    crm.clock.advance(5)
    paid = {"custom_fields_values": _values(BILL_STATUS="Оплачен")}
    changed = crm.patch(f"{path}/{number}", paid)
    shown = {field["field_code"]: field["values"] for field in changed["custom_fields_values"]}
    assert shown["BILL_PAYMENT_DATE"] == [{"value": NOON + 5}]
    [note] = crm.find(f"leads/{lead}/notes")
    assert (note["note_type"], note["params"]["text"]) == ("invoice_paid", "1")
    assert [event["entity_id"] for event in crm.events("invoice_paid")] == [lead]
    crm.patch(f"{path}/{number}", paid)
    assert len(crm.find(f"leads/{lead}/notes")) == 1


def test_changes_are_told(crm: Crm, cars: int) -> None:
    """Addresses that ask for a catalog are told of its elements, and of no others."""
    url = "http://127.0.0.1:8/hook"
    events = [f"add_catalog_{cars}", f"update_catalog_{cars}"]
    crm.post("webhooks", {"destination": url, "settings": events})
    values = _values(COLOUR="red")
    path = f"catalogs/{cars}/elements"
    [element] = crm.create(path, {"name": "Lada", "custom_fields_values": values})
    crm.patch(f"{path}/{element}", {"name": "Volga"})
    [other] = crm.create("catalogs", {"name": "Boats"})
    crm.create(f"catalogs/{other}/elements", {"name": "Boat"})
    added, updated = crm.account.hooks
    assert [added.event, updated.event] == events
    said = dict(parse_qsl(added.body.decode()))
    assert said["catalogs[add][0][id]"] == str(element)
    assert said["catalogs[add][0][catalog_id]"] == str(cars)
    assert said["catalogs[add][0][custom_fields][0][code]"] == "COLOUR"
    assert dict(parse_qsl(updated.body.decode()))["catalogs[update][0][name]"] == "Volga"
