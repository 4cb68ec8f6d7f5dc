"""Custom fields and the values that entities have in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define

if TYPE_CHECKING:
    from .cards import Json

__all__ = ["TYPE_NUMBERS", "Field"]

TYPE_NUMBERS: Final = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
}
"""How events number the types."""


@define
class Field:
    """A definition; `row` is what is read of it."""

    row: Json

    @property
    def id(self) -> int:
        """Its id."""
        number: int = self.row["id"]
        return number

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands on the card."""
        return self.row["sort"], self.id

    def taken(self, raw: list[Json]) -> list[Json]:
        """Written values as they are kept."""
        kind: str = self.row["type"]
        if kind in {"select", "multiselect", "multitext"}:
            kept = [self._enum(value) for value in raw]
        elif kind == "checkbox":
            kept = [{"value": bool(value["value"])} for value in raw]
        else:
            kept = [{"value": str(value["value"])} for value in raw]
        return kept[:1] if kind == "select" else kept

    def _enum(self, value: Json) -> Json:
        enums: list[Json] = self.row["enums"]
        is_multitext = self.row["type"] == "multitext"
        if value.get("enum_id") is not None:
            found = next(enum for enum in enums if enum["id"] == value["enum_id"])
        elif is_multitext:
            code = value.get("enum_code") or "WORK"
            found = next(enum for enum in enums if enum["value"] == code)
        else:
            found = next(enum for enum in enums if enum["value"] == value["value"])
        kept: Json = {"enum_id": found["id"]}
        return {**kept, "value": value["value"]} if is_multitext else kept

    def shown_values(self, kept: list[Json]) -> list[Json]:
        """Kept values as they are read; those of enums that are gone are not."""
        if self.row["enums"] is None:
            return kept
        enums = {enum["id"]: enum for enum in self.row["enums"]}
        shown: list[Json] = []
        for value in kept:
            enum = enums.get(value["enum_id"])
            if enum is None:
                continue
            if self.row["type"] == "multitext":
                one = {"value": value["value"], "enum_code": enum["value"]}
            else:
                one = {"value": enum["value"], "enum_code": enum["code"]}
            shown.append({**one, "enum_id": enum["id"]})
        return shown

    def shown(self, kept: list[Json]) -> Json:
        """What an entity shows of its values in this field."""
        return {
            "field_id": self.id,
            "field_name": self.row["name"],
            "field_code": self.row["code"],
            "field_type": self.row["type"],
            "values": self.shown_values(kept),
        }

    def told(self, kept: list[Json]) -> list[Json]:
        """Values as events tell them."""
        told: list[Json] = []
        for value in self.shown_values(kept):
            text = value["value"]
            one = {
                "field_id": self.id,
                "field_type": TYPE_NUMBERS[self.row["type"]],
                "enum_id": value.get("enum_id"),
                "text": str(int(text)) if isinstance(text, bool) else text,
            }
            told.append({"custom_field_value": one})
        return told
