"""Which contact a chat belongs to, and the talks that its messages open and go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["contact_of", "join_talk", "last_talk", "move_talks"]

_CLOSED: Final = frozenset({142, 143})
"""Stages in which a lead is won or lost."""
_TABLES: Final[Mapping[str, str]] = {"lead": "leads", "customer": "customers"}


def contact_of(account: Account, chat: Row) -> int | None:
    """The contact of the chat, or of another chat with the same person; waiting ones count."""
    bound = account.table("contact_chats")
    chats = account.table("chats")
    same = [chat["id"]]
    if chat["user_id"] is not None:
        same += [key for key in chats.having("user_id", chat["user_id"]) if key != chat["id"]]
    for one in same:
        for key in bound.having("chat_id", one):
            number: int = bound.rows[key]["contact_id"]
            if account.has("contacts", number):
                return number
    return None


def last_talk(account: Account, chat_id: str, post_id: str | None = None) -> Row | None:
    """The latest talk of a chat; the comments on a post have talks of their own."""
    table = account.table("talks")
    rows = (table.rows[key] for key in table.having("chat_id", chat_id))
    fitting = [row for row in rows if row.get("_post_id") == post_id]
    return max(fitting, key=lambda row: row["talk_id"], default=None)


def join_talk(  # noqa: PLR0913 -- a talk has that many parts
    engine: Engine,
    exchange: Exchange,
    chat: Row,
    contact_id: int,
    *,
    origin: str,
    is_read: bool,
    post_id: str | None = None,
) -> Row:
    """The talk that a message belongs to: the one in work, or a new one."""
    account, table = exchange.account, exchange.account.table("talks")
    last = last_talk(account, chat["id"], post_id)
    if last is not None and last["is_in_work"] and last["contact_id"] == contact_id:
        table.change(last, {"is_read": is_read, "updated_at": exchange.now})
        exchange.tell("talks", "update", last)
        return last
    kind, number = _subject(account, contact_id, last)
    operation = exchange.contract.operations["talks.find"]
    row = engine.behaviour("talks").blank(evolve(exchange, operation=operation), {})
    row |= {
        "contact_id": contact_id,
        "chat_id": chat["id"],
        "entity_id": number,
        "entity_type": kind,
        "is_read": is_read,
        "origin": origin,
        "rate": 0,
        "_post_id": post_id,
    }
    table.add(row)
    exchange.tell("talks", "add", row)
    return row


def _subject(account: Account, contact_id: int, last: Row | None) -> tuple[str | None, int | None]:
    """What a new talk is about: as the last one, else the contact's newest open lead."""
    if last is not None and last["entity_type"] in _TABLES and last["contact_id"] == contact_id:
        kind: str = last["entity_type"]
        number: int = last["entity_id"]
        if account.has(_TABLES[kind], number):
            return kind, number
    for kind in _TABLES:
        found = max(_open_cards(account, contact_id, _TABLES[kind]), default=None)
        if found is not None:
            return kind, found
    return None, None


def _open_cards(account: Account, contact_id: int, table: str) -> Iterator[int]:
    for number in account.links.of("contacts", contact_id, table):
        status = account.table(table).rows[number].get("status_id")
        if account.has(table, number) and status not in _CLOSED:
            yield number


def move_talks(exchange: Exchange, chat_id: str, contact_id: int, kind: str, number: int) -> None:
    """A chat that waited is attached to something that is there, and its talks with it."""
    table = exchange.account.table("talks")
    for key in list(table.having("chat_id", chat_id)):
        row = table.rows[key]
        changes = {"entity_type": kind, "entity_id": number, "contact_id": contact_id}
        table.change(row, {**changes, "updated_at": exchange.now})
        exchange.tell("talks", "update", row)
