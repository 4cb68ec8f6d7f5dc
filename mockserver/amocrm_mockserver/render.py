"""Writes rows in the shape in which the contract shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.behaviour.plain import Behaviour
    from amocrm_mockserver.contract import Contract, Schema
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["ABSENT", "Show", "View", "empty_value"]

ABSENT: Final = object()
"""Stands for a key that is left out."""

Show: TypeAlias = "Callable[[Exchange, Row], Json]"
"""Makes the value of one key out of a row, or ABSENT."""

_Steps: TypeAlias = "list[tuple[str, Show | None]]"


class View:
    """One schema, compiled: which keys are written, in which order, and whence."""

    def __init__(self, contract: Contract, name: str, behaviour: Behaviour) -> None:
        self._contract = contract
        self._behaviour = behaviour
        self._columns = behaviour.columns()
        self._embeds = behaviour.embeds()
        schema = contract.schema(name)
        self._tag: str = schema.get("discriminator", {}).get("propertyName", "")
        self._variants: dict[str, View] = {}
        if self._tag:
            for value, reference in schema["discriminator"]["mapping"].items():
                component = reference.rpartition("/")[2]
                self._variants[value] = View(contract, component, behaviour)
            schema = contract.schema(schema["x-amo-fallback"])
        self._schema = schema
        self._plans: dict[frozenset[str], _Steps] = {}

    def show(self, exchange: Exchange, row: Row, marks: Mapping[str, Json] | None = None) -> Row:
        """The row as JSON; `marks` are values that the answer adds, such as `request_id`."""
        if self._tag:
            variant = self._variants.get(row.get(self._tag, ""))
            if variant is not None:
                return variant.show(exchange, row, marks)
        steps = self._plans.get(exchange.wanted)
        if steps is None:
            steps = self._plan(exchange.wanted)
            self._plans[exchange.wanted] = steps
        shown: Row = {}
        for name, make in steps:
            if make is None:
                if name in row:
                    shown[name] = row[name]
                elif marks is not None and name in marks:
                    shown[name] = marks[name]
            else:
                value = make(exchange, row)
                if value is not ABSENT:
                    shown[name] = value
        return shown

    def _plan(self, wanted: frozenset[str]) -> _Steps:
        steps: _Steps = []
        for name, schema in self._schema.get("properties", {}).items():
            gate = schema.get("x-amo-with")
            if gate is not None and gate not in wanted:
                continue
            own = self._columns.get(name)
            if own is not None:
                steps.append((name, own))
            elif name == "_links":
                steps.append((name, _self_link(self._behaviour)))
            elif name == "_embedded":
                inner = self._embedded(schema, wanted)
                if inner:
                    steps.append((name, _nested(inner)))
            elif "x-amo-null-empty" in schema:
                steps.append((name, _null_as(name, schema["x-amo-null-empty"])))
            else:
                steps.append((name, None))
        return steps

    def _embedded(self, schema: Schema, wanted: frozenset[str]) -> list[tuple[str, Show]]:
        inner: list[tuple[str, Show]] = []
        for name, part in self._contract.resolve(schema).get("properties", {}).items():
            gate = part.get("x-amo-with")
            if gate is None or gate in wanted:
                own = self._embeds.get(name)
                inner.append((name, own or _stored(name, empty_value(self._contract, part))))
        return inner


def _self_link(behaviour: Behaviour) -> Show:
    def show(exchange: Exchange, row: Row) -> Json:
        return {"self": {"href": behaviour.href(exchange, row)}}

    return show


def _nested(inner: list[tuple[str, Show]]) -> Show:
    def show(exchange: Exchange, row: Row) -> Json:
        shown = {name: make(exchange, row) for name, make in inner}
        shown = {name: value for name, value in shown.items() if value is not ABSENT}
        return shown or ABSENT

    return show


def _null_as(name: str, empty: Json) -> Show:
    def show(_exchange: Exchange, row: Row) -> Json:
        value = row.get(name)
        return empty if value is None else value

    return show


def _stored(name: str, empty: Json) -> Show:
    """A relation that no behaviour knows: what was written is what is read."""

    def show(_exchange: Exchange, row: Row) -> Json:
        return row.get("_embedded", {}).get(name, empty)

    return show


def empty_value(contract: Contract, schema: Schema) -> Json:
    """What a field holds that nobody has filled."""
    if "default" in schema:
        return schema["default"]
    if "x-amo-null-empty" in schema:
        return None
    schema = contract.resolve(schema)
    kind: Json = schema.get("type")
    parts: list[Schema] = schema.get("anyOf", [])
    if not isinstance(kind, str) or any(part.get("type") == "null" for part in parts):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    empty = {"array": [], "object": {}, "string": "", "boolean": False, "integer": 0, "number": 0}
    return empty.get(kind)
