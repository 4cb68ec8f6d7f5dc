"""Tabs of cards, and the fields in them."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, make_crm


def _fields(crm: Crm, group: str) -> list[int]:
    fields: list[int] = crm.get(f"leads/custom_fields/groups/{group}")["fields"]
    return fields


def test_a_new_account_has_predefined_tabs(crm: Crm) -> None:
    """Every card has the main tab; that of leads also one for tracking data, with its fields."""
    assert crm.get("contacts/custom_fields/groups") == {
        "_total_items": 1,
        "_embedded": {
            "custom_field_groups": [
                {
                    "id": "default",
                    "name": "Основное",
                    "is_predefined": True,
                    "type": "custom_field_group",
                    "fields": [],
                    "entity_type": "contacts",
                    "sort": 0,
                    "_links": {
                        "self": {"href": f"{ORIGIN}/api/v4/contacts/custom_fields/groups/default"}
                    },
                }
            ]
        },
    }
    _, statistic = crm.find("leads/custom_fields/groups", key="custom_field_groups")
    assert (statistic["id"], len(statistic["fields"])) == ("statistic", 19)
    english = make_crm(zone="kommo.com")
    [main] = english.find("companies/custom_fields/groups", key="custom_field_groups")
    assert main["name"] == "Main"


def test_life_of_a_tab(crm: Crm) -> None:
    """Made, renamed, filled with fields, deleted; the fields go back to the main tab."""
    response = crm.send(
        "POST", "leads/custom_fields/groups", [{"name": "Deal", "sort": 3, "request_id": "x"}]
    )
    assert response.status == 201
    answer = orjson.loads(response.body)
    [made] = answer["_embedded"]["custom_field_groups"]
    group = made["id"]
    assert (list(answer), answer["_total_items"]) == (["_total_items", "_embedded"], 1)
    assert group.startswith(f"leads_{NOON}")
    assert (made["request_id"], made["fields"]) == ("x", [])
    fields = crm.create(
        "leads/custom_fields",
        {"name": "a", "type": "text"},
        {"name": "b", "type": "text", "group_id": group},
    )
    assert _fields(crm, group) == fields[1:]
    changed = crm.patch(f"leads/custom_fields/groups/{group}", {"name": "Deals", "fields": fields})
    assert (changed["name"], changed["sort"], changed["fields"]) == ("Deals", 3, fields)
    assert crm.get(f"leads/custom_fields/{fields[0]}")["group_id"] == group
    crm.patch("leads/custom_fields/groups/default", {"fields": fields[:1]})
    assert crm.get(f"leads/custom_fields/{fields[0]}")["group_id"] is None
    assert _fields(crm, group) == fields[1:]
    assert crm.send("DELETE", f"leads/custom_fields/groups/{group}").status == 204
    assert crm.get(f"leads/custom_fields/{fields[1]}")["group_id"] is None
    assert crm.send("GET", f"leads/custom_fields/groups/{group}").status == 404


def test_tabs_stand_in_their_order(crm: Crm) -> None:
    """The list goes by sort, and cards of other kinds have their own."""
    crm.post("contacts/custom_fields/groups", [{"name": "z", "sort": 9}, {"name": "a", "sort": 2}])
    found = crm.find("contacts/custom_fields/groups", key="custom_field_groups")
    assert [group["name"] for group in found] == ["Основное", "a", "z"]
    assert len(crm.find("companies/custom_fields/groups", key="custom_field_groups")) == 1


@pytest.mark.parametrize("group", ["default", "statistic"])
def test_predefined_tabs_stay(crm: Crm, group: str) -> None:
    """They can be renamed, not deleted."""
    assert crm.patch(f"leads/custom_fields/groups/{group}", {"name": "x"})["name"] == "x"
    response = crm.send("DELETE", f"leads/custom_fields/groups/{group}")
    assert (response.status, orjson.loads(response.body)["detail"]) == (400, "Bad Request")


def test_what_is_refused(crm: Crm) -> None:
    """Tabs without name or place, fields that are not there, tabs that are not there."""
    response = crm.send("POST", "leads/custom_fields/groups", [{}])
    [item] = orjson.loads(response.body)["validation-errors"]
    paths = [(flaw["code"], flaw["path"]) for flaw in item["errors"]]
    assert paths == [("FieldMissing", "name"), ("FieldMissing", "sort")]
    response = crm.send("PATCH", "leads/custom_fields/groups/default", {"fields": [5]})
    [item] = orjson.loads(response.body)["validation-errors"]
    assert item["errors"][0]["path"] == "fields.0"
    for method in ("GET", "PATCH", "DELETE"):
        body = {"name": "x"} if method == "PATCH" else None
        assert crm.send(method, "leads/custom_fields/groups/leads_1", body).status == 404
