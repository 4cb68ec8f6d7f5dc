"""A way into JSON: `_embedded.tags[].name`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Self

import click
from attrs import frozen

from amocrm_gen.cli.failure import Failure, Told
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amocrm_gen.runtime.types import JsonValue

__all__ = ["FieldPath", "check_known", "prune"]

_MOST: Final = 300
"""So many fields are told in the details of an error."""
_DEEPEST: Final = 6


@frozen
class FieldPath:
    """A field, found by its keys; `[]` after a key goes through a list, and may be left out."""

    text: str
    keys: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a path; an empty key is an error of usage."""
        keys = tuple(part.strip().removesuffix("[]") for part in text.split("."))
        if not all(keys):
            message = f"--fields: {text!r} is no path; give id, or _embedded.tags[].name"
            raise click.UsageError(message)
        return cls(text, keys)

    def values(self, item: object) -> list[object]:
        """Return what stands there: one value, or one for each member of the lists on the way."""
        return list(_walk(item, self.keys))

    def cell(self, item: object) -> JsonValue:
        """Return what stands there as one value: a list only if there is a list on the way."""
        found = self.values(item)
        if len(found) == 1 and not _leads_through_list(item, self.keys):
            return found[0]  # type: ignore[return-value]  # a part of a JSON value
        return found or None  # type: ignore[return-value]  # as above

    def is_possible(self, item: object) -> bool:
        """Tell whether the item has it, or could: nothing is known below null and empty lists."""
        return _is_possible(item, self.keys)


def check_known(paths: Sequence[FieldPath], items: Sequence[object]) -> None:
    """Refuse a field that none of the items has; the error tells what they have."""
    if not items:
        return
    for path in paths:
        if not any(path.is_possible(item) for item in items):
            raise _unknown(path, items)


def prune(item: JsonValue, paths: Sequence[FieldPath]) -> JsonValue:
    """Return an item with nothing but these fields; objects and lists stay where they are."""
    return _prune(item, [path.keys for path in paths]) if paths else item


def _prune(value: JsonValue, ways: list[tuple[str, ...]]) -> JsonValue:
    if () in ways:
        return value
    if isinstance(value, list):
        return [_prune(each, ways) for each in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, JsonValue] = {}
    for first in dict.fromkeys(way[0] for way in ways):
        if first in value:
            kept[first] = _prune(value[first], [way[1:] for way in ways if way[0] == first])
    return kept


def _walk(value: object, keys: tuple[str, ...]) -> Iterator[object]:
    if is_list(value) and keys:
        for each in value:
            yield from _walk(each, keys)
    elif not keys:
        yield value
    elif is_object(value) and keys[0] in value:
        yield from _walk(value[keys[0]], keys[1:])


def _leads_through_list(value: object, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if is_list(value):
            return True
        value = value.get(key) if is_object(value) else None
    return False


def _is_possible(value: object, keys: tuple[str, ...]) -> bool:
    if not keys or value is None:
        return True
    if is_list(value):
        return not value or any(_is_possible(each, keys) for each in value)
    return is_object(value) and keys[0] in value and _is_possible(value[keys[0]], keys[1:])


def _unknown(path: FieldPath, items: Sequence[object]) -> Told:
    known = list(dict.fromkeys(name for item in items for name in _names(item, "", 0)))
    wanted = path.text.replace("[]", "")
    plain = {name.replace("[]", ""): name for name in known}
    near = [plain[name] for name in get_close_matches(wanted, plain, n=3)]
    if not near:
        # The right name at another place: price for _embedded.price.
        near = [name for name in known if name.rpartition(".")[2] == path.keys[-1]][:3]
    meant = f"; did you mean {' or '.join(near)}?" if near else ""
    return Told(
        Failure(
            code="unknown_field",
            exit_code=2,
            message=f"--fields: the output has no field {path.text!r}{meant}",
            details={
                "field": path.text,
                "did_you_mean": list(near),
                "fields": list(known[:_MOST]),
            },
        )
    )


def _names(value: object, before: str, depth: int) -> Iterator[str]:
    """Go through the paths of everything in a value."""
    if is_list(value):
        for each in value:
            yield from _names(each, f"{before}[]", depth)
    elif is_object(value) and depth < _DEEPEST:
        for key, inner in value.items():
            name = f"{before}.{key}" if before else key
            yield name
            yield from _names(inner, name, depth + 1)
