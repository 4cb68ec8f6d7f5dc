"""Open enums take what the API may yet invent."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime import types
from runtime.sample import FieldType, Level


@given(st.text())
def test_an_unknown_text_becomes_a_member(text: str) -> None:
    """A text that is not listed is equal to itself, says that it is unknown, and pickles."""
    member = FieldType(text)
    assert member == text
    assert hash(member) == hash(text)
    assert member.is_known is (text in {"text", "select"})
    assert pickle.loads(pickle.dumps(member)) == member


@given(st.integers())
def test_an_unknown_number_becomes_a_member(number: int) -> None:
    """A number that is not listed is a member of its value."""
    assert Level(number) == number
    assert Level(number).is_known is (number in {1, 2})


@pytest.mark.parametrize("value", [None, 1.5, True, [], "1"])
def test_another_type_is_no_member(value: object) -> None:
    """Only the enum's own type of values is open."""
    with pytest.raises(ValueError, match="not a valid Level"):
        Level("x" if value is True else value)


def test_a_truth_value_is_no_unknown_number() -> None:
    """False is not taken for an unlisted 0."""
    with pytest.raises(ValueError, match="not a valid Level"):
        Level(False)


def test_hostile_values_do_not_fill_the_memory() -> None:
    """An enum remembers a bounded number of unknown values; all others still work."""
    for number in range(2000):
        assert FieldType(f"hostile {number}") == f"hostile {number}"
    assert len(types._unknown[FieldType]) <= 256


def test_unknown_members_are_not_listed() -> None:
    """Going through the enum shows what the specification lists."""
    FieldType("brand new")
    assert [member.value for member in FieldType] == ["text", "select"]
