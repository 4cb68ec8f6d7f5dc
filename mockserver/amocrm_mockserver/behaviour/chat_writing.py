"""A message gets into a chat, whoever wrote it, with all that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from amocrm_mockserver.behaviour.chat_arrivals import note_last_text, take_in_stranger
from amocrm_mockserver.behaviour.chat_rooms import shown_person
from amocrm_mockserver.behaviour.chat_talks import contact_of, join_talk, last_talk
from amocrm_mockserver.behaviour.contact_chats import bind_chat
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.jsonvalue import object_at

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Letter", "attachment_of", "write"]

_TABLE: Final = "talk_messages"


@frozen(kw_only=True)
class Letter:
    """What is written, by whom and to whom."""

    channel: Row
    chat: Row
    message: Row
    """As the channel words it: `type`, `text`, `media` and so on."""
    sender: Row
    receiver: Row | None = None
    is_incoming: bool
    is_silent: bool = False
    """Nobody hears of it, and no incoming lead comes of it."""
    client_id: str | None = None
    timestamp: int | None = None
    """Now, unless it was written before."""
    msec_timestamp: int | None = None
    more: Row = field(factory=dict[str, "Json"])
    """`reply_to` and `forwards`."""


def write(engine: Engine, exchange: Exchange, letter: Letter) -> Row:
    """Keep the message, and do what follows: contact, incoming lead, talk, events, webhooks."""
    account, chat, message = exchange.account, letter.chat, letter.message
    row = _row(account, letter)
    contact = contact_of(account, chat)
    if contact is not None:
        bind_chat(account, contact, chat["id"])
    elif letter.is_incoming and not letter.is_silent:
        stored = {**message, "id": row["id"]}
        contact = take_in_stranger(
            engine, exchange, letter.channel, chat, person=letter.sender, message=stored
        )
    post: str | None = object_at(message, "post").get("id")
    talk = last_talk(account, chat["id"], post)
    if contact is not None and not letter.is_silent:
        origin, is_read = letter.channel["code"], not letter.is_incoming
        talk = join_talk(
            engine, exchange, chat, contact, origin=origin, is_read=is_read, post_id=post
        )
    if talk is not None:
        names = ("talk_id", "contact_id", "entity_id", "entity_type")
        row |= {name: talk[name] for name in names}
    account.table(_TABLE).add(row)
    if contact is not None and not letter.is_silent:
        _tell(exchange, letter, row)
    if letter.is_incoming and not letter.is_silent:
        note_last_text(account, letter.channel, chat, row["text"])
    return row


def _row(account: Account, letter: Letter) -> Row:
    message, sender = letter.message, letter.sender
    moment = account.clock.now() if letter.timestamp is None else letter.timestamp
    seconds = int(moment)
    row: Row = {
        "id": account.ids.uuid(),
        "client_id": letter.client_id,
        "type": "incoming" if letter.is_incoming else "outgoing",
        "message_type": message["type"],
        "author": {
            "id": str(sender.get("_user_id", sender["id"])),
            "type": sender.get("_type", "external"),
            "name": sender.get("name", ""),
            "avatar_url": sender.get("avatar") or None,
        },
        "text": message.get("text") or "",
        "attachment": attachment_of(message),
        "delivery_status": None,
        "created_at": seconds,
        "timestamp": seconds,
        "msec_timestamp": letter.msec_timestamp or int(moment * 1000),
        "talk_id": None,
        "chat_id": letter.chat["id"],
        "contact_id": None,
        "entity_id": None,
        "entity_type": None,
        "origin": letter.channel["code"],
        "sender": shown_person(sender),
        "receiver": None if letter.receiver is None else shown_person(letter.receiver),
        "content": dict(message),
        "reactions": [],
        "_number": account.next_id(_TABLE),
        **letter.more,
    }
    return row


def attachment_of(message: Row) -> Row | None:
    """The file of a message as the CRM shows it."""
    if not message.get("media"):
        return None
    name = message.get("file_name")
    return {"type": message["type"], "link": message["media"], "file_name": name}


def _tell(exchange: Exchange, letter: Letter, row: Row) -> None:
    kind = "incoming_chat_message" if letter.is_incoming else "outgoing_chat_message"
    exchange.tell("messages" if letter.is_incoming else "outgoing_messages", "add", row)
    about = ("contacts", row["contact_id"])
    if row["entity_type"] is not None:
        about = (f"{row['entity_type']}s", row["entity_id"])
    named = {"id": row["id"], "talk_id": row["talk_id"], "origin": row["origin"]}
    by: int = letter.sender.get("_user_id", 0)
    record(exchange, kind, *about, after=[{"message": named}], by=by)
    if not exchange.seeding:
        exchange.account.events[-1]["_talks_with"] = row["contact_id"]
