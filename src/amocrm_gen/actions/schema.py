"""JSON Schemas that stand for themselves: only what is reachable, without the document's marks."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field

from amocrm_gen.actions.contract import Contract, Schema
from amocrm_gen.actions.references import WORDS, reference_of

__all__ = ["CUSTOM_FIELDS", "FIELD_VALUES", "NAMELESS", "ONE_VALUE", "Way", "standing_alone"]

Way: TypeAlias = Literal["in", "out"]

CUSTOM_FIELDS: Final = "custom_fields_values"
FIELD_VALUES: Final = "common.CustomFieldValuesWrite"
"""The component of one custom field that is written."""
NAMELESS: Final = frozenset({"customer_segments"})
"""Tables whose custom fields cannot be found by name."""
ONE_VALUE: Final = "common.CustomFieldValueWrite"
"""The component of one of its values."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MOMENT: Final = "Unix seconds; on input also a date or time such as 2026-11-22T10:00:00+03:00."
_UNIX: Final = "Unix seconds."
_SHOWN: Final = 40
_BESIDE: Final[Schema] = {
    "custom_fields": {
        "type": "object",
        "additionalProperties": True,
        "description": "Values of custom fields by the name, code or id of the field, in the place "
        'of custom_fields_values: {"City": "Riga", "Phone": [{"value": "+7…", "enum": "WORK"}]}.',
    }
}
_FIELD_PARTS: Final[Schema] = {
    "field": {
        "type": ["string", "integer"],
        "description": "Name, code or id of the field, in the place of field_id.",
    },
    "value": {"description": "A value or a list of them, in the place of values."},
}
_VALUE_PARTS: Final[Schema] = {
    "enum": {
        "type": ["string", "integer"],
        "description": "Text, code or id of an option, in the place of enum_id.",
    }
}


def standing_alone(
    schema: Schema, contract: Contract, way: Way, *, resource: str, path: Mapping[str, Schema]
) -> Schema:
    """Return a schema with all that it refers to under `$defs`.

    On the way in, objects take no unknown keys, moments are also taken as dates, and what has a
    name may be given by it. `path` are the properties that are variables of the path.
    """
    writer = _Writer(contract, way, resource, frozenset(path))
    written = writer.of(schema, is_top=True)
    definitions = writer.definitions()
    whole: Schema = {"$schema": _DIALECT, **written}
    return {**whole, "$defs": definitions} if definitions else whole


@define
class _Writer:
    contract: Contract
    way: Way
    resource: str
    path: frozenset[str]
    _asked: list[str] = field(factory=list[str], init=False)
    """Components in the order in which they were first referred to."""

    def definitions(self) -> Schema:
        found: Schema = {}
        for name in self._asked:  # it grows meanwhile
            found[name] = self._component(name)
        return found

    def _component(self, name: str) -> Schema:
        schema = self.contract.components[name]
        if self.way == "in" and name in {FIELD_VALUES, ONE_VALUE}:
            parts = _FIELD_PARTS if name == FIELD_VALUES else _VALUE_PARTS
            schema = {**schema, "properties": {**parts, **schema["properties"]}}
            schema.pop("required", None)
        return self.of(schema)

    def of(self, schema: Schema, *, is_top: bool = False) -> Schema:
        name = self.contract.name_in(schema)
        if name is not None:
            if name not in self._asked:
                self._asked.append(name)
            beside = {"description": schema["description"]} if "description" in schema else {}
            return {"$ref": f"#/$defs/{name}", **beside}
        made = {key: value for key, value in schema.items() if key in _KEPT}
        for key in ("items", "additionalProperties"):
            if isinstance(made.get(key), dict):
                made[key] = self.of(made[key])
        if "anyOf" in made:
            made["anyOf"] = [self.of(each) for each in made["anyOf"]]
        if "oneOf" in schema:
            made["anyOf"] = self._variants(schema)
        if "properties" in schema:
            self._object(made, schema, is_top=is_top)
        if "enum" in made and schema.get("x-amo-open"):
            _open(made)
        if schema.get("format") == "unix-time":
            _moment(made, self.way)
        return made

    def _object(self, made: Schema, schema: Schema, *, is_top: bool) -> None:
        made["properties"] = {
            key: self._property(key, each, is_top=is_top)
            for key, each in self._properties(schema).items()
        }
        if self.way == "in":
            made.setdefault("additionalProperties", False)

    def _variants(self, schema: Schema) -> list[Schema]:
        refs = [self.of(each) for each in schema["oneOf"]]
        fallback = schema.get("x-amo-fallback")
        # On the way in it would let any mistake in a known kind pass as an unknown kind.
        if fallback is not None and self.way == "out":
            refs.append(self.of({"$ref": f"#/components/schemas/{fallback}"}))
        return refs

    def _properties(self, schema: Schema) -> Schema:
        properties: Schema = schema["properties"]
        is_written = (
            self.way == "in"
            and _writes_fields(properties.get(CUSTOM_FIELDS, {}))
            and schema.get("x-amo-table") not in NAMELESS
        )
        return {**properties, **_BESIDE} if is_written else properties

    def _property(self, name: str, schema: Schema, *, is_top: bool) -> Schema:
        made = self.of(schema)
        if self.way == "out":
            return made
        in_path = is_top and name in self.path
        kind = reference_of(name, schema, self.resource, in_path=in_path)
        if kind is None:
            return made
        _describe(made, f"Id or name of a {WORDS[kind]}.")
        return _naming(made)


_KEPT: Final = frozenset(
    {
        "type",
        "description",
        "default",
        "enum",
        "const",
        "format",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "items",
        "additionalProperties",
        "anyOf",
        "required",
        "pattern",
    }
)


def _writes_fields(schema: Schema) -> bool:
    ref: str = schema.get("items", {}).get("$ref", "")
    return ref.endswith(f"/{FIELD_VALUES}")


def _open(made: Schema) -> None:
    """Say what is known of an enum to which the API may add, without keeping anything out."""
    values = [value for value in made.pop("enum") if value is not None]
    shown = ", ".join(str(value) for value in values[:_SHOWN])
    _describe(made, f"One of {shown}{', …' * (len(values) > _SHOWN)}; there may be others.")


def _moment(made: Schema, way: Way) -> None:
    del made["format"]
    _describe(made, _MOMENT if way == "in" else _UNIX)
    if way == "in":
        made["type"] = _with_text(made["type"])


def _naming(made: Schema) -> Schema:
    """Let texts stand where ids do."""
    if "anyOf" in made:
        return {**made, "anyOf": [_naming(each) for each in made["anyOf"]]}
    if made.get("type") == "array":
        return {**made, "items": _naming(made["items"])}
    kinds = made.get("type")
    is_id = kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)
    return {**made, "type": _with_text(kinds)} if is_id else made


def _with_text(kinds: Any) -> list[str]:  # Any: a text or a list of them
    named = [kinds] if isinstance(kinds, str) else list(kinds)
    return [*named, "string"] if "string" not in named else named


def _describe(made: Schema, text: str) -> None:
    before: str = made.get("description", "")
    if before and before[-1] not in ".;:!?":
        before += "."
    made["description"] = f"{before} {text}".strip()
