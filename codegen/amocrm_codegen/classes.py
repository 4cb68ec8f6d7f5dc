"""Turns the components of the OpenAPI document into what the model generator reads.

Two things come out: a plain JSON Schema of types, in which every property already bears its Python
name and is required, so that annotations keep the order of the spec; and, per component, the texts
that the templates print beside those annotations. All decisions are taken here, none in a template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from .bare_types import REF, BareTypes, is_all_integers
from .names import attribute_names, constant_name, member_name, words
from .prose import docstring, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .waist import Schema

__all__ = ["ModelInput", "model_input"]

_FORMS = {
    "create": "What creating one takes; what is left UNSET is not sent.",
    "update": "What changing one takes; what is left UNSET stays as it is.",
}

_Texts = dict[str, Any]  # Any: the context of a template


@frozen
class ModelInput:
    """What the model generator needs: types for its parser, texts for its templates."""

    schemas: Schema
    texts: dict[str, _Texts]


def model_input(components: Mapping[str, Schema]) -> ModelInput:
    """Prepare the components of an OpenAPI document."""
    preparation = _Preparation(BareTypes(components), frozenset(map(_short, components)))
    for name, schema in components.items():
        preparation.add(name, schema)
    preparation.add_hoisted_enums()
    return ModelInput(preparation.schemas, preparation.texts)


@define
class _Preparation:
    types: BareTypes
    class_names: frozenset[str]
    schemas: Schema = field(factory=dict)
    texts: dict[str, _Texts] = field(factory=dict)

    def add(self, name: str, schema: Schema) -> None:
        if "properties" in schema:
            self._add_class(name, schema)
        elif "oneOf" in schema:
            self._add_tagged_union(name, schema)
        elif "enum" in schema and schema.get("x-amo-open"):
            self._add_enum(name, schema["enum"], _text(name, schema, indent=4))
        else:
            bare = self.types.of(schema, owner=name, key="")
            self._add_alias(name, bare, schema, tagged=None)

    def add_hoisted_enums(self) -> None:
        for name, (key, values) in self.types.enums.items():
            text = f"Known values of `{key}`; others may come, too."
            self._add_enum(name, values, docstring([text], indent=4))

    def _add_class(self, name: str, schema: Schema) -> None:
        owner = schema.get("x-amo-entity", name)
        properties: Schema = {}
        printed: _Texts = {}
        attributes = attribute_names(schema["properties"], taken=self.class_names)
        for wire, details in schema["properties"].items():
            attribute = attributes[wire]
            properties[attribute] = self.types.of(details, owner=owner, key=wire)
            required = wire in schema.get("required", ()) and "x-amo-with" not in details
            printed[attribute] = _field_texts(wire, attribute, details, required=required)
        self.schemas[name] = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
        }
        self.texts[name] = {"docstring": _text(name, schema, indent=4), "printed": printed}

    def _add_enum(self, name: str, values: Iterable[str | int], text: str) -> None:
        members = _members(values)
        self.schemas[name] = {"enum": list(members.values()), "x-enum-varnames": list(members)}
        self.texts[name] = {
            "docstring": text,
            "kind": "OpenIntEnum" if is_all_integers(members.values()) else "OpenStrEnum",
            "members": {member: repr(value) for member, value in members.items()},
        }

    def _add_tagged_union(self, name: str, schema: Schema) -> None:
        fallback = schema.get("x-amo-fallback")
        options = [option["$ref"] for option in schema["oneOf"]]
        if fallback is not None:
            # It has no tag of its own, so the discriminator does not know it; the type does.
            options.append(REF + fallback)
        tag, mapping = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        variants = ", ".join(f"{value!r}: {_short(ref)}" for value, ref in mapping.items())
        tagged = {
            "constant": constant_name(f"{words(_short(name))}_tags"),
            "arguments": f"{tag!r}, {{{variants}}}, {_short(fallback or 'None')}",
        }
        union: Schema = {"anyOf": [{"$ref": option} for option in dict.fromkeys(options)]}
        self._add_alias(name, union, schema, tagged=tagged)

    def _add_alias(self, name: str, bare: Schema, schema: Schema, *, tagged: _Texts | None) -> None:
        self.schemas[name] = bare
        self.texts[name] = {"docstring": _text(name, schema, indent=0), "tagged": tagged}


def _field_texts(wire: str, attribute: str, details: Schema, *, required: bool) -> _Texts:
    metadata = dict(_metadata(wire, attribute, details))
    arguments: list[str] = []
    if required and "const" in details:
        arguments.append(f"default={details['const']!r}")
    elif not required:
        arguments.append("default=UNSET")
    if "x-amo-secret" in details:
        arguments.append("repr=False")
    if metadata:
        arguments.append(f"metadata={metadata!r}")
    return {
        "absent": "" if required else " | Unset",
        "assignment": f" = field({', '.join(arguments)})" if arguments else "",
        "docstring": docstring([" ".join(_field_sentences(details))], indent=4),
    }


def _metadata(wire: str, attribute: str, details: Schema) -> Iterator[tuple[str, object]]:
    if wire != attribute:
        yield "wire", wire
    if "x-amo-unit" in details:
        yield "unit", details["x-amo-unit"]
    if "x-amo-null-empty" in details:
        yield "null_empty", details["x-amo-null-empty"]


def _field_sentences(details: Schema) -> Iterator[str]:
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


def _text(name: str, schema: Schema, *, indent: int) -> str:
    first = sentence(schema.get("description") or _short(name))
    return docstring([first, _FORMS.get(schema.get("x-amo-variant", "read"), "")], indent=indent)


def _members(values: Iterable[str | int]) -> dict[str, str | int]:
    members: dict[str, str | int] = {}
    for value in values:
        name = member_name(value)
        while name in members:
            name += "_"
        members[name] = value
    return members


def _short(ref: str) -> str:
    return ref.rpartition(".")[2]
