"""How lists of files are filtered: by uuids in one text, extensions, sizes and spans of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from amocrm_mockserver.filters import bounds, numbers, scalars, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test

__all__ = ["file_filter", "span_of"]

_Span: TypeAlias = "Callable[[datetime], tuple[datetime, datetime]]"
"""From midnight today to the span's begin and the moment after its end."""

_UNITS: Final[Mapping[str, int]] = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


def file_filter(exchange: Exchange, name: str, tree: Tree) -> Test | None:
    """The test of one filter; None for one that compares a column."""
    make = _TESTS.get(name)
    return None if make is None else make(exchange, tree)


def _uuids(_exchange: Exchange, tree: Tree) -> Test:
    wanted = {uuid.strip() for text in scalars(tree) for uuid in text.split(",")}
    return lambda row: row["uuid"] in wanted


def _name(_exchange: Exchange, tree: Tree) -> Test:
    wanted = {text.casefold() for text in scalars(tree)}
    return lambda row: row["name"].casefold() in wanted


def _extensions(_exchange: Exchange, tree: Tree) -> Test:
    wanted = {text.casefold() for text in scalars(tree)}
    return lambda row: (row["metadata"]["extension"] or "").casefold() in wanted


def _term(_exchange: Exchange, tree: Tree) -> Test:
    wanted = [text.casefold() for text in scalars(tree)]
    return lambda row: any(text in row["name"].casefold() for text in wanted)


def _by(column: str) -> Callable[[Exchange, Tree], Test]:
    def make(_exchange: Exchange, tree: Tree) -> Test:
        wanted = set(numbers(tree))
        return lambda row: row[column]["id"] in wanted

    return make


def _size(_exchange: Exchange, tree: Tree) -> Test:
    low, high = bounds(tree, since=False)
    unit = tree.get("unit") if isinstance(tree, dict) else None
    factor = _UNITS.get(unit.casefold(), 1) if isinstance(unit, str) else 1
    return within(
        "size", None if low is None else low * factor, None if high is None else high * factor
    )


def _date(exchange: Exchange, tree: Tree) -> Test:
    asked = tree if isinstance(tree, dict) else {}
    column = "updated_at" if asked.get("type") == "updated_at" else "created_at"
    preset = asked.get("date_preset")
    if isinstance(preset, str) and preset in _SPANS:
        return within(column, *span_of(preset, exchange.now, exchange.account.utc_offset))
    return within(column, *bounds(tree, since=False))


_TESTS: Final[Mapping[str, Callable[[Exchange, Tree], Test]]] = {
    "uuid": _uuids,
    "name": _name,
    "extensions": _extensions,
    "term": _term,
    # That it is there at all is what counts; `Files.rows` sees to it.
    "deleted": lambda _exchange, _tree: lambda _row: True,
    "size": _size,
    "date": _date,
    "created_by": _by("created_by"),
    "updated_by": _by("updated_by"),
}


def span_of(preset: str, now: float, utc_offset: int) -> tuple[int, int]:
    """The first and the last second of a span such as `previous_week`; weeks begin on Mondays.

    Days are those of the account, which is ahead of UTC by some seconds.
    """
    today = datetime.fromtimestamp(now + utc_offset, UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    first, end = _SPANS[preset](today)
    return int(first.timestamp()) - utc_offset, int(end.timestamp()) - utc_offset - 1


def _days(first: int, count: int) -> _Span:
    def span(today: datetime) -> tuple[datetime, datetime]:
        begin = today + timedelta(days=first)
        return begin, begin + timedelta(days=count)

    return span


def _weeks(away: int) -> _Span:
    def span(today: datetime) -> tuple[datetime, datetime]:
        begin = today - timedelta(days=today.weekday()) + timedelta(weeks=away)
        return begin, begin + timedelta(weeks=1)

    return span


def _months(away: int, count: int = 1, step: int = 1) -> _Span:
    """So many months, the first of which has a number that `step` divides; `away` counts steps."""

    def span(today: datetime) -> tuple[datetime, datetime]:
        month = (today.month - 1) // step * step + away * step
        return _month(today, month), _month(today, month + count)

    return span


def _month(today: datetime, month: int) -> datetime:
    """The begin of a month, counted from January of this year."""
    return today.replace(year=today.year + month // 12, month=month % 12 + 1, day=1)


def _half_year(today: datetime) -> tuple[datetime, datetime]:
    return _month(today, today.month - 1 - 5), today + timedelta(days=1)


_SPANS: Final[Mapping[str, _Span]] = {
    "day": _days(0, 1),
    "tomorrow": _days(1, 1),
    "yesterday": _days(-1, 1),
    "week": _weeks(0),
    "previous_week": _weeks(-1),
    "next_week": _weeks(1),
    "month": _months(0),
    "next_month": _months(1),
    "previous_month": _months(-1),
    "quarter": _months(0, 3, 3),
    "previous_quarter": _months(-1, 3, 3),
    "next_quarter": _months(1, 3, 3),
    "last_3_days": _days(-2, 3),
    "next_3_days": _days(0, 3),
    "last_6_month": _half_year,
    "year": _months(0, 12, 12),
}
