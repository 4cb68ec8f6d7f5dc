"""Writes models and other Python values as JSON values."""

import math
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from threading import RLock
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import define, field, fields, has

from amocrm_gen.runtime.deferred import Deferred, wire_name
from amocrm_gen.runtime.encode import unix_seconds
from amocrm_gen.runtime.extra import LazyExtra
from amocrm_gen.runtime.kinds import is_listing, is_mapping
from amocrm_gen.runtime.shapes import Atom, Choice, Key, Listing, Moment, Record, Shape, keys_of
from amocrm_gen.runtime.source import Source
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Writer"]

_Write: TypeAlias = Callable[[Any], Any]  # Any: of one class in, JSON out

_PLAIN: Final = frozenset[type]({str, int, bool, type(None)})
_SMALL: Final = 8
"""Classes of so many keys are written in place, where their parent is written."""
_DEEP: Final = 4


@define
class Writer:
    """Writes by the class of a value; one function is compiled for each class of models."""

    custom: Callable[[type], _Write | None]
    """The hook for a class that its user writes in a way of his own."""
    foreign: Callable[[object], object]
    """Writes what this package knows nothing of."""
    _writers: dict[type, _Write] = field(init=False)
    _lock: RLock = field(factory=RLock)

    def __attrs_post_init__(self) -> None:
        """Begin with what JSON has itself."""
        self._writers = dict.fromkeys(_PLAIN, lambda value: value)
        self._writers[float] = _number

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
            body = _Body(self)
            body.model(cls, "value", ())
            return body.source.function("write", {}, otherwise=None)
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
            write, find = self.write, self._writers.get
            # Mostly the writer is there: then it is asked itself.
            return [(find(type(item)) or write)(item) for item in value]
        written = self.foreign(value)
        if type(written) in {str, int, float, bool, dict, list, type(None)}:
            return written
        kind = type(value).__name__
        message = f"{value!r} is no JSON value; turn the {kind} into text, a number or a datetime"
        raise TypeError(message)


class _Body:
    """What writes the objects of one class, while it is written itself."""

    def __init__(self, writer: Writer) -> None:
        self.source = Source()
        self._writer = writer
        self._unset = self.source.constant(UNSET)
        self._plain = self.source.constant(_PLAIN)
        self._write = self.source.constant(writer.write)
        self._seconds = self.source.constant(unix_seconds)
        self._datetime = self.source.constant(datetime)

    def model(self, cls: type, name: str, outer: tuple[type, ...]) -> None:
        """Write what puts a dict in the place of the object in a variable."""
        source = self.source
        made, value = source.variable(), source.variable()
        source.line(f"{made} = {{}}")
        for key in keys_of(cls):
            # A deferred attribute is written from what came over the wire, if it is still there.
            held = vars(cls).get(key.name)
            slot = wire_name(key.name) if isinstance(held, Deferred) else key.name
            source.line(f"{value} = {name}.{slot}")
            with source.block(f"if {value} is not {self._unset}:"):
                if isinstance(held, Deferred) and held.path:
                    self._packed(held.path, value)
                self._key(key, value, f"{cls.__name__}.{key.name}", (*outer, cls))
                source.line(f"{made}[{key.wire!r}] = {value}")
        if any(item.metadata.get("extra") for item in fields(cls)):
            self._extra(cls, name, made)
        source.line(f"{name} = {made}")

    def _packed(self, path: tuple[str, ...], name: str) -> None:
        with self.source.block(f"if type({name}) is str:"):
            opened = "".join(f"{{{step!r}: " for step in path)
            self.source.line(f"{name} = {opened}{name}{'}' * len(path)}")

    def _extra(self, cls: type, name: str, made: str) -> None:
        source = self.source
        extra, key, item = source.variable(), source.variable(), source.variable()
        found = next((vars(each)["extra"] for each in cls.__mro__ if "extra" in vars(each)), None)
        taken = f"{name}.extra"
        if isinstance(found, LazyExtra):
            taken = f"{source.constant(found.peek)}({name})"
        source.line(f"{extra} = {taken}")
        with source.block(f"if {extra}:"), source.block(f"for {key}, {item} in {extra}.items():"):
            source.line(f"{made}.setdefault({key}, {self._write}({item}))")

    def _key(self, key: Key, name: str, where: str, outer: tuple[type, ...]) -> None:
        source = self.source
        if key.when_null is None:
            self._value(key.shape, name, where, outer)
            return
        with source.block(f"if {name} is None:"):
            source.line(f"{name} = {key.when_null!r}")
        with source.block("else:"):
            self._value(key.shape, name, where, outer)

    def _value(self, shape: Shape, name: str, where: str, outer: tuple[type, ...]) -> None:
        source = self.source
        match shape:
            case Moment():
                with source.block(f"if type({name}) is {self._datetime}:"):
                    source.line(f"{name} = {self._seconds}({name}, {where!r})")
                self._otherwise("el", name)
            case Choice():
                enum = source.constant(shape.enum)
                with source.block(f"if type({name}) is {enum}:"):
                    source.line(f"{name} = {name}._value_")
                self._otherwise("el", name)
            case Record() if self._writes_in_place(shape.cls, outer):
                with source.block(f"if type({name}) is {source.constant(shape.cls)}:"):
                    self.model(shape.cls, name, outer)
                self._otherwise("el", name)
            case Listing(item=item) if not isinstance(item, Atom):
                with source.block(f"if type({name}) is list:"):
                    self._items(item, name, where, outer)
                self._otherwise("el", name)
            case Atom(kinds) if len(kinds) == 1:
                (kind,) = kinds
                self._otherwise("", name, likely=kind.__name__)
            case _:
                self._otherwise("", name, likely="str")

    def _items(self, shape: Shape, name: str, where: str, outer: tuple[type, ...]) -> None:
        source = self.source
        items, item = source.variable(), source.variable()
        source.line(f"{items} = []")
        with source.block(f"for {item} in {name}:"):
            self._value(shape, item, where, outer)
            source.line(f"{items}.append({item})")
        source.line(f"{name} = {items}")

    def _writes_in_place(self, cls: type, outer: tuple[type, ...]) -> bool:
        return (
            cls not in outer
            and len(outer) < _DEEP
            and len(fields(cls)) <= _SMALL
            and self._writer.custom(cls) is None
        )

    def _otherwise(self, els: str, name: str, *, likely: str | None = None) -> None:
        # To compare with one class is faster than to look it up among several.
        sure = "" if likely in {None, "float"} else f"type({name}) is not {likely} and "
        with self.source.block(f"{els}if {sure}type({name}) not in {self._plain}:"):
            self.source.line(f"{name} = {self._write}({name})")


def _number(value: float) -> float:
    if not math.isfinite(value):
        message = f"{value} is not a number that JSON can hold"
        raise ValueError(message)
    return value
