"""Every small damage that a golden answer can suffer, so that the comparer can be tried on it."""

from collections.abc import Iterator
from typing import cast

from attrs import frozen

from .compare import Json

__all__ = ["Damage", "damages"]


@frozen
class Damage:
    """A damaged copy of an answer, and the path at which a comparer must find it."""

    name: str
    path: str
    answer: Json


def damages(answer: Json, path: str = "$") -> Iterator[Damage]:
    """Yield the answer damaged in each way at each node, children after their parent."""
    for name, value in _replacements(answer):
        yield Damage(name, path, value)
    if isinstance(answer, dict):
        yield Damage("extra key", f"{path}.not_in_sheet", {**answer, "not_in_sheet": None})
        for key, value in answer.items():
            rest = {k: v for k, v in answer.items() if k != key}
            yield Damage("dropped key", f"{path}.{key}", cast("Json", rest))
            for damage in damages(value, f"{path}.{key}"):
                yield Damage(damage.name, damage.path, {**answer, key: damage.answer})
    elif isinstance(answer, list):
        yield Damage("longer list", path, [*answer, None])
        for index, value in enumerate(answer):
            yield Damage("shorter list", path, answer[:index] + answer[index + 1 :])
            for damage in damages(value, f"{path}[{index}]"):
                changed = [*answer[:index], damage.answer, *answer[index + 1 :]]
                yield Damage(damage.name, damage.path, changed)


def _replacements(value: Json) -> Iterator[tuple[str, Json]]:
    if value is not None:
        yield "null for value", None
    match value:
        case None:
            yield "integer for null", 0
            yield "string for null", ""
            yield "boolean for null", False
            yield "list for null", []
            yield "object for null", {}
        case bool():
            yield "integer for boolean", int(value)
            yield "other boolean", not value
        case int():
            yield "string for integer", str(value)
            yield "number for integer", float(value)
            yield "boolean for integer", bool(value)
            yield "other integer", value + 1
        case float():
            yield "string for number", str(value)
        case str():
            yield "integer for string", int(value) if value.isdecimal() else 7
            yield "list for string", [value]
            yield "other string", f"{value}x"
        case list():
            yield "object for list", {str(i): each for i, each in enumerate(value)}
            yield "empty object for list", {}
        case dict():
            yield "list for object", list(value.values())
            yield "empty list for object", []
