"""Leads created together with their contact and company: limits, sources, Unsorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from attrs import evolve

from .crm import Crm, make_crm

if TYPE_CHECKING:
    from .crm import Json


def test_at_most_fifty_leads_a_call(crm: Crm) -> None:
    """One more refuses the call, and nothing is made."""
    response = crm.send("POST", "leads/complex", [{"name": "x"}] * 51)
    assert response.status == 422
    assert orjson.loads(response.body)["detail"] == "Limit 50 per page"
    assert crm.find("leads") == []
    assert len(crm.post("leads/complex", [{"name": "x"}] * 50)) == 50


def test_more_than_the_docs_allow_is_taken_with_a_warning(
    crm: Crm, caplog: pytest.LogCaptureFixture
) -> None:
    """The docs do not say how it is refused: a second contact is left out, values are kept."""
    made = [{"name": f"F{number}", "type": "text"} for number in range(41)]
    fields = crm.create("leads/custom_fields", *made)
    values: Json = [{"field_id": number, "values": [{"value": "v"}]} for number in fields]
    contacts: Json = [{"name": "Ann"}, {"name": "Bob"}]
    item: Json = {"request_id": "r", "custom_fields_values": values}
    [lead] = crm.post("leads/complex", [{**item, "_embedded": {"contacts": contacts}}])
    assert len(crm.get(f"leads/{lead['id']}")["custom_fields_values"]) == 41
    assert [contact["name"] for contact in crm.find("contacts")] == ["Ann"]
    texts = [record.getMessage() for record in caplog.records]
    assert [text.partition("request_id ")[2] for text in texts] == [
        "r: _embedded.contacts holds 2, one is taken",
        "r: custom_fields_values holds 41, the docs allow 40",
    ]


_SITE = {"id": 77, "name": "Landing", "external_id": "site", "pipeline_id": 70}


def _with_source() -> Crm:
    main: Json = {"id": 69, "name": "Main", "is_main": True}
    return make_crm({"pipelines": [main, {"id": 70, "name": "Site"}], "sources": [_SITE]})


def test_a_lead_comes_from_its_source() -> None:
    """It stands in the pipeline of the source unless it names one, by either method."""
    crm = _with_source()
    named: Json = {"_embedded": {"source": {"type": "widget", "external_id": "site"}}}
    plain = crm.create("leads", named, {**named, "pipeline_id": 69})
    made = crm.post("leads/complex", [named, {**named, "pipeline_id": 69}])
    for ids in (plain, [one["id"] for one in made]):
        leads = [crm.get(f"leads/{number}", "with=source,source_id") for number in ids]
        assert [lead["pipeline_id"] for lead in leads] == [70, 69]
        assert {lead["source_id"] for lead in leads} == {77}
        assert [lead["_embedded"]["source"] for lead in leads] == [
            {"id": 77, "name": "Landing"},
            {"id": 77, "name": "Landing"},
        ]
        assert "source" not in crm.get(f"leads/{ids[0]}")["_embedded"]


def test_an_unknown_source_is_none() -> None:
    """The lead is made in the main pipeline, without a source."""
    crm = _with_source()
    [number] = crm.create(
        "leads", {"_embedded": {"source": {"type": "widget", "external_id": "nope"}}}
    )
    lead = crm.get(f"leads/{number}", "with=source,source_id")
    assert (lead["pipeline_id"], lead["source_id"]) == (69, None)
    assert "source" not in lead["_embedded"]


def test_the_id_of_a_source_is_a_text() -> None:
    """A number is refused, by either method."""
    crm = _with_source()
    body: Json = [{"_embedded": {"source": {"type": "widget", "external_id": 5}}}]
    for path in ("leads", "leads/complex"):
        response = crm.send("POST", path, body)
        assert response.status == 400
        assert orjson.loads(response.body)["validation-errors"] == [
            {
                "request_id": "0",
                "errors": [
                    {
                        "code": "InvalidType",
                        "path": "_embedded.source.external_id",
                        "detail": "This value should be of type string.",
                    }
                ],
            }
        ]


def _call(**more: Json) -> Json:
    """An incoming call with a new contact and company."""
    metadata = {"category": "sip", "from": "15550003", "uniq": "a1", "is_call_event_needed": True}
    parts: Json = {"contacts": [{"name": "Ann"}], "companies": [{"name": "Ltd"}]}
    return {"name": "Call", **more, "_embedded": {**parts, "metadata": metadata}}


def test_metadata_makes_an_incoming_lead() -> None:
    """It waits in unsorted, whatever stage is given; all that is new with it is hidden."""
    crm = _with_source()
    item = _call(status_id=5)
    item["_embedded"]["source"] = {"type": "widget", "external_id": "site"}
    [made] = crm.post("leads/complex", [item])
    assert made["merged"] is False
    [inbox] = crm.find("leads/unsorted")
    assert (inbox["category"], inbox["pipeline_id"]) == ("sip", 70)
    assert inbox["metadata"] == {"from": "15550003", "uniq": "a1"}
    shown = {kind: [ref["id"] for ref in refs] for kind, refs in inbox["_embedded"].items()}
    assert shown == {
        "leads": [made["id"]],
        "contacts": [made["contact_id"]],
        "companies": [made["company_id"]],
    }
    assert [crm.find(kind) for kind in ("leads", "contacts", "companies")] == [[], [], []]
    [note] = crm.find(f"leads/{made['id']}/notes")
    assert note["note_type"] == "call_in"
    lead = crm.get(f"leads/{made['id']}", "with=source_id,contacts")
    stages = crm.get("leads/pipelines/70")["_embedded"]["statuses"]
    assert (lead["status_id"], lead["source_id"]) == (stages[0]["id"], 77)
    assert stages[0]["type"] == 1
    crm.post(f"leads/unsorted/{inbox['uid']}/accept", {})
    assert [row["id"] for row in crm.find("leads")] == [made["id"]]
    assert [row["id"] for row in crm.find("contacts")] == [made["contact_id"]]


def test_who_was_there_before_an_incoming_lead_stays() -> None:
    """A contact given by id is linked and seen; it is not declined with the lead."""
    crm = make_crm({"contacts": [{"id": 201, "name": "Ann"}]})
    item = _call()
    item["_embedded"]["contacts"] = [{"id": 201}]
    [made] = crm.post("leads/complex", [item])
    assert made["contact_id"] == 201
    [inbox] = crm.find("leads/unsorted")
    assert [ref["id"] for ref in inbox["_embedded"]["contacts"]] == [201]
    [contact] = crm.find("contacts", "with=leads")
    assert [ref["id"] for ref in contact["_embedded"]["leads"]] == [made["id"]]
    assert [ref["id"] for ref in contact["_embedded"]["companies"]] == [made["company_id"]]
    assert contact["is_unsorted"] is False
    crm.send("DELETE", f"leads/unsorted/{inbox['uid']}/decline")
    assert [row["id"] for row in crm.find("contacts")] == [201]
    assert crm.send("GET", f"companies/{made['company_id']}").status == 204


@pytest.mark.parametrize(
    ("metadata", "code", "path"),
    [
        ({"uniq": "a1"}, "FieldMissing", "category"),
        ({"category": "chats"}, "NotSupportedChoice", "category"),
        ({"category": ["sip"]}, "NotSupportedChoice", "category"),
        ({"category": "sip", "called_at": "now"}, "InvalidType", "called_at"),
    ],
)
def test_wrong_metadata_is_refused(crm: Crm, metadata: Json, code: str, path: str) -> None:
    """At its place, and nothing is made."""
    body = [{"name": "good"}, {"_embedded": {"metadata": metadata}}]
    response = crm.send("POST", "leads/complex", body)
    [item] = orjson.loads(response.body)["validation-errors"]
    [error] = item["errors"]
    assert (item["request_id"], error["code"]) == ("1", code)
    assert error["path"] == f"_embedded.metadata.{path}"
    assert crm.find("leads") == crm.find("leads/unsorted") == []


def test_empty_metadata_is_none(crm: Crm) -> None:
    """PHP writes an empty object as a list."""
    crm.post("leads/complex", [{"_embedded": {"metadata": []}}])
    assert len(crm.find("leads")) == 1


def test_lists_pass_over_leads_in_unsorted(crm: Crm) -> None:
    """By whatever way they came there, unless that stage is asked for."""
    [pipeline] = crm.find("leads/pipelines")
    unsorted, first, *_ = (stage["id"] for stage in pipeline["_embedded"]["statuses"])
    into = {"status_id": unsorted}
    made, moved, other = crm.create("leads", into, {}, {})
    crm.patch(f"leads/{moved}", into)
    assert [lead["id"] for lead in crm.find("leads")] == [other]
    assert crm.get(f"leads/{made}")["status_id"] == unsorted
    place = f"filter[statuses][0][pipeline_id]={pipeline['id']}&filter[statuses][0][status_id]="
    found = crm.find("leads", f"{place}{unsorted}&order[id]=asc")
    assert [lead["id"] for lead in found] == [made, moved]
    assert [lead["id"] for lead in crm.find("leads", f"{place}{first}")] == [other]
    crm.patch(f"leads/{moved}", {"status_id": first})
    assert [lead["id"] for lead in crm.find("leads", "order[id]=asc")] == [moved, other]


def test_a_source_belongs_to_its_integration(crm: Crm) -> None:
    """A lead of another integration that names it has none."""
    ours, theirs = (evolve(crm.caller, client_id=name) for name in ("ours", "theirs"))
    crm.caller = ours
    crm.create("sources", {"name": "Site", "external_id": "site"})
    body: Json = [{"_embedded": {"source": {"type": "widget", "external_id": "site"}}}]
    names: list[Json] = []
    for caller in (ours, theirs):
        crm.caller = caller
        [made] = crm.post("leads/complex", body)
        shown = crm.get(f"leads/{made['id']}", "with=source")["_embedded"]
        names.append(shown.get("source", {}).get("name"))
    assert names == ["Site", None]
