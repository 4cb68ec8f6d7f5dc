"""Checks of values that come in by control calls; each error says what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from attrs import Attribute

__all__ = ["Check", "flag", "number", "one_of", "text", "whole"]

Check: TypeAlias = "Callable[[object, Attribute[Any], Any], None]"  # Any: it is what is checked


def _check(wanted: str, is_right: Callable[[Any], bool], *, optional: bool) -> Check:
    def check(_: object, attribute: Attribute[Any], value: Any) -> None:
        if value is None and optional:
            return
        if not is_right(value):
            raise ValueError(f"{attribute.name} must be {wanted}, and is {value!r}")

    return check


def flag() -> Check:
    """A boolean."""
    return _check("true or false", lambda value: isinstance(value, bool), optional=False)


def text() -> Check:
    """A text, or nothing."""
    return _check("a text", lambda value: isinstance(value, str), optional=True)


def one_of(values: Collection[str]) -> Check:
    """One of some texts, or nothing."""
    wanted = f"one of {', '.join(values)}"
    return _check(wanted, lambda value: isinstance(value, str) and value in values, optional=True)


def whole(low: int, high: int | None = None, *, optional: bool = False) -> Check:
    """A whole number, both ends included."""
    wanted = f"a whole number from {low} on" if high is None else f"a whole number {low} to {high}"
    return _check(
        wanted,
        lambda value: type(value) is int and value >= low and (high is None or value <= high),
        optional=optional,
    )


def number(
    *,
    above: float | None = None,
    low: float = 0.0,
    high: float | None = None,
    optional: bool = False,
) -> Check:
    """A number, from `low` on or greater than `above`."""
    wanted = f"a number above {above}" if above is not None else f"a number from {low} on"
    if high is not None:
        wanted += f" to {high}"
    return _check(
        wanted,
        lambda value: (
            type(value) in {int, float}
            and (value > above if above is not None else value >= low)
            and (high is None or value <= high)
        ),
        optional=optional,
    )
