"""Reads JSON as objects of attrs classes, and tells all that is wrong with it at once."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast, get_args, get_origin

import attrs
from attrs import NOTHING, define

from amocrm_gen.actions.fault import Fault
from amocrm_gen.actions.shape import hints_of, options_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.actions.shape import About
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["read"]

C = TypeVar("C")
_SHOWN: Final = 60
_WORDS: Final = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def read(cls: type[C], given: JsonValue, faults: list[Fault]) -> C | None:
    """Return an object of a class; None, and what is wrong in `faults`, where it is none.

    Null counts as left out. A value is never turned into one of another type: "5" is no number.
    """
    reader = _Reader(faults)
    found = reader.object(cls, given, "")
    return None if faults else cast("C", found)


@define
class _Reader:
    faults: list[Fault]

    def value(self, hint: Any, given: JsonValue, path: str) -> Any:  # Any: of any type
        options = options_of(hint)
        if len(options) > 1:
            return self._either(options, given, path)
        kind = options[0]
        if kind is Any:
            return given
        if kind in _WORDS:
            if not _is_plain(kind, given):
                self._tell(path, f"{_shown(given)} is not {_WORDS[kind]}")
            return given
        if get_origin(kind) is not None:
            return self._generic(get_origin(kind), get_args(kind), given, path)
        return self.object(kind, given, path)

    def object(self, cls: type, given: JsonValue, path: str) -> Any:  # Any: an object of the class
        if not isinstance(given, dict):
            self._tell(path, f"{_shown(given)} is not an object")
            return None
        before, hints = len(self.faults), hints_of(cls)
        for name in given:
            if name not in hints:
                near = get_close_matches(name, list(hints), n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"possible: {', '.join(hints)}"
                self._tell(_join(path, name), "is not known here", hint)
        values = {
            one.name: self._attribute(one, hints[one.name], given, path)
            for one in attrs.fields(cls)
            if given.get(one.name) is not None or one.default is NOTHING
        }
        return cls(**values) if len(self.faults) == before else None

    def _attribute(
        self,
        one: attrs.Attribute[Any],
        hint: Any,
        given: JsonObject,
        path: str,  # Any: attrs'
    ) -> Any:  # Any: of the attribute's type
        value, place = given.get(one.name), _join(path, one.name)
        if value is None:
            self._tell(place, "is required and not there", _example(one))
            return None
        before = len(self.faults)
        found = self.value(hint, value, place)
        if len(self.faults) == before:
            self._check_limits(one, value, place)
        return found

    def _either(self, options: list[Any], given: JsonValue, path: str) -> Any:  # Any: types
        for option in options:
            tried = _Reader([])
            found = tried.value(option, given, path)
            if not tried.faults:
                return found
        words = " or ".join(_WORDS.get(one, "an object") for one in options)
        self._tell(path, f"{_shown(given)} is not {words}")
        return None

    def _generic(
        self,
        origin: Any,
        inside: tuple[Any, ...],
        given: JsonValue,
        path: str,  # Any: types
    ) -> Any:  # Any: of the type that the hint names
        if origin is Literal:
            if given not in inside:
                near = get_close_matches(str(given), inside, n=1)
                meant = f"did you mean {near[0]!r}? " if near else ""
                hint = f"{meant}possible: {', '.join(inside)}"
                self._tell(path, f"{_shown(given)} is not possible", hint)
            return given
        if origin is dict:
            if isinstance(given, dict):
                return {
                    name: self.value(inside[1], one, _join(path, name))
                    for name, one in given.items()
                }
            self._tell(path, f"{_shown(given)} is not an object")
            return None
        if isinstance(given, list):
            return [
                self.value(inside[0], one, f"{path}[{index}]") for index, one in enumerate(given)
            ]
        self._tell(path, f"{_shown(given)} is not a list", f"give [{_shown(given)}]")
        return None

    def _check_limits(
        self,
        one: attrs.Attribute[Any],
        value: JsonValue,
        place: str,  # Any: attrs'
    ) -> None:
        said: About | None = one.metadata.get("about")
        limits: Mapping[str, JsonValue] = {} if said is None else said.more
        least, most, few = limits.get("minimum"), limits.get("maximum"), limits.get("few")
        if isinstance(value, int | float):
            if isinstance(least, int) and value < least:
                self._tell(place, f"{value} is too little", f"give {least} or more")
            if isinstance(most, int) and value > most:
                self._tell(place, f"{value} is too much", f"give {most} or less")
        if isinstance(few, int) and isinstance(value, str | list) and len(value) < few:
            self._tell(place, "is empty", _example(one))

    def _tell(self, path: str, message: str, hint: str | None = None) -> None:
        self.faults.append(Fault(path, message, hint))


def _is_plain(kind: type, given: JsonValue) -> bool:
    if isinstance(given, bool):
        return kind is bool
    return isinstance(given, int | float if kind is float else kind)


def _example(one: attrs.Attribute[Any]) -> str | None:  # Any: attrs'
    said: About | None = one.metadata.get("about")
    examples = said.more.get("examples") if said else None
    return f"for example {_shown(examples[0])}" if isinstance(examples, list) else None


def _shown(value: JsonValue) -> str:
    from orjson import dumps  # noqa: PLC0415 - only errors need it

    text = dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
