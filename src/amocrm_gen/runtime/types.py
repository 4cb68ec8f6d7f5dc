"""Types of values that cross the border between Python and the API."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict, TypeVar, cast

__all__ = [
    "JsonInput",
    "JsonObject",
    "JsonValue",
    "NumberRange",
    "OpenIntEnum",
    "OpenStrEnum",
    "Scalar",
    "TimeRange",
]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    JsonValue: TypeAlias = (
        "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"  # recursive
    )
    JsonInput: TypeAlias = (
        "Mapping[str, JsonInput] | Sequence[JsonInput] | str | int | float | bool | None"
    )
else:
    # A recursive alias cannot be resolved at run time; for the converter it means "as it is".
    JsonValue = Any
    JsonInput = Any

JsonObject: TypeAlias = dict[str, JsonValue]
"""A JSON object whose keys the API does not fix."""

Scalar: TypeAlias = str | int | float | bool
"""A value that a query parameter can hold."""

TimeRange = TypedDict("TimeRange", {"from": datetime | int, "to": datetime | int}, total=False)
"""A span of time, both ends included; either end may be missing. Integers are unix seconds."""

NumberRange = TypedDict("NumberRange", {"from": float, "to": float}, total=False)
"""A span of numbers, both ends included; either end may be missing."""

_REMEMBERED: Final = 256
"""So many unknown values an enum keeps; the bound holds hostile answers off the memory."""


class OpenStrEnum(StrEnum):
    """Strings of which the API may know more than we do: an unknown one becomes a member too."""

    @classmethod
    def _missing_(cls, value: object) -> "OpenStrEnum | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return _remember(cls, value, member)

    @property
    def is_known(self) -> bool:
        """Whether the value is one of those that the specification lists."""
        return self._name_ in type(self).__members__


class OpenIntEnum(IntEnum):
    """Integers of which the API may know more than we do: an unknown one becomes a member too."""

    @classmethod
    def _missing_(cls, value: object) -> "OpenIntEnum | None":
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = int(value)
        return _remember(cls, value, member)

    @property
    def is_known(self) -> bool:
        """Whether the value is one of those that the specification lists."""
        return self._name_ in type(self).__members__


_unknown: dict[type, dict[object, object]] = {}

Member = TypeVar("Member")


def _remember(cls: type, value: object, member: Member) -> Member:
    members = cast("dict[object, Member]", _unknown.setdefault(cls, {}))
    if len(members) < _REMEMBERED:
        return members.setdefault(value, member)
    return members.get(value, member)
