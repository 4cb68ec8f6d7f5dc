"""Queries are written as PHP reads them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.encode import encode_body, encode_query, path
from amocrm_gen.runtime.unset import UNSET
from runtime.sample import FieldType, LeadCreate, TagRef


def php(pairs: Sequence[tuple[str, str]]) -> dict[str, object]:
    """Read a query as PHP does, all values as texts."""
    tree: dict[str, object] = {}
    for name, value in pairs:
        first, *rest = name.replace("]", "").split("[")
        node, key = tree, first
        for part in rest:
            node = node.setdefault(key, {})  # type: ignore[assignment]  # a dict, as we put it there
            key = part
        node[key] = value
    return tree


def as_php(value: object) -> object:
    """Return what PHP would have read."""
    if isinstance(value, dict):
        return {str(key): as_php(item) for key, item in value.items()}
    if isinstance(value, list):
        return {str(index): as_php(item) for index, item in enumerate(value)}
    return str(int(value)) if isinstance(value, bool) else str(value)


keys = st.text("abЯ_-0 &=%.", min_size=1)
scalars = st.text() | st.integers() | st.booleans()
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(keys, inner, min_size=1),
    max_leaves=8,
)


@given(st.dictionaries(keys, trees))
def test_brackets_are_read_back(filter: dict[str, object]) -> None:
    """Whatever is written in brackets, PHP reads the same."""
    pairs = encode_query(filter=filter)
    assert php(pairs).get("filter", {}) == as_php(filter)


def test_all_forms_of_the_docs() -> None:
    """Lists, ranges, pairs, fields, order and with are written as the docs show them."""
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    assert encode_query(
        filter={
            "id": [1, 2],
            "created_at": {"from": moment, "to": 1_704_067_201},
            "statuses": [{"pipeline_id": 3, "status_id": 142}],
            "custom_fields_values": {77: "a", 78: ["b", "c"], 79: {"from": 5}},
            "is_completed": True,
            "kind": FieldType.TEXT,
        },
        with_=["contacts", "loss_reason"],
        order="-updated_at",
        query="text",
        page=2,
        limit=250,
    ) == (
        ("with", "contacts,loss_reason"),
        ("order[updated_at]", "desc"),
        ("filter[id][0]", "1"),
        ("filter[id][1]", "2"),
        ("filter[created_at][from]", "1704067200"),
        ("filter[created_at][to]", "1704067201"),
        ("filter[statuses][0][pipeline_id]", "3"),
        ("filter[statuses][0][status_id]", "142"),
        ("filter[custom_fields_values][77][0]", "a"),
        ("filter[custom_fields_values][78][0]", "b"),
        ("filter[custom_fields_values][78][1]", "c"),
        ("filter[custom_fields_values][79][from]", "5"),
        ("filter[is_completed]", "1"),
        ("filter[kind]", "text"),
        ("query", "text"),
        ("page", "2"),
        ("limit", "250"),
    )


def test_what_is_not_given_is_not_sent() -> None:
    """None, UNSET and empty lists leave no trace."""
    assert encode_query(filter={"id": None, "name": UNSET, "price": []}, order=None) == ()


def test_ascending_is_the_name_alone() -> None:
    """An order without a minus goes up."""
    assert encode_query(order="id") == (("order[id]", "asc"),)


def test_a_naive_datetime_is_refused() -> None:
    """A datetime without a time zone is an error that says what to do."""
    with pytest.raises(ValueError, match=r"filter\[created_at\]\[from\].*no time zone"):
        encode_query(filter={"created_at": {"from": datetime(2024, 1, 1)}})  # noqa: DTZ001 - meant


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - hypothesis wants it naive
    st.integers(-14 * 60, 14 * 60),
)
def test_a_moment_is_its_unix_seconds(moment: datetime, offset: int) -> None:
    """The zone a datetime is in does not change the moment that is sent."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    (pair,) = encode_query(params={"at": aware})
    seconds = int(pair[1])
    assert timedelta(0) <= aware - datetime.fromtimestamp(seconds, UTC) < timedelta(seconds=1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    """NaN and infinity cannot be compared with anything."""
    with pytest.raises(ValueError, match="price"):
        encode_query(filter={"price": value})


@pytest.mark.parametrize("value", [b"1", date(2024, 1, 1)])
def test_ambiguous_values_are_refused(value: object) -> None:
    """Bytes and dates have no one meaning in a query."""
    with pytest.raises(TypeError, match="id"):
        encode_query(filter={"id": value})


def test_models_are_written_into_queries() -> None:
    """A model counts as the object that it is."""
    pairs = encode_query(filter={"tag": TagRef(id=1)})
    assert pairs == (("filter[tag][id]", "1"),)


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
def test_a_variable_stays_in_its_place(text: str) -> None:
    """No text can reach out of its segment of the path."""
    try:
        filled = path("/api/v4/leads/{id}/notes", id=text)
    except UnicodeEncodeError:
        return
    parts = filled.split("/")
    assert len(parts) == 6
    assert unquote(parts[4]) == text
    assert not set(parts[4]) & set("?#[]@ ")


@pytest.mark.parametrize("value", ["", ".", "..", None, UNSET, True])
def test_what_is_no_id_is_refused(value: object) -> None:
    """An empty or climbing segment would ask for something else."""
    with pytest.raises(ValueError, match="cannot stand for 'id'"):
        path("/api/v4/leads/{id}", id=value)


def test_bodies_leave_out_what_is_unset() -> None:
    """UNSET is not sent, null is; models, mappings and lists mix."""
    body = encode_body([LeadCreate(name="x"), {"a": None, "b": UNSET, "c": LeadCreate(price=1)}])
    assert body == [{"name": "x"}, {"a": None, "c": {"price": 1}}]
