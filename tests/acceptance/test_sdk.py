"""The mock server gives the official PHP SDK what it needs, call by call."""

import pytest

from .case import CALLS, EFFECTS, EXAMPLES, OPERATIONS, Case, cases, lines
from .sdk import Sdk, http_build_query
from .shape import faults

_TABLES = pytest.mark.parametrize("table", [CALLS, EXAMPLES, EFFECTS, OPERATIONS])
_ALL = [case for table in (CALLS, EXAMPLES) for case in cases(table)]


@pytest.mark.parametrize("origin", ["https://example.amocrm.ru", "http://127.0.0.1:8080"])
@pytest.mark.parametrize("case", _ALL, ids=lambda case: f"{case.line}-{case.id}")
def test_gives_what_the_sdk_needs(case: Case, origin: str) -> None:
    """Method, path, decoded query and body as the SDK sends them; each answer as it reads it."""
    sdk = Sdk.of(case, origin)
    for number, step in enumerate(case.steps, 1):
        assert [f"step {number}: {fault}" for fault in sdk.take(step)] == []


@pytest.mark.parametrize("case", cases(EFFECTS), ids=lambda case: f"{case.line}-{case.id}")
def test_a_write_has_its_effects(case: Case) -> None:
    """What the docs say that a write changes elsewhere is changed, logged and told to webhooks."""
    sdk = Sdk.of(case, "https://example.amocrm.ru")
    for number, step in enumerate(case.steps, 1):
        assert [f"step {number}: {fault}" for fault in sdk.take(step)] == []


@_TABLES
def test_each_line_has_a_case(table: str) -> None:
    """No line of the table is left out, and no case stands for a line that is not there."""
    assert {case.line for case in cases(table)} == set(map(str, lines(table)))


def test_cases_have_names_of_their_own() -> None:
    """A case is found by its line and name."""
    names = [(case.line, case.id) for case in _ALL]
    assert len(set(names)) == len(names) >= 90


def test_queries_are_written_as_php_does() -> None:
    """Brackets are encoded, booleans are 1 and 0, nulls vanish, blanks are pluses."""
    query = {"filter": {"id": [5, 7], "is_completed": True, "no": None}, "query": "a b", "x": False}
    expected = (
        "filter%5Bid%5D%5B0%5D=5&filter%5Bid%5D%5B1%5D=7&filter%5Bis_completed%5D=1&query=a+b&x=0"
    )
    assert http_build_query(query) == expected


@pytest.mark.parametrize(
    ("needed", "found"),
    [
        ({"id": "<id>"}, {"id": "5"}),
        ({"id": "<id>"}, {}),
        ({"id": "<id>"}, []),
        ({"id": 0}, {"id": False}),
        ({"x": None}, {}),
        (["<int>"], []),
        ({"$each": "<int>"}, []),
        ({"$each": "<int>"}, [1, "2"]),
        ({"$some": [{"a": 1}]}, [{"a": 2}]),
        ("<str>", None),
        ("<User>", {"id": 5}),
        ({"$only": {"a": 1}}, {"a": 1, "b": 2}),
        ({"$only": {"a": 1, "b?": 2}}, {"a": 1, "b": 3}),
        ({"$only": {"a?": 1}}, None),
        ({"$all": [{"a": 1}, {"b": 1}]}, {"a": 1}),
    ],
)
def test_what_is_lacking_is_seen(needed: object, found: object) -> None:
    """The comparison itself cannot be satisfied by less."""
    assert list(faults(needed, found))
