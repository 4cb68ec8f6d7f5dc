"""How each type of custom field reads what is written to it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.problems import Flaw, missing, unsupported, wrong_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["ENUM_TYPES", "SINGLE_TYPES", "SMART_ADDRESS", "Reader", "reader_of"]

Reader: TypeAlias = "Callable[[Account, Row, Row, str, list[Flaw]], Row | None]"
"""Takes the account, the field, one written value, its path and where to put faults.

Gives the value as it is stored, or None for nothing.
"""

ENUM_TYPES: Final = frozenset({"select", "multiselect", "radiobutton", "category", "multitext"})
"""Types whose values name an enum of the field."""
SINGLE_TYPES: Final = frozenset({"select", "radiobutton"})
"""Enum types that hold one value."""
SMART_ADDRESS: Final[Mapping[int, str]] = {
    1: "address_line_1",
    2: "address_line_2",
    3: "city",
    4: "state",
    5: "zip",
    6: "country",
}
_ADDRESS_IDS: Final = {code: number for number, code in SMART_ADDRESS.items()}
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_SECONDS: Final = re.compile(r"-?\d{1,15}")
_MOST_SECONDS: Final = 10**15
_DAY: Final = 86400


def reader_of(field_type: str) -> Reader:
    """The reader of a type; an unknown type keeps values as they are."""
    return _READERS.get(field_type, _read_anything)


def _is_empty(value: Json) -> bool:
    return value is None or value in ("", [])


def _read_text(_a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    text = value.get("value")
    if _is_empty(text):
        return None
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        flaws.append(wrong_type(f"{path}.value", "string"))
        return None
    return {"value": text if isinstance(text, str) else _plain(text)}


def _read_number(_a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    """Numbers are read back as texts; a decimal comma is refused."""
    number = value.get("value")
    if _is_empty(number):
        return None
    if isinstance(number, bool) or not isinstance(number, str | int | float):
        flaws.append(wrong_type(f"{path}.value", "numeric"))
        return None
    text = number.strip() if isinstance(number, str) else _plain(number)
    if not _NUMBER.fullmatch(text):
        flaws.append(unsupported(f"{path}.value"))
        return None
    return {"value": text}


def _plain(number: float) -> str:
    if isinstance(number, float) and number.is_integer():
        return str(int(number))
    return str(number)


def _read_flag(_a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    flag = value.get("value")
    if flag is None:
        return None
    if flag in (True, "1", "true"):
        return {"value": True}
    if flag in (False, "0", "false", ""):
        return {"value": False}
    flaws.append(wrong_type(f"{path}.value", "bool"))
    return None


def _read_time(  # noqa: PLR0911 -- one for each form in which a time comes
    _a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    """Unix seconds, as a number or in digits, or RFC 3339."""
    given = value.get("value")
    if _is_empty(given):
        return None
    if isinstance(given, float) and given.is_integer() and abs(given) < _MOST_SECONDS:
        given = int(given)
    if isinstance(given, int) and not isinstance(given, bool):
        return {"value": given}
    if not isinstance(given, str):
        flaws.append(wrong_type(f"{path}.value", "int"))
        return None
    if _SECONDS.fullmatch(given):
        return {"value": int(given)}
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        flaws.append(unsupported(f"{path}.value"))
        return None
    if moment.tzinfo is None:
        epoch = datetime.fromisoformat("1970-01-01T00:00:00")
        return {"value": int((moment - epoch).total_seconds()) - _a.utc_offset}
    return {"value": int(moment.timestamp())}


def _read_day(account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    """Midnight of the day, in the time zone of the account."""
    taken = _read_time(account, field, value, path, flaws)
    if taken is not None:
        taken["value"] -= (taken["value"] + account.utc_offset) % _DAY
    return taken


def _read_enum(_a: Account, field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    """By enum_id, else by enum_code, else by the exact text."""
    enums: list[Row] = [*(field["enums"] or ()), *(field.get("nested") or ())]
    for key, column in (("enum_id", "id"), ("enum_code", "code"), ("value", "value")):
        wanted = value.get(key)
        if _is_empty(wanted):
            continue
        if key == "value" and isinstance(wanted, int | float) and not isinstance(wanted, bool):
            wanted = _plain(wanted)
        for enum in enums:
            if _same(enum.get(column), wanted):
                return {"enum_id": enum["id"]}
        flaws.append(unsupported(f"{path}.{key}"))
        return None
    return None


def _same(stored: Json, wanted: Json) -> bool:
    if isinstance(stored, int) and isinstance(wanted, str):
        return str(stored) == wanted
    return type(stored) is type(wanted) and bool(stored == wanted)


def _read_multitext(
    account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    """A text of a kind, such as a work phone; of the first kind unless one is named."""
    taken = _read_text(account, field, value, path, flaws)
    if taken is None:
        return None
    enums: list[Row] = field["enums"] or []
    for key in ("enum_id", "enum_code", "enum"):
        wanted = value.get(key)
        if _is_empty(wanted):
            continue
        for enum in enums:
            if any(_same(enum.get(column), wanted) for column in ("id", "value", "code")):
                return {**taken, "enum_id": enum["id"]}
        flaws.append(unsupported(f"{path}.{key}"))
        return None
    named = (enum["id"] for enum in enums if enum["value"] == "WORK")
    first = enums[0]["id"] if enums else None
    return {**taken, "enum_id": next(named, first)}


def _read_address(
    account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    taken = _read_text(account, field, value, path, flaws)
    if taken is None:
        return None
    number: Json = value.get("enum_id")
    code: Json = value.get("enum_code")
    if _is_empty(number) and _is_empty(code):
        flaws.append(missing(f"{path}.enum_id"))
        return None
    part: int = _ADDRESS_IDS.get(code, 0) if _is_empty(number) else number
    if part not in SMART_ADDRESS:
        flaws.append(unsupported(f"{path}.{'enum_code' if _is_empty(number) else 'enum_id'}"))
        return None
    return {**taken, "enum_id": part, "enum_code": SMART_ADDRESS[part]}


def _read_object(_a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    inner = value.get("value")
    if _is_empty(inner):
        return None
    if not is_object(inner):
        flaws.append(wrong_type(f"{path}.value", "array"))
        return None
    return {"value": dict(inner)}


def _read_legal_entity(
    account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    taken = _read_object(account, field, value, path, flaws)
    if taken is None:
        return None
    if _is_empty(taken["value"].get("name")):
        flaws.append(missing(f"{path}.value.name"))
    if taken["value"].get("entity_type") not in (None, 1, 2):
        flaws.append(unsupported(f"{path}.value.entity_type"))
    return taken


def _read_file(
    account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    taken = _read_object(account, field, value, path, flaws)
    if taken is not None and _is_empty(taken["value"].get("file_uuid")):
        flaws.append(missing(f"{path}.value.file_uuid"))
    return taken


def _read_invoice_item(
    account: Account, field: Row, value: Row, path: str, flaws: list[Flaw]
) -> Row | None:
    """A line of an invoice, with the total that the server works out."""
    taken = _read_object(account, field, value, path, flaws)
    if taken is None:
        return None
    line: Row = taken["value"]
    price, quantity = (line.get(key) for key in ("unit_price", "quantity"))
    total: float = 0
    if isinstance(price, int | float) and isinstance(quantity, int | float):
        total = price * quantity
    discount: Json = line.get("discount")
    if is_object(discount) and isinstance(discount.get("value"), int | float):
        off: float = discount["value"]
        total -= total * off / 100 if discount.get("type") == "percentage" else off
    line["is_discount_recalculated"] = False
    line["is_total_sum_recalculated"] = False
    line["total_sum"] = round(total, 2)
    return taken


def _read_chain(_a: Account, _field: Row, value: Row, path: str, flaws: list[Flaw]) -> Row | None:
    taken: Row = {}
    for key in ("catalog_id", "catalog_element_id"):
        number = value.get(key)
        if number is None:
            flaws.append(missing(f"{path}.{key}"))
        elif not isinstance(number, int) or isinstance(number, bool):
            flaws.append(wrong_type(f"{path}.{key}", "int"))
        taken[key] = number
    return taken


def _read_anything(_a: Account, _field: Row, value: Row, path: str, _f: list[Flaw]) -> Row | None:
    del path
    return None if _is_empty(value.get("value")) else {"value": value["value"]}


_READERS: Final[Mapping[str, Reader]] = {
    "text": _read_text,
    "textarea": _read_text,
    "url": _read_text,
    "streetaddress": _read_text,
    "tracking_data": _read_text,
    "org_legal_name": _read_text,
    "numeric": _read_number,
    "price": _read_number,
    "monetary": _read_number,
    "checkbox": _read_flag,
    "date": _read_day,
    "date_time": _read_time,
    "birthday": _read_time,
    "select": _read_enum,
    "multiselect": _read_enum,
    "radiobutton": _read_enum,
    "category": _read_enum,
    "multitext": _read_multitext,
    "smart_address": _read_address,
    "legal_entity": _read_legal_entity,
    "linked_entity": _read_object,
    "payer": _read_object,
    "supplier": _read_object,
    "file": _read_file,
    "items": _read_invoice_item,
    "chained_list": _read_chain,
}
