"""Tells mappings and sequences among values of unknown type."""

from collections.abc import Mapping, Sequence, Set
from typing import TypeGuard

__all__ = ["is_listing", "is_mapping"]


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Tell whether a value becomes a JSON object."""
    return isinstance(value, Mapping)


def is_listing(value: object) -> TypeGuard[Sequence[object] | Set[object]]:
    """Tell whether a value becomes a JSON list; text and bytes do not."""
    return isinstance(value, Sequence | Set) and not isinstance(value, str | bytes | bytearray)
