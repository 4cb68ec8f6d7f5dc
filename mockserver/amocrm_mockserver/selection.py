"""Picks the rows that a list shows: filters, order and pages, by index where there is one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain, islice
from typing import TYPE_CHECKING

from attrs import Factory, define, frozen

from amocrm_mockserver.filters import (
    Bound,
    Test,
    agrees,
    bounds,
    equals,
    flags,
    numbers,
    pairs,
    scalars,
    within,
)
from amocrm_mockserver.state import Entry, Key, Table, is_shown, sort_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.behaviour.plain import Behaviour
    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Page", "asked_page", "select"]

_FEW = 500
"""So many rows are fetched and sorted in no time."""
_NUMBER = 1
"""The rank of numbers in an order, see `sort_value`."""
_MOST_DIGITS = 9


@frozen
class Page:
    """A part of a list."""

    rows: list[Row]
    number: int
    size: int
    """0 when the list is not paged."""
    more: bool
    """There are rows after these."""
    total: int
    """Of all pages; known only to lists that tell it."""


@frozen
class _Order:
    column: str
    descending: bool


@define
class _Wanted:
    """What a query asks for."""

    tests: list[Test] = Factory(list["Test"])
    """Every row must pass all of them."""
    found: list[tuple[int, Iterable[Key]]] = Factory(list[tuple[int, "Iterable[Key]"]])
    """Sets of rows that an index knows, with their sizes; every row wanted is in all of them."""
    low: Bound = None
    high: Bound = None
    """Bounds of the column by which the list is ordered."""

    def passes(self, row: Row) -> bool:
        """Whether the row is wanted."""
        return all(test(row) for test in self.tests)


def select(exchange: Exchange, behaviour: Behaviour) -> Page:
    """The page that the query asks for."""
    number, size = asked_page(exchange)
    order = _order(exchange, behaviour)
    table = behaviour.home(exchange)
    wanted = _wanted(exchange, behaviour, table, order)
    own = behaviour.rows(exchange)
    if own is not None:
        return _cut(_sorted(filter(wanted.passes, own), table, order), number, size)
    if wanted.found:
        count, keys = min(wanted.found, key=lambda found: found[0])
        # A walk in order meets a wanted row every so often; it goes on until the page is full.
        walk = number * size * len(table.rows) if size else 0
        if count * count <= walk or count <= _FEW:
            rows_found = (table.rows.get(key) for key in keys)
            known = (row for row in rows_found if row and is_shown(row))
            return _cut(_sorted(filter(wanted.passes, known), table, order), number, size)
    if not wanted.tests:
        return _slice(table, order, number, size)
    entries = _walk(table.in_order(order.column), wanted, descending=order.descending)
    passing = filter(wanted.passes, (table.rows[entry[2]] for entry in entries))
    if not size or exchange.operation.envelope == "page_total":
        return _cut(list(passing), number, size)
    rows = list(islice(passing, (number - 1) * size, number * size + 1))
    return Page(rows[:size], number, size, len(rows) > size, 0)


def _walk(entries: list[Entry], wanted: _Wanted, *, descending: bool) -> Iterator[Entry]:
    start, end = _span(entries, wanted.low, wanted.high)
    places = range(end - 1, start - 1, -1) if descending else range(start, end)
    return (entries[place] for place in places)


def _slice(table: Table, order: _Order, number: int, size: int) -> Page:
    """A page of a list without any condition."""
    entries = table.in_order(order.column)
    total = len(entries)
    start, end = ((number - 1) * size, number * size) if size else (0, total)
    if order.descending:
        cut = entries[max(total - end, 0) : max(total - start, 0)][::-1]
    else:
        cut = entries[start:end]
    rows = [table.rows[entry[2]] for entry in cut]
    return Page(rows, number, size, end < total, total)


def _cut(rows: list[Row], number: int, size: int) -> Page:
    if not size:
        return Page(rows, number, size, more=False, total=len(rows))
    end = number * size
    return Page(rows[end - size : end], number, size, end < len(rows), len(rows))


def _sorted(rows: Iterable[Row], table: Table, order: _Order) -> list[Row]:
    column = order.column
    return sorted(
        rows,
        key=lambda row: (sort_value(row.get(column)), table.key(row)),
        reverse=order.descending,
    )


def _span(entries: list[Entry], low: Bound, high: Bound) -> tuple[int, int]:
    start = 0 if low is None else bisect_left(entries, (_NUMBER, low), key=_place)
    end = len(entries) if high is None else bisect_right(entries, (_NUMBER, high), key=_place)
    return start, end


def _place(entry: Entry) -> tuple[int, Json]:
    return entry[0], entry[1]


def asked_page(exchange: Exchange) -> tuple[int, int]:
    """The number and the size of the page asked for; the size is 0 where there are no pages."""
    operation = exchange.operation
    if not operation.page_max:
        return 1, 0
    place, name = operation.page_names
    size = min(_whole(exchange.query.get(name), operation.page_default), operation.page_max)
    if operation.page_by == "offset":
        # Pages that begin anywhere are cut by the behaviour itself.
        return _whole(exchange.query.get(place), 0) // size + 1, size
    return _whole(exchange.query.get(place), 1), size


def _whole(text: Tree | None, default: int) -> int:
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text) or default
    return default


def _order(exchange: Exchange, behaviour: Behaviour) -> _Order:
    """The order asked for, if the method knows it; a direction that is not desc is asc."""
    operation = exchange.operation
    asked = exchange.query.get("order")
    if isinstance(asked, dict):
        for key, direction in asked.items():
            if key in operation.order:
                descending = isinstance(direction, str) and direction.lower() == "desc"
                return _Order(str(key), descending)
    return _Order(operation.default_order or behaviour.default_order, operation.descending)


def _wanted(exchange: Exchange, behaviour: Behaviour, table: Table, order: _Order) -> _Wanted:
    wanted = _Wanted()
    for name, value in behaviour.scope(exchange).items():
        _add_values(wanted, table, name, {value})
    asked = exchange.query.get("filter")
    if isinstance(asked, dict) and exchange.operation.filters and _has_filters(exchange.account):
        for key, tree in asked.items():
            described = exchange.operation.filters.get(str(key))
            if described is None:
                continue
            own = behaviour.filter(exchange, described, tree)
            if own is not None:
                wanted.tests.append(own)
            else:
                _add_filter(wanted, table, described, tree, order)
    text = exchange.query.get("query")
    if isinstance(text, str) and text and exchange.operation.searchable:
        wanted.tests.append(behaviour.search(exchange, text))
    return wanted


def _has_filters(account: Account) -> bool:
    """Whether filters work in an account; some have not bought them."""
    if account.row["is_api_filter_enabled"]:
        return True
    return account.guesses["filters.not_bought"] == "work"


def _add_filter(
    wanted: _Wanted, table: Table, described: Filter, tree: Tree, order: _Order
) -> None:
    name = described.columns[0]
    match described.kind:
        case "value" | "list":
            values: set[Json] = set(numbers(tree) if described.numeric else scalars(tree))
            _add_values(wanted, table, name, values)
        case "flag":
            wanted.tests.append(flags(name, tree))
        case "pairs":
            _add_pairs(wanted, table, described.columns, pairs(described.columns, tree))
        case "range":
            low, high = bounds(tree, since=described.since)
            if low is None and high is None:
                return
            wanted.tests.append(within(name, low, high))
            if name == order.column:
                wanted.low, wanted.high = low, high
            else:
                entries = table.in_order(name)
                start, end = _span(entries, low, high)
                places = range(start, end)
                wanted.found.append((len(places), (entries[place][2] for place in places)))
        case "fields" | "object":
            pass


def _add_pairs(
    wanted: _Wanted, table: Table, columns: tuple[str, ...], found: set[tuple[Bound, ...]]
) -> None:
    wanted.tests.append(agrees(columns, found))
    last = {pair[-1] for pair in found}
    if None not in last:
        groups = [table.having(columns[-1], value) for value in last]
        wanted.found.append((sum(map(len, groups)), chain.from_iterable(groups)))


def _add_values(wanted: _Wanted, table: Table, name: str, values: set[Json]) -> None:
    wanted.tests.append(equals(name, values))
    if table.is_key(name):
        wanted.found.append((len(values), values))
    else:
        groups = [table.having(name, value) for value in values]
        keys = groups[0] if len(groups) == 1 else set[Key]().union(*groups)
        wanted.found.append((len(keys), keys))
