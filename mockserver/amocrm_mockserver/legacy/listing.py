"""Which rows a list of API v2 shows."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.filters import bounds, numbers, scalars
from amocrm_mockserver.legacy.call import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.legacy.call import LegacyCall

__all__ = ["chosen", "cut", "filter_of", "ids_of", "one_of", "shown_rows", "span_test"]

_MOST: Final = 500


def ids_of(call: LegacyCall) -> list[int] | None:
    """The ids that are asked for: one, a list, or several with commas; None without any."""
    given = call.query.get("id")
    if given is None or given == "":
        return None
    found = [number_of(part) for text in scalars(given) for part in text.split(",")]
    return [number for number in found if number is not None]


def shown_rows(call: LegacyCall, table: str) -> Iterator[Row]:
    """The rows that lists show, by id."""
    kept = call.table(table)
    return (kept.rows[entry[2]] for entry in kept.in_order("id"))


def chosen(
    call: LegacyCall,
    rows: Iterable[Row],
    tests: Mapping[str, Callable[[Tree], Test]],
) -> list[Row]:
    """The rows of a query; with ids all other conditions are passed over."""
    wanted = ids_of(call)
    if wanted is not None:
        known = {row["id"]: row for row in rows}
        return [known[number] for number in dict.fromkeys(wanted) if number in known]
    made = [make(call.query[name]) for name, make in tests.items() if name in call.query]
    since = _modified_since(call)
    if since is not None:
        made.append(lambda row: bool(row["updated_at"] >= since))
    return [row for row in rows if all(test(row) for test in made)]


def cut(call: LegacyCall, rows: list[Row]) -> list[Row]:
    """The part that `limit_rows` and `limit_offset` choose; the offset needs the limit."""
    size = number_of(_text(call, "limit_rows"))
    if size is None or size <= 0:
        return rows[:_MOST]
    offset = max(number_of(_text(call, "limit_offset")) or 0, 0)
    return rows[offset : offset + min(size, _MOST)]


def _text(call: LegacyCall, name: str) -> str | None:
    given = call.query.get(name)
    return given if isinstance(given, str) else None


def filter_of(call: LegacyCall) -> Mapping[int | str, Tree]:
    """What stands under `filter`."""
    given = call.query.get("filter")
    return given if isinstance(given, dict) else {}


def span_test(column: str, tree: Tree) -> Test:
    """Rows whose time lies between two."""
    low, high = bounds(tree, since=False)

    def test(row: Row) -> bool:
        value = row.get(column) or 0
        return (low is None or value >= low) and (high is None or value <= high)

    return test


def one_of(column: str) -> Callable[[Tree], Test]:
    """Makes tests of a column that must hold one of some numbers."""

    def make(tree: Tree) -> Test:
        wanted = {int(number) for number in numbers(tree)}
        return lambda row: row.get(column) in wanted

    return make


def _modified_since(call: LegacyCall) -> float | None:
    given = call.request.headers.get("if-modified-since")
    if not given:
        return None
    try:
        return parsedate_to_datetime(given.replace("UTC", "GMT")).timestamp()
    except ValueError:
        return None
