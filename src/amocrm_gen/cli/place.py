"""Places of an input, and what its schema lets stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["Place", "kinds_at"]

Place: TypeAlias = tuple[str | int, ...]
"""The keys of objects and the indexes of lists that lead to it."""


def kinds_at(schema: JsonObject, place: Place) -> frozenset[str]:
    """Return the types of JSON Schema that can stand at a place; none if it does not tell."""
    found = list(_options(schema, schema))
    for step in place:
        found = [option for each in found for option in _below(each, step, schema)]
    kinds: set[str] = set()
    for each in found:
        named = each.get("type")
        if named is None:
            return frozenset()
        kinds.update(str(kind) for kind in (named if isinstance(named, list) else [named]))
    return frozenset(kinds)


def _options(schema: JsonValue, whole: JsonObject) -> Iterator[JsonObject]:
    """Go through the schemas that one stands for: what it refers to, each of several."""
    if not isinstance(schema, dict):
        return
    ref, several = schema.get("$ref"), schema.get("anyOf")
    if isinstance(ref, str):
        shared = whole.get("$defs")
        if isinstance(shared, dict):
            yield from _options(shared.get(ref.removeprefix("#/$defs/")), whole)
    elif isinstance(several, list):
        for each in several:
            yield from _options(each, whole)
    else:
        yield schema


def _below(schema: JsonObject, step: str | int, whole: JsonObject) -> Iterator[JsonObject]:
    if "items" in schema:
        for item in _options(schema["items"], whole):
            if isinstance(step, int):
                yield item
            else:
                # In the place of a list of items one alone may stand.
                yield from _below(item, step, whole)
    elif isinstance(step, str):
        known = schema.get("properties")
        inner = known.get(step) if isinstance(known, dict) else None
        yield from _options(schema.get("additionalProperties") if inner is None else inner, whole)
