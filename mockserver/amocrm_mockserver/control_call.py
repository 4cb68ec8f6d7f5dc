"""A control call as its function sees it, and how it is told what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ControlCall", "ControlError"]

_T = TypeVar("_T")


class ControlError(Exception):
    """What is wrong with a control call, and what to do instead."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@frozen(kw_only=True)
class ControlCall:
    """The variables of the path and the fields of the body."""

    origin: str
    """Where the caller reached the server: scheme, host and port."""
    host: str
    variables: Mapping[str, str]
    body: Mapping[str, object] = field(repr=False)

    def get(self, name: str, kind: type[_T]) -> _T | None:
        """A field of the body; None if it is absent or null, an error if it is of another type."""
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        message = f"{name} must be of type {_NAMES[kind]}"
        raise ControlError(message)


_NAMES: Mapping[type, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    dict: "object",
    list: "array",
}
