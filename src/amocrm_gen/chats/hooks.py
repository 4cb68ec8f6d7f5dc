"""Hooks to a chat channel: which there are, and how one is read."""

from datetime import datetime
from typing import TypeAlias, TypeVar

from attrs import define, field
from orjson import JSONDecodeError, loads

from amocrm_gen.chats.errors import HookFormatError
from amocrm_gen.chats.models import (
    HookLetter,
    HookMessageType,
    HookReaction,
    HookTyping,
    no_extra,
)
from amocrm_gen.chats.signature import check_signature
from amocrm_gen.runtime.channel import ChatChannel
from amocrm_gen.runtime.convert import structure
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.types import JsonObject, JsonValue
from amocrm_gen.runtime.unset import UNSET, Unset

__all__ = [
    "ChatHook",
    "MessageHook",
    "OldMessageHook",
    "OtherHook",
    "ReactionHook",
    "TypingHook",
    "parse_hook",
    "read_hook",
]

T = TypeVar("T")


@define(slots=True, kw_only=True)
class MessageHook:
    """A user or bot of the account writes to somebody outside."""

    account_id: str
    """The account's `amojo_id`; with the channel's id it makes the scope id."""
    time: datetime
    letter: HookLetter = field(metadata={"wire": "message"})
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class TypingHook:
    """A user types; sent to channels that asked for it, at most every five seconds."""

    account_id: str
    time: datetime
    typing: HookTyping


@define(slots=True, kw_only=True)
class ReactionHook:
    """A user reacts to a message, or takes a reaction back."""

    account_id: str
    time: datetime
    reaction: HookReaction


@define(slots=True, kw_only=True)
class OldMessageHook:
    """A message in the first form, which comes where `connect` did not ask for `v2`."""

    receiver: str
    """The channel's own id of the person."""
    conversation_id: str
    """The channel's own id of the chat."""
    type: HookMessageType
    text: str | Unset = field(default=UNSET)
    media: str | Unset = field(default=UNSET)
    thumbnail: str | Unset = field(default=UNSET)
    file_name: str | Unset = field(default=UNSET)
    file_size: int | Unset = field(default=UNSET, metadata={"unit": "bytes"})
    msec_timestamp: int | Unset = field(default=UNSET, metadata={"unit": "milliseconds"})
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class OtherHook:
    """A hook of a kind that is not known here; answer 200."""

    body: JsonObject


ChatHook: TypeAlias = MessageHook | TypingHook | ReactionHook | OldMessageHook | OtherHook
"""Whatever a channel can be told."""


def read_hook(body: bytes, signature: str | None, channel: ChatChannel | str) -> ChatHook:
    """Check a hook's signature, then read it.

    Answer 200 within five seconds, whatever it says: there is no second attempt.

    Args:
        body: The body as it came, before anything parsed it.
        signature: The header `X-Signature`; None where there was none.
        channel: The channel, or its secret.

    Raises:
        HookSignatureError: The signature is missing or of another body or secret.
        HookFormatError: The body is no JSON object, or a part of it has another type.
    """
    check_signature(body, signature, channel)
    return parse_hook(body)


def parse_hook(body: bytes) -> ChatHook:
    """Read a hook that needs no check, such as one from a queue of your own.

    Raises:
        HookFormatError: The body is no JSON object, or a part of it has another type.
    """
    try:
        content: JsonValue = loads(body)
    except JSONDecodeError as error:
        raise HookFormatError(f"the hook is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise HookFormatError("the hook is no JSON object")
    if isinstance(content.get("message"), dict):
        return _read(content, MessageHook)
    block = {key: value for key, value in content.items() if key != "action"}
    action = content.get("action")
    if isinstance(action, dict):
        if isinstance(action.get("typing"), dict):
            return _read({**block, "typing": action["typing"]}, TypingHook)
        if isinstance(action.get("reaction"), dict):
            return _read({**block, "reaction": action["reaction"]}, ReactionHook)
    if "conversation_id" in content and "type" in content:
        return _read(content, OldMessageHook)
    return OtherHook(body=content)


def _read(content: JsonObject, kind: type[T]) -> T:
    try:
        return structure(content, kind)
    except ResponseError as error:
        raise HookFormatError(error.message, path=error.path) from error
