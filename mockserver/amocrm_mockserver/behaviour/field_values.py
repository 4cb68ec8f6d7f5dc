"""Values of custom fields on entities: how they are written, kept, read, found and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from amocrm_mockserver.behaviour.events import FIELD_TYPES
from amocrm_mockserver.behaviour.field_directory import FieldDirectory, field_directory
from amocrm_mockserver.behaviour.field_types import ENUM_TYPES, SINGLE_TYPES, reader_of
from amocrm_mockserver.filters import bounds, scalars
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.problems import Flaw, missing, unsupported, wrong_type
from amocrm_mockserver.validate import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Values", "field_test", "merge", "read", "show", "texts", "value_events"]

Values: TypeAlias = "dict[str, list[Row] | None]"
"""By the field's id in digits, as JSON has its keys: the new values, or None to clear the field."""

_MOST_LEVELS: Final = 5
"""How many lists a value of a chain goes through."""


def read(account: Account, entity_type: str, raw: Json, path: str, flaws: list[Flaw]) -> Values:
    """Check what was sent as `custom_fields_values`."""
    directory = field_directory(account, entity_type)
    taken: Values = {}
    items = as_list(raw)
    if items is None:
        flaws.append(wrong_type(path, "array"))
        return taken
    for index, item in enumerate(items):
        at = f"{path}.{index}"
        if not is_object(item):
            flaws.append(wrong_type(at, "array"))
            continue
        field = _field(directory, item, at, flaws)
        if item.get("values") == [] and account.guesses["custom_fields.empty_values"] == "ignored":
            continue
        if field is not None:
            taken[str(field["id"])] = _values(account, field, item, at, flaws)
    return taken


def _field(directory: FieldDirectory, item: Row, path: str, flaws: list[Flaw]) -> Row | None:
    number: Json = item.get("field_id")
    if number is None:
        code: Json = item.get("field_code")
        if code is None:
            flaws.append(missing(f"{path}.field_id"))
            return None
        field = directory.by_code.get(code) if isinstance(code, str) else None
        if field is None:
            flaws.append(unsupported(f"{path}.field_code"))
        return field
    if isinstance(number, str) and number.isdecimal():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        flaws.append(wrong_type(f"{path}.field_id", "int"))
        number = 0
    field = directory.by_id.get(number)
    if field is None:
        flaws.append(unsupported(f"{path}.field_id"))
    return field


def _values(
    account: Account, field: Row, item: Row, path: str, flaws: list[Flaw]
) -> list[Row] | None:
    path = f"{path}.values"
    if "values" not in item:
        flaws.append(missing(path))
        return None
    given = as_list(item["values"] or [])
    if given is None:
        flaws.append(wrong_type(path, "array"))
        return None
    if field["type"] == "chained_list" and len(given) > _MOST_LEVELS:
        flaws.append(unsupported(path))
    reader = reader_of(field["type"])
    taken: list[Row] = []
    for index, value in enumerate(given):
        if not is_object(value):
            flaws.append(wrong_type(f"{path}.{index}", "array"))
            continue
        one = reader(account, field, value, f"{path}.{index}", flaws)
        if one is not None:
            taken.append(one)
    if field["type"] in SINGLE_TYPES:
        del taken[1:]
    return taken or None


def merge(row: Row, values: Values) -> tuple[Row, list[str]]:
    """The values of a row after a write, and the fields that changed."""
    held = dict(object_at(row, "_values"))
    changed = [number for number, new in values.items() if held.get(number) != new]
    for number in changed:
        if values[number] is None:
            held.pop(number)
        else:
            held[number] = values[number]
    return held, changed


def show(account: Account, entity_type: str, row: Row) -> list[Row] | None:
    """The values as they are read: filled fields only, in the order of the card."""
    held = row.get("_values")
    if not held:
        return None
    directory = field_directory(account, entity_type)
    numbers = [number for key in held if (number := int(key)) in directory.by_id]
    numbers.sort(key=directory.places.__getitem__)
    found = [_shown_field(directory, number, held[str(number)]) for number in numbers]
    return [item for item in found if item["values"]] or None


def _shown_field(directory: FieldDirectory, number: int, values: list[Row]) -> Row:
    field = directory.by_id[number]
    shown = values
    if field["type"] in ENUM_TYPES:
        enums = directory.enums[number]
        shown = [
            _shown_enum(field["type"], value, enum)
            for value in values
            if (enum := enums.get(value["enum_id"])) is not None
        ]
    return {
        "field_id": number,
        "field_name": field["name"],
        "field_code": field["code"],
        "field_type": field["type"],
        "values": shown,
    }


def _shown_enum(field_type: str, value: Row, enum: Row) -> Row:
    if field_type == "multitext":
        return {"value": value["value"], "enum_id": enum["id"], "enum_code": enum["value"]}
    if field_type == "category":
        return {"value": enum["value"], "enum_id": enum["id"]}
    return {"value": enum["value"], "enum_id": enum["id"], "enum_code": enum["code"]}


def texts(account: Account, entity_type: str, row: Row) -> list[str]:
    """Everything in the values that a search may hit."""
    shown = show(account, entity_type, row) or ()
    return [
        value["value"]
        for field in shown
        for value in field["values"]
        if isinstance(value.get("value"), str)
    ]


def value_events(
    account: Account, entity_type: str, key: str, values: list[Row] | None
) -> list[Json]:
    """The values of one field as the events list shows them."""
    directory = field_directory(account, entity_type)
    number = int(key)
    field = directory.by_id[number]
    shown = _shown_field(directory, number, values or [])["values"]
    return [
        {
            "custom_field_value": {
                "field_id": number,
                "field_type": FIELD_TYPES.get(field["type"], 0),
                "enum_id": value.get("enum_id"),
                "text": _text(value.get("value")),
            }
        }
        for value in shown
    ]


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if is_object(value):
        return str(value.get("name") or value.get("file_name") or "")
    return "" if value is None else str(value)


def field_test(tree: Tree) -> Test:
    """Rows by the values of custom fields: any value of a field, and all fields named."""
    tests = [
        _one_field_test(str(key), wanted)
        for key, wanted in (tree.items() if isinstance(tree, dict) else ())
        if isinstance(key, int)
    ]
    return lambda row: all(test(row.get("_values") or {}) for test in tests)


def _one_field_test(number: str, tree: Tree) -> Callable[[Row], bool]:
    if isinstance(tree, dict) and ("from" in tree or "to" in tree):
        low, high = bounds(tree, since=False)

        def lies_within(values: Row) -> bool:
            found = [_as_number(value.get("value")) for value in values.get(number, ())]
            return any(
                one is not None and (low is None or one >= low) and (high is None or one <= high)
                for one in found
            )

        return lies_within
    wanted = {text.casefold() for text in scalars(tree)}
    return lambda values: any(_is_one_of(value, wanted) for value in values.get(number, ()))


def _is_one_of(value: Row, wanted: set[str]) -> bool:
    """Enum fields are found by the enum's id, all others by their value."""
    if "value" not in value:
        return str(value.get("enum_id", value.get("catalog_element_id"))) in wanted
    return _text(value["value"]).casefold() in wanted


def _as_number(value: Json) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
