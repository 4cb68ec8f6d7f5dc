"""Classes become schemas, and JSON becomes objects of them; what is wrong is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest
from attrs import frozen

from amocrm_gen.actions.reading import read
from amocrm_gen.actions.shape import about, schema_of, written

if TYPE_CHECKING:
    from amocrm_gen.actions.fault import Fault
    from amocrm_gen.runtime.types import JsonValue


@frozen(kw_only=True)
class Part:
    """A part."""

    name: str = about("Its name.", few=1, examples=("roof",))
    weight: float | None = about("In kilograms.", default=None, least=0, most=10)


@frozen(kw_only=True)
class Whole:
    """A whole.

    What follows is not told.
    """

    id: int | str = about("Id or name.", examples=(5,))
    parts: list[Part] = about("Its parts.", few=1)
    colour: Literal["red", "green"] = about("Its colour.", default="red")
    is_old: bool = about("Whether it is old.", default=False)
    more: dict[str, Any] | None = about("What else there is.", default=None)


GOOD: dict[str, JsonValue] = {"id": "A", "parts": [{"name": "roof", "weight": 1}]}


def test_a_schema_tells_what_a_class_takes() -> None:
    """Titles, docs, limits, defaults and examples; parts are under $defs."""
    schema: Any = schema_of(Whole)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert (schema["title"], schema["description"]) == ("Whole", "A whole.")
    assert schema["required"] == ["id", "parts"]
    assert schema["properties"]["id"] == {
        "title": "Id",
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "description": "Id or name.",
        "examples": [5],
    }
    assert schema["properties"]["parts"]["items"] == {"$ref": "#/$defs/Part"}
    assert schema["properties"]["parts"]["minItems"] == 1
    assert schema["properties"]["colour"]["enum"] == ["red", "green"]
    assert schema["properties"]["is_old"]["default"] is False
    weight = schema["$defs"]["Part"]["properties"]["weight"]
    assert (weight["type"], weight["minimum"], weight["maximum"]) == ("number", 0, 10)


def test_json_becomes_an_object_and_json_again() -> None:
    """Null counts as left out; what is None is not told."""
    faults: list[Fault] = []
    found = read(Whole, {**GOOD, "more": None}, faults)
    assert found == Whole(id="A", parts=[Part(name="roof", weight=1)])
    assert written(found) == {**GOOD, "colour": "red", "is_old": False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, "id: is required and not there; for example 5"),
        ({"id": 1.5}, "id: 1.5 is not a whole number or a text"),
        ({"id": True}, "id: true is not a whole number or a text"),
        ({"parts": []}, "parts: is empty"),
        ({"parts": {"name": "x"}}, 'parts: {"name":"x"} is not a list; give [{"name":"x"}]'),
        ({"parts": [{"name": ""}]}, 'parts[0].name: is empty; for example "roof"'),
        ({"parts": [{"name": 5}]}, "parts[0].name: 5 is not a text"),
        ({"parts": ["x"]}, 'parts[0]: "x" is not an object'),
        (
            {"parts": [{"name": "x", "weight": 11}]},
            "parts[0].weight: 11 is too much; give 10 or less",
        ),
        (
            {"parts": [{"name": "x", "wieght": 1}]},
            "parts[0].wieght: is not known here; did you mean 'weight'?",
        ),
        (
            {"colour": "gren"},
            "colour: \"gren\" is not possible; did you mean 'green'? possible: red, green",
        ),
        ({"is_old": "yes"}, 'is_old: "yes" is not true or false'),
        ({"more": []}, "more: [] is not an object"),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, Any], expected: str) -> None:
    """With its place, and what would be right; the schema does not take it either."""
    faults: list[Fault] = []
    given = {**GOOD, **change}
    assert read(Whole, given, faults) is None
    assert [str(fault) for fault in faults] == [expected]
    stripped = {name: value for name, value in given.items() if value is not None}
    assert not jsonschema.Draft202012Validator(schema_of(Whole)).is_valid(stripped)


def test_all_faults_are_told_at_once() -> None:
    """An object, and all places in it."""
    faults: list[Fault] = []
    assert read(Whole, {"parts": [{}, {"name": 1}], "x": 1}, faults) is None
    assert [fault.path for fault in faults] == ["x", "id", "parts[0].name", "parts[1].name"]
    faults.clear()
    assert read(Whole, [], faults) is None
    assert [str(fault) for fault in faults] == ["[] is not an object"]
