"""Values of custom fields as people write them, in the form that the API has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

from amocrm_gen.actions.fault import Fault
from amocrm_gen.actions.moments import seconds_of
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.crm.fields import Field
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["choices_in_filter", "complaints", "values_of"]

_CHOICES: Final = frozenset({"select", "multiselect", "radiobutton", "category"})
_DAYS: Final = frozenset({"date", "birthday"})
_MOMENTS: Final = _DAYS | {"date_time"}
_KEYS: Final = frozenset(
    {"value", "enum", "enum_id", "enum_code", "catalog_id", "catalog_element_id"}
)
_DATE_LENGTH: Final = len("2026-11-22")


def values_of(field: Field, given: JsonValue) -> JsonValue:
    """Return the `values` of a field; null clears it, and one value need not be a list."""
    if given is None:
        return None
    each = given if isinstance(given, list) else [given]
    return [_value(field, one) for one in each]


def _value(field: Field, given: JsonValue) -> JsonValue:
    if isinstance(given, dict):
        if not _KEYS.issuperset(given):
            # The value itself is an object, as that of a legal entity is.
            return {"value": given}
        if "enum" not in given:
            return given
        return {key: value for key, value in given.items() if key != "enum"} | _choice(
            field, given["enum"]
        )
    if field.type in _CHOICES and isinstance(given, str | int):
        return _choice(field, given)
    if field.type in _MOMENTS and isinstance(given, str):
        return {"value": _moment(field, given)}
    return {"value": given}


def _choice(field: Field, given: JsonValue) -> JsonObject:
    if not field.enums:
        return {"enum_id" if isinstance(given, int) else "enum_code": given}
    return {"enum_id": field.choice(cast("int | str", given)).id}


def _moment(field: Field, text: str) -> JsonValue:
    if field.type in _DAYS and len(text.strip()) == _DATE_LENGTH:
        try:
            day = datetime.fromisoformat(text.strip())
        except ValueError:
            return text
        # The account keeps the day that it is in its own time zone; at noon that is this one.
        return int(day.replace(hour=12, tzinfo=UTC).timestamp())
    found = seconds_of(text)
    return text if found is None else found


def choices_in_filter(field: Field, given: JsonValue) -> JsonValue:
    """Return what a list is filtered by: ids of options, and seconds."""
    if is_object(given):
        bounds = cast("JsonObject", given)
        return {name: choices_in_filter(field, value) for name, value in bounds.items()}
    if isinstance(given, list):
        return [choices_in_filter(field, value) for value in given]
    if field.type in _CHOICES and isinstance(given, str):
        return field.choice(given).id
    if field.type in _MOMENTS and isinstance(given, str):
        return _moment(field, given)
    return given


def complaints(items: object, path: str) -> Iterator[Fault]:
    """Tell which of the fields that are to be written lack a name or a value, or have two."""
    if not is_list(items):
        return
    for index, item in enumerate(items):
        if is_object(item):
            place = f"{path}[{index}]"
            yield from _one_of(item, ("field", "field_id", "field_code"), f"{place}.field", "City")
            yield from _one_of(item, ("value", "values"), f"{place}.value", "Riga")


def _one_of(
    item: dict[str, object], keys: tuple[str, ...], place: str, example: str
) -> Iterator[Fault]:
    # Clients that write all keys have null in those that they do not use.
    given = [key for key in keys if item.get(key) is not None]
    if not any(key in item for key in keys) or (not given and keys[0] == "field"):
        yield Fault(place, "is required and not there", f'for example "{example}"')
    elif len(given) > 1 and keys[0] in given:
        yield Fault(place, f"stands beside {given[-1]}, which says the same", "give one of them")
