"""Classes unlike the generated ones: with hooks, code of their own, or themselves inside."""

import pytest
from attrs import define, field
from hypothesis import example, given
from hypothesis import strategies as st

from amocrm_gen.runtime.convert import converter, structure, unstructure
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET, Unset
from runtime.sample import Note, Tag, TextNote


def test_hooks_of_the_user_are_used() -> None:
    """Hooks that a user registers read and write their classes, also inside others."""

    class Money:
        def __init__(self, cents: int) -> None:
            self.cents = cents

    @define(slots=True, kw_only=True)
    class Priced:
        price: Money
        prices: list[Money]

    Priced.__annotations__ = {"price": Money, "prices": list[Money]}
    converter.register_structure_hook(Money, lambda value, _: Money(int(value * 100)))
    converter.register_unstructure_hook(Money, lambda money: money.cents / 100)
    read = structure({"price": 1.5, "prices": [2]}, Priced)
    assert (read.price.cents, read.prices[0].cents) == (150, 200)
    assert unstructure(read) == {"price": 1.5, "prices": [2.0]}
    with pytest.raises(ResponseError, match=r"\$\.price: expected Money"):
        structure({"price": None, "prices": []} | {"price": "x"}, Priced)


def test_cattrs_finds_the_hooks() -> None:
    """The converter itself reads and writes models, alone and in unions."""
    tag = Tag(id=1, name="x")
    assert converter.structure({"id": 1, "name": "x"}, Tag) == tag
    assert converter.structure({"note_type": "common", "text": "a"}, Note) == TextNote(text="a")
    assert converter.unstructure(tag) == {"id": 1, "name": "x"}


def test_classes_with_code_of_their_own_run_it() -> None:
    """A class with converters or a post-init is made by its constructor."""

    @define(slots=True, kw_only=True)
    class Plain:
        number: int = field(converter=lambda value: value * 2)
        extra: dict[str, JsonValue] = field(factory=dict, metadata={"extra": True})

    Plain.__annotations__ = {"number": int, "extra": dict}
    assert structure({"number": 4, "new": 1}, Plain) == Plain(number=4, extra={"new": 1})


@define(slots=True, kw_only=True)
class Nested:
    """A class that holds itself."""

    child: "Nested | Unset" = UNSET
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


def test_nesting_without_end_is_an_error() -> None:
    """A class that holds itself, nested deeper than Python's stack, is a ResponseError."""
    deep: dict[str, JsonValue] = {}
    for _ in range(5000):
        deep = {"child": deep}
    with pytest.raises(ResponseError, match="nested too deep"):
        structure(deep, Nested)


@given(st.integers(1, 30))
@example(1)
def test_a_class_that_holds_itself(depth: int) -> None:
    """Recursive classes are read and written."""
    value: dict[str, JsonValue] = {}
    for _ in range(depth):
        value = {"child": value}
    assert unstructure(structure(value, Nested)) == value
