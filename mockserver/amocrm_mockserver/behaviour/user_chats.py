"""Chats as users see them in amoCRM's own pages: a session, and the messages of chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_bodies import read_body
from amocrm_mockserver.behaviour.chat_history import newest_first, numbered, shown_message
from amocrm_mockserver.behaviour.chat_staff import channel_of_chat, write_as_user
from amocrm_mockserver.body import read_form
from amocrm_mockserver.chat_problems import wrong_request
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.message import json_response
from amocrm_mockserver.problems import bad_request

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.message import Response

__all__ = ["create_session", "find_user_messages", "send_user_message"]

_LIFE: Final = 3 * 24 * 60 * 60
_WANTED: Final = {"request": {"chats": {"session": {"action": "create"}}}}
_MOST: Final = 100


def create_session(_engine: Engine, exchange: Exchange) -> Response:
    """Give the caller a token of the chats host, good for three days."""
    if read_form(exchange.body) != _WANTED:
        raise bad_request("Invalid request data")
    account = exchange.account
    user = account.users[exchange.caller.user_id]
    token = account.ids.hex(64)
    expires_at = exchange.now + _LIFE
    account.table("chat_sessions").add(
        {"id": token, "user_id": user["id"], "expires_at": expires_at}
    )
    session = {
        "access_token": token,
        "account_id": account.row["amojo_id"],
        "user": {"id": user["amojo_id"], "name": user["name"]},
        "expired_at": expires_at,
    }
    return json_response(200, {"response": {"chats": {"session": session}}})


def send_user_message(engine: Engine, exchange: Exchange) -> Response:
    """Write into a chat, as in its window."""
    item = read_body(engine, exchange)
    found = channel_of_chat(exchange.account, str(exchange.variables["chat_id"]))
    if found is None:
        raise wrong_request(f"chat_id: there is no chat {exchange.variables['chat_id']}")
    message = {"type": "text", "text": item["text"]}
    row = write_as_user(engine, exchange, *found, message)
    return json_response(200, shown_message(exchange.account, row))


def find_user_messages(_engine: Engine, exchange: Exchange) -> Response:
    """The messages of several chats in one list."""
    account, query = exchange.account, exchange.query
    chats = scalars(query["chat_id"]) if "chat_id" in query else []
    start = numbered(query, "offset", 0)
    rows = newest_first(account, set(chats))[start : start + numbered(query, "limit", _MOST)]
    return json_response(200, {"messages": [shown_message(account, row) for row in rows]})
