"""Reading and writing models: round trips, tolerance, and exact places in errors."""

import copy
import logging
import pickle
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve, field, make_class
from hypothesis import example, given
from hypothesis import strategies as st

from amocrm_gen.runtime import convert
from amocrm_gen.runtime.convert import converter, structure, unstructure
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.reading import Mismatch
from amocrm_gen.runtime.shapes import shape_of
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET, Unset
from runtime.sample import (
    CallNote,
    FieldType,
    Lead,
    LeadCreate,
    LeadUpdate,
    Level,
    Link,
    Links,
    Note,
    OtherNote,
    Result,
    Tag,
    TextNote,
    Value,
    lead_json,
)

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


def test_variants_are_told_by_their_tag() -> None:
    """The tag picks the class; a tag that nobody knows picks the fallback and is kept."""
    notes = [
        {"note_type": "common", "text": "a"},
        {"note_type": "call_in", "duration": 5},
        {"note_type": "weird", "params": {"x": 1}, "more": 2},
    ]
    read = structure(notes, list[Note])
    assert [type(note) for note in read] == [TextNote, CallNote, OtherNote]
    assert unstructure(read) == notes


def test_a_missing_tag_is_the_fallback() -> None:
    """An object without its tag is still read."""
    assert structure({"params": {}}, Note) == OtherNote(note_type=UNSET, params={})  # type: ignore[arg-type]


def test_variants_without_a_tag_are_told_by_their_keys() -> None:
    """A union that nobody registered picks the class that fits best."""
    assert structure({"id": 1, "name": "x"}, Tag | Result) == Tag(id=1, name="x")
    assert structure({"text": "x"}, Tag | Result) == Result(text="x")


def test_unions_with_null_and_absent() -> None:
    """None and UNSET in a union are no classes of their own."""
    assert structure(None, Tag | None) is None
    assert structure({"id": 1, "name": "x"}, Tag | None | Unset) == Tag(id=1, name="x")


def test_unknown_keys_have_a_room_of_their_own() -> None:
    """Objects share no room for unknown keys, and an empty one costs nothing until it is used."""
    first, second = structure([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], list[Tag])
    first.extra["x"] = 1
    assert (first.extra, second.extra) == ({"x": 1}, {})
    assert unstructure(first) == {"id": 1, "name": "a", "x": 1}


def test_models_that_were_read_behave_like_others() -> None:
    """Equality, copies, pickles, evolve and repr work without the constructor having run."""
    read = structure(lead_json(new=1), Lead)
    assert pickle.loads(pickle.dumps(read)) == read
    assert copy.deepcopy(read) == read
    assert evolve(read, price=5).price == 5
    assert evolve(read).extra == {"new": 1}
    assert Tag(id=1, name="a", color=UNSET) == structure({"id": 1, "name": "a"}, Tag)
    assert "name='Lead 1'" in repr(read)


def test_times_and_links_are_made_when_they_are_looked_at() -> None:
    """What is kept until then is small, writes back the same, and looks like any other value."""
    wire = lead_json(closed_at=5, _links={"self": {"href": "https://x"}})
    read, untouched = structure(wire, Lead), structure(wire, Lead)
    assert type(Lead.created_at.slot.__get__(read, Lead)) is int  # type: ignore[attr-defined]
    assert read.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert read.created_at is read.created_at
    assert read.links == Links(self_=Link(href="https://x"))
    assert read.links is read.links
    assert read == untouched
    assert unstructure(read) == unstructure(structure(wire, Lead)) == wire


def test_what_was_looked_at_can_be_changed() -> None:
    """Changing a link, a time or a whole attribute is seen by everybody and written."""
    read = structure(lead_json(_links={"self": {"href": "https://x"}}), Lead)
    assert read.links
    read.links.self_.href = "https://y"
    read.created_at = datetime(1970, 1, 2, tzinfo=UTC)
    written = unstructure(read)
    assert isinstance(written, dict)
    assert written["_links"] == {"self": {"href": "https://y"}}
    assert written["created_at"] == 86_400
    read.links = UNSET
    assert "_links" not in unstructure(read)  # type: ignore[operator]


def test_links_with_more_than_one_text_are_read_whole() -> None:
    """Unknown keys beside or inside of a link are kept."""
    for links in (
        {"self": {"href": "https://x"}, "next": {"href": "https://y"}},
        {"self": {"href": "https://x", "title": "t"}},
    ):
        read = structure(lead_json(_links=links), Lead)
        assert read.links
        assert read.links.self_.href == "https://x"
        assert unstructure(read) == lead_json(_links=links)


def test_models_are_still_made_by_hand_after_they_were_read() -> None:
    """The constructor, and an error for what is missing, are those of the class."""
    structure(lead_json(), Lead)
    made = Links(self_=Link(href="https://x"))
    assert made.self_.href == "https://x"
    assert unstructure(made) == {"self": {"href": "https://x"}}
    with pytest.raises(TypeError, match="href"):
        Link()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (LeadUpdate(id=1), {"id": 1}),
        (LeadUpdate(id=1, closed_at=None), {"id": 1, "closed_at": None}),
        (LeadCreate(created_at=datetime(2024, 1, 1, tzinfo=UTC)), {"created_at": 1_704_067_200}),
        (LeadCreate(created_at=5), {"created_at": 5}),
        (LeadCreate(name=FieldType.TEXT), {"name": "text"}),
        (LeadCreate(price=Level.HIGH), {"price": 2}),
        (Value(value={"at": datetime(1970, 1, 2, tzinfo=UTC)}), {"value": {"at": 86_400}}),
        (Value(value=[Tag(id=1, name="x")]), {"value": [{"id": 1, "name": "x"}]}),
        (Value(value=UUID(int=1)), {"value": "00000000-0000-0000-0000-000000000001"}),
        (LeadCreate(name="x", extra={"new": (1, 2)}), {"name": "x", "new": [1, 2]}),
        (LeadCreate(name="x", extra={"name": "y"}), {"name": "x"}),
        (LeadUpdate(id=1, custom_fields_values=[{"field_id": 1}]), None),
    ],
)
def test_writing(value: object, written: object) -> None:
    """UNSET is left out, null is written, and values of other classes become JSON."""
    expected = {"id": 1, "custom_fields_values": [{"field_id": 1}]} if written is None else written
    assert unstructure(value) == expected


def test_a_naive_datetime_is_not_written() -> None:
    """A datetime without a zone is refused with the field's name."""
    with pytest.raises(ValueError, match=r"LeadCreate\.created_at: .* no time zone"):
        unstructure(LeadCreate(created_at=datetime(2024, 1, 1)))  # noqa: DTZ001 - meant


@pytest.mark.parametrize("value", [float("nan"), object(), b"x", {1: object()}])
def test_what_is_no_json_is_not_written(value: object) -> None:
    """A value that JSON cannot hold is refused before anything is sent."""
    with pytest.raises((TypeError, ValueError), match=r"JSON"):
        unstructure(value)


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


def test_nesting_without_end_is_an_error() -> None:
    """A class that holds itself, nested deeper than Python's stack, is a ResponseError."""
    deep: dict[str, JsonValue] = {}
    for _ in range(5000):
        deep = {"child": deep}
    with pytest.raises(ResponseError, match="nested too deep"):
        structure(deep, Nested)


@define(slots=True, kw_only=True)
class Nested:
    """A class that holds itself."""

    child: "Nested | Unset" = UNSET
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@given(st.integers(1, 30))
@example(1)
def test_a_class_that_holds_itself(depth: int) -> None:
    """Recursive classes are read and written."""
    value: dict[str, JsonValue] = {}
    for _ in range(depth):
        value = {"child": value}
    assert unstructure(structure(value, Nested)) == value
