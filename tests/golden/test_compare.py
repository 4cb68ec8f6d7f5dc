"""The comparer finds every damage in every sample, and nothing else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .compare import Json, compare, matches
from .mutate import Damage, damages
from .sample import ORIGIN, Sample, samples

_WITH_BODY = [each for each in samples() if each.answer.body is not None]
# Adding zero turns -0.0, which equals 0.0, into it.
_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False).map(lambda n: n + 0.0)
_SCALARS = st.none() | st.booleans() | _NUMBERS | st.text()
_JSON: st.SearchStrategy[Json] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _is_licensed(golden: Sample, damage: Damage) -> bool:
    """An invented value may be another one, and only another one."""
    return damage.name.startswith("other ") and any(
        matches(pattern, damage.path) for pattern in golden.invented
    )


def _same_bytes(left: Json, right: Json) -> bool:
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@pytest.mark.parametrize("golden", _WITH_BODY, ids=lambda each: each.id)
def test_finds_every_damage_where_it_is(golden: Sample) -> None:
    """A key dropped or added, a node of another type, a fixed value changed: each is told."""
    missed = [
        f"{damage.name} at {damage.path}"
        for damage in damages(golden.answer.body)
        if not _is_licensed(golden, damage)
        and damage.path
        not in {
            difference.path
            for difference in compare(
                golden.answer.body,
                damage.answer,
                invented=golden.invented,
                origins=(ORIGIN, ORIGIN),
            )
        }
    ]
    assert missed == []


@pytest.mark.parametrize("golden", _WITH_BODY, ids=lambda each: each.id)
def test_finds_nothing_in_the_sample_itself(golden: Sample) -> None:
    """A sample, seen through another host, differs from itself in nothing."""
    elsewhere = json.loads(json.dumps(golden.answer.body).replace(ORIGIN, "http://127.0.0.1:8080"))
    for found, origin in ((golden.answer.body, ORIGIN), (elsewhere, "http://127.0.0.1:8080")):
        differences = compare(
            golden.answer.body, found, invented=golden.invented, origins=(ORIGIN, origin)
        )
        assert differences == ()


@settings(deadline=None)
@given(_JSON, _JSON)
def test_equal_means_equal_bytes(left: Json, right: Json) -> None:
    """Without inventions two answers are alike exactly when they are the same JSON."""
    assert (compare(left, right) == ()) == _same_bytes(left, right)


@settings(deadline=None)
@given(_JSON)
def test_every_damage_of_any_json_is_found(answer: Json) -> None:
    """The samples are not special: the damages of any JSON value are found where they are."""
    for damage in damages(answer):
        found = {difference.path for difference in compare(answer, damage.answer)}
        assert damage.path in found, damage.name


def _created(first: int, second: int, *, linked: int | None = None) -> Json:
    link = f"{ORIGIN}/api/v4/leads/{first if linked is None else linked}?page=1"
    return {"leads": [{"id": first, "_links": {"self": {"href": link}}}, {"id": second}]}


_IDS = {"$.leads[*].id": "id"}


@settings(deadline=None)
@given(st.lists(st.integers(1), min_size=2, max_size=2, unique=True))
def test_invented_ids_may_be_any_if_consistent(ids: list[int]) -> None:
    """Other ids than the sample's pass, as long as the link names the same ones."""
    differences = compare(
        _created(103, 104), _created(*ids), invented=_IDS, origins=(ORIGIN, ORIGIN)
    )
    assert differences == ()


@pytest.mark.parametrize(
    ("found", "path", "problem"),
    [
        (_created(7, 8, linked=9), "$.leads[0]._links.self.href", "link"),
        (_created(7, 7), "$.leads[1].id", "inconsistent"),
        (_created(0, 8), "$.leads[0].id", "form"),
        (_created(-5, 8), "$.leads[0].id", "form"),
    ],
)
def test_inconsistent_inventions_are_found(found: Json, path: str, problem: str) -> None:
    """An id that the link contradicts, that two items share, or that is none, is told."""
    differences = compare(_created(103, 104), found, invented=_IDS, origins=(ORIGIN, ORIGIN))
    assert (path, problem) in {(each.path, each.problem) for each in differences}


@pytest.mark.parametrize(
    "href",
    [
        "https://other.amocrm.ru/api/v4/leads?page=2&limit=2",
        "http://example.amocrm.ru/api/v4/leads?page=2&limit=2",
        "https://example.amocrm.ru.evil/api/v4/leads?page=2&limit=2",
        "/api/v4/leads?page=2&limit=2",
        f"{ORIGIN}/api/v4/contacts?page=2&limit=2",
        f"{ORIGIN}/api/v4/leads/?page=2&limit=2",
        f"{ORIGIN}/api/v4/leads?page=3&limit=2",
        f"{ORIGIN}/api/v4/leads?page=2",
        f"{ORIGIN}/api/v4/leads?page=2&limit=2&with=contacts",
        f"{ORIGIN}/api/v4/leads",
    ],
)
def test_wrong_links_are_found(href: str) -> None:
    """A link to another host, path or page is a difference."""
    golden: Json = {"href": f"{ORIGIN}/api/v4/leads?page=2&limit=2"}
    differences = compare(golden, {"href": href}, origins=(ORIGIN, ORIGIN))
    assert [(each.path, each.problem) for each in differences] == [("$.href", "link")]


def test_brackets_in_links_may_be_encoded() -> None:
    """A query means the same with its brackets raw and percent-encoded."""
    raw: Json = f"{ORIGIN}/api/v4/events?filter[type]=a&page=1"
    encoded: Json = f"{ORIGIN}/api/v4/events?filter%5Btype%5D=a&page=1"
    assert compare(raw, encoded, origins=(ORIGIN, ORIGIN)) == ()


def test_a_host_inside_a_text_follows_the_client() -> None:
    """A text that quotes the address asked for quotes the client's own."""
    golden: Json = f"Cannot GET {ORIGIN}/api/v4/nope"
    found = "Cannot GET http://localhost:1/api/v4/nope"
    assert compare(golden, found, origins=(ORIGIN, "http://localhost:1")) == ()
    assert compare(golden, golden, origins=(ORIGIN, "http://localhost:1")) != ()


def test_patterns_match_list_indexes_only() -> None:
    """A star stands for one list index and for nothing else."""
    assert matches("$.a[*].id", "$.a[12].id")
    assert not matches("$.a[*].id", "$.a[1].b[2].id")
    assert not matches("$.a[*].id", "$.a.id")


def test_a_difference_reads_as_a_sentence() -> None:
    """What is printed starts with the path and tells both values."""
    (difference,) = compare({"a": 1}, {"a": "1"})
    assert str(difference) == '$.a: type: expected 1, found "1"'
