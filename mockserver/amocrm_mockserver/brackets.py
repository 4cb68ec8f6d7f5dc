"""Query strings with nested brackets, read and written as PHP does it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Query", "Tree", "decode", "encode"]

Tree: TypeAlias = "str | list[Tree] | dict[int | str, Tree]"
Query: TypeAlias = dict[int | str, Tree]

_Array: TypeAlias = "dict[int | str, str | _Array]"

_MOST_LEVELS = 64
"""PHP drops a variable that is nested deeper."""
_MANGLED = str.maketrans(" .[", "___")
_UNESCAPED = "[],:@/!*'()"
_IS_PLAIN = re.compile(r"[\w.\-~\[\],:@/!*'()]*", re.ASCII).fullmatch


@lru_cache(maxsize=512)
def decode(text: str) -> Query:
    """Read a raw query string; the answer is shared, so it must not be changed.

    Integer keys stay keys (`filter[custom_fields_values][77]` is a field's id); a level becomes a
    list only when its keys are exactly 0, 1, 2 and so on, as in `[]`.
    """
    if not text:
        return {}
    array: _Array = {}
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            _register(array, unquote_plus(name), unquote_plus(value))
    return {key: _settled(value) for key, value in array.items()}


def _register(array: _Array, raw: str, value: str) -> None:
    name, keys = _name_and_keys(raw.lstrip(" ").partition("\0")[0])
    if not name or len(keys) >= _MOST_LEVELS:
        return
    level = array
    key: int | str | None = _array_key(name)
    for following in keys:
        if key is None:
            key = _next_index(level)
        deeper = level.get(key)
        if not isinstance(deeper, dict):
            deeper = {}
            level[key] = deeper
        level = deeper
        key = None if following is None else _array_key(following)
    level[_next_index(level) if key is None else key] = value


def _name_and_keys(raw: str) -> tuple[str, list[str | None]]:
    """Split `a[b][]` into its name and its keys; None is the key of `[]`."""
    name, bracket, rest = raw.partition("[")
    name = name.translate(_MANGLED)
    keys: list[str | None] = []
    if not name:
        return "", keys
    while bracket:
        key, closed, after = rest.partition("]")
        if not closed:
            # A bracket that is never closed is no bracket: the first one becomes part of the
            # name, a later one is cut off with all that follows.
            return (name if keys else f"{name}_{rest.translate(_MANGLED)}"), keys
        keys.append(None if not key or (key.isspace() and len(key) == 1) else key)
        bracket, rest = after[:1], after[1:]
        if bracket != "[":
            break
    return name, keys


def _array_key(text: str) -> int | str:
    """PHP turns keys that are canonical integers into integers."""
    digits = text[1:] if text[:1] == "-" else text
    if digits.isascii() and digits.isdecimal() and (digits[0] != "0" or text == "0"):
        return int(text)
    return text


def _next_index(level: _Array) -> int:
    return max((key for key in level if isinstance(key, int)), default=-1) + 1


def _settled(value: str | _Array) -> Tree:
    if isinstance(value, str):
        return value
    settled = {key: _settled(inner) for key, inner in value.items()}
    if list(settled) == list(range(len(settled))):
        return list(settled.values())
    return settled


def encode(query: Mapping[int | str, Tree]) -> str:
    """Write a query string as it stands in the links of answers: brackets are left readable."""
    return "&".join(
        f"{_escaped(name)}={_escaped(value)}"
        for key, tree in query.items()
        for name, value in _pairs(str(key), tree)
    )


def _escaped(text: str) -> str:
    return text if _IS_PLAIN(text) else quote(text, safe=_UNESCAPED)


def _pairs(name: str, tree: Tree) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield name, tree
    else:
        inner = enumerate(tree) if isinstance(tree, list) else tree.items()
        for key, value in inner:
            yield from _pairs(f"{name}[{key}]", value)
