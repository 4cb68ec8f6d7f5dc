"""Describes attrs classes as JSON Schema: the inputs and outputs of composed actions."""

from __future__ import annotations

import types
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, Union, cast, get_args, get_origin

import attrs
from attrs import NOTHING, field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["About", "about", "hints_of", "options_of", "schema_of", "written"]

_PLAIN: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}


@frozen
class About:
    """What is said of an attribute."""

    doc: str
    more: Mapping[str, JsonValue]
    """Keywords of JSON Schema; `few` is the least length of a list or a text."""


def about(  # noqa: PLR0913 - the keywords of JSON Schema
    doc: str,
    *,
    default: Any = NOTHING,  # Any: of the attribute's type, as in attrs
    examples: tuple[JsonValue, ...] = (),
    format: str | None = None,
    least: int | None = None,
    most: int | None = None,
    few: int | None = None,
) -> Any:  # Any: as attrs' own field()
    """Describe an attribute: what it is, and which values it takes.

    Args:
        doc: A sentence for people and agents.
        default: Left out, the attribute is required.
        examples: Values that are possible.
        format: One of JSON Schema's.
        least: The least number.
        most: The greatest number.
        few: The least number of items, or of characters.
    """
    given = {"examples": list(examples) or None, "format": format, "minimum": least}
    more = {**given, "maximum": most, "few": few}
    kept = {name: value for name, value in more.items() if value is not None}
    return field(default=default, metadata={"about": About(doc, kept)})


def schema_of(cls: type) -> JsonObject:
    """Return the JSON Schema (2020-12) of a class, with all that it refers to in `$defs`."""
    definitions: dict[str, JsonValue] = {}
    found = _object(cls, definitions)
    return {**found, **({"$defs": definitions} if definitions else {})}


def _object(cls: type, definitions: dict[str, JsonValue]) -> JsonObject:
    hints = hints_of(cls)
    properties: dict[str, JsonValue] = {}
    for one in attrs.fields(cls):
        said: About | None = one.metadata.get("about")
        schema = _schema(hints[one.name], definitions)
        schema = {"title": _title(one.name), **schema}
        if said is not None:
            schema["description"] = said.doc
            few = said.more.get("few")
            if few is not None:
                schema["minItems" if schema.get("type") == "array" else "minLength"] = few
            schema |= {name: value for name, value in said.more.items() if name != "few"}
        if one.default not in {NOTHING, None} and not isinstance(one.default, attrs.Factory):  # type: ignore[arg-type]  # Factory is a class
            schema["default"] = one.default
        properties[one.name] = schema
    required: list[JsonValue] = [one.name for one in attrs.fields(cls) if one.default is NOTHING]
    return {
        "title": _title(cls.__name__),
        "description": (cls.__doc__ or "").strip().partition("\n\n")[0],
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _schema(hint: Any, definitions: dict[str, JsonValue]) -> JsonObject:  # Any: a type
    options = options_of(hint)
    if len(options) > 1:
        return {"anyOf": [_schema(one, definitions) for one in options]}
    kind = options[0]
    origin, inside = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if origin is not None:
        return _generic(origin, inside, definitions)
    name = kind.__name__
    if name not in definitions:
        definitions[name] = None  # for a class that holds itself
        definitions[name] = _object(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _generic(
    origin: Any,
    inside: tuple[Any, ...],
    definitions: dict[str, JsonValue],  # Any: types
) -> JsonObject:
    if origin is Literal:
        return {"type": "string", "enum": list(inside)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inside[1], definitions)}
    return {"type": "array", "items": _schema(inside[0], definitions)}


def options_of(hint: Any) -> list[Any]:  # Any: types
    """Return what a union consists of, but for None: what is not given is left out."""
    if get_origin(hint) in {Union, types.UnionType}:
        return [one for one in get_args(hint) if one is not types.NoneType]
    return [hint]


def _title(name: str) -> str:
    words = "".join(f" {one.lower()}" if one.isupper() else one for one in name)
    return words.replace("_", " ").strip().capitalize()


@cache
def hints_of(cls: type) -> dict[str, Any]:  # Any: types
    """Return the types of a class's attributes."""
    return {
        one.name: one.type for one in attrs.fields(attrs.resolve_types(cls, include_extras=True))
    }


def written(value: object) -> JsonValue:
    """Return an object as JSON; what is None is left out."""
    cls = type(value)
    if attrs.has(cls):
        pairs = ((one.name, getattr(value, one.name)) for one in attrs.fields(cls))
        return {name: written(one) for name, one in pairs if one is not None}
    if isinstance(value, list | tuple):
        return [written(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(key): written(one) for key, one in cast("dict[object, object]", value).items()}
    return cast("JsonValue", value)
