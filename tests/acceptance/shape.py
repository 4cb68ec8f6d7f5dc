"""Holds an answer against the part of it that the SDK needs."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote_plus

from .case import named_shapes

__all__ = ["at", "faults", "is_there"]

_WORD: Final = re.compile(r"<(\w+)(\|null)?>")
_TESTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "any": lambda _: True,
    "bool": lambda value: isinstance(value, bool),
    "id": lambda value: type(value) is int and value > 0,
    "int": lambda value: type(value) is int,
    "list": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
    "num": lambda value: type(value) in {int, float},
    "object": lambda value: isinstance(value, dict),
    "str": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str) and value != "",
    "time": lambda value: type(value) is int and value > 1_000_000_000,
}


def faults(needed: Any, found: Any, path: str = "$") -> Iterator[str]:
    """Tell where an answer lacks what is needed; keys that are not mentioned do not matter."""
    match needed:
        case str() if _WORD.fullmatch(needed):
            yield from _word(needed, found, path)
        case dict() if len(needed) == 1 and next(iter(needed)) in _MARKS:
            [(mark, wanted)] = needed.items()
            yield from _MARKS[mark](wanted, found, path)
        case dict():
            yield from _object(needed, found, path)
        case list():
            yield from _list(needed, found, path)
        case _ if type(needed) is not type(found) or needed != found:
            yield f"{path}: expected {needed!r}, found {found!r}"


def _each(inner: Any, found: Any, path: str) -> Iterator[str]:
    """Each item must be so; there must be some."""
    if not isinstance(found, list) or not found:
        yield f"{path}: expected items, found {found!r}"
        return
    for index, item in enumerate(cast("list[Any]", found)):
        yield from faults(inner, item, f"{path}[{index}]")


def _all(wanted: list[Any], found: Any, path: str) -> Iterator[str]:
    """It must be so in each of these ways."""
    for one in wanted:
        yield from faults(one, found, path)


def _some(wanted: list[Any], found: Any, path: str) -> Iterator[str]:
    """Such items must be among them, in any order."""
    items = cast("list[Any]", found) if isinstance(found, list) else []
    for one in wanted:
        if all(any(True for _ in faults(one, item)) for item in items):
            yield f"{path}: expected {one!r} among {found!r}"


def _has(pieces: list[str], found: Any, path: str) -> Iterator[str]:
    """These pairs must be in a form, whatever else is."""
    pairs = unquote_plus(str(found)).split("&")
    yield from (f"{path}: {piece} is not in {pairs}" for piece in pieces if piece not in pairs)


def _only(inner: Mapping[str, Any], found: Any, path: str) -> Iterator[str]:
    """These keys and no others; those with `?` may be absent."""
    there = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    optional = {key[:-1]: shape for key, shape in inner.items() if key.endswith("?")}
    required = {key: shape for key, shape in inner.items() if not key.endswith("?")}
    known = {key: shape for key, shape in optional.items() if key in there}
    yield from _object({**required, **known}, found, path)
    yield from (f"{path}.{key}: is not in the docs" for key in there if key not in required | known)


def _list(needed: list[Any], found: Any, path: str) -> Iterator[str]:
    if not isinstance(found, list) or len(found) != len(needed):
        yield f"{path}: expected {len(needed)} items, found {found!r}"
        return
    for index, (left, right) in enumerate(zip(needed, found, strict=True)):
        yield from faults(left, right, f"{path}[{index}]")


def _word(needed: str, found: Any, path: str) -> Iterator[str]:
    match = _WORD.fullmatch(needed)
    assert match is not None
    if match[2] and found is None:
        return
    test = _TESTS.get(match[1])
    if test is None:
        yield from faults(named_shapes()[match[1]], found, path)
    elif not test(found):
        yield f"{path}: expected {needed}, found {found!r}"


def _object(needed: Mapping[str, Any], found: Any, path: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{path}: expected an object, found {found!r}"
        return
    for key, value in needed.items():
        if key in found:
            yield from faults(value, found[key], f"{path}.{key}")
        else:
            yield f"{path}.{key}: is not there"


_MARKS: Final[Mapping[str, Callable[[Any, Any, str], Iterator[str]]]] = {
    "$all": _all,
    "$each": _each,
    "$has": _has,
    "$only": _only,
    "$some": _some,
}


def at(found: Any, path: str) -> Any:
    """The value at a path such as `_embedded.leads.0.id`; LookupError when there is none."""
    for part in path.split(".") if path else ():
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def is_there(found: Any, path: str) -> bool:
    """Whether an answer has something at a path."""
    try:
        at(found, path)
    except (LookupError, TypeError, ValueError):
        return False
    return True
