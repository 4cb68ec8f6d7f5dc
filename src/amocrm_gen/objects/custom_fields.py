"""Custom fields of an object, by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from amocrm_gen.objects.values import int_or_none, listed
from amocrm_gen.runtime.kinds import is_listing, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["CustomFields"]


class CustomFields:
    """The fields in the order in which they came."""

    def __init__(self, given: object = None) -> None:
        self._fields: list[JsonObject] = [
            cast("JsonObject", dict(field)) for field in listed(given) if is_mapping(field)
        ]

    def all(self) -> list[JsonObject]:
        """Return all fields; a copy of the list."""
        return list(self._fields)

    def of(self, numbers: Iterable[int]) -> list[JsonObject]:
        """Return the fields of these ids."""
        wanted = set(numbers)
        return [field for field in self._fields if int_or_none(field.get("id")) in wanted]

    def by_code(self, code: str) -> JsonObject | None:
        """Return the first field with a code."""
        return next((field for field in self._fields if field.get("code") == code), None)

    def value(
        self, number: int, *, first: bool, part: Literal["value", "enum", "subtype"]
    ) -> object:
        """Return a part of the first value, or of all; None without any."""
        fields = self.of([number])
        if not fields:
            return None
        found = list(_parts(fields[0], part))
        if first:
            return found[0] if found else None
        return found or None

    def set(self, values: Mapping[int | str, object]) -> None:
        """Set fields; a list is taken as it is, anything else becomes the only value."""
        for key, given in values.items():
            number = int(key)
            held: list[JsonValue] = (
                [cast("JsonValue", one) for one in given]
                if is_listing(given)
                else [{"value": cast("JsonValue", given)}]
            )
            for field in self.of([number]):
                field["values"] = held
                break
            else:
                self._fields.append({"id": number, "values": held})


def _parts(field: JsonObject, part: str) -> Iterable[object]:
    """Go through a part of all values; bare values are themselves, those without it left out."""
    for value in listed(field.get("values")):
        if not is_mapping(value):
            yield value
        elif value.get(part) is not None:
            yield value[part]
