"""Duplicate control: incoming leads that become part of leads that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from amocrm_mockserver.duplicate_control import read_rules

from .crm import Crm, make_crm

if TYPE_CHECKING:
    from .crm import Json


def _email(*texts: str) -> Json:
    return {"field_code": "EMAIL", "values": [{"value": text} for text in texts]}


def _phone(*texts: str) -> Json:
    return {"field_code": "PHONE", "values": [{"value": text} for text in texts]}


def _item(*values: Json, **lead: Json) -> Json:
    """A lead of somebody with these values."""
    return {**lead, "_embedded": {"contacts": [{"name": "New", "custom_fields_values": values}]}}


_STAGES = {"statuses": [{"id": 7001, "name": "First"}, {"id": 7002, "name": "Second"}]}
_PIPELINES = [
    {"id": 70, "name": "Sales", "is_main": True, "_embedded": _STAGES},
    {"id": 71, "name": "Other"},
]


_SOURCES = [
    {"id": 77, "name": "One", "external_id": "one", "pipeline_id": 70},
    {"id": 78, "name": "Two", "external_id": "two", "pipeline_id": 70},
]


def _with_control(
    rule: Json | None = None,
    *,
    leads: int = 1,
    contact: Json | None = None,
    sources: bool = False,
    **more: Json,
) -> Crm:
    """An account where Ann is the main contact of leads 101 and on."""
    ann: Json = {
        "id": 201,
        "name": "Ann",
        "custom_fields_values": [_phone("+7 900 111-22-33"), _email("Ann@example.com")],
        **(contact or {}),
    }
    there: Json = [
        {
            "id": 101 + place,
            "name": "There",
            "price": 10,
            "status_id": 7002,
            "created_at": 1_600_000_000 + place,
            "_embedded": {"contacts": [{"id": 201}]},
            **more,
        }
        for place in range(leads)
    ]
    return _as_integration(
        make_crm(
            {
                "pipelines": _PIPELINES,
                "sources": _SOURCES if sources else [],
                "contacts": [ann, {"id": 202, "name": "Bob"}],
                "leads": there,
                "duplicate_control": [] if rule is None else [rule],
            }
        )
    )


def _as_integration(crm: Crm) -> Crm:
    crm.caller = evolve(crm.caller, client_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
    return crm


def test_duplicate_control_is_off_unless_switched_on() -> None:
    """Without a rule, or by a call that no integration makes, nothing is merged."""
    body = [_item(_email("ann@example.com"))]
    assert _with_control().post("leads/complex", body)[0]["merged"] is False
    crm = _with_control({})
    crm.caller = evolve(crm.caller, client_id="")
    assert crm.post("leads/complex", body)[0]["merged"] is False


def test_a_hit_is_merged() -> None:
    """Its lead is changed where it stands; phones and e-mails are added to its contact."""
    crm = _with_control({})
    values = (_email("other@example.com"), _phone("8 (900) 111 22 33"))
    item = _item(*values, name="In", price=5, pipeline_id=70, status_id=7001, request_id="r")
    item["_embedded"] |= {"tags": [{"name": "hot"}], "companies": [{"name": "Acme"}]}
    [one] = crm.post("leads/complex", [item])
    [company] = crm.find("companies", "with=contacts")
    assert one == {
        "id": 101,
        "contact_id": 201,
        "company_id": company["id"],
        "request_id": ["r"],
        "merged": True,
    }
    [lead] = crm.find("leads")
    assert (lead["name"], lead["price"], lead["status_id"]) == ("In", 5, 7002)
    assert lead["created_at"] == 1_600_000_000
    assert [tag["name"] for tag in lead["_embedded"]["tags"]] == ["hot"]
    assert lead["_embedded"]["companies"][0]["id"] == company["id"]
    assert [contact["id"] for contact in company["_embedded"]["contacts"]] == [201]
    contact = crm.get("contacts/201")
    assert contact["name"] == "New"
    assert [[v["value"] for v in f["values"]] for f in contact["custom_fields_values"]] == [
        ["+7 900 111-22-33"],
        ["Ann@example.com", "other@example.com"],
    ]
    assert len(crm.find("contacts")) == 2
    assert crm.events("lead_added") == []
    assert len(crm.events("sale_field_changed")) == 1


def test_what_is_there_is_kept_where_the_account_says_so() -> None:
    """Only what was empty is filled."""
    crm = _with_control({"conflict": "keep"}, price=0)
    [field] = crm.create("leads/custom_fields", {"name": "F", "type": "text"})
    values = (_email("other@example.com"), _phone("+79001112233"))
    custom = [{"field_id": field, "values": [{"value": "v"}]}]
    company: Json = {"companies": [{"name": "Acme"}]}
    item = _item(*values, name="In", price=5, custom_fields_values=custom)
    item["_embedded"] |= company
    [first] = crm.post("leads/complex", [item])
    lead = crm.get("leads/101")
    assert (lead["name"], lead["price"]) == ("There", 5)
    assert lead["custom_fields_values"][0]["values"] == [{"value": "v"}]
    contact = crm.get("contacts/201")
    assert contact["name"] == "Ann"
    assert [len(each["values"]) for each in contact["custom_fields_values"]] == [1, 1]
    [other] = crm.create("companies", {"name": "Other"})
    item["_embedded"]["companies"] = [{"id": other}]
    item["custom_fields_values"][0]["values"] = [{"value": "w"}]
    [second] = crm.post("leads/complex", [item])
    assert second["company_id"] == first["company_id"] != other
    assert crm.get("leads/101")["custom_fields_values"][0]["values"] == [{"value": "v"}]


@pytest.mark.parametrize(
    "written", ["8 900 1112233", "9001112233", "+7(900)1112233", "0079001112233"]
)
def test_phones_are_compared_in_international_form(written: str) -> None:
    """However they are written; a foreign number with the same end is another one."""
    crm = _with_control({"keys": ["phone"]})
    assert crm.post("leads/complex", [_item(_phone(written))])[0]["merged"] is True
    assert crm.post("leads/complex", [_item(_phone("+1 900 111 22 33"))])[0]["merged"] is False


def test_only_the_chosen_keys_count() -> None:
    """The e-mail alone is no hit where phones are compared."""
    crm = _with_control({"keys": ["phone"]})
    assert crm.post("leads/complex", [_item(_email("ann@example.com"))])[0]["merged"] is False


def test_a_contact_given_by_its_id_is_compared_too() -> None:
    """By the values that it has."""
    crm = _with_control({})
    [one] = crm.post("leads/complex", [{"_embedded": {"contacts": [{"id": 201}]}}])
    assert (one["id"], one["contact_id"], one["merged"]) == (101, 201, True)
    values = {"custom_fields_values": [_email("ann@example.com")]}
    crm.patch("contacts/202", values)
    [one] = crm.post("leads/complex", [{"_embedded": {"contacts": [{"id": 202}]}}])
    assert (one["id"], one["contact_id"], one["merged"]) == (101, 202, True)
    shown = crm.get("leads/101", "with=contacts")["_embedded"]["contacts"]
    assert [(each["id"], each["is_main"]) for each in shown] == [(201, True), (202, False)]


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ({"pipeline_id": 71}, {}),
        ({"stages": [7001]}, {}),
        ({}, {"status_id": 142}),
        ({}, {"pipeline_id": 71, "status_id": 143}),
        ({}, {"is_deleted": True}),
        ({}, {"_embedded": {"contacts": [{"id": 202, "is_main": True}, {"id": 201}]}}),
    ],
)
def test_a_hit_is_the_main_contact_of_a_lead_in_the_chosen_stages(rule: Json, more: Json) -> None:
    """In the pipeline of the incoming lead; all other leads are left alone."""
    crm = _with_control(rule, **more)
    assert crm.post("leads/complex", [_item(_email("ann@example.com"))])[0]["merged"] is False


def test_closed_leads_are_found_where_their_stage_is_chosen() -> None:
    """The stages are the account's choice."""
    crm = _with_control({"pipeline_id": 70, "stages": [142]}, status_id=142)
    assert crm.post("leads/complex", [_item(_email("ann@example.com"))])[0]["merged"] is True
    assert crm.get("leads/101")["status_id"] == 142


@pytest.mark.parametrize(
    ("several", "leads", "changed"),
    [
        ("create", 2, []),
        ("newest", 3, [103]),
        ("all", 3, [101, 102, 103]),
        ("all", 4, []),
        ("newest", 4, []),
    ],
)
def test_several_hits(several: str, leads: int, changed: list[int]) -> None:
    """Two or three do what the account says; the newest is named. More than three never merge."""
    crm = _with_control({"several": several}, leads=leads)
    [one] = crm.post("leads/complex", [_item(_email("ann@example.com"), name="In")])
    assert one["merged"] is bool(changed)
    found = [lead["id"] for lead in crm.find("leads", "order[id]=asc") if lead["name"] == "In"]
    assert found == (changed or [one["id"]])
    assert one["id"] == found[-1]


def test_items_that_meet_in_one_lead_are_one_result() -> None:
    """The items of one call are compared with what was there before, not with each other."""
    crm = _with_control({})
    hit, fresh = _item(_email("ann@example.com")), _item(_email("new@example.com"))
    results = crm.post("leads/complex", [hit, fresh, {**hit, "request_id": "x", "price": 7}, fresh])
    assert [(one["request_id"], one["merged"]) for one in results] == [
        (["0", "x"], True),
        (["1"], False),
        (["3"], False),
    ]
    assert crm.get("leads/101")["price"] == 7
    again = crm.post("leads/complex", [fresh])
    assert again[0]["merged"] is False, "two leads were found, and a new one is made"


@pytest.mark.parametrize(
    ("rules", "merged"),
    [
        ([{"source_id": 77}], [True, False, False]),
        ([{"source_id": 78}], [False, True, False]),
        ([{}], [True, True, True]),
        ([{"keys": ["phone"]}, {"source_id": 77}], [True, False, False]),
        ([{"pipeline_id": 70, "keys": ["phone"]}, {"source_id": 77}], [False, False, False]),
        ([{"pipeline_id": 70, "source_id": 77}, {"keys": ["phone"]}], [True, False, False]),
    ],
)
def test_rules_belong_to_sources(rules: Json, merged: list[bool]) -> None:
    """The source's own rule goes before others, after the pipeline's."""
    crm = _with_control({}, sources=True)
    rules = [{"several": "newest", **rule} for rule in rules]
    crm.account.duplicate_control = read_rules(crm.account, rules)
    for name, expected in zip(("one", "two", None), merged, strict=True):
        item = _item(_email("ann@example.com"), pipeline_id=70)
        if name is not None:
            item["_embedded"]["source"] = {"type": "widget", "external_id": name}
        assert crm.post("leads/complex", [item])[0]["merged"] is expected


def test_plain_creation_never_merges() -> None:
    """Duplicate control belongs to complex creation."""
    crm = _with_control({})
    [number] = crm.create("leads", {"_embedded": {"contacts": [{"id": 201}]}})
    assert number != 101


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ({}, "duplicate_control: must be a list of mappings"),
        ([5], "duplicate_control[0]: must be a mapping"),
        ([{}, {"key": 1}], "duplicate_control[1]: key is not known here"),
        ([{"keys": ["name"]}], "duplicate_control[0]: keys must be a list of email and phone"),
        ([{"several": "some"}], "duplicate_control[0]: several must be one of"),
        ([{"pipeline_id": 5}], "duplicate_control[0]: there is no pipeline 5"),
        ([{"source_id": 5}], "duplicate_control[0]: there is no source 5"),
        ([{"stages": [5]}], "duplicate_control[0]: there is no stage 5"),
        ([{"stages": 142}], "duplicate_control[0]: stages must be a list of status ids"),
    ],
)
def test_a_seed_with_a_wrong_rule_is_refused(rules: Json, fault: str) -> None:
    """The error names the rule and what is wrong."""
    with pytest.raises(ValueError, match=re.escape(fault)):
        make_crm({"duplicate_control": rules})


def test_an_incoming_lead_is_never_merged() -> None:
    """Duplicate control is for leads that come at once into a pipeline."""
    crm = _with_control({})
    item = _item(_email("ann@example.com"))
    item["_embedded"]["metadata"] = {"category": "forms", "form_id": 1}
    assert crm.post("leads/complex", [item])[0]["merged"] is False
    assert [lead["id"] for lead in crm.find("leads")] == [101]
