"""What a channel tells about messages: how far they came, who types, who likes them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from .messenger import NOON, SCOPE, USER, Messenger, refused


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status_code": 1}, {"status_code": 1}),
        ({"delivery_status": 2}, {"status_code": 2}),
        (
            {"status_code": -1, "error_code": 905, "error": "Blocked"},
            {"status_code": -1, "error_code": 905, "error": "Blocked"},
        ),
        (
            {"status_code": -1, "error_\u0441ode": 901, "error": "Gone"},
            {"status_code": -1, "error_code": 901, "error": "Gone"},
        ),
    ],
)
def test_how_far_a_message_came(
    messenger: Messenger, body: dict[str, Any], status: dict[str, Any]
) -> None:
    """Under either name of the key, also with the letter that the docs misprint."""
    messenger.write()
    sent = messenger.control("POST", "chats/c1/messages", {"text": "Hi"})["message"]["id"]
    answer = messenger.call("POST", f"{SCOPE}/{sent}/delivery_status", {"msgid": sent, **body})
    assert (answer.status, answer.body) == (200, b"")
    [talk] = messenger.rows("talks")
    newest = messenger.api("GET", f"talks/{talk['talk_id']}/messages")["_embedded"]["messages"][0]
    assert newest["id"] == sent
    assert newest["delivery_status"] == status


def test_a_status_that_is_refused(messenger: Messenger) -> None:
    """A failure needs code and text; the message must be known."""
    messenger.write(msgid="m1")
    path = f"{SCOPE}/m1/delivery_status"
    assert refused(messenger, {"status_code": -1}, path) == "error_code: This field is missing."
    half = {"status_code": -1, "error_code": 905}
    assert refused(messenger, half, path) == "error: This field is missing."
    assert "status_code" in refused(messenger, {"status_code": 7}, path)
    assert "status_code" in refused(messenger, {}, path)
    unknown = messenger.call("POST", f"{SCOPE}/m9/delivery_status", {"status_code": 1})
    assert unknown.status == 404
    assert orjson.loads(unknown.body)["error_type"] == "MESSAGE_NOT_FOUND"


def test_somebody_types(messenger: Messenger) -> None:
    """For five seconds, or as long as is said; a message ends it."""
    messenger.write()
    path, body = f"{SCOPE}/typing", {"conversation_id": "c1", "sender": {"id": "u1"}}

    def until() -> Any:
        [chat] = messenger.control("GET", "chats")["chats"]
        return chat["typing"]

    assert messenger.call("POST", path, body).status == 204
    assert until() == {"user": "u1", "until": NOON + 5}
    assert messenger.call("POST", path, {**body, "duration_ms": 1500}).status == 204
    assert until()["until"] == NOON + 1.5
    messenger.write()
    assert until() is None
    unknown = {**body, "conversation_id": "c9"}
    assert refused(messenger, unknown, path) == "conversation_id: there is no chat c9"


def test_reactions(messenger: Messenger) -> None:
    """One of each person; by either id of chat and message."""
    told = messenger.write(msgid="m1")
    path = f"{SCOPE}/react"
    own = {"conversation_id": "c1", "msgid": "m1", "user": {"id": "u1"}}
    ours = {"conversation_ref_id": messenger.chat(), "id": told["msgid"], "user": {"ref_id": USER}}

    def emojis() -> list[str]:
        [chat] = messenger.control("GET", "chats")["chats"]
        return [each["emoji"] for each in chat["messages"][0]["reactions"]]

    assert messenger.call("POST", path, {**own, "type": "react", "emoji": "a"}).status == 200
    assert messenger.call("POST", path, {**own, "type": "react", "emoji": "b"}).status == 200
    assert messenger.call("POST", path, {**ours, "type": "react", "emoji": "c"}).status == 200
    assert emojis() == ["b", "c"]
    assert messenger.call("POST", path, {**own, "type": "unreact"}).status == 200
    assert emojis() == ["c"]
    unknown = messenger.call("POST", path, {**own, "msgid": "m9", "type": "react", "emoji": "a"})
    assert unknown.status == 404
    nowhere = {**own, "conversation_id": "c9", "type": "react", "emoji": "a"}
    assert refused(messenger, nowhere, path) == "conversation_id: there is no such chat"
