"""Items of a page are read one by one, in the place of their JSON."""

from typing import Any

import orjson
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.answers import answer_of
from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.convert import structure_each, structure_items, unstructure
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import ResponseError
from runtime.sample import Tag, find

PATH = "$._embedded.tags"
names = st.lists(st.text(max_size=3) | st.integers(), max_size=6)
"""Items by what their name is; a number does not fit."""


def json_of(given_names: list[str | int]) -> list[Any]:
    """Return the items as they come over the wire."""
    return [{"id": index, "name": name} for index, name in enumerate(given_names)]


@given(names)
def test_good_items_come_before_the_first_bad_one(given_names: list[str | int]) -> None:
    """Each item is read when it is asked for; a bad one names its place and ends the walk."""
    bad = next((index for index, name in enumerate(given_names) if isinstance(name, int)), None)
    walk = structure_each(json_of(given_names), Tag, path=PATH)
    good = [next(walk) for _ in given_names[:bad]]
    assert [tag.name for tag in good] == given_names[:bad]
    if bad is None:
        assert next(walk, None) is None
    else:
        with pytest.raises(ResponseError) as caught:
            next(walk)
        assert caught.value.path == f"{PATH}[{bad}].name"


@given(names)
def test_a_list_is_read_in_its_own_place(given_names: list[str | int]) -> None:
    """The list holds the models where it held JSON, and a bad item names its place."""
    items = json_of(given_names)
    bad = next((index for index, name in enumerate(given_names) if isinstance(name, int)), None)
    if bad is None:
        structure_items(items, Tag, path=PATH)
        assert [unstructure(item) for item in items] == json_of(given_names)
    else:
        with pytest.raises(ResponseError) as caught:
            structure_items(items, Tag, path=PATH)
        assert caught.value.path == f"{PATH}[{bad}].name"


def answered(call: Call[Any], items: list[Any]) -> Page[Any]:  # Any: items of the sample
    """Return the page that a call makes of an answer."""
    body = orjson.dumps({"_page": 1, "_links": {}, "_embedded": {"leads": items}})
    page = answer_of(call, Response(200, {}, body)).value
    assert isinstance(page, Page)
    return page


def test_a_lazy_page_holds_the_same_items() -> None:
    """What a lazy page gives one by one is what another page holds."""
    items = [{"id": number, "name": "x", "price": 1, "_links": {}} for number in range(3)]
    page = answered(evolve(find(), is_lazy=True), items)
    assert page.items == items
    assert list(page.read()) == answered(find(), items).items
    assert list(answered(find(), items).read()) == answered(find(), items).items


def test_an_item_that_is_read_late_names_its_operation() -> None:
    """An error in the midst of a walk says of which call it is."""
    page = answered(evolve(find(), is_lazy=True), [{"id": 1}, {"id": "two"}])
    walk = page.read()
    assert next(walk).id == 1
    with pytest.raises(ResponseError) as caught:
        next(walk)
    assert caught.value.operation == find().operation.name
    assert caught.value.path == "$._embedded.leads[1].id"
