"""Turns the components of the OpenAPI document into what the model generator reads.

Two things come out: a plain JSON Schema of types, in which every property already bears its Python name and is
required, so that annotations keep the order of the spec; and, per component, the texts that the templates print
beside those annotations. All decisions are taken here, none in a template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from .names import attribute_name, capitalised, constant_name, member_name, words
from .prose import docstring, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ModelInput", "model_input"]

_Schema = dict[str, Any]  # Any: JSON Schema is JSON

_REF = "#/components/schemas/"
_RUNTIME_TYPES = "amocrm_gen.runtime.types."
_FORMS = {
    "create": "What creating one takes; what is left UNSET is not sent.",
    "update": "What changing one takes; what is left UNSET stays as it is.",
}


@frozen
class ModelInput:
    """What the model generator needs: types for its parser, texts for its templates."""

    schemas: _Schema
    texts: dict[str, dict[str, Any]]  # Any: the context of a template


def model_input(components: Mapping[str, _Schema]) -> ModelInput:
    """Prepare the components of an OpenAPI document."""
    preparation = _Preparation(components)
    for name, schema in components.items():
        preparation.add(name, schema)
    return ModelInput(preparation.schemas, preparation.texts)


@define
class _Preparation:
    components: Mapping[str, _Schema]
    schemas: _Schema = field(factory=dict)
    texts: dict[str, dict[str, Any]] = field(factory=dict)  # Any: as above
    # Two open enums are the same when their module, key and values are.
    _hoisted: dict[tuple[str, str, tuple[str | int, ...]], str] = field(factory=dict)

    def add(self, name: str, schema: _Schema) -> None:
        if "properties" in schema:
            self._add_class(name, schema)
        elif "oneOf" in schema:
            self._add_tagged_union(name, schema)
        elif "enum" in schema and schema.get("x-amo-open"):
            self._add_enum(name, schema)
        else:
            self._add_alias(name, self._type(schema, owner=name, key=""), schema, tagged=None)

    def _add_class(self, name: str, schema: _Schema) -> None:
        owner = schema.get("x-amo-entity", name)
        properties: _Schema = {}
        printed: _Schema = {}
        for wire, details in schema["properties"].items():
            attribute = attribute_name(wire, taken=properties)
            properties[attribute] = self._type(details, owner=owner, key=wire)
            required = wire in schema.get("required", ()) and "x-amo-with" not in details
            printed[attribute] = _field_texts(wire, attribute, details, required=required)
        self.schemas[name] = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
        }
        self.texts[name] = {"docstring": _text(name, schema, indent=4), "printed": printed}

    def _add_enum(self, name: str, schema: _Schema) -> None:
        members = _members(schema)
        kind = "OpenIntEnum" if _all_integers(members.values()) else "OpenStrEnum"
        self.schemas[name] = {"enum": list(members.values()), "x-enum-varnames": list(members)}
        self.texts[name] = {
            "docstring": _text(name, schema, indent=4),
            "kind": kind,
            "members": {member: repr(value) for member, value in members.items()},
        }

    def _add_tagged_union(self, name: str, schema: _Schema) -> None:
        fallback = schema.get("x-amo-fallback")
        options = [option["$ref"] for option in schema["oneOf"]]
        # The fallback has no tag of its own, so it is no alternative of the discriminator; it is one of the type.
        options += [_REF + fallback] * (fallback is not None)
        tags = schema["discriminator"]["mapping"].items()
        variants = ", ".join(f"{tag!r}: {_short(ref)}" for tag, ref in tags)
        tagged = {
            "constant": constant_name(f"{words(_short(name))}_tags"),
            "arguments": f"{schema['discriminator']['propertyName']!r}, {{{variants}}}, {_short(fallback or 'None')}",
        }
        union: _Schema = {"anyOf": [{"$ref": option} for option in dict.fromkeys(options)]}
        self._add_alias(name, union, schema, tagged=tagged)

    def _add_alias(
        self, name: str, kind: _Schema, schema: _Schema, *, tagged: _Schema | None
    ) -> None:
        self.schemas[name] = kind
        self.texts[name] = {"docstring": _text(name, schema, indent=0), "tagged": tagged}

    def _type(self, schema: _Schema, *, owner: str, key: str) -> _Schema:
        """Return the bare type of a schema: no texts, no constraints, no enum without a name."""
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        if "x-amo-python" in schema:
            return _nullable({"customTypePath": _RUNTIME_TYPES + schema["x-amo-python"]}, schema)
        if "const" in schema:
            return {"const": schema["const"]}
        if "x-amo-null-empty" in schema:
            schema = {"anyOf": [*_filled(schema["anyOf"]), {"type": "null"}]}
        if "anyOf" in schema:
            return {"anyOf": [self._type(part, owner=owner, key=key) for part in schema["anyOf"]]}
        if "enum" in schema:
            return _nullable(self._enum(schema, owner=owner, key=key), schema)
        kind = _kind(schema)
        if kind == "array":
            items = self._type(schema["items"], owner=owner, key=key)
            return _nullable({"type": "array", "items": items}, schema)
        if kind == "object":
            return _nullable(self._map(schema, owner=owner, key=key), schema)
        if kind is None:
            return {"customTypePath": f"{_RUNTIME_TYPES}JsonValue"}
        if kind == "null":
            return {"type": "null"}
        plain = {"type": kind}
        if schema.get("format") == "unix-time":
            plain["format"] = "unix-time"
        return _nullable(plain, schema)

    def _map(self, schema: _Schema, *, owner: str, key: str) -> _Schema:
        values = schema.get("additionalProperties", True)
        if isinstance(values, bool):
            return {"customTypePath": f"{_RUNTIME_TYPES}JsonObject"}
        return {"type": "object", "additionalProperties": self._type(values, owner=owner, key=key)}

    def _enum(self, schema: _Schema, *, owner: str, key: str) -> _Schema:
        values = tuple(value for value in schema["enum"] if value is not None)
        if schema.get("x-amo-open"):
            return {"$ref": _REF + self._hoist(values, owner=owner, key=key)}
        kind = "integer" if _all_integers(values) else "string"
        return {"type": kind, "enum": list(values), "x-enum-field-as-literal": True}

    def _hoist(self, values: tuple[str | int, ...], *, owner: str, key: str) -> str:
        """Give an open enum that stands in a property a class of its own, which the forms of one entity share."""
        same = (owner.partition(".")[0], key, values)
        if same not in self._hoisted:
            name = f"{owner}{capitalised(key)}"
            while name in self.components or name in self.schemas:
                name += "Value"
            self._hoisted[same] = name
            description = f"Known values of `{key}`; others may come, too."
            self._add_enum(name, {"enum": values, "description": description})
        return self._hoisted[same]


def _field_texts(wire: str, attribute: str, details: _Schema, *, required: bool) -> _Schema:
    metadata = dict(_metadata(wire, attribute, details))
    arguments: list[str] = []
    if required and "const" in details:
        arguments.append(f"default={details['const']!r}")
    elif not required:
        arguments.append("default=UNSET")
    if metadata:
        arguments.append(f"metadata={metadata!r}")
    return {
        "absent": "" if required else " | Unset",
        "assignment": f" = field({', '.join(arguments)})" if arguments else "",
        "docstring": docstring([" ".join(_field_sentences(details))], indent=4),
    }


def _metadata(wire: str, attribute: str, details: _Schema) -> Iterator[tuple[str, object]]:
    if wire != attribute:
        yield "wire", wire
    if "x-amo-unit" in details:
        yield "unit", details["x-amo-unit"]
    if "x-amo-null-empty" in details:
        yield "null_empty", details["x-amo-null-empty"]


def _field_sentences(details: _Schema) -> Iterator[str]:
    if details.get("description"):
        yield sentence(details["description"])
    if "x-amo-unit" in details:
        yield f"Unit: {details['x-amo-unit']}."
    if "maxLength" in details:
        yield f"At most {details['maxLength']} characters."
    if "maxItems" in details:
        yield f"At most {details['maxItems']}."
    if "x-amo-with" in details:
        yield f'Only there when asked for: `with_=["{details["x-amo-with"]}"]`.'


def _text(name: str, schema: _Schema, *, indent: int) -> str:
    first = sentence(schema.get("description") or _short(name))
    return docstring([first, _FORMS.get(schema.get("x-amo-variant", "read"), "")], indent=indent)


def _members(schema: _Schema) -> dict[str, str | int]:
    members: dict[str, str | int] = {}
    for value in schema["enum"]:
        name = member_name(value)
        while name in members:
            name += "_"
        members[name] = value
    return members


def _all_integers(values: Iterable[str | int]) -> bool:
    return all(isinstance(value, int) for value in values)


def _filled(options: Iterable[_Schema]) -> Iterator[_Schema]:
    """Leave out the empty list that stands on the wire where Python has None."""
    return (option for option in options if option.get("maxItems") != 0)


def _kind(schema: _Schema) -> str | None:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return next((str(kind) for kind in kinds if kind != "null"), None)
    return kinds


def _nullable(plain: _Schema, schema: _Schema) -> _Schema:
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def _short(ref: str) -> str:
    return ref.rpartition(".")[2]
