"""What is wrong in an answer: passed over where it can be, else named with its place."""

import logging
from typing import Any

import pytest
from attrs import field, make_class

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET
from runtime.sample import Lead, lead_json


@pytest.mark.parametrize(
    ("changed", "path", "words"),
    [
        ({"price": "100"}, "$.price", "expected a whole number, got str '100'"),
        ({"price": 1.5}, "$.price", "got float 1.5"),
        ({"price": True}, "$.price", "expected a whole number, got bool True"),
        ({"name": 5}, "$.name", "expected text, got int 5"),
        ({"is_deleted": 1}, "$.is_deleted", "expected true or false"),
        ({"created_at": "today"}, "$.created_at", "expected unix seconds"),
        ({"created_at": 10**30}, "$.created_at", "expected unix seconds"),
        ({"level": True}, "$.level", "expected one of 1, 2"),
        ({"level": "low"}, "$.level", "expected one of 1, 2"),
        ({"uid": []}, "$.uid", "expected a whole number or text, got a list"),
        ({"names": {"a": 5}}, "$.names.a", "expected text"),
        ({"numbers": [1, "2"]}, "$.numbers[1]", "expected a whole number"),
        ({"numbers": [1, None]}, "$.numbers[1]", "expected a whole number, got null"),
        ({"_embedded": "x"}, "$._embedded", "expected an object"),
        ({"_embedded": {"tags": [{"id": 1, "name": []}]}}, "$._embedded.tags[0].name", "text"),
        ({"tags_by_name": {"a b": {"id": "1"}}}, "$.tags_by_name['a b'].id", "whole number"),
        ({"either": {"id": "x"}}, "$.either.id", "whole number"),
        ({"either": 5}, "$.either", "expected"),
    ],
)
def test_a_wrong_type_is_named_with_its_place(
    changed: dict[str, object], path: str, words: str
) -> None:
    """The error says where in the answer, what was expected and what was there."""
    with pytest.raises(ResponseError) as caught:
        structure([lead_json(), lead_json(2, **changed)], list[Lead], path="$._embedded.leads")
    assert caught.value.path == path.replace("$", "$._embedded.leads[1]", 1)
    assert words in str(caught.value)


def test_texts_in_errors_are_cut() -> None:
    """A huge wrong value does not make a huge message."""
    with pytest.raises(ResponseError) as caught:
        structure(lead_json(price="9" * 10_000), Lead)
    assert len(str(caught.value)) < 400


def promised() -> Any:  # Any: a class of its own each time, since lessons are for life
    """Return a class that no test has read yet."""
    extra = field(factory=dict, repr=False, metadata={"extra": True}, type=dict[str, JsonValue])
    inner = make_class("Inner", {"text": field(type=str), "extra": extra}, kw_only=True)
    return make_class(
        "Promised",
        {
            "here": field(type=int),
            "missing": field(type=int),
            "null": field(type=str),
            "inner": field(type=inner),
            "items": field(type=list[inner]),  # type: ignore[valid-type]  # made at run time
            "extra": extra,
        },
        kw_only=True,
        slots=True,
    )


def test_a_missing_key_is_unset_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """A key that should be there and is not is UNSET, never an exception; the log says it once."""
    answer = {"here": 1, "null": None, "inner": [], "items": [{"text": "a"}, {}]}
    cls = promised()
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        read = [structure(answer, cls) for _ in range(3)]
    assert [each.missing for each in read] == [UNSET] * 3
    assert (read[0].here, read[0].null, read[0].inner) == (1, None, None)
    assert [item.text for item in read[2].items] == ["a", UNSET]
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 4
    assert "Promised: 'missing' is not in the answer, against the specification" in told[0]
    assert unstructure(read[0]) == {**answer, "inner": None}


def test_a_lesson_is_kept_by_the_compiled_reader() -> None:
    """After a key was missing once, answers with and without it are read fast and right."""
    cls = promised()
    structure({"here": 1, "null": "a", "inner": {"text": "b"}, "items": []}, cls)
    whole = {"here": 1, "missing": 2, "null": "a", "inner": {"text": "b"}, "items": [], "new": 3}
    read = structure(whole, cls)
    assert (read.missing, read.extra) == (2, {"new": 3})
    assert unstructure(read) == whole


def test_what_php_writes_for_nothing_is_nothing() -> None:
    """An empty list stands for an empty object, and an object with numbers for a list."""
    lead = structure(
        lead_json(result=[], names=[], numbers={"2": 7, "10": 8, "1": 6}, custom_fields_values={}),
        Lead,
    )
    assert lead.result is None
    assert lead.names == {}
    assert lead.numbers == [6, 7, 8]
    assert lead.custom_fields_values == []
    assert unstructure(lead)["result"] == []  # type: ignore[index,call-overload]


def test_whole_floats_are_whole_numbers() -> None:
    """100.0 where a whole number is promised is 100."""
    assert structure(lead_json(price=100.0), Lead).price == 100
