"""What stands between {{ and }}: where a value is found, comparisons, and what to take instead."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import define, frozen

from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Expression", "ExpressionError", "Reach", "parse"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>-?\d+(?:\.\d+)?)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<sign>==|!=|<=|>=|<|>|\?\?|\(|\)|\.|\[|\])
      | (?P<word>[^\W\d]\w*)
    )""",
    re.VERBOSE,
)
_FIXED: Final[Mapping[str, object]] = {"true": True, "false": False, "null": None}
_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {  # Any: any two values
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Final = frozenset({"and", "or", "not"})


class ExpressionError(ValueError):
    """An expression cannot be read, or cannot be worked out."""


@frozen
class Reach:
    """The way to a value: `lead._embedded.contacts[0].id`."""

    root: str
    steps: tuple[str | int, ...]

    def __str__(self) -> str:
        """Return it as it is written."""
        ways = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return self.root + "".join(ways)


Work: TypeAlias = Callable[[Mapping[str, object]], object]


@frozen
class Expression:
    """An expression that was read."""

    text: str
    reaches: tuple[Reach, ...]
    """All ways in it."""
    work: Work

    def value(self, known: Mapping[str, object]) -> object:
        """Work it out; UNSET where a way leads to nothing."""
        return self.work(known)


def parse(text: str) -> Expression:
    """Read an expression; raises `ExpressionError`."""
    reader = _Reader(text, list(_tokens(text)), [])
    work = reader.either()
    if reader.tokens:
        raise ExpressionError(f"{reader.tokens[0][1]!r} is not expected in {text!r}")
    return Expression(text, tuple(reader.reaches), work)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise ExpressionError(f"{text[place:].strip()!r} is not understood in {text!r}")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


@define
class _Reader:
    """Reads from the front of the tokens, the weakest operator first."""

    text: str
    tokens: list[tuple[str, str]]
    reaches: list[Reach]

    def _takes(self, *texts: str) -> str | None:
        if self.tokens and self.tokens[0][0] != "text" and self.tokens[0][1] in texts:
            return self.tokens.pop(0)[1]
        return None

    def either(self) -> Work:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        if len(parts) == 1:
            return parts[0]
        return lambda known: any(_is_true(part(known)) for part in parts)

    def _both(self) -> Work:
        parts = [self._unless()]
        while self._takes("and"):
            parts.append(self._unless())
        if len(parts) == 1:
            return parts[0]
        return lambda known: all(_is_true(part(known)) for part in parts)

    def _unless(self) -> Work:
        if self._takes("not"):
            inner = self._unless()
            return lambda known: not _is_true(inner(known))
        return self._comparison()

    def _comparison(self) -> Work:
        left = self._instead()
        sign = self._takes(*_COMPARED)
        if sign is None:
            return left
        right = self._instead()
        return lambda known: _compared(sign, left(known), right(known))

    def _instead(self) -> Work:
        first = self._value()
        if not self._takes("??"):
            return first
        other = self._instead()

        def chosen(known: Mapping[str, object]) -> object:
            found = first(known)
            return other(known) if found is UNSET or found is None else found

        return chosen

    def _value(self) -> Work:
        if self._takes("("):
            inner = self.either()
            if not self._takes(")"):
                raise ExpressionError(f"a ) is missing in {self.text!r}")
            return inner
        if not self.tokens:
            raise ExpressionError(f"something is missing at the end of {self.text!r}")
        kind, text = self.tokens.pop(0)
        if kind == "number":
            number = float(text) if "." in text else int(text)
            return lambda _: number
        if kind == "text":
            return lambda _: text[1:-1]
        if kind == "word" and text in _FIXED:
            return lambda _: _FIXED[text]
        if kind != "word" or text in _WORDS:
            raise ExpressionError(f"{text!r} is not expected in {self.text!r}")
        reach = Reach(text, tuple(self._steps()))
        self.reaches.append(reach)
        return lambda known: _found(reach, known)

    def _steps(self) -> Iterator[str | int]:
        while sign := self._takes(".", "["):
            kind, text = self.tokens.pop(0) if self.tokens else ("end", "the end")
            if sign == "." and kind == "word":
                yield text
            elif sign == "[" and kind == "number" and text.isdecimal() and self._takes("]"):
                yield int(text)
            elif sign == "[" and kind == "text" and self._takes("]"):
                yield text[1:-1]
            else:
                raise ExpressionError(f"{text!r} is no key in {self.text!r}")


def _found(reach: Reach, known: Mapping[str, object]) -> object:
    value = known.get(reach.root, UNSET)
    for step in reach.steps:
        if is_object(value):
            value = value.get(str(step), UNSET)
        elif is_list(value) and isinstance(step, int):
            value = value[step] if step < len(value) else UNSET
        else:
            return UNSET
    return value


def _is_true(value: object) -> bool:
    return value is not UNSET and bool(value)


def _compared(sign: str, left: object, right: object) -> bool:
    left, right = (None if value is UNSET else value for value in (left, right))
    if sign not in {"==", "!="} and (left is None or right is None):
        return False
    compare: Any = _COMPARED[sign]  # Any: it may not take such values, as is caught below
    try:
        return bool(compare(left, right))
    except TypeError as error:
        raise ExpressionError(f"{left!r} {sign} {right!r} cannot be compared") from error
