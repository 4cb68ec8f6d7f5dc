"""Names for JSON as this server holds it."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

__all__ = ["Json", "Row", "array_at", "is_array", "is_object", "object_at", "objects_at"]

Json: TypeAlias = Any
"""A JSON value; Any, since a recursive union would need a cast at every access to a row."""

Row: TypeAlias = dict[str, Json]
"""A JSON object: a row of a table, an item of a request or of an answer."""


def is_object(value: Json) -> TypeGuard[Row]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Json) -> TypeGuard[list[Json]]:
    """Whether the value is a JSON array."""
    return isinstance(value, list)


def object_at(row: Row, key: str) -> Row:
    """The object under a key; an empty one where there is none."""
    value: Json = row.get(key)
    return value if is_object(value) else {}


def array_at(row: Row, key: str) -> list[Json]:
    """The array under a key; an empty one where there is none."""
    value: Json = row.get(key)
    return value if is_array(value) else []


def objects_at(row: Row, key: str) -> list[tuple[int, Row]]:
    """The objects in the array under a key, with their places; what else it holds is left out."""
    return [(place, item) for place, item in enumerate(array_at(row, key)) if is_object(item)]
