"""Which chats belong to which contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.filters import numbers, scalars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["ContactChats", "bind_chat"]

_TABLE = "contact_chats"


def bind_chat(account: Account, contact_id: int, chat_id: str) -> Row:
    """A chat has one contact at most: it leaves the one that it had, under a new id."""
    table = account.table(_TABLE)
    for row in list(table.rows.values()):
        if row["chat_id"] == chat_id:
            if row["contact_id"] == contact_id:
                return row
            table.remove(row)
    number = account.next_id(_TABLE)
    return table.add({"id": number, "contact_id": contact_id, "chat_id": chat_id})


def _is_seen(exchange: Exchange, chat_id: str) -> bool:
    """A chat of a channel that names its integration is seen by no other."""
    chat = exchange.account.table("chats").rows.get(chat_id)
    if chat is None:
        return True
    owner = exchange.account.table("chat_channels").rows[chat["channel_id"]]["client_id"]
    return owner in {None, exchange.caller.client_id}


class ContactChats(Behaviour):
    """A directory in both directions."""

    linked_lists = False

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """The chats of the contacts asked for, or the contacts of the chats."""
        query, account = exchange.query, exchange.account
        contacts = numbers(query["contact_id"]) if "contact_id" in query else None
        chats = scalars(query["chat_id"]) if "chat_id" in query else None
        return [
            row
            for row in self.home(exchange).rows.values()
            if (contacts is None or row["contact_id"] in contacts)
            and (chats is None or row["chat_id"] in chats)
            and account.has("contacts", row["contact_id"])
            and _is_seen(exchange, row["chat_id"])
        ]

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Give the chat to the contact."""
        return bind_chat(exchange.account, item["contact_id"], item["chat_id"])
