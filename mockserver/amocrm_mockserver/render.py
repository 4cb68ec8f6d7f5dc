"""Writes rows in the shape in which the contract shows them."""

from __future__ import annotations

from operator import itemgetter
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

_Step: TypeAlias = "Callable[[Exchange, Row, Row], None]"
"""Adds keys to what is shown of a row: takes the call, what is shown so far, and the row."""


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
        self._plans: dict[frozenset[str], list[_Step]] = {}

    def show(self, exchange: Exchange, row: Row, marks: Mapping[str, Json] | None = None) -> Row:
        """The row as JSON; `marks` are values that the answer adds, such as `request_id`."""
        if self._tag:
            variant = self._variants.get(row.get(self._tag, ""))
            if variant is not None:
                return variant.show(exchange, row, marks)
        if marks is not None:
            row = {**row, **marks}
        wanted = exchange.wanted
        steps = self._plans.get(wanted)
        if steps is None:
            steps = self._plan(wanted)
            self._plans[wanted] = steps
        shown: Row = {}
        for step in steps:
            step(exchange, shown, row)
        return shown

    def _plan(self, wanted: frozenset[str]) -> list[_Step]:
        steps: list[_Step] = []
        plain: list[str] = []
        required = self._schema.get("required", ())
        for name, schema in self._schema.get("properties", {}).items():
            gate = schema.get("x-amo-with")
            if gate is not None and gate not in wanted:
                continue
            special = self._special(name, schema, wanted)
            if special is None and (gate is not None or name in required):
                plain.append(name)
                continue
            if plain:
                steps.append(_copied(plain))
                plain = []
            steps.append(special or _copied_if_there(name))
        if plain:
            steps.append(_copied(plain))
        return steps

    def _special(self, name: str, schema: Schema, wanted: frozenset[str]) -> _Step | None:
        """How a key is made that is not simply stored."""
        own = self._columns.get(name)
        if own is not None:
            return _made(name, own)
        if name == "_links":
            return _self_link(self._behaviour)
        if name == "_embedded":
            return _nested(self._embedded(schema, wanted))
        if "x-amo-null-empty" in schema:
            return _null_as(name, schema["x-amo-null-empty"])
        return None

    def _embedded(self, schema: Schema, wanted: frozenset[str]) -> list[tuple[str, Show]]:
        inner: list[tuple[str, Show]] = []
        for name, part in self._contract.resolve(schema).get("properties", {}).items():
            gate = part.get("x-amo-with")
            if gate is None or gate in wanted:
                own = self._embeds.get(name)
                inner.append((name, own or _stored(name, empty_value(self._contract, part))))
        return inner


def _copied(names: list[str]) -> _Step:
    """Keys that every row has, all at once."""
    if len(names) == 1:
        return _copied_if_there(names[0])
    keys, values = tuple(names), itemgetter(*names)

    def step(_exchange: Exchange, shown: Row, row: Row) -> None:
        try:
            shown.update(zip(keys, values(row), strict=False))
        except KeyError:
            # A row that is only named in an answer, and not held, has less.
            shown.update({name: row[name] for name in keys if name in row})

    return step


def _copied_if_there(name: str) -> _Step:
    def step(_exchange: Exchange, shown: Row, row: Row) -> None:
        if name in row:
            shown[name] = row[name]

    return step


def _made(name: str, make: Show) -> _Step:
    def step(exchange: Exchange, shown: Row, row: Row) -> None:
        value = make(exchange, row)
        if value is not ABSENT:
            shown[name] = value

    return step


def _self_link(behaviour: Behaviour) -> _Step:
    def step(exchange: Exchange, shown: Row, row: Row) -> None:
        shown["_links"] = {"self": {"href": behaviour.href(exchange, row)}}

    return step


def _nested(inner: list[tuple[str, Show]]) -> _Step:
    def step(exchange: Exchange, shown: Row, row: Row) -> None:
        embedded: Row = {}
        for name, make in inner:
            value = make(exchange, row)
            if value is not ABSENT:
                embedded[name] = value
        if embedded:
            shown["_embedded"] = embedded

    return step


def _null_as(name: str, empty: Json) -> _Step:
    def step(_exchange: Exchange, shown: Row, row: Row) -> None:
        value = row.get(name)
        shown[name] = empty if value is None else value

    return step


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
    empty: Row = {
        "array": [],
        "object": {},
        "string": "",
        "boolean": False,
        "integer": 0,
        "number": 0,
    }
    return empty.get(kind)
