"""Puts ids in the place of the names in an input, and finds custom fields by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from attrs import define, field

from amocrm_gen.actions.field_values import choices_in_filter, values_of
from amocrm_gen.actions.references import reference_of
from amocrm_gen.actions.schema import CUSTOM_FIELDS
from amocrm_gen.actions.spots import spots
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from amocrm_gen.actions.layout import Layout
    from amocrm_gen.actions.spots import Spot
    from amocrm_gen.crm.directory import Directory
    from amocrm_gen.crm.fields import Field
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["with_ids"]

_OWNERS: Final = ("leads", "contacts", "companies", "customers")


def with_ids(amo: AmoCRM, layout: Layout, given: JsonObject) -> JsonObject:
    """Change the input in place, and return it; what has no names in it costs no request.

    Raises `UnknownName` and `AmbiguousName`, which tell the candidates.
    """
    naming = _Naming(amo, layout, given)
    for spot in spots(given, layout.flat(), layout.contract):
        naming.settle(spot)
    return given


@define
class _Naming:
    amo: AmoCRM
    layout: Layout
    given: JsonObject
    _directory: Directory | None = field(default=None, init=False)

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            from amocrm_gen.crm.directory import Directory  # noqa: PLC0415 - most inputs have ids

            self._directory = Directory(self.amo)
        return self._directory

    def settle(self, spot: Spot) -> None:
        if spot.name == "custom_fields" and CUSTOM_FIELDS in spot.within.get("properties", {}):
            self._named_fields(spot)
        elif spot.name == CUSTOM_FIELDS and spot.key == CUSTOM_FIELDS:
            self._fields(spot)
        elif isinstance(spot.value, str):
            self._name(spot, spot.value)

    def _name(self, spot: Spot, name: str) -> None:
        resource = str(self.layout.described.traits["resource"])
        in_path = spot.depth == 0 and spot.name in self.layout.path
        kind = reference_of(spot.name, spot.owner, resource, in_path=in_path)
        if kind == "stage":
            self._stage(spot, name)
        elif kind is not None:
            find: Callable[[str], int] = getattr(self.directory, kind)
            spot.put(find(name))

    def _stage(self, spot: Spot, name: str) -> None:
        holder = spot.holder if is_object(spot.holder) else {}
        pipeline: Any = holder.get("pipeline_id")  # Any: an id or a name, as the schema says
        stage = self.directory.stage(name, pipeline=pipeline)
        spot.put(stage.id)
        # A stage alone moves nothing into another pipeline.
        has_place = "pipeline_id" in spot.within.get("properties", {})
        if pipeline is None and has_place and stage.pipeline_id is not None:
            holder["pipeline_id"] = stage.pipeline_id

    def _named_fields(self, spot: Spot) -> None:
        named = cast("dict[str, JsonValue]", spot.holder.pop("custom_fields"))
        find = self._finder(spot)
        made: list[JsonValue] = []
        for name, value in named.items():
            found = find(name)
            made.append({"field_id": found.id, "values": values_of(found, value)})
        spot.holder[CUSTOM_FIELDS] = [*(spot.holder.get(CUSTOM_FIELDS) or []), *made]

    def _fields(self, spot: Spot) -> None:
        find = self._finder(spot)
        if is_list(spot.value):
            spot.put([_settled(item, find) for item in cast("list[JsonObject]", spot.value)])
        elif is_object(spot.value):
            # A filter: the keys are fields.
            asked = cast("JsonObject", spot.value)
            spot.put(dict(self._filters(asked, find)))

    @staticmethod
    def _filters(
        asked: Mapping[str, JsonValue], find: Callable[[str], Field]
    ) -> Iterator[tuple[str, JsonValue]]:
        for name, value in asked.items():
            if name.isdecimal():
                yield name, value
            else:
                found = find(name)
                yield str(found.id), choices_in_filter(found, value)

    def _finder(self, spot: Spot) -> Callable[[int | str], Field]:
        table = spot.within.get("x-amo-table") or self.layout.described.traits["resource"]
        if table in _OWNERS:
            return lambda name: self.directory.field(table, name)
        catalog: Any = self.given.get("catalog_id")  # Any: an id or a name
        return lambda name: self.directory.catalog_field(catalog, name)


def _settled(item: JsonObject, find: Callable[[int | str], Field]) -> JsonValue:
    """Return one field that is written, as the API has it."""
    made = dict(item)
    name = made.pop("field", None)
    values = made.pop("value") if "value" in made else made.get("values")
    is_plain = name is None and "value" not in item and not _has_enum(values)
    if is_plain:
        return item
    asked = name if name is not None else made.get("field_id") or made.get("field_code")
    found = find(cast("int | str", asked))
    if name is not None:
        made["field_id"] = found.id
        if made.get("field_code") is None:
            made.pop("field_code", None)
    return {**made, "values": values_of(found, values)}


def _has_enum(values: JsonValue) -> bool:
    return isinstance(values, list) and any(is_object(each) and "enum" in each for each in values)
