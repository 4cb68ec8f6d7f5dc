"""Reads what amoCRM's own pages send, and acts in the place of methods of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.events import SINGULAR, record
from amocrm_mockserver.body import read_form
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["as_of", "form_of", "inside", "numbers_in", "text_in", "trash"]

_MOST_DIGITS: Final = 18


def form_of(exchange: Exchange) -> dict[int | str, Json]:
    """The form, or the JSON object, of a call; the query goes before it."""
    return {**exchange.query, **read_form(exchange.body)}


def inside(value: Json, *keys: str) -> Json:
    """What lies under these keys, each in the one before; None where there is nothing."""
    for key in keys:
        value = value.get(key) if is_object(value) else None
    return value


def numbers_in(value: Json) -> list[int]:
    """The ids that are named: one, a list, or a list with holes; each once, in order."""
    if is_object(value):
        value = list(value.values())
    named: list[Json] = value if is_array(value) else [value]
    found = (_number(one) for one in named)
    return list(dict.fromkeys(number for number in found if number is not None))


def _number(value: Json) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value) if len(value) <= _MOST_DIGITS else None
    return None


def text_in(value: Json) -> str:
    """A text or number as a text; nothing else is one."""
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_text else ""


def as_of(exchange: Exchange, operation: str) -> Exchange:
    """The same call as if it were one of a method of the API."""
    return evolve(exchange, operation=exchange.contract.operations[operation], variables={})


def trash(exchange: Exchange, kind: str, number: int) -> bool:
    """Move a card to the trash; False when it is not there to be moved."""
    table = exchange.account.table(kind)
    row: Row | None = table.rows.get(number)
    if row is None or row["is_deleted"]:
        return False
    by = exchange.caller.user_id
    table.change(row, {"is_deleted": True, "updated_at": exchange.now, "updated_by": by})
    record(exchange, f"{SINGULAR[kind]}_deleted", kind, number)
    exchange.tell(kind, "delete", row)
    return True
