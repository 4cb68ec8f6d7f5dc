"""The mock server and the models give what the docs of API v2 show."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import pytest

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_mockserver.contract import Operation, load_contract
from golden.compare import compare, json_type
from golden.legacy.samples import SOURCES, Sample, answered, bound, paths, samples

if TYPE_CHECKING:
    from golden.compare import Json

_EACH = pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.id)


def _at(value: Json, path: str) -> Json:
    for part in re.findall(r"[^.\[\]$]+", path):
        value = (
            value[int(part)] if isinstance(value, list) else cast("dict[str, Json]", value)[part]
        )
    return value


@_EACH
def test_answers_as_the_docs_show(sample: Sample) -> None:
    """Status, keys, types, nulls, envelope, links and fixed values are the sample's."""
    response, expected = answered(sample)
    assert response.status == sample.status, response.body
    if sample.status == 204:
        assert response.body == b""
        return
    found = json.loads(response.body)
    for path in sample.open:
        assert json_type(_at(found, path)) == json_type(_at(expected, path)), path
        assert _at(found, path), f"{path} is empty"
    differences = [
        str(one)
        for one in compare(bound(expected, found), found)
        if not any(one.path.startswith(path) for path in sample.open)
    ]
    assert differences == []
    if sample.status == 200 and "/private/api/auth" not in sample.ask:
        assert response.header("Runtime-Timestamp") == "1700000000"
        assert response.header("Content-Type") == "application/hal+json"


def _operation(sample: Sample) -> Operation:
    method, path = sample.operation
    [found] = [
        one
        for one in load_contract("v2").operations.values()
        if (one.method, one.path) == (method, path)
    ]
    return found


def _items(operation: Operation, body: Json) -> list[Json]:
    if operation.envelope == "item":
        return [body]
    held: Any = cast("dict[str, Json]", body)
    if operation.envelope != "member":
        held = held["_embedded"]
    items = held[operation.key]
    return cast("list[Json]", items)


@_EACH
def test_models_know_every_key(sample: Sample) -> None:
    """What was read is written as it was; no key is one that the spec does not know."""
    operation = _operation(sample)
    if operation.item is None or sample.answer is None or sample.status != 200:
        return
    if operation.id == "auth.log_in":
        return  # the runtime reads it, and there is no model
    response, _ = answered(sample)
    module, name = operation.item.split(".")
    model = getattr(import_module(f"amocrm_gen.v2.models.{module}"), name)
    for item in _items(operation, json.loads(response.body)):
        known = structure(item, model)
        assert getattr(known, "extra", {}) == {}
        assert compare(item, cast("Json", unstructure(known))) == ()


def test_each_path_is_shown() -> None:
    """Every operation has a sample with an answer."""
    shown = {sample.operation for sample in samples()}
    known = {(one.method, one.path) for one in load_contract("v2").operations.values()}
    assert sorted(known - shown) == []
    assert sorted(shown - known) == []


def test_each_key_has_a_source() -> None:
    """The sources are known, and the keys that have one of their own are in the answer."""
    for sample in samples():
        assert {sample.source, *sample.keys.values()} <= SOURCES, sample.id
        known = {re.sub(r"\[\d+\]", "[*]", path) for path in paths(sample.answer)}
        for key in sample.keys:
            plain = re.sub(r"\[\d+\]", "[*]", key).removesuffix(".*")
            assert plain in known, (sample.id, key)


def test_most_is_no_guess() -> None:
    """At most one answer of five, and one key of a hundred, is a guess."""
    guesses = [sample.id for sample in samples() if sample.source == "guess"]
    assert len(guesses) <= len(samples()) // 5
    keys = sum(len(set(paths(sample.answer))) for sample in samples())
    assert sum(list(sample.keys.values()).count("guess") for sample in samples()) <= keys // 100


def _account(part: str) -> Any:  # Any: JSON
    [sample] = [one for one in samples() if one.ask.endswith(f"?with={part}")]
    response, _ = answered(sample)
    return json.loads(response.body)["_embedded"][part]


def test_fields_of_the_account_are_maps() -> None:
    """By the id of the field; the values of a choice stand by their ids, as live answers show."""
    fields = _account("custom_fields")["contacts"]
    assert fields["5002"]["enums"] == {"7101": "Big"}
    assert {key: str(one["id"]) for key, one in fields.items()} == {key: key for key in fields}
    types = {one["name"]: one["field_type"] for one in fields.values()}
    assert types == {"Phone": 8, "Size": 4, "Address": 13}


def test_types_of_notes_have_numbers() -> None:
    """Those of the docs; only common notes can be edited."""
    types = _account("note_types")
    assert {one["id"] for one in types} == {*range(1, 9), *range(9, 14), 17, 25, 99, 101, 102, 103}
    assert all(one.keys() == {"id", "name", "code", "editable"} for one in types)
    assert [one["id"] for one in types if one["editable"] == "Y"] == [4]


def test_rights_are_letters() -> None:
    """A, M, G or D."""
    rights = _account("users")["501"]["rights"]
    assert set(rights.values()) == {"A"}
    assert {"lead_add", "contact_view", "company_export", "task_edit", "mail"} <= set(rights)
