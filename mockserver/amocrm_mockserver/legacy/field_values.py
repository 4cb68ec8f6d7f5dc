"""Values of custom fields in the form of API v2, both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.legacy.call import listed, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["shown_fields", "v4_values"]

_CHOICES: Final = frozenset({"select", "multiselect", "radiobutton", "category"})
_TIMES: Final = frozenset({"date", "date_time", "birthday"})
_FORMS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_PARTS: Final[Mapping[str, str]] = {
    "address_line_1": "1",
    "address_line_2": "2",
    "city": "3",
    "state": "4",
    "zip": "5",
    "country": "6",
}
_PART_NAMES: Final = {number: name for name, number in _PARTS.items()}


def shown_fields(account: Account, kind: str, row: Row) -> list[Row]:
    """The filled fields of a row."""
    directory = field_directory(account, kind)
    found: list[Row] = []
    for item in field_values.show(account, kind, row) or ():
        field = directory.by_id[item["field_id"]]
        shown: Row = {"id": field["id"], "name": field["name"]}
        if field["code"]:
            shown["code"] = field["code"]
        shown["values"] = [_shown(account, field["type"], value) for value in item["values"]]
        shown["is_system"] = bool(field.get("is_predefined"))
        found.append(shown)
    return found


def _shown(account: Account, kind: str, value: Row) -> Row:
    given: Json = value.get("value")
    if kind == "smart_address":
        return {"value": given, "subtype": _PARTS[value["enum_code"]]}
    if kind in _TIMES and isinstance(given, int):
        moment = datetime.fromtimestamp(given, UTC) + timedelta(seconds=account.utc_offset)
        return {"value": moment.strftime(_FORMS[0])}
    if isinstance(given, bool):
        given = "1" if given else "0"
    shown: Row = {"value": given}
    if value.get("enum_id") is not None:
        shown["enum"] = str(value["enum_id"])
    return shown


def v4_values(account: Account, kind: str, given: Json) -> list[Row]:
    """What was written as `custom_fields`, as API v4 would have it; read-only keys are dropped."""
    directory = field_directory(account, kind)
    written: list[Row] = []
    for item in listed(given):
        if not is_object(item):
            continue
        number = number_of(item.get("id"))
        field = directory.by_id.get(number or 0)
        kind_of = "" if field is None else field["type"]
        values = [_written(account, kind_of, value) for value in listed(item.get("values"))]
        written.append({"field_id": number or 0, "values": values})
    return written


def _written(account: Account, kind: str, value: Json) -> Row:
    """One value; a choice may come bare."""
    entry: Row = value if is_object(value) else {"value": value}
    given: Json = entry.get("value")
    if kind in _CHOICES:
        number = number_of(given)
        return {"value": given} if number is None else {"enum_id": number}
    if kind == "multitext":
        return {"value": given, **_kind_of_text(entry.get("enum"))}
    if kind == "smart_address":
        part = str(entry.get("subtype", ""))
        return {"value": given, "enum_code": _PART_NAMES.get(part, part)}
    if kind in _TIMES and isinstance(given, str):
        return {"value": _seconds(account, given)}
    if kind == "checkbox":
        return {"value": given in (True, 1, "1", "true", "Y")}
    return {"value": given}


def _kind_of_text(enum: Json) -> Row:
    number = number_of(enum)
    if number is not None:
        return {"enum_id": number}
    return {"enum_code": enum} if enum else {}


def _seconds(account: Account, text: str) -> Json:
    """Unix seconds of a local time; text that is none is left to be refused."""
    for form in _FORMS:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(moment.timestamp()) - account.utc_offset
    return text
