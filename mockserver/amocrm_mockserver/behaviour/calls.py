"""Calls that a telephony reports: each becomes a note of the entity that its phone leads to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import SINGULAR
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.notes import add_note
from amocrm_mockserver.behaviour.stages import LOST, WON
from amocrm_mockserver.body import Item, read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.message import PROBLEM, json_response
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["owner_of", "place_calls"]

_DIGITS: Final = 10
"""So many at the end of a phone are compared."""
_NO_DIGIT: Final = re.compile(r"\D")
_CLOSED: Final = frozenset({WON, LOST})
_PARAMS: Final = (
    "uniq",
    "duration",
    "source",
    "link",
    "phone",
    "call_result",
    "call_status",
    "call_responsible",
)
_CALLS: Final = frozenset({"call_in", "call_out"})
_NOBODY: Final = {"title": "Entity not found", "status": 263, "detail": "Entity not found"}


def place_calls(engine: Engine, exchange: Exchange) -> Response:
    """Place each call that somebody can be found for, and name the others beside.

    When nobody is found for any, that is an error.
    """
    placed: list[Row] = []
    refused: list[Row] = []
    for item, call in _checked(engine, exchange):
        known = _known(exchange.account, call)
        owner = owner_of(exchange.account, call["phone"])
        if known is not None:
            placed.append({**known, "request_id": item.request_id})
        elif owner is None:
            refused.append({**_NOBODY, "request_id": item.request_id})
        else:
            placed.append({**_place(exchange, owner, call), "request_id": item.request_id})
    told: Row = {"_total_items": len(placed), "errors": refused}
    if not placed:
        return json_response(400, told, kind=PROBLEM)
    key = exchange.operation.key
    return hal(200, {**told, "_embedded": {key: [_shown(exchange, call) for call in placed]}})


def _known(account: Account, call: Row) -> Row | None:
    """The note of the same call, where calls are told apart by the caller's id."""
    number: Json = call.get("uniq")
    if not number or account.guesses["calls.same_uniq"] == "two_notes":
        return None
    for kind in ("leads", "contacts", "companies", "customers"):
        for note in account.table(f"notes:{kind}").rows.values():
            if note["note_type"] in _CALLS and note["params"].get("uniq") == number:
                return {"id": note["id"], "kind": kind, "entity_id": note["entity_id"]}
    return None


def _checked(engine: Engine, exchange: Exchange) -> list[tuple[Item, Row]]:
    """The calls; one that is not written rightly refuses all."""
    check = engine.validator.check(exchange.operation.takes or "")
    calls: list[tuple[Item, Row]] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        calls.append((item, check(item.raw, "", flaws, exchange.account) or {}))
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
    if faulty:
        raise invalid(faulty)
    return calls


def _tail(phone: str) -> str:
    return _NO_DIGIT.sub("", phone)[-_DIGITS:]


def owner_of(account: Account, phone: str) -> tuple[str, int] | None:
    """Whom a call belongs to: the only open deal of whoever has the phone, else them."""
    person = _person(account, _tail(phone))
    if person is None:
        return None
    leads = [number for number in account.links.of(*person, "leads") if _is_open(account, number)]
    customers = [
        number
        for number in account.links.of(*person, "customers")
        if account.has("customers", number)
    ]
    match (leads, customers):
        case ([lead], []):
            return "leads", lead
        case ([], [customer]):
            return "customers", customer
        case _:
            return person


def _is_open(account: Account, number: int) -> bool:
    return (
        account.has("leads", number)
        and account.table("leads").rows[number]["status_id"] not in _CLOSED
    )


def _person(account: Account, digits: str) -> tuple[str, int] | None:
    """The first contact with the phone, else the first company."""
    if not digits:
        return None
    for kind in ("contacts", "companies"):
        field = field_directory(account, kind).by_code.get("PHONE")
        if field is None:
            continue
        key = str(field["id"])
        for row in account.table(kind).rows.values():
            phones: list[Row] = row["_values"].get(key, ())
            if not row["is_deleted"] and any(_tail(one["value"]) == digits for one in phones):
                number: int = row["id"]
                return kind, number
    return None


def _place(exchange: Exchange, owner: tuple[str, int], call: Row) -> Row:
    """Leave the note; without anybody who talked or wrote it, the robot has."""
    responsible: Json = call.get("call_responsible")
    by: int = call.get("created_by", 0)
    if responsible is not None:
        by = responsible if exchange.account.users.get(responsible) else 0
    created: int = call.get("created_at", exchange.now)
    columns: Row = {
        "created_by": by,
        "updated_by": call.get("updated_by", by),
        "created_at": created,
        "updated_at": call.get("updated_at", created),
        "responsible_user_id": call.get("responsible_user_id", exchange.caller.user_id),
    }
    params: Row = {name: call[name] for name in _PARAMS if call.get(name) is not None}
    kind = "call_in" if call["direction"] == "inbound" else "call_out"
    note = add_note(exchange, owner, kind, params, **columns)
    return {"id": note["id"], "kind": owner[0], "entity_id": owner[1]}


def _shown(exchange: Exchange, call: Row) -> Row:
    kind, number = call["kind"], call["entity_id"]
    href = exchange.url(f"{kind}/{number}")
    return {
        "id": call["id"],
        "entity_id": number,
        "entity_type": SINGULAR[kind],
        "account_id": exchange.account.id,
        "request_id": call["request_id"],
        "_embedded": {"entity": {"id": number, "_links": {"self": {"href": href}}}},
    }
