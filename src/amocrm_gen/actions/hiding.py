"""Takes credentials out of what an action gives, by the marks of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from amocrm_gen.actions.contract import Contract
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["secrets_in", "without"]

_HIDDEN: Final = "***"
_MARK: Final = "x-amo-secret"


def secrets_in(schema: object, contract: Contract) -> frozenset[str]:
    """Return the names of the properties of a schema, however deep, that hold credentials."""
    return frozenset(_marked(schema, contract, set()))


def _marked(part: object, contract: Contract, seen: set[str]) -> Iterator[str]:
    if is_list(part):
        for inner in part:
            yield from _marked(inner, contract, seen)
    if not is_object(part):
        return
    component = contract.name_in(part) if isinstance(part.get("$ref"), str) else None
    if component is not None and component not in seen:
        seen.add(component)
        yield from _marked(contract.components[component], contract, seen)
    properties = part.get("properties")
    if is_object(properties):
        yield from (name for name, each in properties.items() if is_object(each) and _MARK in each)
    for inner in part.values():
        yield from _marked(inner, contract, seen)


def without(value: JsonValue, names: Collection[str]) -> JsonValue:
    """Return a value in which what stands under the names is `***`."""
    if isinstance(value, list):
        return [without(inner, names) for inner in value]
    if isinstance(value, dict):
        return {
            name: _HIDDEN if name in names and inner is not None else without(inner, names)
            for name, inner in value.items()
        }
    return value
