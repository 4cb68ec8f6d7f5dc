"""What a channel is told of a chat: messages, typing and reactions of users, signed."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.chat_scope import scope_of
from amocrm_mockserver.hooks.tell import Hook
from amocrm_mockserver.jsonvalue import object_at

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["message_hook", "reaction_hook", "typing_hook"]

_TIMEOUT: Final = 5.0
"""Seconds; there is no second attempt."""
_TYPING: Final = 5
"""Seconds for which somebody is taken to go on typing."""
_ADDED: Final = (
    "media_duration",
    "media_group_id",
    "template",
    "location",
    "contact",
    "post",
)
_OLD_TYPES: Final = frozenset({"text", "file", "video", "picture"})


def message_hook(account: Account, channel: Row, chat: Row, row: Row) -> Hook | None:
    """A message that a user or bot of the account wrote; None when nobody is to be told."""
    if channel["hook_api_version"] == "v1":
        return _old_hook(account, channel, chat, row)
    sender, receiver = row["sender"], object_at(row, "receiver")
    content: Row = row["content"]
    told: Row = {
        "receiver": _receiver(receiver),
        "sender": {"id": sender["id"], "name": sender.get("name", "")},
        "conversation": _conversation(chat),
    }
    if chat["source_external_id"] is not None:
        told["source"] = {"external_id": chat["source_external_id"]}
    told["timestamp"] = row["timestamp"]
    told["msec_timestamp"] = row["msec_timestamp"]
    told["message"] = {
        "id": row["id"],
        "type": row["message_type"],
        "text": row["text"],
        "markup": content.get("markup"),
        "tag": "",
        "media": content.get("media", ""),
        "thumbnail": content.get("thumbnail", ""),
        "file_name": content.get("file_name", ""),
        "file_size": content.get("file_size", 0),
        **{name: content[name] for name in _ADDED if content.get(name) is not None},
        **{name: row[name] for name in ("reply_to", "forwards") if row.get(name)},
    }
    return _hook(account, channel, "chat_message", {"message": told})


def typing_hook(
    account: Account, channel: Row, chat: Row, user: Row, post: str | None
) -> Hook | None:
    """A user begins or goes on typing; channels are told that only if they wish."""
    if not channel["typing"]:
        return None
    now = int(account.clock.now())
    told: Row = {
        "user": {"id": user["id"]},
        "conversation": _conversation(chat),
        "expired_at": now + _TYPING,
    }
    if post is not None:
        told["post_id"] = post
    return _hook(account, channel, "chat_typing", {"action": {"typing": told}})


def reaction_hook(  # noqa: PLR0913, PLR0917 -- a reaction has that many parts
    account: Account, channel: Row, chat: Row, row: Row, user: Row, emoji: str | None
) -> Hook | None:
    """A user's reaction to a message; without an emoji it is taken back."""
    message: Row = {"id": row["id"]}
    if row.get("client_id") is not None:
        message["client_id"] = row["client_id"]
    people = {name: row[name] for name in ("receiver", "sender") if row.get(name)}
    times = {name: row[name] for name in ("timestamp", "msec_timestamp")}
    told: Row = {
        "message": {**message, **people, **times},
        "user": {"id": user["id"]},
        "conversation": _conversation(chat),
        "type": "unreact" if emoji is None else "react",
    }
    if emoji is not None:
        told["emoji"] = emoji
    return _hook(account, channel, "chat_reaction", {"action": {"reaction": told}})


def _old_hook(account: Account, channel: Row, chat: Row, row: Row) -> Hook | None:
    """The first form, flat, which amoCRM does not support any more but still sends."""
    if row["message_type"] not in _OLD_TYPES:
        return None
    content: Row = row["content"]
    told: Row = {
        "receiver": object_at(row, "receiver").get("client_id"),
        "conversation_id": chat["conversation_id"],
        "type": row["message_type"],
        "text": row["text"],
        "media": content.get("media", ""),
        "thumbnail": content.get("thumbnail", ""),
        "file_name": content.get("file_name", ""),
        "file_size": content.get("file_size", 0),
        "msec_timestamp": row["msec_timestamp"],
    }
    return _signed(account, channel, "chat_message", told)


def _receiver(person: Row) -> Row:
    """Who has never written has no id of the channel's, but all that the CRM knows."""
    if "client_id" in person:
        return person
    return {"id": person["id"], "phone": "", "email": "", **person}


def _conversation(chat: Row) -> Row:
    if chat["conversation_id"] is None:
        return {"id": chat["id"]}
    return {"id": chat["id"], "client_id": chat["conversation_id"]}


def _hook(account: Account, channel: Row, event: str, told: Row) -> Hook | None:
    block = {"account_id": account.row["amojo_id"], "time": int(account.clock.now())}
    return _signed(account, channel, event, {**block, **told})


def _signed(account: Account, channel: Row, event: str, told: Row) -> Hook | None:
    if not channel["is_connected"] or not channel["hook_url"]:
        return None
    body = orjson.dumps(told)
    signature = hmac.new(channel["secret"].encode(), body, "sha1").hexdigest()
    return Hook(
        webhook_id=None,
        event=event,
        url=channel["hook_url"].replace(":scope_id", scope_of(account, channel)),
        body=body,
        headers=(("Content-Type", "application/json"), ("X-Signature", signature)),
        timeout=_TIMEOUT,
    )
