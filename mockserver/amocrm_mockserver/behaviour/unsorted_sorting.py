"""What becomes of incoming leads: accepted, declined, or attached to something that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.chat_talks import move_talks
from amocrm_mockserver.behaviour.contact_chats import bind_chat
from amocrm_mockserver.behaviour.events import SINGULAR, record, record_added
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.stages import UNSORTED_TYPE, first_stage
from amocrm_mockserver.behaviour.unsorted import PARTS, Unsorted
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.filters import bounds, numbers, scalars
from amocrm_mockserver.jsonvalue import object_at
from amocrm_mockserver.problems import Flaw, bad_request, invalid, not_found, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["accept", "decline", "link", "summarize"]

_CATEGORIES: Final = ("sip", "mail", "forms", "chats")
_LINKED: Final = frozenset({"chats", "mail"})
"""Only these can be attached to something that is there."""


def accept(engine: Engine, exchange: Exchange) -> Response:
    """The lead moves on, and all that came with it can be seen."""
    inbox, row, item, flaws = _read(engine, exchange)
    account, stage = exchange.account, item.get("status_id")
    if stage is None:
        stage = first_stage(account, row["pipeline_id"])
    known = account.table("statuses").rows.get((row["pipeline_id"], stage))
    if known is None or known["type"] == UNSORTED_TYPE:
        flaws.append(unsupported("status_id"))
    _refuse(flaws)
    by: int = item.get("user_id", exchange.caller.user_id)
    acting = evolve(exchange, caller=evolve(exchange.caller, user_id=by))
    for kind in PARTS:
        for number in row[f"_{kind}"]:
            table = account.table(kind)
            part = table.rows[number]
            given: Row = {"responsible_user_id": by}
            if kind == "leads":
                given["status_id"] = stage
            changes = inbox.cards[kind].changes(acting, part, given)
            if "is_unsorted" in part:
                changes["is_unsorted"] = False
            old = {name: part.get(name) for name in changes}
            table.change(part, {**changes, "created_by": by, "_hidden": False})
            is_told = account.guesses["events.lead_added_of_unsorted"] == "at_creation"
            if kind == "leads" and is_told:
                inbox.cards[kind].log_changes(acting, part, old)
            else:
                record_added(acting, kind, part)
            exchange.tell(kind, "add", part)
    _set_aside(exchange, row, "accepted")
    _tell(exchange, row, "accept", by)
    return hal(200, engine.show(exchange, row))


def decline(engine: Engine, exchange: Exchange) -> Response:
    """The lead and all that came with it go to the trash."""
    _, row, item, flaws = _read(engine, exchange)
    _refuse(flaws)
    by: int = item.get("user_id", exchange.caller.user_id)
    for kind in PARTS:
        for number in row[f"_{kind}"]:
            _trash(exchange, kind, number, by)
    record(exchange, "lead_deleted", "leads", row["_leads"][0], by=by)
    _set_aside(exchange, row, "declined")
    _tell(exchange, row, "decline", by)
    return hal(200, engine.show(exchange, row))


def link(engine: Engine, exchange: Exchange) -> Response:
    """A chat or an e-mail joins a lead or customer; its own lead is not needed any more."""
    _, row, item, flaws = _read(engine, exchange)
    if row["category"] not in _LINKED:
        raise bad_request("Invalid request data")
    _refuse(flaws)
    account = exchange.account
    to: Row = item["link"]
    contact: int | None = object_at(to, "metadata").get("contact_id")
    kind, number = to["entity_type"], to["entity_id"]
    if not account.has(kind, number):
        flaws.append(unsupported("link.entity_id"))
    if contact is not None and not account.has("contacts", contact):
        flaws.append(unsupported("link.metadata.contact_id"))
    _refuse(flaws)
    by: int = item.get("user_id", exchange.caller.user_id)
    _trash(exchange, "leads", row["_leads"][0], by)
    kept: list[int] = [contact] if contact is not None else row["_contacts"]
    for own in row["_contacts"]:
        account.links.part(("leads", row["_leads"][0]), ("contacts", own))
        if own in kept:
            table = account.table("contacts")
            table.change(table.rows[own], {"_hidden": False, "is_unsorted": False})
        else:
            _trash(exchange, "contacts", own, by)
    chat = object_at(row["metadata"], "origin").get("chat_id")
    for one in kept:
        if row["category"] == "chats" and chat:
            bind_chat(account, one, chat)
            move_talks(exchange, chat, one, SINGULAR[kind], number)
        connect(exchange, (kind, number), ("contacts", one), {"updated_by": by})
    _set_aside(exchange, row, "linked")
    ref = {"id": number, "_links": {"self": {"href": exchange.url(f"{kind}/{number}")}}}
    return hal(200, {"uid": row["uid"], "_embedded": {kind: [ref]}})


def summarize(_engine: Engine, exchange: Exchange) -> Response:
    """How many there were, what became of them, and how long it took on the average."""
    asked = exchange.query.get("filter")
    rows = [
        row
        for row in exchange.account.table("unsorted").rows.values()
        if _counts(row, asked if isinstance(asked, dict) else {})
    ]
    waits = [
        row["_sorted_at"] - row["created_at"]
        for row in rows
        if row["_state"] in {"accepted", "declined"}
    ]
    states = [row["_state"] for row in rows]
    categories = [row["category"] for row in rows]
    body: Row = {
        "total": len(rows),
        "accepted": states.count("accepted"),
        "declined": states.count("declined"),
        "average_sort_time": sum(waits) // len(waits) if waits else 0,
        "categories": {name: {"total": categories.count(name)} for name in _CATEGORIES},
    }
    return hal(200, body)


def _counts(row: Row, asked: Query) -> bool:
    if "uid" in asked and row["uid"] not in scalars(asked["uid"]):
        return False
    if "pipeline_id" in asked and row["pipeline_id"] not in numbers(asked["pipeline_id"]):
        return False
    if "created_at" not in asked:
        return True
    low, high = bounds(asked["created_at"], since=False)
    moments = [row["created_at"], row["_sorted_at"]]
    return any(
        moment is not None and (low is None or moment >= low) and (high is None or moment <= high)
        for moment in moments
    )


def _read(engine: Engine, exchange: Exchange) -> tuple[Unsorted, Row, Row, list[Flaw]]:
    """The inbox, the item that the path names, and the body with its faults."""
    inbox = engine.behaviour("unsorted")
    if not isinstance(inbox, Unsorted):
        raise TypeError(inbox)
    row = inbox.find(exchange)
    if row is None:
        raise not_found("Unsorted not found")
    [given] = read_items(exchange)
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    item: Row = check(given.raw, "", flaws, exchange.account) or {}
    return inbox, row, item, flaws


def _refuse(flaws: list[Flaw]) -> None:
    if flaws:
        raise invalid([{"request_id": "0", "errors": flaws}])


def _trash(exchange: Exchange, kind: str, number: int, by: int) -> None:
    table = exchange.account.table(kind)
    changes = {"is_deleted": True, "updated_at": exchange.now, "updated_by": by}
    row = table.rows[number]
    table.change(row, changes)
    exchange.tell(kind, "delete", row)


def _tell(exchange: Exchange, row: Row, action: str, by: int) -> None:
    """Webhooks take it for the deletion of the item."""
    told: Row = {"action": action, "user_id": by, "at": exchange.now}
    told |= {kind: row[f"_{kind}"] for kind in ("leads", "contacts")}
    exchange.tell("unsorted", "delete", row, told)


def _set_aside(exchange: Exchange, row: Row, state: str) -> None:
    exchange.account.table("unsorted").change(row, {"_state": state, "_sorted_at": exchange.now})
