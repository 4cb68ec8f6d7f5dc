"""Compares a found JSON answer with a golden one, node by node."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

__all__ = ["FORMS", "Difference", "Json", "Problem", "compare", "json_type", "matches"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Problem: TypeAlias = Literal[
    "missing key", "extra key", "type", "value", "length", "link", "form", "inconsistent"
]

FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "id": re.compile(r"[1-9][0-9]*"),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "jwt": re.compile(r"[^.\s]+\.[^.\s]+\.[^.\s]+"),
    "def502": re.compile(r"def502\S+"),
    "text": re.compile(r".+"),
    "ulid": re.compile(r"[0-9a-hjkmnp-tv-z]{26}"),
    "datetime": re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"),
}
"""What a value that the server invents must look like, by the kind that a sample declares."""

_TYPES: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_ABSENT: Final = "(absent)"


@frozen
class Difference:
    """One place where the found answer is not the golden one."""

    path: str
    problem: Problem
    expected: str
    found: str

    def __str__(self) -> str:
        """Tell the place first, so that a long list can be read down its left edge."""
        return f"{self.path}: {self.problem}: expected {self.expected}, found {self.found}"


def json_type(value: Json) -> str:
    """Name the JSON type; an integer and a number with a fraction part are two types."""
    return _TYPES[type(value)]


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path such as `$.a[3].id` fits a pattern such as `$.a[*].id`."""
    return re.fullmatch(re.escape(pattern).replace(r"\[\*\]", r"\[\d+\]"), path) is not None


def compare(
    expected: Json,
    found: Json,
    *,
    invented: Mapping[str, str] | None = None,
    origins: tuple[str, str] = ("", ""),
) -> tuple[Difference, ...]:
    """List every difference between a golden answer and a found one.

    `invented` maps path patterns to a kind of `FORMS`: these values need the form and must be
    consistent (one golden value is one found value, in links too). `origins` are the scheme and
    host in the golden answer and the ones by which the client came.
    """
    comparison = _Comparison(invented=invented or {}, origins=origins)
    comparison.bind("$", expected, found)
    comparison.walk("$", expected, found)
    return tuple(comparison.differences)


@frozen
class _Comparison:
    invented: Mapping[str, str]
    origins: tuple[str, str]
    differences: list[Difference] = field(factory=list[Difference])
    bindings: dict[str, str] = field(factory=dict[str, str])

    def kind(self, path: str) -> str | None:
        return next((k for p, k in self.invented.items() if matches(p, path)), None)

    def report(self, path: str, problem: Problem, expected: object, found: object) -> None:
        self.differences.append(Difference(path, problem, _show(expected), _show(found)))

    def bind(self, path: str, expected: Json, found: Json) -> None:
        """Learn which found value stands for which invented one, before links are read."""
        if isinstance(expected, dict) and isinstance(found, dict):
            for key in expected.keys() & found.keys():
                self.bind(f"{path}.{key}", expected[key], found[key])
        elif isinstance(expected, list) and isinstance(found, list):
            for index, (left, right) in enumerate(zip(expected, found, strict=False)):
                self.bind(f"{path}[{index}]", left, right)
        elif self.kind(path) is not None and json_type(expected) == json_type(found):
            self.bindings.setdefault(str(expected), str(found))

    def walk(self, path: str, expected: Json, found: Json) -> None:
        if json_type(expected) != json_type(found):
            self.report(path, "type", expected, found)
        elif isinstance(expected, dict) and isinstance(found, dict):
            self.walk_object(path, expected, found)
        elif isinstance(expected, list) and isinstance(found, list):
            if len(expected) != len(found):
                self.report(path, "length", len(expected), len(found))
            for index, (left, right) in enumerate(zip(expected, found, strict=False)):
                self.walk(f"{path}[{index}]", left, right)
        elif (kind := self.kind(path)) is not None:
            self.check_invented(path, kind, expected, found)
        elif isinstance(expected, str) and isinstance(found, str):
            self.check_text(path, expected, found)
        elif expected != found:
            self.report(path, "value", expected, found)

    def walk_object(
        self, path: str, expected: Mapping[str, Json], found: Mapping[str, Json]
    ) -> None:
        for key, value in expected.items():
            if key in found:
                self.walk(f"{path}.{key}", value, found[key])
            else:
                self.report(f"{path}.{key}", "missing key", value, _ABSENT)
        for key, value in found.items():
            if key not in expected:
                self.report(f"{path}.{key}", "extra key", _ABSENT, value)

    def check_invented(self, path: str, kind: str, expected: Json, found: Json) -> None:
        if FORMS[kind].fullmatch(str(found)) is None:
            self.report(path, "form", kind, found)
            return
        stands_for = {left for left, right in self.bindings.items() if right == str(found)}
        if self.bindings[str(expected)] != str(found) or stands_for != {str(expected)}:
            self.report(path, "inconsistent", self.bindings[str(expected)], found)

    def check_text(self, path: str, expected: str, found: str) -> None:
        golden, actual = self.origins
        if golden and expected.startswith(f"{golden}/"):
            if not found.startswith(f"{actual}/") or _parts(found) != self.rename(_parts(expected)):
                self.report(path, "link", expected.replace(golden, actual), found)
        elif found != (expected.replace(golden, actual) if golden else expected):
            self.report(path, "value", expected, found)

    def rename(self, parts: "_LinkParts") -> "_LinkParts":
        segments, query = parts
        return [self.bindings.get(segment, segment) for segment in segments], query


_LinkParts: TypeAlias = tuple[Sequence[str], Sequence[tuple[str, str]]]


def _parts(link: str) -> _LinkParts:
    split = urlsplit(link)
    return split.path.split("/"), parse_qsl(split.query, keep_blank_values=True)


def _show(value: object) -> str:
    if value is _ABSENT:
        return _ABSENT
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"
