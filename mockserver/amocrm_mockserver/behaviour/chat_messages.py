"""What a channel brings: messages and their changes, how far they came, who types, reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_bodies import check_value, parse_body, read_body
from amocrm_mockserver.behaviour.chat_channels import channel_of
from amocrm_mockserver.behaviour.chat_rooms import (
    find_chat,
    find_person,
    find_staff,
    greet,
    open_chat,
)
from amocrm_mockserver.behaviour.chat_writing import Letter, attachment_of, write
from amocrm_mockserver.chat_problems import (
    blocked_sender,
    unknown_message,
    wrong_request,
)
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.message import Response, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = [
    "create_chat",
    "react",
    "receive",
    "set_delivery_status",
    "show_typing",
]

_KINDS: Final[Mapping[str, str]] = {
    "text": "chats.ChatText",
    "contact": "chats.ChatCard",
    "file": "chats.ChatFile",
    "video": "chats.ChatVideo",
    "picture": "chats.ChatPicture",
    "voice": "chats.ChatVoice",
    "audio": "chats.ChatAudio",
    "sticker": "chats.ChatSticker",
    "location": "chats.ChatPlace",
}
_NEW: Final = "new_message"
_EDIT: Final = "edit_message"
_FAILED: Final = -1
_CYRILLIC: Final = "error_\u0441ode"
"""The docs print one letter of the key in the other alphabet."""
_TYPING_MS: Final = 5000


def create_chat(engine: Engine, exchange: Exchange) -> Response:
    """Make a chat with somebody, or find the one that is there."""
    item, channel = read_body(engine, exchange), channel_of(exchange)
    account = exchange.account
    person = greet(exchange, channel, item["user"])
    chat = find_chat(account, channel, None, item["conversation_id"])
    if chat is None:
        source = object_at(item, "source").get("external_id")
        chat = open_chat(exchange, channel, item["conversation_id"], source)
    if chat["user_id"] is None:
        account.table("chats").change(chat, {"user_id": person["id"]})
    shown: Row = {name: person[name] for name in ("id", "client_id", "name", "avatar")}
    shown |= {name: person[name] for name in ("phone", "email") if person[name]}
    return json_response(200, {"id": chat["id"], "user": shown})


def receive(engine: Engine, exchange: Exchange) -> Response:
    """Take in a new message, or change one."""
    body = parse_body(exchange)
    event: Json = body.get("event_type") if is_object(body) else None
    payload: Json = body.get("payload") if is_object(body) else None
    if event not in (_NEW, _EDIT):
        raise wrong_request("event_type: must be new_message or edit_message")
    if not is_object(payload) or not is_object(payload.get("message")):
        raise wrong_request("payload.message: This field is missing.")
    channel = channel_of(exchange)
    if event == _EDIT:
        schema = "chats.ChatMessageEditPayload"
        row = _edit(exchange, channel, check_value(engine, exchange, schema, payload, "payload"))
    else:
        kind: Json = payload["message"].get("type")
        if not isinstance(kind, str) or kind not in _KINDS:
            raise wrong_request(f"payload.message.type: must be one of {', '.join(_KINDS)}")
        message = check_value(engine, exchange, _KINDS[kind], payload["message"], "payload.message")
        schema = "chats.ChatNewMessagePayload"
        item = check_value(engine, exchange, schema, payload, "payload")
        row = _take_in(engine, exchange, channel, {**item, "message": message})
    key = event if exchange.account.guesses["chats.key_of_edits"] == _EDIT else _NEW
    return json_response(200, {key: _answer(exchange.account, row)})


def _answer(account: Account, row: Row) -> Row:
    sender, receiver = object_at(row, "sender"), object_at(row, "receiver")
    return {
        "conversation_id": account.table("chats").rows[row["chat_id"]]["conversation_id"],
        "sender_id": sender.get("client_id", sender.get("id")),
        "receiver_id": receiver.get("client_id", receiver.get("id")),
        "msgid": row["id"],
        "ref_id": row.get("client_id"),
    }


def _take_in(engine: Engine, exchange: Exchange, channel: Row, item: Row) -> Row:
    account = exchange.account
    own: str | None = item.get("msgid")
    if "sender" not in item:
        raise wrong_request("payload.sender: This field is missing.")
    if own is not None and _find_message(account, channel, own) is not None:
        raise wrong_request(f"payload.msgid: message {own} is known already")
    chat = _chat(exchange, channel, item)
    sender: Row = item["sender"]
    staff = find_staff(account, channel, sender.get("ref_id"))
    is_incoming = staff is None and "receiver" not in item
    if is_incoming and chat["is_blocked"]:
        raise blocked_sender()
    receiver = greet(exchange, channel, item["receiver"]) if "receiver" in item else None
    outside = greet(exchange, channel, sender) if staff is None else None
    person = outside if receiver is None else receiver
    if chat["user_id"] is None and person is not None:
        account.table("chats").change(chat, {"user_id": person["id"]})
    if staff is not None and "id" in sender:
        staff = {**staff, "client_id": sender["id"]}
    letter = Letter(
        channel=channel,
        chat=chat,
        message=item["message"],
        sender=staff or outside or {},
        receiver=receiver,
        is_incoming=is_incoming,
        is_silent=bool(item.get("silent")),
        client_id=own,
        timestamp=item.get("timestamp"),
        msec_timestamp=item.get("msec_timestamp"),
        more={name: item[name] for name in ("reply_to", "forwards") if name in item},
    )
    account.table("chats").change(chat, {"typing": None})
    return write(engine, exchange, letter)


def _chat(exchange: Exchange, channel: Row, item: Row) -> Row:
    """The chat that a new message names; an id that is not known makes one."""
    account = exchange.account
    ref, own = item.get("conversation_ref_id"), item.get("conversation_id")
    if ref is None and own is None:
        raise wrong_request("payload.conversation_id: This field is missing.")
    chat = find_chat(account, channel, ref, own)
    if chat is None and ref is not None:
        raise wrong_request(f"payload.conversation_ref_id: there is no chat {ref}")
    if chat is None:
        return open_chat(exchange, channel, own, object_at(item, "source").get("external_id"))
    if chat["conversation_id"] is None and own is not None:
        account.table("chats").change(chat, {"conversation_id": own})
    return chat


def _find_message(account: Account, channel: Row, name: str) -> Row | None:
    """A message of the channel, by amoCRM's id or the integration's."""
    table, chats = account.table("talk_messages"), account.table("chats").rows
    known = table.rows.get(name)
    rows = [known] if known is not None else []
    rows += [table.rows[key] for key in table.having("client_id", name)]
    for row in rows:
        chat = chats.get(row["chat_id"])
        if chat is not None and chat["channel_id"] == channel["id"]:
            return row
    return None


def _edit(exchange: Exchange, channel: Row, item: Row) -> Row:
    account, message = exchange.account, item["message"]
    name = item.get("id") or item.get("msgid") or ""
    row = _find_message(account, channel, name)
    if row is None:
        raise wrong_request(f"payload.msgid: there is no message {name}")
    status: Json = message.pop("delivery_status", None)
    # What is left out stays, which the docs say of files.
    content = {**row["content"], **message}
    changes: Row = {
        "content": content,
        "message_type": content["type"],
        "text": content.get("text") or "",
        "attachment": attachment_of(content),
        "_edited_at": exchange.now,
    }
    if status is not None:
        changes["delivery_status"] = status
    account.table("talk_messages").change(row, changes)
    return row


def set_delivery_status(engine: Engine, exchange: Exchange) -> Response:
    """Note how far a message came; a failure needs its reason."""
    raw = parse_body(exchange)
    if is_object(raw):
        aliases = {"delivery_status": "status_code", _CYRILLIC: "error_code"}
        raw = {aliases.get(name, name): value for name, value in raw.items()}
    item = check_value(engine, exchange, exchange.operation.takes or "", raw)
    if item["status_code"] == _FAILED:
        for name in ("error_code", "error"):
            if name not in item:
                raise wrong_request(f"{name}: This field is missing.")
    row = _find_message(exchange.account, channel_of(exchange), str(exchange.variables["msgid"]))
    if row is None:
        raise unknown_message()
    told = {name: item[name] for name in ("status_code", "error_code", "error") if name in item}
    exchange.account.table("talk_messages").change(row, {"delivery_status": told})
    return Response(200)


def show_typing(engine: Engine, exchange: Exchange) -> Response:
    """Note until when somebody is seen typing."""
    item, channel = read_body(engine, exchange), channel_of(exchange)
    account = exchange.account
    chat = find_chat(account, channel, None, item["conversation_id"])
    if chat is None and account.guesses["chats.typing_in_unknown_chat"] == "404":
        raise unknown_message()
    if chat is None:
        raise wrong_request(f"conversation_id: there is no chat {item['conversation_id']}")
    seconds = item.get("duration_ms", _TYPING_MS) / 1000
    typing = {"user": item["sender"]["id"], "until": account.clock.now() + seconds}
    account.table("chats").change(chat, {"typing": typing})
    return NOTHING


def react(engine: Engine, exchange: Exchange) -> Response:
    """Note the one reaction of a person to a message, or take it back."""
    item, channel = read_body(engine, exchange), channel_of(exchange)
    account = exchange.account
    chat = find_chat(account, channel, item.get("conversation_ref_id"), item.get("conversation_id"))
    if chat is None:
        raise wrong_request("conversation_id: there is no such chat")
    row = _find_message(account, channel, item.get("id") or item.get("msgid") or "")
    if row is None or row["chat_id"] != chat["id"]:
        raise unknown_message()
    user: Row = item["user"]
    ref, own = user.get("ref_id"), user.get("id")
    who = find_person(account, channel, ref, own) or find_staff(account, channel, ref)
    name: str = who["id"] if who is not None else own or ref or ""
    others = [one for one in row["reactions"] if one["user_id"] != name]
    if item["type"] == "react":
        others.append({"user_id": name, "emoji": item.get("emoji")})
    account.table("talk_messages").change(row, {"reactions": others})
    return Response(200)
