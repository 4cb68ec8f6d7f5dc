"""Tells where two JSON values differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import Json

__all__ = ["agree"]


def agree(found: Json, expected: Json, what: str) -> None:
    """Fail with the places in which an answer is not what the model expects."""
    assert found == expected, f"{what}: " + "; ".join(_places(found, expected, "$"))


def _places(found: Json, expected: Json, at: str) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted({*found, *expected}, key=str):
            if key not in found:
                yield f"{at}.{key} is missing, {expected[key]!r} expected"
            elif key not in expected:
                yield f"{at}.{key} is {found[key]!r}, not expected"
            else:
                yield from _places(found[key], expected[key], f"{at}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for index, (one, two) in enumerate(zip(found, expected, strict=True)):
            yield from _places(one, two, f"{at}[{index}]")
    elif found != expected:
        yield f"{at} is {found!r}, {expected!r} expected"
