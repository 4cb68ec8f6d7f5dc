"""What users do in chats, in the user interface or by calls: write, type, react."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_rooms import find_staff, greet, open_chat
from amocrm_mockserver.behaviour.chat_writing import Letter, write
from amocrm_mockserver.behaviour.contact_chats import bind_chat
from amocrm_mockserver.hooks.chat_hooks import message_hook, reaction_hook, typing_hook
from amocrm_mockserver.jsonvalue import array_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.hooks.tell import Hook
    from amocrm_mockserver.jsonvalue import Row

__all__ = [
    "channel_of_chat",
    "person_of_chat",
    "react_as_user",
    "tell_channel",
    "type_as_user",
    "write_as_user",
    "write_first",
]

_TYPING_PAUSE: Final = 5.0
"""Seconds between two hooks about typing in one chat."""
_FIELDS: Final[Mapping[str, str]] = {"PHONE": "phone", "EMAIL": "email"}


def channel_of_chat(account: Account, chat_id: str) -> tuple[Row, Row] | None:
    """The chat and its channel; None for a chat of no channel."""
    chat = account.table("chats").rows.get(chat_id)
    if chat is None:
        return None
    return chat, account.table("chat_channels").rows[chat["channel_id"]]


def person_of_chat(account: Account, chat: Row) -> Row | None:
    """Who the chat is with, as far as anybody has been named."""
    person: Row | None = account.table("chat_users").rows.get(chat["user_id"])
    return person


def write_as_user(  # noqa: PLR0913 -- a message has that many parts
    engine: Engine,
    exchange: Exchange,
    chat: Row,
    channel: Row,
    message: Row,
    *,
    as_bot: bool = False,
    more: Row | None = None,
) -> Row:
    """A user, or the channel's bot, writes into a chat, and the channel is told."""
    account = exchange.account
    letter = Letter(
        channel=channel,
        chat=chat,
        message=message,
        sender=_staff(exchange, channel, as_bot=as_bot),
        receiver=person_of_chat(account, chat),
        is_incoming=False,
        more=more or {},
    )
    row = write(engine, exchange, letter)
    tell_channel(account, message_hook(account, channel, chat, row))
    return row


def _staff(exchange: Exchange, channel: Row, *, as_bot: bool = False) -> Row:
    account = exchange.account
    name = channel["bot"]["id"]
    if not as_bot:
        name = account.users[exchange.caller.user_id]["amojo_id"]
    return find_staff(account, channel, name) or {}


def write_first(
    engine: Engine, exchange: Exchange, channel: Row, contact: Row, message: Row
) -> Row:
    """A user writes to a contact who has no chat yet; the channel learns of it by a hook."""
    account = exchange.account
    profile: Row = {}
    shown = engine.behaviour("contacts").columns()["custom_fields_values"](exchange, contact)
    for field in shown or ():
        key = _FIELDS.get(field["field_code"] or "")
        if key is not None and array_at(field, "values"):
            profile[key] = field["values"][0]["value"]
    person = greet(exchange, channel, {"name": contact["name"], "profile": profile})
    chat = open_chat(exchange, channel, None)
    account.table("chats").change(chat, {"user_id": person["id"]})
    bind_chat(account, contact["id"], chat["id"])
    return write_as_user(engine, exchange, chat, channel, message)


def type_as_user(exchange: Exchange, chat: Row, channel: Row, post_id: str | None = None) -> None:
    """A user is typing; the channel is told every five seconds at the most."""
    account = exchange.account
    now = account.clock.now()
    if now - chat["_typing_told_at"] < _TYPING_PAUSE:
        return
    hook = typing_hook(account, channel, chat, _staff(exchange, channel), post_id)
    if hook is not None:
        account.table("chats").change(chat, {"_typing_told_at": now})
        tell_channel(account, hook)


def react_as_user(
    exchange: Exchange, chat: Row, channel: Row, message: Row, emoji: str | None
) -> None:
    """A user reacts to a message; without an emoji the reaction is taken back."""
    account = exchange.account
    user = _staff(exchange, channel)
    others = [one for one in message.get("reactions", ()) if one["user_id"] != user["id"]]
    if emoji is not None:
        others.append({"user_id": user["id"], "emoji": emoji})
    account.table("talk_messages").change(message, {"reactions": others})
    tell_channel(account, reaction_hook(account, channel, chat, message, user, emoji))


def tell_channel(account: Account, hook: Hook | None) -> None:
    """Leave a hook for the server to send."""
    if hook is not None:
        account.hooks.append(hook)
