"""Tags and custom fields as webhooks write them, in the form of the second API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour import field_values

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["field_items", "tag_items"]

_TIMES: Final = frozenset({"date", "date_time", "birthday"})
_ENUMS: Final = frozenset({"select", "multiselect", "radiobutton", "multitext", "category"})


def field_items(account: Account, entity_type: str, row: Row) -> list[Row] | None:
    """The filled fields; None when no field is filled."""
    shown = field_values.show(account, entity_type, row)
    if shown is None:
        return None
    return [
        {
            "id": field["field_id"],
            "name": field["field_name"],
            "values": [_value(field["field_type"], value) for value in field["values"]],
            "code": field["field_code"],
        }
        for field in shown
    ]


def _value(field_type: str, value: Row) -> Json:
    if field_type in _TIMES:
        return value["value"]
    if field_type in _ENUMS:
        return {"value": value["value"], "enum": value["enum_id"]}
    if field_type == "smart_address":
        return {"value": value["value"], "subtype": value["enum_code"]}
    return value


def tag_items(account: Account, entity_type: str, row: Row) -> list[Row] | None:
    """The tags; None without any."""
    rows = account.table(f"tags:{entity_type}").rows
    return [{"id": number, "name": rows[number]["name"]} for number in row["_tags"]] or None
