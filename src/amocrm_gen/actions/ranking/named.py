"""What has a name besides actions: fields, connectors and errors."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from attrs import frozen

from amocrm_gen.actions.contract import APIS, contract_of
from amocrm_gen.actions.ranking.lexicon import lexicon, lines_of
from amocrm_gen.actions.ranking.pages import sections
from amocrm_gen.actions.ranking.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.actions.contract import Contract, Schema

__all__ = ["KINDS", "Found", "FoundKind", "Named", "named", "named_sections"]

FoundKind: TypeAlias = Literal["action", "endpoint", "field", "connector", "error", "doc"]
KINDS: Final[tuple[FoundKind, ...]] = get_args(FoundKind)

_READ: Final = ("list", "get")
_NAME_COUNTS: Final = 2
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@frozen
class Found:
    """Something that the words of a search fit."""

    kind: FoundKind
    id: str
    """`win-lead`, `GET /api/v4/leads`, `leads.price`, `kommo`, `NotFound`, `cli.md#log-in`."""
    title: str
    place: str
    """Where it belongs: what an action calls, an endpoint's action, a field's type."""
    score: float = 0.0
    """From 0 to about 1."""


@frozen
class Named:
    """A thing with a name, and the text that it is found by."""

    found: Found
    text: str


@cache
def named() -> tuple[Named, ...]:
    """Return all of them."""
    return (*_fields(), *_connectors(), *_errors())


@cache
def named_sections() -> tuple[Named, ...]:
    """Return the sections of the docs; their texts are long, so they are weighed apart."""
    return tuple(
        Named(
            Found("doc", one.id, one.title, one.page_title), f"{one.title} {one.title} {one.text}"
        )
        for one in sections()
    )


def _fields() -> Iterator[Named]:
    words = dict(line.split(": ", 1) for line in lines_of("fields.txt"))
    seen: set[str] = set()
    for api in APIS:
        contract = contract_of(api)
        for resource, schema in _entities(contract):
            owner = resource if api == "v4" else f"{api}.{resource}"
            about = " ".join([resource.replace("_", " "), *_concepts(resource)])
            for name, described in schema.get("properties", {}).items():
                id = f"{owner}.{name}"  # noqa: A001 - what it is called everywhere else
                if id not in seen:
                    seen.add(id)
                    resolved = contract.resolved(described)
                    title = described.get("description") or name.strip("_").replace("_", " ")
                    spoken = f"{name.replace('_', ' ')} {words.get(name, '')} "
                    text = f"{spoken * _NAME_COUNTS}{title} {about} {api}"
                    yield Named(Found("field", id, title, _type(contract, resolved)), text)


def _entities(contract: Contract) -> Iterator[tuple[str, Schema]]:
    """Give what is read, with its resource."""
    for operation in contract.operations():
        traits = operation.traits
        item: str = traits.get("item", "")
        if item in contract.components and (traits["kind"] in _READ or contract.api == "v2"):
            yield traits["resource"], contract.components[item]


def _concepts(resource: str) -> list[str]:
    units = read(resource.replace("_", " ")).units
    nouns = lexicon().nouns
    return [one for unit in units if not unit.is_part for one in unit.concepts if one in nouns]


def _type(contract: Contract, schema: Schema) -> str:
    kinds: str | list[str] = schema.get("type", "any")
    kind = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if "items" in schema:
        inner = contract.name_in(schema["items"]) or schema["items"].get("type", "any")
        return f"array of {inner}"
    return kind


def _connectors() -> Iterator[Named]:
    from amocrm_gen.connections.connector import CONNECTORS  # noqa: PLC0415 - for searches only

    for one in CONNECTORS:
        text = f"{one.id} {one.name} {one.description} {one.zone} {' '.join(one.keys)} connector"
        yield Named(Found("connector", one.id, one.name, one.zone), text)


def _errors() -> Iterator[Named]:
    from amocrm_gen.runtime import errors  # noqa: PLC0415 - as above

    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.AmoError):
            title = (kind.__doc__ or name).split("\n", 1)[0]
            spoken = _HUMP.sub(" ", name)
            text = f"{name} {spoken} {spoken} {title} {kind.advice} error exception ошибка"
            yield Named(Found("error", name, title, "amocrm_gen"), text)
