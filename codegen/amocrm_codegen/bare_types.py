"""Schemas without anything but their type, as the model generator wants to see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from .names import capitalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from .waist import Schema

__all__ = ["REF", "BareTypes", "is_all_integers"]

REF = "#/components/schemas/"
_RUNTIME_TYPES = "amocrm_gen.runtime.types."
_NULL = {"type": "null"}


@define
class BareTypes:
    """Strips schemas to their types, and gives open enums that stand in a property a name."""

    components: Collection[str]
    enums: dict[str, tuple[str, tuple[str | int, ...]]] = field(factory=dict)
    """Key and values of each enum that was given a name."""
    # Two open enums are the same when their module, key and values are.
    _names: dict[tuple[str, str, tuple[str | int, ...]], str] = field(factory=dict)

    def of(self, schema: Schema, *, owner: str, key: str) -> Schema:
        """Return the bare type of what stands under `key` in the component `owner`."""
        plain = self._named(schema) or self._composed(schema, owner, key) or _scalar(schema)
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            return {"anyOf": [plain, _NULL]}
        return plain

    def _named(self, schema: Schema) -> Schema | None:
        """Return a type that needs no look inside."""
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        if "x-amo-python" in schema:
            return {"customTypePath": _RUNTIME_TYPES + schema["x-amo-python"]}
        if "const" in schema:
            return {"const": schema["const"]}
        return None

    def _composed(self, schema: Schema, owner: str, key: str) -> Schema | None:
        """Return a type that is made of others."""
        if "anyOf" in schema:
            options = schema["anyOf"]
            if "x-amo-null-empty" in schema:
                options = [*_filled(options), _NULL]
            return {"anyOf": [self.of(option, owner=owner, key=key) for option in options]}
        if "enum" in schema:
            return self._enum(schema, owner, key)
        kind = _kind(schema)
        if kind == "array":
            return {"type": "array", "items": self.of(schema["items"], owner=owner, key=key)}
        values = schema.get("additionalProperties")
        if kind == "object" and isinstance(values, dict):
            inner = self.of(values, owner=owner, key=key)
            return {"type": "object", "additionalProperties": inner}
        return None

    def _enum(self, schema: Schema, owner: str, key: str) -> Schema:
        values = tuple(value for value in schema["enum"] if value is not None)
        if not schema.get("x-amo-open"):
            kind = "integer" if is_all_integers(values) else "string"
            return {"type": kind, "enum": list(values), "x-enum-field-as-literal": True}
        same = (owner.partition(".")[0], key, values)
        if same not in self._names:
            name = f"{owner}{capitalised(key)}"
            while name in self.components or name in self.enums:
                name += "Value"
            self._names[same] = name
            self.enums[name] = (key, values)
        return {"$ref": REF + self._names[same]}


def is_all_integers(values: Iterable[str | int]) -> bool:
    """Tell whether an enum is one of integers."""
    return all(isinstance(value, int) for value in values)


def _scalar(schema: Schema) -> Schema:
    kind = _kind(schema)
    if kind in {None, "object"}:
        name = "JsonObject" if kind == "object" else "JsonValue"
        return {"customTypePath": _RUNTIME_TYPES + name}
    if schema.get("format") == "unix-time":
        return {"type": kind, "format": "unix-time"}
    return {"type": kind}


def _kind(schema: Schema) -> str | None:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return next((str(kind) for kind in kinds if kind != "null"), None)
    return kinds


def _filled(options: Iterable[Schema]) -> Iterator[Schema]:
    """Leave out the empty list that stands on the wire where Python has None."""
    return (option for option in options if option.get("maxItems") != 0)
