"""What can stand at a place of an input, as its schema tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.cli.given import with_settings
from amocrm_gen.cli.place import kinds_at

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonObject

_SCHEMA: JsonObject = {
    "properties": {
        "name": {"type": ["string", "null"]},
        "price": {"type": "number"},
        "stage": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "contacts": {"type": "array", "items": {"$ref": "#/$defs/Contact"}},
        "fields": {"type": "object", "additionalProperties": {}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "is_main": {"type": "boolean"},
    },
    "$defs": {"Contact": {"properties": {"phone": {"type": "string"}}}},
}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("name=2026", {"name": "2026"}),
        ("name=true", {"name": "true"}),
        ("name=null", {"name": None}),
        ('name="2026"', {"name": "2026"}),
        ("price=5", {"price": 5}),
        ("price=much", {"price": "much"}),
        ("stage=142", {"stage": 142}),
        ("tags+=2026", {"tags": ["2026"]}),
        ("tags[0]=2026", {"tags": ["2026"]}),
        ("contacts[0].phone=8916", {"contacts": [{"phone": "8916"}]}),
        ("contacts.phone=8916", {"contacts": {"phone": "8916"}}),
        ("fields.Floor=3", {"fields": {"Floor": 3}}),
        ("labels.floor=3", {"labels": {"floor": "3"}}),
        ("is_main=true", {"is_main": True}),
        ("unknown=3", {"unknown": 3}),
    ],
)
def test_a_number_is_a_text_only_where_no_number_can_stand(
    setting: str, expected: JsonObject
) -> None:
    """Through references, lists, one object in the place of a list, and keys of any name."""
    assert with_settings({}, [setting], _SCHEMA) == expected


def test_places_of_a_part_are_those_of_the_whole() -> None:
    """What is set in one item stands within the input."""
    assert with_settings({}, ["phone=8916"], _SCHEMA, within=("contacts", 0)) == {"phone": "8916"}


def test_schemas_of_actions_are_understood() -> None:
    """Of an operation with a list of items, and of one that is composed."""
    catalog = Catalog.of()
    leads = catalog.get("leads.create").input_schema
    assert kinds_at(leads, ("items", 0, "name")) == {"string"}
    assert kinds_at(leads, ("items", 0, "status_id")) == {"integer", "string"}
    assert kinds_at(leads, ("items", 0, "custom_fields_values", 0, "values", 0, "value")) == set()
    composed = catalog.get("create-lead-with-contact").input_schema
    assert kinds_at(composed, ("contact", "phone")) == {"string"}
