"""Reads the values of filters out of a query, and makes tests of rows of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from amocrm_mockserver.jsonvalue import Json, Row

if TYPE_CHECKING:
    from amocrm_mockserver.brackets import Tree

__all__ = [
    "Bound",
    "Test",
    "agrees",
    "bounds",
    "equals",
    "flags",
    "numbers",
    "pairs",
    "scalars",
    "within",
]

Test: TypeAlias = Callable[[Row], bool]
"""Whether a row is wanted."""

Bound: TypeAlias = "int | float | None"


def scalars(tree: Tree) -> list[str]:
    """The texts of a filter: one, a list, or a list with holes."""
    if isinstance(tree, str):
        return [tree]
    return [value for value in _members(tree) if isinstance(value, str)]


def numbers(tree: Tree) -> list[int | float]:
    """The same as numbers; what is none is left out."""
    return [number for text in scalars(tree) if (number := _number(text)) is not None]


def bounds(tree: Tree, *, since: bool) -> tuple[Bound, Bound]:
    """Both ends of a range, inclusive; a bare value is equality, or the lower end."""
    if isinstance(tree, dict):
        low, high = tree.get("from"), tree.get("to")
        return (
            _number(low) if isinstance(low, str) else None,
            _number(high) if isinstance(high, str) else None,
        )
    found = numbers(tree)
    if not found:
        return None, None
    return found[0], None if since else found[0]


def equals(name: str, values: set[Json]) -> Test:
    """Rows with one of the values in a column."""
    if len(values) == 1:
        value = next(iter(values))
        return lambda row: row.get(name) == value
    return lambda row: row.get(name) in values


def flags(name: str, tree: Tree) -> Test:
    """Rows by a column that is true or false; booleans travel as 1 and 0."""
    wanted = {value in ("1", "true") for value in scalars(tree)}
    return lambda row: bool(row.get(name)) in wanted


def within(name: str, low: Bound, high: Bound) -> Test:
    """Rows whose column lies between two bounds; an empty column does not."""

    def test(row: Row) -> bool:
        value = row.get(name)
        if value is None:
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return test


def pairs(columns: tuple[str, ...], tree: Tree) -> set[tuple[Bound, ...]]:
    """Sets of columns that go together, such as pipeline and stage; None is one not given."""
    members = () if isinstance(tree, str) else _members(tree)
    given = [pair for pair in members if isinstance(pair, dict)]
    found = {tuple(_first(pair.get(name)) for name in columns) for pair in given}
    return {pair for pair in found if any(value is not None for value in pair)}


def _first(tree: Tree | None) -> Bound:
    found = numbers(tree) if tree is not None else []
    return found[0] if found else None


def agrees(columns: tuple[str, ...], wanted: set[tuple[Bound, ...]]) -> Test:
    """Rows that agree with one of several sets of columns in all that is given of it."""
    if all(None not in pair for pair in wanted):
        return lambda row: tuple([row.get(name) for name in columns]) in wanted

    def test(row: Row) -> bool:
        values = [row.get(name) for name in columns]
        return any(
            all(value in (None, own) for value, own in zip(pair, values, strict=True))
            for pair in wanted
        )

    return test


def _members(tree: list[Tree] | dict[int | str, Tree]) -> Iterable[Tree]:
    return tree if isinstance(tree, list) else tree.values()


def _number(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None
