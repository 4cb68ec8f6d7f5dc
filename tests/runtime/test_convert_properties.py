"""Any answer is read and written back the same, and both readers agree about it."""

import copy
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime import convert
from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.reading import Mismatch
from amocrm_gen.runtime.shapes import shape_of
from amocrm_gen.runtime.types import JsonValue
from runtime.sample import Lead

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
unknown = st.dictionaries(st.text(min_size=1).map(lambda key: f"x_{key}"), json_values, max_size=2)
texts = st.text(max_size=8)
ids = st.integers(0, 2**40)
seconds = st.integers(0, 4_102_444_800)


def objects(
    required: dict[str, Any], optional: dict[str, Any] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Make JSON objects, some with keys that nobody knows."""
    fixed = st.fixed_dictionaries(required, optional=optional or {})
    return st.tuples(fixed, unknown).map(lambda pair: pair[1] | pair[0])


tags = objects({"id": ids, "name": texts}, {"color": st.none() | texts})
values = objects({}, {"value": json_values, "enum_id": st.none() | ids})
fields = objects(
    {
        "field_id": ids,
        "field_name": texts,
        "field_type": st.sampled_from(["text", "select"]) | texts,
        "values": st.lists(values, max_size=2),
    }
)
leads = objects(
    {
        "id": ids,
        "name": texts,
        "price": ids,
        "ratio": ids | st.floats(allow_nan=False, allow_infinity=False),
        "is_deleted": st.booleans(),
        "created_at": seconds,
        "closed_at": st.none() | seconds,
        "level": st.integers(0, 5),
        "kind": st.sampled_from(["plain", "odd"]),
        "uid": st.none() | ids | texts,
        "custom_fields_values": st.none() | st.lists(fields, max_size=2),
        "_embedded": objects({"tags": st.lists(tags, max_size=2)}),
    },
    {
        "_links": objects({"self": objects({"href": texts})}),
        "score": st.none() | ids,
        "numbers": st.lists(ids, max_size=3),
        "names": st.dictionaries(texts, texts, max_size=2),
        "tags_by_name": st.dictionaries(texts, tags, max_size=2),
        "anything": json_values,
        "result": objects({"text": texts}),
        "either": tags | st.lists(ids, max_size=2) | texts,
    },
)


@given(leads)
def test_an_answer_survives_reading_and_writing(lead: dict[str, JsonValue]) -> None:
    """What was read is written back the same, unknown keys and nulls included."""
    assert unstructure(structure(copy.deepcopy(lead), Lead)) == lead


@given(leads)
def test_the_compiled_reader_agrees_with_the_walking_one(lead: dict[str, JsonValue]) -> None:
    """Compiling changes the speed of reading and nothing else."""
    walked = convert._reader.read(shape_of(Lead), lead, "$")
    assert structure(lead, Lead) == walked


def broken(lead: dict[str, JsonValue], seed: int) -> dict[str, JsonValue]:
    """Put something else in one place of an answer."""
    chance = random.Random(seed)
    node: JsonValue = copy.deepcopy(lead)
    whole = node
    while isinstance(node, dict | list) and node:
        key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if chance.random() < 0.5 or not isinstance(node[key], dict | list):  # type: ignore[index]
            junk = [None, "x", 5, 1.5, True, [], {}, [1], {"a": 1}, 10**30]
            node[key] = chance.choice(junk)  # type: ignore[index]
            break
        node = node[key]  # type: ignore[index]
    return whole


@given(leads, st.integers(0, 2**32))
def test_broken_answers_are_told_alike_by_both_readers(
    lead: dict[str, JsonValue], seed: int
) -> None:
    """A wrong value is the same result or the same typed error, compiled or walked."""
    wrong = broken(lead, seed)
    try:
        walked: object = convert._reader.read(shape_of(Lead), wrong, "$")
    except Mismatch as error:
        walked = error.path
    try:
        compiled: object = structure(wrong, Lead)
    except ResponseError as error:
        compiled = error.path
    assert compiled == walked


@given(json_values)
def test_any_json_is_read_or_refused(value: JsonValue) -> None:
    """No JSON whatever makes reading fail in another way than by ResponseError."""
    try:
        said = unstructure(structure(value, list[Lead]))
    except ResponseError as error:
        said = str(error)[0]
    assert said == "$" or isinstance(said, list)
