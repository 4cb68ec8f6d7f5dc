"""The catalog holds every operation, and each tells what it takes and gives."""

import pickle

import pytest
from jsonschema import Draft202012Validator

from amocrm_gen.actions.catalog import Catalog, UnknownAction
from amocrm_gen.actions.contract import APIS, contract_of
from amocrm_gen.actions.operation import OperationAction
from amocrm_gen.actions.popularity import MOST_USED

CATALOG = Catalog.of()


def _operations() -> list[OperationAction]:
    return [action for action in CATALOG if isinstance(action, OperationAction)]


def test_every_operation_of_the_spec_is_an_action() -> None:
    """None of v4 nor of v2 is left out."""
    described = [each.id for api in APIS for each in contract_of(api).operations()]
    assert set(described) <= set(CATALOG.actions)
    assert len(described) == len(set(described)) >= 413


@pytest.mark.parametrize("action", CATALOG, ids=lambda action: action.id)
def test_tells_all_that_there_is_to_know(action: OperationAction) -> None:
    """Schemas are valid and stand for themselves; the example is taken by the schema."""
    schemas = (action.input_schema, action.output_schema)
    for schema in schemas:
        Draft202012Validator.check_schema(schema)
        text = str(schema)
        assert "x-amo" not in text
        assert "#/components" not in text
        assert set(_refs(schema)) <= {f"#/$defs/{name}" for name in _defs(schema)}
    assert action.input_schema["type"] == "object"
    errors = [
        error.message for error in Draft202012Validator(schemas[0]).iter_errors(action.example)
    ]
    assert errors == []
    assert action.name
    assert action.description
    assert action.source
    assert action.resource
    assert not action.is_destructive or action.is_write
    assert action.keywords["en"]
    assert action.requests.least >= 0


def _defs(schema: object) -> list[str]:
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    return list(definitions)


def _refs(value: object) -> list[str]:
    if isinstance(value, list):
        return [ref for each in value for ref in _refs(each)]
    if not isinstance(value, dict):
        return []
    own = [str(value["$ref"])] if isinstance(value.get("$ref"), str) else []
    return [*own, *(ref for each in value.values() for ref in _refs(each))]


@pytest.mark.parametrize("action", _operations(), ids=lambda action: action.id)
def test_takes_the_examples_of_the_contract(action: OperationAction) -> None:
    """What the contract shows as an answer is what the output schema promises."""
    media = action.described.answer or {}
    if "example" not in media or action.layout.is_fetched:
        return
    answer, traits = media["example"], action.described.traits
    if action.layout.is_listed:
        members = {"member", "member_page", "array"}
        holder = answer if traits["envelope"] in members else answer["_embedded"]
        answer = {"items": holder if traits["envelope"] == "array" else holder[traits["key"]]}
    errors = Draft202012Validator(action.output_schema).iter_errors(answer)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_unknown_action_tells_the_nearest() -> None:
    """A typing error is answered with what was probably meant, and the error pickles."""
    with pytest.raises(UnknownAction) as caught:
        CATALOG.get("leads.updaet")
    assert caught.value.candidates[0] == "leads.update"
    assert "did you mean leads.update" in str(pickle.loads(pickle.dumps(caught.value)))


@pytest.mark.parametrize(
    ("given", "meant"), [("leads", "leads.create"), ("Leads.Find", "leads.find")]
)
def test_unknown_action_understands_what_is_near(given: str, meant: str) -> None:
    """A resource alone leads to its actions, and case does not matter."""
    with pytest.raises(UnknownAction) as caught:
        CATALOG.get(given)
    assert meant in caught.value.candidates


def test_most_used_come_first() -> None:
    """The list of the most used names what there is, once each, and all others follow."""
    popular = [action.id for action in CATALOG.popular()]
    known = [name for name in MOST_USED if name in CATALOG]
    assert popular[: len(known)] == known
    assert sorted(popular) == sorted(CATALOG.actions)
    assert len(MOST_USED) == len(set(MOST_USED))
    assert all(name in CATALOG for name in MOST_USED if "-" not in name)


def test_resources_keep_the_old_api_apart() -> None:
    """Each action is in one section."""
    found = CATALOG.resources
    assert {"leads", "v2.leads", "contacts"} <= set(found)
    assert sum(map(len, found.values())) == len(CATALOG)


def test_bound_operations_say_of_what_they_are() -> None:
    """The notes of leads and those of contacts are told apart by their names."""
    names = {action.name for action in CATALOG if action.id.startswith("notes.find.")}
    assert len(names) == 4
