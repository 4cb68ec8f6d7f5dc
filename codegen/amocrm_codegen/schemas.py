"""JSON Schemas of types, structs, unions, filters and envelopes, with the `x-amo` keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ir import Enumeration, FilterField, Operation, Spec, Struct, StructField, Type, Union

__all__ = ["component", "envelope", "of_filter", "of_type", "reference"]

Schema = dict[str, Any]  # Any: JSON Schema is JSON

_SCALARS: dict[str, Schema] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "integer", "format": "unix-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "json": {"x-amo-python": "JsonValue"},
    "bytes": {"type": "string", "format": "binary"},
    "object": {"type": "object", "additionalProperties": True, "x-amo-python": "JsonObject"},
}
_HREF: Schema = {
    "type": "object",
    "properties": {"href": {"type": "string", "format": "uri"}},
    "required": ["href"],
}


def reference(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def of_type(kind: Type) -> Schema:
    """Return the schema of a type expression."""
    schema: Schema
    if kind.kind == "ref":
        schema = reference(kind.name)
    elif kind.kind == "list":
        schema = {"type": "array", "items": of_type(kind.items[0])}
    elif kind.kind == "map":
        schema = {"type": "object", "additionalProperties": of_type(kind.items[0])}
    elif kind.kind == "any":
        schema = {"anyOf": [of_type(item) for item in kind.items]}
    else:
        schema = dict(_SCALARS[kind.name])
    if kind.enum:
        schema["enum"] = list(kind.enum)
    if kind.is_open:
        schema["x-amo-open"] = True
    limits = {
        "format": kind.format or None,
        "minimum": kind.minimum,
        "maximum": kind.maximum,
        "maxLength": kind.max_length,
        "maxItems": kind.max_items,
    }
    schema.update({key: value for key, value in limits.items() if value is not None})
    return _nullable(schema) if kind.nullable else schema


def _nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "type" in schema:
        nullable = {**schema, "type": [schema["type"], "null"]}
        if "enum" in schema:
            nullable["enum"] = [*schema["enum"], None]
        return nullable
    return schema


def component(spec: Spec, name: str) -> Schema:
    """Return the schema of a named struct or union."""
    if name in spec.unions:
        return _union(spec.unions[name])
    if name in spec.enums:
        return _enum(spec.enums[name])
    return _struct(spec.structs[name])


def _enum(enum: Enumeration) -> Schema:
    schema: Schema = {
        "type": "integer" if isinstance(enum.values[0], int) else "string",
        "enum": list(enum.values),
    }
    if enum.is_open:
        schema["x-amo-open"] = True
    if enum.doc:
        schema["description"] = enum.doc.strip()
    return schema


def _struct(struct: Struct) -> Schema:
    schema: Schema = {"type": "object"}
    if struct.doc:
        schema["description"] = struct.doc.strip()
    schema["properties"] = {item.name: _property(item) for item in struct.fields}
    required = [item.name for item in struct.fields if item.required]
    if required:
        schema["required"] = required
    if struct.entity:
        schema["x-amo-entity"] = struct.entity
        schema["x-amo-variant"] = struct.variant
        schema["x-amo-table"] = struct.table
    return schema


def _property(item: StructField) -> Schema:
    schema = of_type(item.type)
    if item.const is not None:
        schema = {"type": "string", "const": item.const}
    if item.null_empty is not None:
        # The wire form of "nothing" is a list without items, which no other schema says.
        schema = {"anyOf": [schema, {"type": "array", "maxItems": 0}]}
    extras = {
        "description": item.doc.strip() or None,
        "default": item.default,
        "x-amo-unit": item.unit or None,
        "x-amo-with": item.with_ or None,
        "x-amo-ref": item.ref or None,
        "x-amo-ref-zero": item.ref_zero or None,
        "x-amo-writable-null": item.writable_null or None,
        "x-amo-null-empty": item.null_empty,
        "x-amo-secret": item.secret or None,
    }
    schema.update({key: value for key, value in extras.items() if value is not None})
    return schema


def _union(union: Union) -> Schema:
    schema: Schema = {
        "oneOf": [reference(name) for _, name in union.variants],
        "discriminator": {
            "propertyName": union.tag,
            "mapping": {tag: reference(name)["$ref"] for tag, name in union.variants},
        },
        "x-amo-fallback": union.fallback,
        "x-amo-entity": union.entity,
        "x-amo-variant": union.variant,
        "x-amo-table": union.table,
    }
    if union.doc:
        schema["description"] = union.doc.strip()
    return schema


def of_filter(spec: Spec, item: FilterField) -> Schema:
    """Return the schema of one filter key; `x-amo-filter` says how it selects."""
    inner = of_type(item.type)
    how: Schema = {"kind": item.kind, "column": item.columns[0]}
    if item.kind == "list":
        schema: Schema = {"anyOf": [inner, {"type": "array", "items": inner}]}
        if item.joined:
            how["joined"] = True
    elif item.kind == "range":
        how["scalar"] = item.scalar
        bounds = {"type": "object", "properties": {"from": inner, "to": inner}}
        schema = {"anyOf": [inner, bounds]}
    elif item.kind == "pairs":
        how["columns"] = [part.name for part in spec.structs[item.type.name].fields]
        schema = {"type": "array", "items": inner}
    elif item.kind == "fields":
        schema = {"type": "object", "additionalProperties": True}
    else:
        schema = inner
    schema["x-amo-filter"] = how
    if item.doc:
        schema["description"] = item.doc
    return schema


def envelope(operation: Operation) -> Schema:
    """Return the schema of a whole answer."""
    returns = operation.returns
    assert returns is not None
    if operation.envelope in ("item", "array", "bytes"):
        return of_type(returns)
    if operation.envelope in ("member", "member_page"):
        return {
            "type": "object",
            "properties": {operation.key: of_type(returns)},
            "required": [operation.key],
        }
    embedded: Schema = {
        "type": "object",
        "properties": {operation.key: of_type(returns)},
        "required": [operation.key],
    }
    counts = {"_total_items": {"type": "integer"}}
    number = {"_page": {"type": "integer"}}
    count = {"_count": {"type": "integer"}}
    pages = {"_page_count": {"type": "integer"}}
    links: Schema = {"type": "object", "properties": {"self": _HREF}, "required": ["self"]}
    paged: Schema = {
        "type": "object",
        "properties": dict.fromkeys(["self", "next", "first", "prev", "last"], _HREF),
        "required": ["self"],
    }
    parts: dict[str, tuple[Schema, list[str]]] = {
        "page": ({**number, "_links": paged}, ["_page", "_links"]),
        "page_total": (
            {**counts, **number, **pages, "_links": paged},
            ["_total_items", "_page", "_page_count", "_links"],
        ),
        "list_total": ({**counts, "_links": links}, ["_total_items"]),
        "written": ({"_links": links}, ["_links"]),
        "created_total": (counts, ["_total_items"]),
        "embedded": ({}, []),
        "count": ({**count, "_links": links}, ["_count", "_links"]),
        "count_page": ({**count, "_links": paged}, ["_count", "_links"]),
        "linked_page": ({"_links": paged}, ["_links"]),
    }
    properties, required = parts[operation.envelope]
    beside = {param.name: of_type(param.type) for param in operation.beside}
    return {
        "type": "object",
        "properties": {**properties, **beside, "_embedded": embedded},
        "required": [*required, "_embedded"],
    }
