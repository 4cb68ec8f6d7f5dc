"""Walks a JSON value beside its schema in the contract, and shows each place of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.actions.contract import Contract, Schema

__all__ = ["Spot", "spots"]


@frozen
class Spot:
    """A value with its place; what is assigned to `holder[key]` takes its place."""

    holder: Any  # Any: a dict or a list, with `key` to match
    key: Any  # Any: as above
    path: str
    name: str
    """The property in which it stands, be it alone or in a list."""
    schema: Schema
    """What holds of the value."""
    owner: Schema
    """What holds of the whole property."""
    depth: int
    """0 for the properties of the input itself."""
    within: Schema
    """What holds of the object that has the property."""

    @property
    def value(self) -> object:
        """Return what stands there."""
        found: object = self.holder[self.key]
        return found

    def put(self, value: object) -> None:
        """Change what stands there."""
        self.holder[self.key] = value


def spots(value: object, schema: Schema, contract: Contract, path: str = "") -> Iterator[Spot]:
    """Go through the places of a value of which the schema says something, outer ones first.

    What is put at a place is walked in the place of what stood there.
    """
    yield from _inside(value, schema, contract, path, 0)


def _inside(
    value: object, schema: Schema, contract: Contract, path: str, depth: int
) -> Iterator[Spot]:
    schema = _chosen(schema, value, contract)
    if not is_object(value) or "properties" not in schema:
        return
    for name in list(value):
        owner: Schema = schema["properties"].get(name, {})
        place = f"{path}.{name}" if path else name
        yield from _at(value, name, place, name, owner, owner, depth, schema, contract)


def _at(  # noqa: PLR0913, PLR0917 - all of a spot
    holder: Any,  # Any: as in `Spot`
    key: Any,  # Any: as in `Spot`
    path: str,
    name: str,
    schema: Schema,
    owner: Schema,
    depth: int,
    within: Schema,
    contract: Contract,
) -> Iterator[Spot]:
    chosen = _chosen(schema, holder[key], contract)
    yield Spot(holder, key, path, name, chosen, owner, depth, within)
    # Whoever got the spot may have taken it away, or put something else there.
    if is_object(holder) and key not in holder:
        return
    value: object = holder[key]
    chosen = _chosen(schema, value, contract)
    if is_list(value) and "items" in chosen:
        for index in range(len(value)):
            place = f"{path}[{index}]"
            items = chosen["items"]
            yield from _at(value, index, place, name, items, owner, depth + 1, within, contract)
    else:
        yield from _inside(value, chosen, contract, path, depth + 1)


def _chosen(schema: Schema, value: object, contract: Contract) -> Schema:
    """Follow references, and take the choice that is meant by a value."""
    schema = contract.resolved(schema)
    if "oneOf" in schema:
        return _variant(schema, value, contract)
    choices: list[Schema] = [contract.resolved(each) for each in schema.get("anyOf", ())]
    if not choices:
        return schema
    fitting = [each for each in choices if _fits(each, value)]
    if is_object(value):
        keys = set(value)
        fitting.sort(key=lambda each: len(keys - set(each.get("properties", ()))))
    return fitting[0] if fitting else schema


def _variant(schema: Schema, value: object, contract: Contract) -> Schema:
    how: Schema = schema["discriminator"]
    tag = value.get(how["propertyName"]) if is_object(value) else None
    ref: str | None = how["mapping"].get(tag) if isinstance(tag, str) else None
    fallback = f"#/components/schemas/{schema['x-amo-fallback']}"
    return contract.resolved({"$ref": ref or fallback})


def _fits(schema: Schema, value: object) -> bool:
    kinds = schema.get("type")
    named = {kinds} if isinstance(kinds, str) else set(kinds or ())
    if is_object(value):
        return "object" in named
    if is_list(value):
        return "array" in named
    return bool(named - {"object", "array", "null"}) if value is not None else "null" in named
