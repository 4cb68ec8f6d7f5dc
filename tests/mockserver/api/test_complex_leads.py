"""Leads created together with their contact and company: limits, sources, duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from .crm import Crm, make_crm

if TYPE_CHECKING:
    import pytest

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
