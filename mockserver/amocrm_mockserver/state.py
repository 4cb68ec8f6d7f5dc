"""Tables of rows, with the indexes that keep long lists cheap to page."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from amocrm_mockserver.jsonvalue import Json, Row

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Entry", "Key", "Table", "is_shown", "sort_value"]

Key: TypeAlias = Json
"""What a row is found by: its id, its uid, or a tuple of columns."""

Entry: TypeAlias = tuple[int, Json, Key]
"""A row's place in an order: rank of the value's kind, the value, then the key."""

_MOST_KEPT = 4000

_NUMBER, _TEXT = 1, 2
_HIDING = frozenset({"is_deleted", "_hidden"})


def sort_value(value: Json) -> tuple[int, Json]:
    """A value as it is ordered: nothing first, then numbers, then texts without regard to case."""
    if value is None:
        return 0, 0
    if isinstance(value, str):
        return _TEXT, value.casefold()
    return _NUMBER, value


class Table:
    """Rows by key. All changes go through the methods, which keep the indexes true.

    Indexes are made when they are first asked for and hold only rows that lists show: not those
    in the trash (`is_deleted`) and not those marked `_hidden`. `notify` is called at each change.
    """

    __slots__ = ("_columns", "_equal", "_notify", "_order", "kept", "rows")

    def __init__(
        self,
        *,
        columns: tuple[str, ...] = ("id",),
        notify: Callable[[], None] | None = None,
    ) -> None:
        self.rows: dict[Key, Row] = {}
        self.kept: dict[Key, Json] = {}
        """Last renderings of rows; a change of the row drops its own."""
        self._columns = columns
        self._notify = notify
        self._order: dict[str, list[Entry]] = {}
        self._equal: dict[str, defaultdict[Json, set[Key]]] = {}

    def key(self, row: Row) -> Key:
        """What the row is found by."""
        columns = self._columns
        return row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns)

    def is_key(self, column: str) -> bool:
        """Whether rows are found by that column alone."""
        return self._columns == (column,)

    def add(self, row: Row) -> Row:
        """Take in a new row."""
        self._tell()
        self.rows[self.key(row)] = row
        if self._order or self._equal:
            self._enter(row, {*self._order, *self._equal})
        return row

    def change(self, row: Row, changes: Row) -> None:
        """Set columns of a row."""
        if self.kept:
            self.kept.pop(self.key(row), None)
        self._tell()
        if self._order or self._equal:
            names = {*self._order, *self._equal}
            touched = names if not _HIDING.isdisjoint(changes) else names.intersection(changes)
            self._leave(row, touched)
            row.update(changes)
            self._enter(row, touched)
        else:
            row.update(changes)

    def remove(self, row: Row) -> None:
        """Forget a row."""
        self.kept.pop(self.key(row), None)
        self._tell()
        self._leave(row, {*self._order, *self._equal})
        del self.rows[self.key(row)]

    def keep(self, row: Row, rendering: Json) -> None:
        """Remember how a row was rendered; only so many are."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        self.kept[self.key(row)] = rendering

    def _tell(self) -> None:
        if self._notify is not None:
            self._notify()

    def in_order(self, column: str) -> list[Entry]:
        """The places of all shown rows by that column, ties by key; to be read only."""
        entries = self._order.get(column)
        if entries is None:
            entries = sorted(
                (*sort_value(row.get(column)), key)
                for key, row in self.rows.items()
                if is_shown(row)
            )
            self._order[column] = entries
        return entries

    def having(self, column: str, value: Json) -> set[Key]:
        """The keys of all shown rows with that value; to be read only."""
        index = self._equal.get(column)
        if index is None:
            index = defaultdict[Json, set[Key]](set)
            for key, row in self.rows.items():
                if is_shown(row):
                    index[row.get(column)].add(key)
            self._equal[column] = index
        return index.get(value, set())

    def _enter(self, row: Row, names: set[str]) -> None:
        if not names or not is_shown(row):
            return
        key = self.key(row)
        for name in names:
            entries = self._order.get(name)
            if entries is not None:
                entry = (*sort_value(row.get(name)), key)
                if not entries or entries[-1] < entry:
                    entries.append(entry)
                else:
                    insort(entries, entry)
            if name in self._equal:
                self._equal[name][row.get(name)].add(key)

    def _leave(self, row: Row, names: set[str]) -> None:
        if not names or not is_shown(row):
            return
        key = self.key(row)
        for name in names:
            entries = self._order.get(name)
            if entries is not None:
                del entries[bisect_left(entries, (*sort_value(row.get(name)), key))]
            index = self._equal.get(name)
            if index is not None:
                index[row.get(name)].discard(key)


def is_shown(row: Row) -> bool:
    """Lists show the row: it is neither in the trash nor hidden."""
    return not row.get("is_deleted") and not row.get("_hidden")
