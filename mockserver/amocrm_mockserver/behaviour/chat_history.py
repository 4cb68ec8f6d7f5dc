"""The messages of a chat as the chats host shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_channels import channel_of
from amocrm_mockserver.behaviour.chat_rooms import find_chat
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.message import json_response

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["find_chat_messages", "newest_first", "numbered", "shown_message"]

_FILE: Final = ("media", "thumbnail", "file_name", "file_size", "media_group_id")
_MORE: Final = ("location", "contact")


def find_chat_messages(_engine: Engine, exchange: Exchange) -> Response:
    """Part of the history of a chat; a chat that is not there has none."""
    account, operation = exchange.account, exchange.operation
    name = str(exchange.variables["conversation_id"])
    chat = find_chat(account, channel_of(exchange), name, None)
    if chat is None:
        return NOTHING
    start = numbered(exchange.query, "offset", 0)
    size = numbered(exchange.query, "limit", operation.page_max)
    size = min(size or operation.page_max, operation.page_max)
    rows = newest_first(account, {chat["id"]})[start : start + size]
    if not rows:
        return NOTHING
    return json_response(200, {"messages": [shown_message(account, row) for row in rows]})


def newest_first(account: Account, chats: set[str]) -> list[Row]:
    """All messages of some chats; of one moment, the one that came last goes before."""
    table = account.table("talk_messages")
    rows = [table.rows[key] for chat in chats for key in table.having("chat_id", chat)]
    return sorted(rows, key=lambda row: (-_moment(row), -row.get("_number", 0), row["id"]))


def _moment(row: Row) -> int:
    moment: int = row.get("msec_timestamp") or row["created_at"] * 1000
    return moment


def numbered(query: Query, name: str, default: int) -> int:
    """A parameter that is a number; the default where it is none."""
    text = query.get(name)
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_number and isinstance(text, str) else default


def shown_message(account: Account, row: Row) -> Row:
    """A message with its people; what is empty is left out."""
    content: Row = row.get("content") or {}
    message: Row = {"id": row["id"], "client_id": row.get("client_id")}
    message |= {"type": row.get("message_type") or "text", "text": row["text"] or ""}
    message |= {name: content.get(name) for name in (*_FILE, *_MORE)}
    shown: Row = {
        "timestamp": row["created_at"],
        "msec_timestamp": _moment(row),
        "sender": row.get("sender") or _author(account, row),
        "receiver": row.get("receiver"),
        "message": {
            name: value for name, value in message.items() if value or name in {"type", "text"}
        },
    }
    return {name: value for name, value in shown.items() if value is not None}


def _author(account: Account, row: Row) -> Row | None:
    """Who wrote a message that came by another way than a channel."""
    author: Row = row.get("author") or {}
    for user in account.users.values():
        if str(user["id"]) == author.get("id"):
            return _user(user)
    return {"id": author["id"], "name": author.get("name", "")} if "id" in author else None


def _user(user: Row) -> Row:
    """A user as the chats host names them."""
    return {"id": user["amojo_id"], "name": user["name"]}
