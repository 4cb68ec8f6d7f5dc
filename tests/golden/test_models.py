"""The generated models read each sample and write the same JSON again, and make its request."""

from collections.abc import Iterator
from typing import cast
from urllib.parse import parse_qsl

import pytest
from attrs import AttrsInstance, fields, has

from amocrm_gen.runtime.convert import structure, unstructure

from .client_call import call_of, items_of, route_of
from .compare import Json, compare
from .sample import Sample, bad_requests, samples

_HOSTS = ("/api/", "/v1.0/")
_SERVED = [each for each in samples() if each.is_built and each.path.startswith(_HOSTS)]
_ANSWERED = [each for each in _SERVED if each.answer.status in {200, 201, 202}]
_WRITTEN = [each for each in _ANSWERED if each.body is not None]
_READ = [each for each in _ANSWERED if each.body is None and each.raw is None]


def _with_unknown_keys(value: Json) -> Json:
    if isinstance(value, dict):
        inner: dict[str, Json] = {k: _with_unknown_keys(v) for k, v in value.items()}
        return {**inner, "not_in_sheet": {"deep": [1, None, {"a": "b"}]}}
    if isinstance(value, list):
        return [_with_unknown_keys(each) for each in value]
    return value


def _unknown_keys(model: object) -> Iterator[str]:
    if isinstance(model, list | tuple):
        for each in cast("list[object]", model):
            yield from _unknown_keys(each)
    elif has(type(model)):
        yield from (f"{type(model).__name__}.{key}" for key in getattr(model, "extra", ()))
        for attribute in fields(cast("type[AttrsInstance]", type(model))):
            yield from _unknown_keys(getattr(model, attribute.name))


@pytest.mark.parametrize("golden", _ANSWERED, ids=lambda each: each.id)
def test_reads_and_writes_back_the_same_json(golden: Sample) -> None:
    """Nothing of an answer is lost, added or changed by its model: no null, no unknown key."""
    route = route_of(golden)
    assert route is not None
    model = route.model("item")
    items = items_of(golden.answer.body, route.traits)
    assert items
    for item in items:
        for given in (item, _with_unknown_keys(item)):
            back = unstructure(structure(given, model))
            assert [str(each) for each in compare(given, back)] == []


@pytest.mark.parametrize("golden", _ANSWERED, ids=lambda each: each.id)
def test_no_key_of_a_sample_is_unknown(golden: Sample) -> None:
    """Each key of a sample's item is a field of its model, however deep it stands."""
    route = route_of(golden)
    assert route is not None
    for item in items_of(golden.answer.body, route.traits):
        assert list(_unknown_keys(structure(item, route.model("item")))) == []


@pytest.mark.parametrize("golden", _WRITTEN, ids=lambda each: each.id)
def test_models_make_the_request_of_a_write(golden: Sample) -> None:
    """The call has the sample's method, path and body; an update may repeat the id."""
    call = call_of(golden)
    assert (call.operation.method, call.path) == (golden.method, golden.path)
    expected = golden.body
    number = golden.path.rsplit("/", 1)[-1]
    if isinstance(expected, dict) and golden.method == "PATCH" and "id" in (call.body or {}):
        expected = {**expected, "id": int(number) if number.isdecimal() else number}
    assert [str(each) for each in compare(expected, call.body)] == []


@pytest.mark.parametrize("golden", _READ, ids=lambda each: each.id)
def test_functions_make_the_request_of_a_read(golden: Sample) -> None:
    """The call has the sample's method, path and query, and says how many items a page has."""
    call = call_of(golden)
    assert (call.operation.method, call.path) == (golden.method, golden.path)
    given = parse_qsl(golden.query)
    assert [pair for pair in call.query if pair in given] == given
    assert {name for name, _ in call.query if name not in dict(given)} <= {"page", "limit"}


def test_what_is_not_built_is_not_in_the_document() -> None:
    """A sample that is only listed has no operation yet; once it has one, it must be run."""
    listed = [each for each in (*samples(), *bad_requests()) if not each.is_built]
    assert [each.id for each in listed if route_of(each) is not None] == []
    assert [each.id for each in _SERVED if each.answer.status < 400 and not route_of(each)] == []
