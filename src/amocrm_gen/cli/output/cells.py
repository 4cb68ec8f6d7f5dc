"""Items as rows: which columns they have, and what a cell shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from orjson import dumps

from amocrm_gen.cli.output.field_path import FieldPath
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.runtime.types import JsonValue

__all__ = ["VALUE", "all_columns", "cell_text", "short_columns", "shown_text"]

VALUE: Final = FieldPath("value", ())
"""The one column of items that are no objects."""
_FIRST: Final[tuple[str, ...]] = ("id", "name", "title", "text")
_LEFT_OUT: Final = frozenset({"_links"})
_TIMES: Final = ("_at", "_till")
_FIRST_TIME: Final = 1_000_000_000
"""Seconds; smaller numbers under such names are spans, or zero for never."""


def all_columns(items: Sequence[object]) -> list[FieldPath]:
    """Return a column for each scalar or list of the items; objects are taken apart."""
    found: dict[tuple[str, ...], None] = {}
    for item in items:
        _take_apart(item, (), found)
    return [FieldPath(".".join(keys), keys) if keys else VALUE for keys in found]


def short_columns(items: Sequence[object]) -> list[FieldPath]:
    """Return the columns that are worth a look: plain values that are not empty everywhere."""
    rows = [item for item in items if is_object(item)]
    if len(rows) < len(items):
        return [VALUE]
    names = dict.fromkeys(name for row in rows for name in row)
    plain = [
        name
        for name in names
        if any(row.get(name) is not None for row in rows)
        and not any(is_object(row.get(name)) or is_list(row.get(name)) for row in rows)
    ]
    ordered = [name for name in _FIRST if name in plain]
    ordered += [name for name in plain if name not in ordered]
    return [FieldPath(name, (name,)) for name in ordered or names]


def _take_apart(value: object, keys: tuple[str, ...], found: dict[tuple[str, ...], None]) -> None:
    if not is_object(value) or (keys and not value):
        # What is null in one item can be an object in another.
        if not any(len(other) > len(keys) and other[: len(keys)] == keys for other in found):
            found[keys] = None
        return
    found.pop(keys, None)
    for name, inner in value.items():
        if name not in _LEFT_OUT:
            _take_apart(inner, (*keys, name), found)


def cell_text(value: JsonValue) -> str:
    """Return a value as a program may read it back: lists of plain values in one line."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case list() if not any(isinstance(each, dict | list) for each in value):
            return ", ".join(cell_text(each) for each in value)
        case _:
            return dumps(value).decode()


def shown_text(name: str, value: JsonValue) -> str:
    """Return a value as people read it: times in the zone of this machine."""
    if (
        name.rpartition(".")[2].endswith(_TIMES)
        and isinstance(value, int)
        and not isinstance(value, bool)
        and value >= _FIRST_TIME
    ):
        try:
            moment = datetime.fromtimestamp(value, UTC).astimezone()
        except (OverflowError, ValueError, OSError):
            return str(value)
        return f"{moment:%Y-%m-%d %H:%M}"
    return cell_text(value)
