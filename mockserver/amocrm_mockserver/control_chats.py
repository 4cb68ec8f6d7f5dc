"""Control calls about chats: channels as support registers them, and what users do in the UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from amocrm_mockserver.account import Caller
from amocrm_mockserver.api import begin
from amocrm_mockserver.behaviour.chat_channels import CHANNEL_KEYS, register_channel
from amocrm_mockserver.behaviour.chat_history import newest_first, shown_message
from amocrm_mockserver.behaviour.chat_staff import (
    channel_of_chat,
    react_as_user,
    type_as_user,
    write_as_user,
    write_first,
)
from amocrm_mockserver.behaviour.chat_template_filling import fill_template
from amocrm_mockserver.chat_scope import scope_of
from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.holder import find_holder, first_admin
from amocrm_mockserver.hooks.tell import hooks_of
from amocrm_mockserver.jsonvalue import is_object

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.server import MockServer

__all__ = [
    "CHANNEL_FIELDS",
    "block",
    "channels",
    "listing",
    "open_by_user",
    "react",
    "register",
    "show_typing",
    "write",
]

CHANNEL_FIELDS: Final = CHANNEL_KEYS
"""Fields of a call that registers a channel."""


def channels(server: MockServer, call: ControlCall) -> object:
    """The channels that are allowed in an account, with their secrets."""
    account = _account(server, call)
    rows = account.table("chat_channels").rows.values()
    return {"chat_channels": [_described(account, row) for row in rows]}


def register(server: MockServer, call: ControlCall) -> object:
    """Allow a channel in an account; what is not given is made up."""
    account = _account(server, call)
    try:
        row = register_channel(account, dict(call.body))
    except ValueError as error:
        raise ControlError(str(error)) from error
    return _described(account, row)


def listing(server: MockServer, call: ControlCall) -> object:
    """The chats of an account with their messages, newest first."""
    account = _account(server, call)
    return {
        "chats": [
            {
                **row,
                "messages": [
                    {
                        **shown_message(account, message),
                        "type": message["type"],
                        "talk_id": message["talk_id"],
                        "delivery_status": message.get("delivery_status"),
                        "reactions": message.get("reactions", []),
                    }
                    for message in newest_first(account, {row["id"]})
                ],
            }
            for row in account.table("chats").rows.values()
        ]
    }


def open_by_user(server: MockServer, call: ControlCall) -> object:
    """A user writes first to a contact, by a channel."""
    account = _account(server, call)
    channel = account.table("chat_channels").rows.get(call.get("channel_id", str))
    if channel is None:
        raise ControlError("channel_id must be that of a channel of the account", status=404)
    contact = account.table("contacts").rows.get(call.get("contact_id", int))
    if contact is None or contact["is_deleted"]:
        raise ControlError("contact_id must be that of a contact", status=404)
    message = _message(call)
    engine, exchange = _begin(account, call)
    row = write_first(engine, exchange, channel, contact, message)
    _finish(server, exchange)
    return {"chat_id": row["chat_id"], **shown_message(account, row)}


def write(server: MockServer, call: ControlCall) -> object:
    """A user, or the channel's bot, writes into a chat."""
    account = _account(server, call)
    chat, channel = _chat(account, call)
    messages = _with_files(account, call, _message(call, _filled(account, chat, call)))
    more: Row = {}
    answered = call.get("reply_to", str)
    if answered is not None:
        more["reply_to"] = {"message": _quoted(_find_message(account, chat, answered))}
    engine, exchange = _begin(account, call)
    as_bot = bool(call.get("as_bot", bool))
    rows = [
        write_as_user(engine, exchange, chat, channel, message, as_bot=as_bot, more=more)
        for message in messages
    ]
    _finish(server, exchange)
    return {"chat_id": chat["id"], **shown_message(account, rows[0])}


def show_typing(server: MockServer, call: ControlCall) -> object:
    """A user types in a chat."""
    account = _account(server, call)
    chat, channel = _chat(account, call)
    _, exchange = _begin(account, call)
    type_as_user(exchange, chat, channel, call.get("post_id", str))
    _finish(server, exchange)
    return {"chat_id": chat["id"]}


def block(server: MockServer, call: ControlCall) -> object:
    """A user blocks who writes in a chat, or lets them write again."""
    account = _account(server, call)
    chat, _ = _chat(account, call)
    is_blocked = call.get("blocked", bool)
    account.table("chats").change(chat, {"is_blocked": is_blocked is not False})
    return {"chat_id": chat["id"], "is_blocked": chat["is_blocked"]}


def react(server: MockServer, call: ControlCall) -> object:
    """A user reacts to a message; without an emoji the reaction is taken back."""
    account = _account(server, call)
    chat, channel = _chat(account, call)
    row = _find_message(account, chat, call.get("message_id", str) or "")
    _, exchange = _begin(account, call)
    react_as_user(exchange, chat, channel, row, call.get("emoji", str))
    _finish(server, exchange)
    return {"chat_id": chat["id"], "reactions": row["reactions"]}


def _account(server: MockServer, call: ControlCall) -> Account:
    account = server.world.accounts.get(call.variables["subdomain"])
    if account is None:
        raise ControlError(f"there is no account {call.variables['subdomain']}", status=404)
    return account


def _described(account: Account, row: Row) -> Row:
    return {**row, "scope_id": scope_of(account, row)}


def _chat(account: Account, call: ControlCall) -> tuple[Row, Row]:
    """The chat of the path, by amoCRM's id or the channel's, and its channel."""
    name, table = call.variables["chat_id"], account.table("chats")
    own = [table.rows[key]["id"] for key in table.having("conversation_id", name)]
    found = channel_of_chat(account, own[0] if own else name)
    if found is None:
        raise ControlError(f"there is no chat {name}", status=404)
    return found


def _find_message(account: Account, chat: Row, name: str) -> Row:
    for row in account.table("talk_messages").rows.values():
        if row["chat_id"] == chat["id"] and name in {row["id"], row.get("client_id")}:
            found: Row = row
            return found
    raise ControlError(f"there is no message {name} in the chat", status=404)


def _quoted(row: Row) -> Row:
    """A message as an answer to it names it."""
    own = row.get("client_id")
    return {"id": row["id"], **({} if own is None else {"msgid": own}), "text": row["text"]}


def _filled(account: Account, chat: Row, call: ControlCall) -> Row | None:
    """The message that the template of the call becomes."""
    number = call.get("template_id", int)
    if number is None:
        return None
    template = account.table("chat_templates").rows.get(number)
    if template is None:
        raise ControlError(f"there is no template {number}", status=404)
    return fill_template(account, chat, template)


def _message(call: ControlCall, filled: Row | None = None) -> Row:
    """What is written: `message` as a channel would word it, or `text` alone."""
    given = {**(filled or {}), **cast("Row", call.get("message", dict) or {})}
    text = call.get("text", str)
    if text is not None:
        given["text"] = text
    if not given and call.get("files", list) is None:
        raise ControlError("give text, files, a template_id, or a message with its type")
    return {"type": "text", **given}


def _with_files(account: Account, call: ControlCall, message: Row) -> list[Row]:
    """Each file goes by a message of its own, the text with the first."""
    files = cast("list[Row]", call.get("files", list) or [])
    if not all(is_object(file) and "type" in file for file in files):
        raise ControlError("files must be objects with type, media, file_name and file_size")
    if not files:
        return [message]
    group = {"media_group_id": account.ids.uuid()}
    first, *others = ({**file, **group} for file in files)
    return [{**message, **first}, *others]


def _begin(account: Account, call: ControlCall) -> tuple[Engine, Exchange]:
    user_id = call.get("user_id", int)
    holder = first_admin(account) if user_id is None else find_holder(account, user_id)
    if holder is None:
        message = f"account {account.subdomain} has no user {user_id}"
        raise ControlError(message, status=404)
    caller = Caller(user_id=holder.id, is_admin=holder.is_admin, client_id=None, origin=call.origin)
    return begin(account, caller, "talks.send_message")


def _finish(server: MockServer, exchange: Exchange) -> None:
    account = exchange.account
    account.hooks.extend(hooks_of(account, exchange.happened))
    server.world.post.take_in(account, server.clock.now())
