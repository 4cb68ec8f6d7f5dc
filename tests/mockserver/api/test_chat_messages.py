"""Messages of a channel: their types, their texts, what is refused, and how they are listed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from .messenger import NOON, PICTURE, SCOPE, USER, Messenger, refused

_TYPES = "text, contact, file, video, picture, voice, audio, sticker, location"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": "x", "callback_data": "b1"},
        {"type": "contact", "contact": {"name": "A", "phone": "1"}},
        {**PICTURE, "type": "file"},
        {**PICTURE, "type": "video"},
        PICTURE,
        {"type": "voice", "media": "https://x.test/a.ogg", "media_duration": 3},
        {"type": "audio", "media": "https://x.test/a.mp3"},
        {"type": "sticker", "sticker_id": "s1", "media": "https://x.test/s.webp"},
        {"type": "location", "location": {"lon": 37.6, "lat": 55.7}},
    ],
    ids=lambda message: message["type"],
)
def test_every_type_of_message(messenger: Messenger, message: dict[str, Any]) -> None:
    """Is kept as it came."""
    messenger.write(message=message)
    [found] = messenger.history(messenger.chat())
    shown = {"text": "", **message}
    hidden = ("callback_data", "media_duration", "sticker_id")
    expected = {name: value for name, value in shown.items() if name not in hidden}
    assert {**found["message"], "id": None} == {**expected, "id": None}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "event_type: must be new_message or edit_message"),
        ([], "event_type: must be new_message or edit_message"),
        ({"event_type": "new_message"}, "payload.message: This field is missing."),
        (
            {"event_type": "new_message", "payload": {"message": {"type": "poem"}}},
            f"payload.message.type: must be one of {_TYPES}",
        ),
        (
            {"event_type": "new_message", "payload": {"message": {"type": "text"}}},
            "payload.sender: This field is missing.",
        ),
        (
            {
                "event_type": "new_message",
                "payload": {"message": {"type": "text"}, "sender": {"id": "u"}},
            },
            "payload.conversation_id: This field is missing.",
        ),
        (
            {"event_type": "new_message", "payload": {"message": {"type": "picture"}}},
            "payload.message.file_name: This field is missing.",
        ),
        (
            {"event_type": "new_message", "payload": {"message": {"type": "text", "text": 5}}},
            "payload.message.text: This value should be of type string.",
        ),
        (
            {
                "event_type": "new_message",
                "payload": {
                    "message": {"type": "text"},
                    "sender": {"id": "u"},
                    "conversation_ref_id": USER,
                },
            },
            f"payload.conversation_ref_id: there is no chat {USER}",
        ),
        (
            {
                "event_type": "edit_message",
                "payload": {"message": {"type": "text"}, "msgid": "m9"},
            },
            "payload.msgid: there is no message m9",
        ),
    ],
)
def test_messages_that_are_refused(messenger: Messenger, body: object, said: str) -> None:
    """With what is wrong, and nothing comes of them."""
    assert refused(messenger, body) == said
    assert messenger.control("GET", "chats") == {"chats": []}


def test_no_message_comes_twice(messenger: Messenger) -> None:
    """A known id of the channel's is refused."""
    messenger.write(msgid="m1")
    payload = {"msgid": "m1", "conversation_id": "c1", "sender": {"id": "u1"}}
    body = {"event_type": "new_message", "payload": {**payload, "message": {"type": "text"}}}
    assert refused(messenger, body) == "payload.msgid: message m1 is known already"
    assert len(messenger.history(messenger.chat())) == 1


def test_the_body_must_be_json(messenger: Messenger) -> None:
    """It is signed, and yet it may make no sense."""
    path = f"/v2/origin/custom/{SCOPE}"
    answer = messenger.send("POST", path, b"{", messenger.headers("POST", path, b"{"))
    assert answer.status == 400
    assert orjson.loads(answer.body)["error_description"] == "the body is not JSON"


def test_a_message_is_changed(messenger: Messenger) -> None:
    """By either id; what is left out stays."""
    told = messenger.write(msgid="m1", message={**PICTURE, "text": "Look"})
    change = {"type": "picture", "text": "See"}
    again = messenger.write(event="edit_message", msgid="m1", message=change)
    assert again == told
    [found] = messenger.history(messenger.chat())
    assert found["message"]["text"] == "See"
    assert found["message"]["media"] == "https://x.test/a.png"
    failed = {
        "type": "picture",
        "delivery_status": {"status_code": -1, "error_code": 905, "error": "x"},
    }
    messenger.write(event="edit_message", id=told["msgid"], message=failed)
    [chat] = messenger.control("GET", "chats")["chats"]
    assert chat["messages"][0]["delivery_status"]["error_code"] == 905
    assert len(messenger.rows("leads/unsorted")) == 1


def test_history_comes_in_parts(messenger: Messenger) -> None:
    """Newest first, fifty at the most; of nothing there is no body."""
    for number in range(60):
        messenger.write(message={"type": "text", "text": str(number)}, timestamp=NOON + number)
    chat = messenger.chat()
    texts = [each["message"]["text"] for each in messenger.history(chat)]
    assert texts == [str(number) for number in range(59, 9, -1)]
    assert len(messenger.history(chat, "limit=100")) == 50
    part = messenger.history(chat, "offset=55&limit=3")
    assert [each["message"]["text"] for each in part] == ["4", "3", "2"]
    assert messenger.call("GET", f"{SCOPE}/chats/{chat}/history", query="offset=60").status == 204
    assert messenger.call("GET", f"{SCOPE}/chats/{USER}/history").status == 204
