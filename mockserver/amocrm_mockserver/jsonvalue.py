"""Names for JSON as this server holds it."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

__all__ = ["Json", "Row", "is_array", "is_object"]

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
