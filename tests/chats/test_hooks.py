"""What amoCRM tells a channel is checked, then read."""

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen import UNSET, AmoError, ChatChannel
from amocrm_gen.chats import (
    HookFormatError,
    HookMessageType,
    HookSignatureError,
    MessageHook,
    OldMessageHook,
    OtherHook,
    ReactionHook,
    TypingHook,
    check_signature,
    parse_hook,
    read_hook,
    sign_hook,
)
from amocrm_gen.runtime.convert import unstructure

_CHANNEL: Final = ChatChannel("f90ba33d-c9d9-44da-b76c-c349b0ecbe41", "c6a0aee0ff3e1c0b2a1e")
_RECORDED: Final = Path(__file__).parents[1] / "golden" / "hooks" / "chat-message.json"
_ACCOUNT: Final = "52e591f7-c98f-4255-8495-827210138c81"
_BLOCK: Final = {"account_id": _ACCOUNT, "time": 1715000801}
_PLACE: Final = {"user": {"id": "u"}, "conversation": {"id": "c", "client_id": "my_int-c1"}}


def _body(content: object) -> bytes:
    return json.dumps(content).encode()


def test_the_recorded_message() -> None:
    """Every part of it has its type, nothing is unknown, and nothing is lost."""
    body = _RECORDED.read_bytes().strip()
    hook = read_hook(body, sign_hook(body, _CHANNEL), _CHANNEL)
    assert isinstance(hook, MessageHook)
    assert (hook.account_id, hook.extra) == (_ACCOUNT, {})
    assert hook.time == datetime(2024, 5, 6, 13, 6, 41, tzinfo=UTC)
    letter = hook.letter
    assert (letter.receiver.client_id, letter.sender.name) == ("my_int-u1", "")
    assert letter.receiver.phone is UNSET
    assert (letter.conversation.client_id, letter.is_first) == ("my_int-c1", False)
    assert letter.source is not UNSET
    assert letter.source is not None
    assert letter.source.external_id == "79120000000"
    assert letter.timestamp == datetime(2024, 5, 6, 13, 6, 40, tzinfo=UTC)
    message = letter.message
    assert (message.type, message.text) == (HookMessageType.TEXT, "Добрый день")
    assert (message.markup, message.media, message.file_size) == (None, "", 0)
    assert message.template is UNSET
    assert unstructure(hook) == json.loads(body)


def test_a_message_with_everything() -> None:
    """Buttons, lists, templates, places, contacts, quotes; and what is not known is kept."""
    content = json.loads(_RECORDED.read_bytes())
    content["message"]["conversation"].pop("client_id")
    content["message"]["receiver"] = {"id": "r", "phone": "", "email": ""}
    content["message"]["message"] |= {
        "type": "hologram",
        "markup": {"mode": "url", "buttons": [[{"text": "A", "url": "https://x.test/"}]]},
        "media_duration": 3,
        "media_group_id": "g",
        "template": {"id": 7, "content": "{{lead.id}}", "params": [{"key": "k", "value": "5"}]},
        "location": {"lon": 37.6, "lat": 55},
        "contact": {"name": "B", "phone": "1"},
        "post": {"id": "p"},
        "reply_to": {"message": {"id": "m1", "sender": {"id": "u1"}}},
        "forwards": {"messages": [{"msgid": "m2"}], "conversation_id": "c2"},
        "spin": {"left": True},
    }
    hook = parse_hook(_body(content))
    assert isinstance(hook, MessageHook)
    letter, message = hook.letter, hook.letter.message
    assert letter.is_first
    assert message.type == "hologram"
    assert message.extra == {"spin": {"left": True}}
    told: Any = message
    assert told.markup.buttons[0][0].url == "https://x.test/"
    assert told.template.params[0].value == "5"
    assert told.location.lat == 55
    assert told.reply_to.message.sender.id == "u1"
    assert told.forwards.messages[0].msgid == "m2"
    assert unstructure(hook) == content


def test_somebody_types() -> None:
    """Until when, and under which post."""
    typing = {**_PLACE, "expired_at": 1715000806, "post_id": "p1"}
    hook = parse_hook(_body({**_BLOCK, "action": {"typing": typing}}))
    assert isinstance(hook, TypingHook)
    assert hook.typing.conversation.client_id == "my_int-c1"
    assert hook.typing.expired_at == datetime(2024, 5, 6, 13, 6, 46, tzinfo=UTC)
    assert hook.typing.post_id == "p1"


@pytest.mark.parametrize("named", [{"message": {"id": "m", "client_id": "m1"}}, {"msgid": "m"}])
def test_somebody_reacts(named: dict[str, Any]) -> None:
    """The message stands where the docs' table has it, or where their sample has."""
    reaction = {**_PLACE, **named, "type": "react", "emoji": "😍"}
    hook = parse_hook(_body({**_BLOCK, "action": {"reaction": reaction}}))
    assert isinstance(hook, ReactionHook)
    assert (hook.reaction.message_id, hook.reaction.emoji) == ("m", "😍")
    taken = parse_hook(_body({**_BLOCK, "action": {"reaction": {**_PLACE, "type": "unreact"}}}))
    assert isinstance(taken, ReactionHook)
    assert (taken.reaction.emoji, taken.reaction.message_id) == (UNSET, None)


def test_the_first_form_of_hooks() -> None:
    """It is flat, and names everything by the channel's ids."""
    content = {"receiver": "u1", "conversation_id": "c1", "type": "picture", "media": "x"}
    hook = parse_hook(_body(content))
    assert isinstance(hook, OldMessageHook)
    assert (hook.receiver, hook.type, hook.media) == ("u1", HookMessageType.PICTURE, "x")


@pytest.mark.parametrize("content", [{}, {"action": {"blink": {}}}, {"message": 5}, {"action": 5}])
def test_other_hooks_are_no_errors(content: dict[str, Any]) -> None:
    """What amoCRM may invent is handed over as it is."""
    hook = parse_hook(_body(content))
    assert hook == OtherHook(body=content)


@given(body=st.binary(), secret=st.text(), other=st.text())
def test_only_the_secret_signs(body: bytes, secret: str, other: str) -> None:
    """What one secret signed no other does, and no other body has that signature."""
    signature = sign_hook(body, secret)
    check_signature(body, signature, ChatChannel("c", secret))
    check_signature(body, f" {signature.upper()}\n", secret)
    with pytest.raises(HookSignatureError):
        check_signature(body + b" ", signature, secret)
    # HMAC fills short keys up with zeros
    if other.rstrip("\0") != secret.rstrip("\0"):
        with pytest.raises(HookSignatureError):
            check_signature(body, signature, other)


@pytest.mark.parametrize("signature", [None, "", "0" * 40, "й", "x" * 10_000])
def test_what_is_not_signed_is_not_read(signature: str | None) -> None:
    """The error says what to do, shows no secret, and can be pickled."""
    with pytest.raises(HookSignatureError, match="X-Signature") as caught:
        read_hook(b"{", signature, _CHANNEL)
    error = caught.value
    assert isinstance(error, AmoError)
    assert "answer 403" in str(error)
    assert _CHANNEL.secret not in repr(error) + str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("body", "said", "path"),
    [
        (b"{", "not JSON", None),
        (b"[]", "no JSON object", None),
        (b"\xff", "not JSON", None),
        (_body({**_BLOCK, "message": {"message": 5}}), "message", "$.message.message"),
        (_body({**_BLOCK, "action": {"typing": {"user": 5}}}), "user", "$.typing.user"),
    ],
)
def test_hooks_that_make_no_sense(body: bytes, said: str, path: str | None) -> None:
    """They are signed, and yet of another shape; the error tells where."""
    with pytest.raises(HookFormatError, match=said) as caught:
        read_hook(body, sign_hook(body, _CHANNEL), _CHANNEL)
    assert caught.value.path == path
