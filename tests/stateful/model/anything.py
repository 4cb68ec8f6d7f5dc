"""A value that only the server knows."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["SOME_ID"]


class _SomeId:
    """Equal to any positive integer."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and not isinstance(other, bool) and other > 0

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<some id>"


SOME_ID: Final[Any] = _SomeId()  # Any: it stands where an int does
"""Stands for an id that the server chose and that no answer has told."""
