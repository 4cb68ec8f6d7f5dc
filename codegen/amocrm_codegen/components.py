"""Turns the entities and types of the spec into structs and unions: one struct per variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from .ir import Enumeration, Struct, StructField, Type, Union

if TYPE_CHECKING:
    from .expressions import Names
    from .faults import Place
    from .ir import Variant
    from .yamlmarks import MarkedDict

__all__ = ["Components", "declare"]

_SUFFIX: dict[Variant, str] = {"read": "", "create": "Create", "update": "Update"}
_DEFAULT_IN = ["read!", "create", "update"]


def declare(resource: str, raw: MarkedDict, names: Names) -> None:
    """Make the names of one resource known, so that types may be used before they are defined."""
    for name in raw.get("types", {}):
        names.known.add(f"{resource}.{name}")
    for name, entity in raw.get("entities", {}).items():
        for suffix in _SUFFIX.values():
            names.known.add(f"{resource}.{name}{suffix}")
        for tag in entity.get("tagged", {}).get("variants", {}):
            names.known.add(f"{resource}.{_camel(tag)}{name}")


def _camel(text: str) -> str:
    return "".join(part.capitalize() for part in text.replace("-", "_").split("_"))


@define
class Components:
    """Builds structs and unions, each at most once."""

    names: Names
    structs: dict[str, Struct] = field(factory=dict)
    unions: dict[str, Union] = field(factory=dict)
    enums: dict[str, Enumeration] = field(factory=dict)
    _extends: dict[str, tuple[str, Place]] = field(factory=dict)

    def add_resource(self, resource: str, raw: MarkedDict) -> None:
        """Add every entity and type of one resource."""
        for name, entity in raw.get("entities", {}).items():
            place = raw["entities"].place_of_key(name)
            self._add_entity(resource, name, entity, place)
        for name, struct in raw.get("types", {}).items():
            place = raw["types"].place_of_key(name)
            if "enum" in struct:
                self._add_enum(f"{resource}.{name}", struct, place)
            else:
                self._add_type(resource, name, struct, place)

    def finish(self) -> None:
        """Copy the fields of extended structs into those that extend them."""
        for component, (base, place) in self._extends.items():
            parent = self.structs.get(base)
            if parent is None or base in self._extends:
                self.names.faults.add(
                    place, f"{base} cannot be extended", "name a plain type or variant"
                )
                continue
            own = self.structs[component]
            mine = {item.name: item for item in own.fields}
            merged = [mine.pop(item.name, item) for item in parent.fields]
            self.structs[component] = evolve(own, fields=(*merged, *mine.values()))

    def _add_enum(self, component: str, raw: MarkedDict, place: Place) -> None:
        values = tuple(raw["enum"])
        if len({type(value) for value in values}) > 1:
            self.names.faults.add(place, "an enum mixes texts and numbers", "use one kind of value")
        if len(set(values)) != len(values):
            self.names.faults.add(place, "an enum value is given twice", "remove one of them")
        is_open = bool(raw.get("open"))
        self.enums[component] = Enumeration(component, values, is_open, place, raw.get("doc", ""))

    def _add_type(self, resource: str, name: str, raw: MarkedDict, place: Place) -> None:
        component = f"{resource}.{name}"
        default = not raw.get("optional", False)
        fields = tuple(
            self._field(resource, key, value, raw["fields"].place_of_key(key), default=default)
            for key, value in raw["fields"].items()
        )
        self.structs[component] = Struct(component, fields, place, doc=raw.get("doc", ""))
        if "extends" in raw:
            at = raw.place_of_key("extends")
            base = self.names.resolve(raw["extends"], resource, at)
            if base is not None:
                self._extends[component] = (base, at)

    def _field(
        self,
        resource: str,
        name: str,
        raw: Any,  # Any: a field of the checked YAML
        place: Place,
        *,
        default: bool,
    ) -> StructField:
        mapping = raw if isinstance(raw, dict) else {"type": raw}
        required = mapping.get("required", not mapping.get("optional", not default))
        return StructField(
            name,
            self.names.type_of(raw, resource, place),
            required=bool(required) and "with" not in mapping,
            place=place,
            doc=mapping.get("doc", ""),
            unit=mapping.get("unit", ""),
            with_=mapping.get("with", ""),
            default=mapping.get("default"),
            ref=mapping.get("ref", ""),
            ref_zero=bool(mapping.get("ref_zero")),
            writable_null=bool(mapping.get("writable_null")),
            null_empty=mapping.get("null_empty"),
            secret=bool(mapping.get("secret")),
        )

    def _add_entity(self, resource: str, name: str, raw: MarkedDict, place: Place) -> None:
        for variant, suffix in _SUFFIX.items():
            fields = self._variant_fields(resource, name, raw, place, variant)
            struct = Struct(
                f"{resource}.{name}{suffix}",
                tuple(fields),
                place,
                doc=raw.get("doc", ""),
                entity=f"{resource}.{name}",
                variant=variant,
                table=raw.get("table", resource),
            )
            if "tagged" in raw:
                self._add_tagged(resource, name, raw["tagged"], struct)
            else:
                self.structs[struct.component] = struct

    def _variant_fields(
        self, resource: str, name: str, raw: MarkedDict, place: Place, variant: Variant
    ) -> list[StructField]:
        found: dict[str, StructField] = {}
        sections = ["fields"] if variant == "read" else ["fields", "write_fields"]
        for section in sections:
            defaults = _DEFAULT_IN if section == "fields" else ["create", "update"]
            for key, value in raw.get(section, {}).items():
                mapping = value if isinstance(value, dict) else {"type": value}
                presence = mapping.get("in", defaults)
                if variant not in presence and f"{variant}!" not in presence:
                    continue
                at = raw[section].place_of_key(key)
                found[key] = self._field(
                    resource, key, value, at, default=f"{variant}!" in presence
                )
        if variant == "read" and raw.get("links", True):
            links = Type("ref", "common.Links")
            found["_links"] = StructField("_links", links, required=True, place=place)
        embedded = self._embedded(resource, name, raw, variant)
        if embedded is not None:
            found["_embedded"] = embedded
        return list(found.values())

    def _embedded(
        self, resource: str, name: str, raw: MarkedDict, variant: Variant
    ) -> StructField | None:
        members: list[StructField] = []
        for key, member in raw.get("embedded", {}).items():
            if variant not in member:
                continue
            place = raw["embedded"].place_of_key(key)
            asked = member.get("with", "") if variant == "read" else ""
            always = variant == "read" and not asked and not member.get("optional")
            kind = self.names.type_of(member[variant], resource, place)
            members.append(
                StructField(
                    key,
                    kind,
                    required=always,
                    place=place,
                    doc=member.get("doc", ""),
                    with_=asked,
                    writable_null=variant != "read" and kind.nullable,
                )
            )
        if not members:
            return None
        component = f"{resource}.{name}{_SUFFIX[variant]}Embedded"
        place = raw.place_of_key("embedded")
        doc = f"What is embedded in {name}."
        self.structs[component] = Struct(component, tuple(members), place, doc=doc)
        self.names.known.add(component)
        required = variant == "read" and any(member.required for member in members)
        return StructField("_embedded", Type("ref", component), required=required, place=place)

    def _add_tagged(self, resource: str, name: str, raw: MarkedDict, base: Struct) -> None:
        variant = base.variant
        assert variant is not None
        suffix = _SUFFIX[variant]
        tag, content = raw["by"], raw["field"]
        fields = {item.name: item for item in base.fields}
        at = raw.place_of_key("field")
        if variant == "update":
            kinds = dict.fromkeys(raw["variants"].values())
            parts = tuple(self.names.type_of(kind, resource, at) for kind in kinds)
            if content in fields:
                either = Type("any", items=(*parts, Type("scalar", "object")))
                fields[content] = evolve(fields[content], type=either)
            self.structs[base.component] = evolve(base, fields=tuple(fields.values()))
            return
        if tag not in fields or content not in fields:
            missing = tag if tag not in fields else content
            self.names.faults.add(
                at, f"there is no field {missing!r} to tag by", "add it to `fields`"
            )
            return
        tags = raw.get("create", list(raw["variants"])) if variant == "create" else raw["variants"]
        pairs: list[tuple[str, str]] = []
        for value in tags:
            if value not in raw["variants"]:
                where = raw.place_of_key("create")
                self.names.faults.add(where, f"{value!r} is no variant", "add it to `variants`")
                continue
            kind = self.names.type_of(
                raw["variants"][value], resource, raw["variants"].place_of_key(value)
            )
            component = f"{resource}.{_camel(value)}{name}{suffix}"
            self._tagged_struct(base, component, tag, value, (content, kind))
            pairs.append((value, component))
        fallback = f"{resource}.Other{name}{suffix}"
        self._tagged_struct(base, fallback, tag, None, (content, Type("scalar", "object")))
        self.unions[base.component] = Union(
            base.component,
            tag,
            tuple(pairs),
            fallback,
            base.place,
            doc=base.doc,
            entity=base.entity,
            variant=variant,
            table=base.table,
        )

    def _tagged_struct(  # one struct is described by all of these
        self,
        base: Struct,
        component: str,
        tag: str,
        value: str | None,
        content: tuple[str, Type],
    ) -> None:
        own = {item.name: item for item in base.fields}
        own[tag] = evolve(own[tag], const=value, required=True)
        name, kind = content
        own[name] = evolve(own[name], type=evolve(kind, nullable=own[name].type.nullable))
        what = f"with {tag} {value}" if value is not None else f"of another {tag}"
        doc = f"{base.doc.rstrip('.') or component} {what}."
        self.structs[component] = evolve(
            base, component=component, fields=tuple(own.values()), doc=doc
        )
        self.names.known.add(component)
