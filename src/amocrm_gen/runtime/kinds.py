"""Tells objects, lists and numbers among values of unknown type."""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeGuard

__all__ = ["is_list", "is_listing", "is_mapping", "is_number", "is_object"]


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Tell whether a value becomes a JSON object."""
    return isinstance(value, Mapping)


def is_listing(value: object) -> TypeGuard[Sequence[object] | AbstractSet[object]]:
    """Tell whether a value becomes a JSON list; text and bytes do not."""
    return isinstance(value, Sequence | AbstractSet) and not isinstance(
        value, str | bytes | bytearray
    )


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Tell whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Tell whether a decoded JSON value is a list."""
    return isinstance(value, list)


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)
