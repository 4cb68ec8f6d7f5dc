"""Lists: pages, order, filters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from .crm import NOON, ORIGIN, Crm, Json, make_crm

if TYPE_CHECKING:
    from collections.abc import Callable


def _leads(count: int) -> list[Json]:
    return [
        {
            "id": 100 + index,
            "name": f"Lead {index % 5}",
            "price": index * 7 % 11,
            "updated_at": NOON + index * 5 % 7,
            "created_at": NOON - index,
            "status_id": 142 if index % 3 == 0 else 143,
        }
        for index in range(count)
    ]


def test_links_of_pages() -> None:
    """Self always has page and limit; next only when there is more; first and prev after page 1."""
    crm = make_crm({"leads": _leads(5)})
    url = f"{ORIGIN}/api/v4/leads"

    def links(query: str) -> Json:
        page = crm.get("leads", query)
        assert list(page) == ["_page", "_links", "_embedded"]
        return {name: link["href"] for name, link in page["_links"].items()}

    assert links("") == {"self": f"{url}?page=1&limit=50"}
    assert links("limit=2") == {
        "self": f"{url}?limit=2&page=1",
        "next": f"{url}?limit=2&page=2",
    }
    assert list(links("page=2&limit=2")) == ["self", "next", "first", "prev"]
    assert links("page=3&limit=2") == {
        "self": f"{url}?page=3&limit=2",
        "first": f"{url}?page=1&limit=2",
        "prev": f"{url}?page=2&limit=2",
    }
    assert links("page=1&limit=5") == {"self": f"{url}?page=1&limit=5"}
    echoed = links("filter%5Bid%5D%5B%5D=100&filter[id][]=101&with=contacts&limit=1")["next"]
    assert echoed == f"{url}?filter[id][0]=100&filter[id][1]=101&with=contacts&limit=1&page=2"


@pytest.mark.parametrize("query", ["page=3&limit=3", "filter[id]=5", "query=nothing"])
def test_nothing_is_told_without_a_body(query: str) -> None:
    """Neither a body nor a content type."""
    crm = make_crm({"leads": _leads(5)})
    response = crm.send("GET", "leads", query=query)
    assert (response.status, response.headers, response.body) == (204, (), b"")


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("limit=251", 250),
        ("limit=9999999999999", 50),
        ("limit=0", 50),
        ("limit=x", 50),
        ("limit=-1", 50),
        ("page=0&limit=3", 3),
        ("page=x&limit=3", 3),
    ],
)
def test_strange_sizes(query: str, size: int) -> None:
    """Too much is cut, nonsense is the default."""
    crm = make_crm({"leads": _leads(260)})
    page = crm.get("leads", query)
    assert (page["_page"], len(page["_embedded"]["leads"])) == (1, size)
    assert f"limit={size}" in page["_links"]["self"]["href"]


def test_orders() -> None:
    """What a route does not know is ignored; a direction that is not desc is asc."""
    crm = make_crm(
        {
            "leads": _leads(4),
            "contacts": [
                {"id": 1, "name": "b", "created_at": NOON, "updated_at": NOON},
                {"id": 2, "name": "A", "created_at": NOON + 9, "updated_at": NOON + 5},
            ],
        }
    )
    for path, query, ids in (
        ("leads", "", [100, 103, 102, 101]),
        ("leads", "order[updated_at]=desc", [101, 102, 103, 100]),
        ("leads", "order[id]=desc", [103, 102, 101, 100]),
        ("leads", "order[created_at]=asc", [103, 102, 101, 100]),
        ("leads", "order[id]=sideways", [100, 101, 102, 103]),
        ("leads", "order[price]=desc", [100, 103, 102, 101]),
        ("leads", "order=desc", [100, 103, 102, 101]),
        ("contacts", "order[name]=asc", [2, 1]),
        ("contacts", "order[created_at]=desc", [1, 2]),
        ("contacts", "order[updated_at]=desc", [2, 1]),
    ):
        assert [row["id"] for row in crm.find(path, query)] == ids, (path, query)


def test_filters() -> None:
    """Scalars and lists alike, pairs, ranges with either end; unknown keys do not matter."""
    crm = make_crm({"leads": _leads(8)})
    pipeline = crm.find("leads/pipelines")[0]["id"]
    pair = f"filter[statuses][0][pipeline_id]={pipeline}&filter[statuses][0][status_id]"
    for query, ids in (
        ("filter[id]=103", [103]),
        ("filter[id][1]=103&filter[id][3]=101", [103, 101]),
        ("filter[name]=lead 1", [106, 101]),
        ("filter[name][]=LEAD 1&filter[name][]=Lead 0", [100, 106, 105, 101]),
        ("filter[price]=7", [101]),
        ("filter[price][from]=6&filter[price][to]=7", [101, 104]),
        (f"filter[updated_at]={NOON + 1}", [103]),
        (f"filter[updated_at][from]={NOON + 5}", [101, 104]),
        (f"filter[updated_at][to]={NOON}", [100, 107]),
        (f"filter[created_at][from]={NOON - 1}&order[id]=asc", [100, 101]),
        (f"{pair}=142", [100, 103, 106]),
        (f"{pair}=5", []),
        ("filter[closed_at][to]=5", []),
        ("filter[planet]=mars&filter=x", [100, 107, 103, 106, 102, 105, 101, 104]),
        ("filter[responsible_user_id][]=5", []),
    ):
        assert [row["id"] for row in crm.find("leads", query)] == ids, query


@frozen
class _Condition:
    query: str
    holds: Callable[[Json], bool]


_CONDITIONS = (
    _Condition("", lambda _lead: True),
    _Condition("filter[price][from]=3", lambda lead: lead["price"] >= 3),
    _Condition("filter[name][]=Lead 1", lambda lead: lead["name"] == "Lead 1"),
    _Condition(
        f"filter[updated_at][from]={NOON + 2}&filter[updated_at][to]={NOON + 4}",
        lambda lead: NOON + 2 <= lead["updated_at"] <= NOON + 4,
    ),
    _Condition(f"filter[created_at][to]={NOON - 20}", lambda lead: lead["created_at"] <= NOON - 20),
    _Condition("query=lead 2", lambda lead: lead["name"] == "Lead 2"),
    _Condition("filter[updated_by]=77", lambda _lead: False),
)
_COLUMNS = ("", "id", "created_at", "updated_at")


@cache
def _many() -> Crm:
    return make_crm({"leads": _leads(60)})


@given(
    st.sets(st.sampled_from(range(len(_CONDITIONS)))),
    st.sampled_from(_COLUMNS),
    st.booleans(),
    st.integers(1, 70),
)
def test_pages_show_each_row_once(
    chosen: set[int], column: str, descending: bool, size: int
) -> None:
    """Walking by next gives all rows that fit, in order, and no other."""
    crm = _many()
    parts = [_CONDITIONS[index].query for index in sorted(chosen)]
    if column:
        parts.append(f"order[{column}]={'desc' if descending else 'asc'}")
    expected = [
        lead for lead in _leads(60) if all(_CONDITIONS[index].holds(lead) for index in chosen)
    ]
    key = column or "updated_at"
    expected.sort(key=lambda lead: (lead[key], lead["id"]), reverse=descending and bool(column))
    query: str | None = "&".join([*filter(None, parts), f"limit={size}"])
    seen: list[int] = []
    pages = 0
    while query is not None:
        rows = crm.find("leads", query)
        seen += [row["id"] for row in rows]
        pages += 1
        following = crm.get("leads", query)["_links"].get("next") if rows else None
        assert len(rows) <= size
        query = following["href"].partition("?")[2] if following else None
    assert seen == [lead["id"] for lead in expected]
    assert pages == max(1, -(-len(expected) // size))


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 4)), max_size=25))
def test_orders_follow_changes(changes: list[tuple[int, int]]) -> None:
    """Indexes made before a change are true after it."""
    crm = make_crm({"leads": _leads(12)})
    crm.find("leads")
    crm.find("leads", "filter[price][from]=1")
    times = {lead["id"]: lead["updated_at"] for lead in _leads(12)}
    for index, later in changes:
        moment = NOON + 100 + later
        crm.patch(f"leads/{100 + index}", {"updated_at": moment, "price": later})
        if times[100 + index] == moment:
            moment = NOON  # the stored time that is sent again is no new time
        times[100 + index] = moment
    expected = sorted(times, key=lambda number: (times[number], number))
    assert [lead["id"] for lead in crm.find("leads")] == expected


def test_users_are_counted() -> None:
    """Lists with totals tell how many rows and pages there are."""
    crm = make_crm({"users": [{"name": str(index), "admin": True} for index in range(5)]})
    page = crm.get("users", "limit=2&page=3")
    assert list(page) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert (page["_total_items"], page["_page"], page["_page_count"]) == (5, 3, 3)
    assert "next" not in page["_links"]
    assert crm.send("GET", "users", query="page=4&limit=2").status == 204
