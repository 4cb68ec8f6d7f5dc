"""Definitions of custom fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from .crm import Crm, Json


def _define(crm: Crm, kind: str = "leads", **item: Json) -> Json:
    fields: list[Json] = crm.post(f"{kind}/custom_fields", [{"name": "F", **item}])["_embedded"][
        "custom_fields"
    ]
    return fields[0]


def test_a_new_select_field_is_shown_whole(crm: Crm) -> None:
    """Created with 201; every key that clients read without a default is there."""
    enums = [{"value": "Site", "sort": 1, "code": "site"}, {"value": "Ads", "sort": 2}]
    body = [{"type": "select", "name": "Source", "code": "SRC", "sort": 520, "enums": enums}]
    response = crm.send("POST", "leads/custom_fields", body)
    assert response.status == 201
    answer = orjson.loads(response.body)
    assert list(answer) == ["_total_items", "_embedded"]
    [field] = answer["_embedded"]["custom_fields"]
    ids = [enum["id"] for enum in field["enums"]]
    assert field["enums"] == [
        {"id": ids[0], "value": "Site", "sort": 1, "code": "site"},
        {"id": ids[1], "value": "Ads", "sort": 2, "code": None},
    ]
    assert field == {
        "id": field["id"],
        "name": "Source",
        "type": "select",
        "account_id": crm.account.id,
        "code": "SRC",
        "sort": 520,
        "is_api_only": False,
        "enums": field["enums"],
        "request_id": "0",
        "group_id": None,
        "required_statuses": [],
        "is_deletable": True,
        "is_predefined": False,
        "entity_type": "leads",
        "tracking_callback": None,
        "remind": None,
        "triggers": [],
        "currency": None,
        "hidden_statuses": [],
        "chained_lists": None,
        "_links": field["_links"],
    }
    del field["request_id"]
    assert crm.get(f"leads/custom_fields/{field['id']}") == field
    assert crm.find("leads/custom_fields", "filter[type][]=select") == [field]


def test_the_list_counts_and_pages(crm: Crm) -> None:
    """Predefined fields are there from the start; sort decides the order."""
    answer = crm.get("leads/custom_fields", "limit=5&page=2")
    assert list(answer) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert (answer["_total_items"], answer["_page"], answer["_page_count"]) == (19, 2, 4)
    assert list(answer["_links"]) == ["self", "next", "first", "prev"]
    fields = crm.find("contacts/custom_fields")
    assert [field["code"] for field in fields] == ["POSITION", "PHONE", "EMAIL", "USER_AGREEMENT"]
    assert [enum["value"] for enum in fields[1]["enums"]] == [
        "WORK",
        "WORKDD",
        "MOB",
        "FAX",
        "HOME",
        "OTHER",
    ]
    assert [enum["sort"] for enum in fields[1]["enums"]] == [2, 4, 6, 8, 10, 12]
    new = _define(crm, "contacts", type="text")
    assert new["sort"] == fields[-1]["sort"] + 1
    assert crm.find("contacts/custom_fields", "order[sort]=desc")[0]["id"] == new["id"]


def test_enums_are_replaced_as_a_whole(crm: Crm) -> None:
    """Those with an id stay, those without are added, those left out go with their values."""
    enums = [{"value": "A", "code": "a"}, {"value": "B"}]
    field = _define(crm, type="multiselect", enums=enums)
    number = field["id"]
    a, b = (enum["id"] for enum in field["enums"])
    values = {"field_id": number, "values": [{"enum_id": a}, {"enum_id": b}]}
    [lead] = crm.create("leads", {"custom_fields_values": [values]})
    body = {"id": number, "type": "text", "enums": [{"id": b, "value": "BB"}, {"value": "C"}]}
    changed = crm.patch(f"leads/custom_fields/{number}", body)
    assert (changed["type"], "request_id" in changed) == ("multiselect", False)
    assert [enum["value"] for enum in changed["enums"]] == ["BB", "C"]
    assert changed["enums"][0]["id"] == b
    assert changed["enums"][1]["id"] not in {a, b}
    shown = crm.get(f"leads/{lead}")["custom_fields_values"][0]["values"]
    assert shown == [{"value": "BB", "enum_id": b, "enum_code": None}]
    crm.patch(f"leads/custom_fields/{number}", {"name": "G"})
    field = crm.get(f"leads/custom_fields/{number}")
    assert (field["name"], len(field["enums"])) == ("G", 2)
    for enums, path in (
        ([], "enums"),
        ([{"id": a, "value": "A"}], "enums.0.id"),
        ([{"value": "A"}, {"value": "A"}], "enums.1.value"),
        ([{"value": "A", "code": "x"}, {"value": "B", "code": "x"}], "enums.1.code"),
    ):
        response = crm.send("PATCH", f"leads/custom_fields/{number}", {"enums": enums})
        [item] = orjson.loads(response.body)["validation-errors"]
        assert [error["path"] for error in item["errors"]] == [path]


def test_batch_changes(crm: Crm) -> None:
    """Several definitions at once, each with its mark."""
    one, two = _define(crm, type="text"), _define(crm, type="date")
    body = [{"id": one["id"], "sort": 7}, {"id": two["id"], "name": "D", "request_id": "x"}]
    answer = crm.patch("leads/custom_fields", body)["_embedded"]["custom_fields"]
    assert [(field["id"], field["request_id"]) for field in answer] == [
        (one["id"], "0"),
        (two["id"], "x"),
    ]
    assert crm.get(f"leads/custom_fields/{one['id']}")["sort"] == 7


def test_deleting_a_field_takes_its_values(crm: Crm) -> None:
    """Predefined fields cannot go."""
    number = _define(crm, type="text")["id"]
    values = [{"field_id": number, "values": [{"value": "x"}]}]
    [lead] = crm.create("leads", {"custom_fields_values": values})
    response = crm.send("DELETE", f"leads/custom_fields/{number}", [])
    assert (response.status, response.body) == (204, b"")
    assert crm.get(f"leads/{lead}")["custom_fields_values"] is None
    assert crm.send("GET", f"leads/custom_fields/{number}").status == 404
    assert crm.send("DELETE", f"leads/custom_fields/{number}", []).status == 404
    phone = next(f for f in crm.find("contacts/custom_fields") if f["code"] == "PHONE")
    assert crm.send("DELETE", f"contacts/custom_fields/{phone['id']}", []).status == 400


def test_types_with_keys_of_their_own(crm: Crm) -> None:
    """Money, birthdays, chained lists, addresses, required stages."""
    assert _define(crm, type="monetary", currency="EUR")["currency"] == "EUR"
    assert _define(crm, type="birthday", remind=None)["remind"] == "never"
    chains = {
        "9929": {"catalog_id": 9929, "parent_catalog_id": None, "title": "Brand"},
        "9931": {"catalog_id": 9931, "parent_catalog_id": 9929, "title": "Model"},
    }
    shown = _define(crm, type="chained_list", chained_lists=chains)["chained_lists"]
    assert [chain["title"] for chain in shown] == ["Brand", "Model"]
    address = _define(crm, type="smart_address")["enums"]
    assert [(enum["id"], enum["code"]) for enum in address][:2] == [
        (1, "address_line_1"),
        (2, "address_line_2"),
    ]
    pipeline = crm.find("leads/pipelines")[0]["id"]
    stage = {"status_id": 142, "pipeline_id": pipeline}
    assert _define(crm, type="text", required_statuses=[stage])["required_statuses"] == [stage]
    body = [{"name": "x", "type": "text", "required_statuses": [{**stage, "status_id": 5}]}]
    response = crm.send("POST", "leads/custom_fields", body)
    [item] = orjson.loads(response.body)["validation-errors"]
    assert item["errors"][0]["path"] == "required_statuses.0.status_id"


def test_a_renamed_field_is_shown_with_its_new_name_at_once(crm: Crm) -> None:
    """What was shown before does not stay."""
    field = _define(crm, type="text")
    values = [{"field_id": field["id"], "values": [{"value": "x"}]}]
    [lead] = crm.create("leads", {"custom_fields_values": values})
    assert crm.get(f"leads/{lead}")["custom_fields_values"][0]["field_name"] == "F"
    crm.patch(f"leads/custom_fields/{field['id']}", {"name": "New", "code": "CODE"})
    [shown] = crm.get(f"leads/{lead}")["custom_fields_values"]
    assert (shown["field_name"], shown["field_code"]) == ("New", "CODE")
