"""Values of custom fields, written as the docs show and read back as the docs show."""

import json
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.v4.models.catalog_elements import CatalogElement
from amocrm_gen.v4.models.companies import Company
from amocrm_gen.v4.models.contacts import Contact
from amocrm_gen.v4.models.leads import Lead

from .compare import compare
from .crm import Crm
from .sample import ORIGIN, Answer, Sample

_ROWS: Final = cast(
    "list[dict[str, Any]]",  # Any: values are of many types
    yaml.safe_load((Path(__file__).parent / "values.yaml").read_text(encoding="utf-8")),
)
_FIELD: Final = 311
_PATHS: Final = {
    "leads": ("leads/101", Lead),
    "contacts": ("contacts/201", Contact),
    "companies": ("companies/301", Company),
    "elements": ("catalogs/4521/elements/5001", CatalogElement),
    "invoices": ("catalogs/4522/elements/5002", CatalogElement),
}


def _crm(row: dict[str, Any]) -> Crm:
    on = row.get("on", "leads")
    field = {"id": _FIELD, "name": "F", "type": row["type"], **row.get("field", {})}
    state: dict[str, Any] = {
        "contacts": [{"id": 201, "name": "Ann"}],
        "companies": [{"id": 301, "name": "Acme"}],
        "leads": [{"id": 101, "name": "Roof"}],
        "catalogs": [{"id": 4521, "name": "Goods"}, {"id": 4522, "name": "I", "type": "invoices"}],
        "catalog_elements": [
            {"id": 5001, "name": "Boots", "catalog_id": 4521},
            {"id": 5002, "name": "Bill", "catalog_id": 4522},
        ],
    }
    if on == "elements":
        state["custom_fields"] = {"catalogs": [{"catalog_id": 4521, **field}]}
    elif on != "invoices":
        state["custom_fields"] = {on: [field]}
    golden = Sample(
        id=row["id"],
        section="core 3.3",
        source="table",
        method="GET",
        path="/",
        query="",
        body=None,
        body_source=None,
        raw=None,
        path_from="",
        headers={},
        token="admin",
        origin=ORIGIN,
        answer=Answer(status=200, content_type=None),
        is_built=True,
        clock=1700001000,
        base="core",
        state=state,
    )
    return Crm.for_sample(golden)


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["id"])
def test_values_are_read_as_the_docs_show(row: dict[str, Any]) -> None:
    """The server takes what is written; server and model give what is read."""
    crm = _crm(row)
    path, model = _PATHS[row.get("on", "leads")]
    named = {"field_code": "PAYER"} if row.get("on") == "invoices" else {"field_id": _FIELD}
    token = crm.token()
    if row["read"] is None:  # there must be something to clear
        first = [{**named, "values": [{"value": "x"}]}]
        body = json.dumps({"custom_fields_values": first}).encode()
        assert crm.send("PATCH", f"/api/v4/{path}", body=body, token=token).status == 200
    body = json.dumps({"custom_fields_values": [{**named, "values": row["write"]}]}).encode()
    response = crm.send("PATCH", f"/api/v4/{path}", body=body, token=token)
    assert (response.status, response.body[:300] * (response.status != 200)) == (200, b"")
    found = json.loads(crm.send("GET", f"/api/v4/{path}", token=token).body)
    if row["read"] is None:
        assert found["custom_fields_values"] is None
        return
    [shown] = found["custom_fields_values"]
    assert shown["field_type"] == row["type"]
    assert [str(each) for each in compare(row["read"], shown["values"])] == []
    assert [str(each) for each in compare(found, unstructure(structure(found, model)))] == []


def test_each_type_has_a_value() -> None:
    """Every type that can be written is in the table, but for those of the invoice's sample."""
    assert {row["type"] for row in _ROWS} == {
        *("text", "numeric", "textarea", "url", "streetaddress", "tracking_data", "price"),
        *("monetary", "checkbox", "select", "multiselect", "radiobutton", "category", "multitext"),
        *("date", "date_time", "birthday", "smart_address", "legal_entity", "linked_entity"),
        *("chained_list", "file", "payer"),
    }
