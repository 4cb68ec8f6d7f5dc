"""Writes models and other Python values as JSON values."""

import math
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from threading import RLock
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import define, field, fields, has

from amocrm_gen.runtime.encode import unix_seconds
from amocrm_gen.runtime.kinds import is_listing, is_mapping
from amocrm_gen.runtime.shapes import Atom, Choice, Key, Listing, Moment, Record, Shape, keys_of
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Writer"]

_Write: TypeAlias = Callable[[Any], Any]  # Any: of one class in, JSON out

_PLAIN: Final = frozenset[type]({str, int, bool, type(None)})


@define
class Writer:
    """Writes by the class of a value; one function is compiled for each class of models."""

    custom: Callable[[type], _Write | None]
    """The hook for a class that its user writes in a way of his own."""
    foreign: Callable[[object], object]
    """Writes what this package knows nothing of."""
    _writers: dict[type, _Write] = field(init=False)
    _space: dict[str, Any] = field(init=False)  # Any: functions and classes
    _lock: RLock = field(factory=RLock)

    def __attrs_post_init__(self) -> None:
        """Put in what every function uses."""
        self._writers = dict.fromkeys(_PLAIN, lambda value: value)
        self._writers[float] = _number
        self._space = {
            "UNSET": UNSET,
            "datetime": datetime,
            "write": self.write,
            "seconds": unix_seconds,
            "PLAIN": _PLAIN,
        }

    def write(self, value: object) -> JsonValue:
        """Write any value."""
        writer = self._writers.get(type(value))
        if writer is None:
            writer = self._writer(type(value))
        written: JsonValue = writer(value)
        return written

    def _writer(self, cls: type) -> _Write:
        with self._lock:
            writer = self._find(cls)
            self._writers[cls] = writer
            return writer

    def _find(self, cls: type) -> _Write:
        custom = self.custom(cls)
        if custom is not None:
            return custom
        if has(cls):
            return self._compile(cls)
        if issubclass(cls, Enum):
            return lambda value: value.value
        if issubclass(cls, UUID):
            return str
        if issubclass(cls, datetime):
            return lambda value: unix_seconds(value, cls.__name__)
        return self._other

    def _other(self, value: object) -> object:
        if is_mapping(value):
            return {str(key): self.write(item) for key, item in value.items() if item is not UNSET}
        if is_listing(value):
            return [self.write(item) for item in value]
        written = self.foreign(value)
        if type(written) in {str, int, float, bool, dict, list, type(None)}:
            return written
        kind = type(value).__name__
        message = f"{value!r} is no JSON value; turn the {kind} into text, a number or a datetime"
        raise TypeError(message)

    def _compile(self, cls: type) -> _Write:
        name = f"write{len(self._writers)}"
        lines = [f"def {name}(given):", "    made = {}"]
        for key in keys_of(cls):
            lines += self._key(cls, key)
        if any(item.metadata.get("extra") for item in fields(cls)):
            lines += [
                "    for key, value in given.extra.items():",
                "        made.setdefault(key, value if type(value) in PLAIN else write(value))",
            ]
        lines.append("    return made")
        scope: dict[str, Any] = {}  # Any: holds one function
        exec("\n".join(lines), self._space, scope)  # noqa: S102 - text made here, of our own names
        made: _Write = scope[name]
        return made

    def _key(self, cls: type, key: Key) -> list[str]:
        wire = repr(key.wire)
        written = self._expression(key.shape, f"{cls.__name__}.{key.name}")
        if key.when_null is not None:
            written = f"{key.when_null!r} if value is None else {written}"
        return [
            f"    value = given.{key.name}",
            "    if value is not UNSET:",
            f"        made[{wire}] = {written}",
        ]

    def _expression(self, shape: Shape, where: str) -> str:
        other = "value if type(value) in PLAIN else write(value)"
        match shape:
            case Moment():
                return f"seconds(value, {where!r}) if type(value) is datetime else {other}"
            case Choice():
                enum = self._constant(shape.enum)
                return f"value._value_ if type(value) is {enum} else {other}"
            case Record():
                return "None if value is None else write(value)"
            case Listing(item=Atom()):
                return other
            case Listing():
                return f"[write(value) for value in value] if type(value) is list else {other}"
            case _:
                return other

    def _constant(self, value: object) -> str:
        name = f"c{len(self._space)}"
        self._space[name] = value
        return name


def _number(value: float) -> float:
    if not math.isfinite(value):
        message = f"{value} is not a number that JSON can hold"
        raise ValueError(message)
    return value
