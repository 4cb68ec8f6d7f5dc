"""Type expressions of the spec language, resolved against the names of all resources."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from attrs import define, field

from .ir import Type
from .yamlmarks import MarkedDict

if TYPE_CHECKING:
    from .faults import Faults, Place

__all__ = ["Names"]

_SCALARS = frozenset(
    {"integer", "number", "string", "boolean", "timestamp", "uuid", "json", "object", "bytes"}
)


@define
class Names:
    """The names that a type expression may use: `module.Name` for every entity variant and type."""

    faults: Faults
    known: set[str] = field(factory=set)

    def resolve(self, name: str, resource: str, place: Place) -> str | None:
        """Return the full name that `name` has in `resource`; None, and a fault, if none."""
        candidates = [name] if "." in name else [f"{resource}.{name}", f"common.{name}"]
        for candidate in candidates:
            if candidate in self.known:
                return candidate
        shorts = {full if "." in name else full.split(".", 1)[1] for full in self.known}
        near = difflib.get_close_matches(name, sorted(shorts), n=1)
        hint = f"did you mean {near[0]}?" if near else "define it under `types` or `entities`"
        self.faults.add(place, f"there is no type {name}", hint)
        return None

    def type_of(
        self,
        expression: Any,  # Any: a YAML value that the JSON Schema has checked
        resource: str,
        place: Place,
    ) -> Type:
        """Return the type that `expression` means."""
        if isinstance(expression, str):
            if expression in _SCALARS:
                return Type("scalar", expression)
            full = self.resolve(expression, resource, place)
            return Type("ref", full) if full is not None else Type("scalar", "json")
        return self._mapping(expression, resource, place)

    def _mapping(self, raw: dict[str, Any], resource: str, place: Place) -> Type:  # Any: as above
        shapes = [key for key in ("type", "list", "map", "any") if key in raw]
        if isinstance(raw, MarkedDict) and shapes:
            place = raw.place_of_key(shapes[0])
        if len(shapes) > 1:
            self.faults.add(
                place, f"{' and '.join(shapes)} contradict each other", "keep one of them"
            )
        if not shapes and "enum" not in raw:
            self.faults.add(place, "a type is missing", "add `type:` or `list:`")
            return Type("scalar", "json")
        extra: dict[str, Any] = {  # Any: checked by the JSON Schema
            "nullable": bool(raw.get("nullable")),
            "minimum": raw.get("minimum"),
            "maximum": raw.get("maximum"),
            "max_length": raw.get("max_length"),
            "max_items": raw.get("max_items"),
        }
        if "list" in raw:
            return Type("list", items=(self.type_of(raw["list"], resource, place),), **extra)
        if "map" in raw:
            return Type("map", items=(self.type_of(raw["map"], resource, place),), **extra)
        if "any" in raw:
            parts = tuple(self.type_of(part, resource, place) for part in raw["any"])
            return Type("any", items=parts, **extra)
        enum = tuple(raw.get("enum", ()))
        base = raw.get("type", "integer" if enum and isinstance(enum[0], int) else "string")
        inner = self.type_of(base, resource, place)
        self._check_enum(enum, inner, place)
        return Type(
            inner.kind,
            inner.name,
            enum=enum,
            is_open=bool(raw.get("open")),
            format=raw.get("format", ""),
            **extra,
        )

    def _check_enum(self, enum: tuple[str | int, ...], inner: Type, place: Place) -> None:
        wanted = {"integer": int, "string": str}.get(inner.name)
        if enum and wanted is None:
            self.faults.add(place, "an enum of this type cannot be", "use type string or integer")
        for value in enum:
            if wanted is not None and not isinstance(value, wanted):
                self.faults.add(
                    place,
                    f"the enum value {value!r} is no {inner.name}",
                    "mend the value or the type",
                )
        if len(set(enum)) != len(enum):
            self.faults.add(place, "an enum value is given twice", "remove one of them")
