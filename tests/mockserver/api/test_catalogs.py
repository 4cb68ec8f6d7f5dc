"""Catalogs, their fields, and the switch of products."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json, make_crm


def _flaws(crm: Crm, method: str, path: str, body: Json) -> list[tuple[str, str]]:
    response = crm.send(method, path, body)
    assert response.status == 400, response.body
    [item] = orjson.loads(response.body)["validation-errors"]
    return [(flaw["code"], flaw["path"]) for flaw in item["errors"]]


def test_life_of_a_catalog(crm: Crm) -> None:
    """Made with defaults, found by type, changed alone and in a batch; its type stays."""
    assert crm.send("GET", "catalogs").status == 204
    answer = crm.post("catalogs", [{"name": "Cars", "request_id": "x"}])
    [made] = answer["_embedded"]["catalogs"]
    number = made["id"]
    user = crm.caller.user_id
    shown = {
        "id": number,
        "name": "Cars",
        "created_by": user,
        "updated_by": user,
        "created_at": NOON,
        "updated_at": NOON,
        "sort": 10,
        "type": "regular",
        "can_add_elements": True,
        "can_show_in_cards": False,
        "can_link_multiple": True,
        "can_be_deleted": True,
        "sdk_widget_code": None,
        "account_id": crm.account.id,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/catalogs/{number}"}},
    }
    assert made == {**shown, "request_id": "x"}
    assert number > 1000
    assert crm.get(f"catalogs/{number}") == shown
    crm.clock.advance(5)
    changed = crm.patch(f"catalogs/{number}", {"name": "Boats", "type": "products", "sort": 3})
    assert changed == {**shown, "name": "Boats", "sort": 3, "updated_at": NOON + 5}
    crm.patch("catalogs", [{"id": number, "can_link_multiple": False}])
    assert crm.get(f"catalogs/{number}")["can_link_multiple"] is False
    assert crm.send("DELETE", f"catalogs/{number}").status == 405
    assert crm.send("GET", f"catalogs/{number + 1}").status == 404


def test_catalogs_are_found_by_type(crm: Crm) -> None:
    """The official SDK sends the type without `filter`; both forms work."""
    crm.post("catalogs", [{"name": "Cars"}, {"name": "Bills", "type": "invoices"}])
    for query in ("type=invoices", "filter[type]=invoices"):
        assert [row["name"] for row in crm.find("catalogs", query)] == ["Bills"]
    assert crm.find("catalogs", "type=products") == []
    assert [row["sort"] for row in crm.find("catalogs")] == [10, 20, 30]


def test_there_are_ten_catalogs_at_most(crm: Crm) -> None:
    """And one of invoices; suppliers come with them."""
    crm.post("catalogs", [{"name": "Bills", "type": "invoices"}])
    assert [row["type"] for row in crm.find("catalogs")] == ["invoices", "suppliers"]
    again = [{"name": "More", "type": "invoices"}]
    assert _flaws(crm, "POST", "catalogs", again) == [("NotSupportedChoice", "type")]
    two = [{"name": "A", "type": "products"}, {"name": "B", "type": "products"}]
    assert crm.send("POST", "catalogs", two).status == 400
    assert crm.send("POST", "catalogs", [{"name": "x"}] * 9).status == 422
    crm.post("catalogs", [{"name": "x"}] * 8)
    assert crm.send("POST", "catalogs", [{"name": "x"}]).status == 422
    assert len(crm.find("catalogs")) == 10


def test_products_are_switched_on(crm: Crm) -> None:
    """The first time makes their catalog and its fields; off hides it, on shows it again."""
    path = "catalogs/products/settings"
    assert crm.get(path) == {"is_enabled": False, "catalog_id": None}
    on = crm.patch(path, {"is_enabled": True})
    number = on["catalog_id"]
    assert on == crm.get(path) == {"is_enabled": True, "catalog_id": number}
    catalog = crm.get(f"catalogs/{number}")
    assert (catalog["name"], catalog["type"]) == ("Товары", "products")
    fields = crm.find(f"catalogs/{number}/custom_fields")
    assert {field["code"]: field["type"] for field in fields} == {
        "SKU": "text",
        "DESCRIPTION": "textarea",
        "PRICE": "price",
        "SPECIAL_PRICE_1": "price",
        "GROUP": "category",
        "UNIT": "select",
        "EXTERNAL_ID": "text",
    }
    assert crm.patch(path, {"is_enabled": False})["is_enabled"] is False
    assert crm.find("catalogs") == []
    assert crm.patch(path, {"is_enabled": True}) == on
    assert [row["id"] for row in crm.find("catalogs", "type=products")] == [number]
    assert _flaws(crm, "PATCH", path, {"is_enabled": "yes"}) == [("InvalidType", "is_enabled")]


def test_invoices_know_their_fields() -> None:
    """The account names the catalog of invoices; suppliers are kept in Russia only."""
    crm = make_crm(zone="kommo.com")
    assert crm.get("account", "with=invoices_settings")["invoices_settings"] == {
        "lang": None,
        "invoices_catalog_id": None,
    }
    [number] = crm.create("catalogs", {"name": "Bills", "type": "invoices"})
    assert len(crm.find("catalogs")) == 1
    settings = crm.get("account", "with=invoices_settings")["invoices_settings"]
    assert settings == {"lang": "en", "invoices_catalog_id": number}
    fields = {field["code"]: field for field in crm.find(f"catalogs/{number}/custom_fields")}
    codes = [enum["code"] for enum in fields["BILL_STATUS"]["enums"]]
    assert codes == ["created", "paid", "partially_paid", "paid_in_advance"]
    assert (fields["PAYER"]["type"], fields["ITEMS"]["type"]) == ("payer", "items")


def test_fields_of_a_catalog(crm: Crm) -> None:
    """Each catalog has its own, and they have keys of their own."""
    cars, boats = crm.create("catalogs", {"name": "Cars"}, {"name": "Boats"})
    path = f"catalogs/{cars}/custom_fields"
    assert crm.send("GET", path).status == 204
    response = crm.send("POST", path, [{"name": "Price", "type": "price", "code": "P"}])
    assert response.status == 201
    [made] = orjson.loads(response.body)["_embedded"]["custom_fields"]
    number = made["id"]
    assert made == {
        "id": number,
        "name": "Price",
        "type": "price",
        "account_id": crm.account.id,
        "code": "P",
        "sort": 1,
        "enums": None,
        "request_id": "0",
        "group_id": None,
        "is_deletable": True,
        "is_predefined": False,
        "is_visible": True,
        "is_required": False,
        "entity_type": "catalogs",
        "catalog_id": cars,
        "remind": None,
        "triggers": [],
        "currency": None,
        "chained_lists": None,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/{path}/{number}"}},
    }
    [other] = crm.create(
        f"catalogs/{boats}/custom_fields", {"name": "P", "type": "text", "code": "P"}
    )
    assert [field["id"] for field in crm.find(path)] == [number]
    assert crm.send("GET", f"{path}/{other}").status == 404
    assert crm.patch(f"{path}/{number}", {"name": "Cost", "is_required": True})["is_required"]
    assert crm.patch(path, [{"id": number, "sort": 7}])["_total_items"] == 1
    [element] = crm.create(
        f"catalogs/{cars}/elements",
        {"name": "A", "custom_fields_values": [{"field_code": "P", "values": [{"value": 1}]}]},
    )
    assert crm.send("DELETE", f"{path}/{number}").status == 204
    assert crm.get(f"catalogs/{cars}/elements/{element}")["custom_fields_values"] is None
    assert crm.get(f"catalogs/{boats}/custom_fields/{other}")["name"] == "P"
    assert _flaws(crm, "POST", path, [{"name": "x", "type": "smart_address"}]) == [
        ("NotSupportedChoice", "type")
    ]
    assert crm.send("GET", "catalogs/77/custom_fields").status == 404


def test_a_category_is_a_tree(crm: Crm) -> None:
    """One call builds it by marks, in any order; what is left out of the next one is gone."""
    [cars] = crm.create("catalogs", {"name": "Cars"})
    path = f"catalogs/{cars}/custom_fields"
    tree = [
        {"value": "Sedan", "request_id": "b", "parent_request_id": "a"},
        {"value": "Car", "request_id": "a", "parent_id": None},
    ]
    [number] = crm.create(path, {"name": "Kind", "type": "category", "nested": tree})
    sedan, car = crm.get(f"{path}/{number}")["nested"]
    assert sedan == {"id": sedan["id"], "parent_id": car["id"], "value": "Sedan", "sort": 1}
    assert car == {"id": car["id"], "parent_id": None, "value": "Car", "sort": 2}
    value = {"field_id": number, "values": [{"value": "Sedan"}]}
    [element] = crm.create(
        f"catalogs/{cars}/elements", {"name": "A", "custom_fields_values": [value]}
    )
    [shown] = crm.get(f"catalogs/{cars}/elements/{element}")["custom_fields_values"]
    assert shown["values"] == [{"value": "Sedan", "enum_id": sedan["id"]}]
    kept = crm.patch(f"{path}/{number}", {"nested": [{"id": car["id"], "value": "Auto"}]})
    assert [(node["id"], node["value"]) for node in kept["nested"]] == [(car["id"], "Auto")]
    assert crm.get(f"catalogs/{cars}/elements/{element}")["custom_fields_values"] is None


def test_tabs_of_a_catalog(crm: Crm) -> None:
    """Every catalog has the main tab, and takes more."""
    cars, boats = crm.create("catalogs", {"name": "Cars"}, {"name": "Boats"})
    path = f"catalogs/{cars}/custom_fields/groups"
    [group] = crm.create(path, {"name": "Tech", "sort": 1})
    [field] = crm.create(f"catalogs/{cars}/custom_fields", {"name": "a", "type": "text"})
    assert crm.patch(f"{path}/{group}", {"fields": [field]})["fields"] == [field]
    tabs = crm.find(path, key="custom_field_groups")
    assert [(tab["id"], tab["entity_type"]) for tab in tabs] == [
        ("default", "catalogs"),
        (group, "catalogs"),
    ]
    assert tabs[0]["_links"]["self"]["href"] == f"{ORIGIN}/api/v4/{path}/default"
    assert len(crm.find(f"catalogs/{boats}/custom_fields/groups", key="custom_field_groups")) == 1
    assert crm.send("DELETE", f"{path}/{group}").status == 204
    assert crm.get(f"catalogs/{cars}/custom_fields/{field}")["group_id"] is None
    assert crm.send("GET", f"catalogs/{boats}/custom_fields/groups/{group}").status == 404


@pytest.mark.parametrize("key", ["custom_fields", "custom_field_groups", "catalog_elements"])
def test_a_seed_names_the_catalog(key: str) -> None:
    """What belongs to a catalog says to which."""
    item = {"name": "x", "type": "text", "sort": 1}
    rows: Json = [item] if key == "catalog_elements" else {"catalogs": [item]}
    with pytest.raises(ValueError, match="catalog_id is missing"):
        make_crm({"catalogs": [{"id": 4521, "name": "Cars"}], key: rows})
