"""Messages that a channel brings, and what comes of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest

from .messenger import BOT, NOON, SCOPE, USER, Messenger

_PICTURE = {
    "type": "picture",
    "media": "https://x.test/a.png",
    "file_name": "a.png",
    "file_size": 9,
}


_TYPES = "text, contact, file, video, picture, voice, audio, sticker, location"


@pytest.fixture
def messenger() -> Messenger:
    """A channel that is connected."""
    return Messenger()


def _refused(messenger: Messenger, body: object, path: str = SCOPE) -> str:
    answer = messenger.call("POST", path, body)
    assert answer.status == 400
    told = orjson.loads(answer.body)
    assert (told["status"], told["error_code"], told["error_type"]) == (0, 400, "BAD_REQUEST")
    return str(told["error_description"])


def test_a_stranger_writes(messenger: Messenger) -> None:
    """A contact and an incoming lead come of it, and a talk about that lead."""
    times = {"timestamp": NOON - 5, "msec_timestamp": (NOON - 5) * 1000 + 7}
    told = messenger.write(msgid="m1", **times)
    assert told == {
        "conversation_id": "c1",
        "sender_id": "u1",
        "receiver_id": None,
        "msgid": told["msgid"],
        "ref_id": "m1",
    }
    [item] = messenger.rows("leads/unsorted")
    chat = messenger.chat()
    assert (item["category"], item["source_uid"]) == ("chats", f"amojo:amo.ext.7:{chat}")
    assert item["metadata"] == {
        "from": "Oleg",
        "to": BOT,
        "received_at": NOON,
        "service": "amo.ext.7",
        "client": {"name": "Oleg", "avatar": ""},
        "origin": {"chat_id": chat},
        "last_message_text": "Hello",
        "source_name": "Kchat",
    }
    [contact], [lead] = item["_embedded"]["contacts"], item["_embedded"]["leads"]
    [talk] = messenger.rows("talks")
    assert (talk["contact_id"], talk["chat_id"]) == (contact["id"], chat)
    assert (talk["entity_type"], talk["entity_id"]) == ("lead", lead["id"])
    assert (talk["is_in_work"], talk["is_read"], talk["origin"]) == (True, False, "amo.ext.7")
    [message] = messenger.rows(f"talks/{talk['talk_id']}/messages")
    assert (message["id"], message["text"]) == (told["msgid"], "Hello")
    [bound] = messenger.rows("contacts/chats", f"chat_id={chat}")
    assert bound["contact_id"] == contact["id"]
    messenger.api("POST", f"leads/unsorted/{item['uid']}/accept", {})
    accepted = messenger.api("GET", f"contacts/{contact['id']}")
    assert accepted["name"] == "Oleg"
    [phone] = accepted["custom_fields_values"]
    assert (phone["field_code"], phone["values"][0]["value"]) == ("PHONE", "+79151112233")
    [event] = [e for e in messenger.rows("events") if "chat_message" in e["type"]]
    assert event["type"] == "incoming_chat_message"
    named = {"id": told["msgid"], "talk_id": talk["talk_id"], "origin": "amo.ext.7"}
    assert event["value_after"] == [{"message": named}]
    assert (event["entity_type"], event["entity_id"]) == ("lead", lead["id"])
    assert event["_embedded"]["entity"]["linked_talk_contact_id"] == contact["id"]


def test_somebody_known_writes(messenger: Messenger) -> None:
    """The talk goes on, there is one incoming lead, and it shows what was written last."""
    messenger.write()
    messenger.write(message={"type": "text", "text": "Again"})
    [item] = messenger.rows("leads/unsorted")
    assert item["metadata"]["last_message_text"] == "Again"
    assert len(messenger.rows("talks")) == 1
    texts = [each["message"]["text"] for each in messenger.history(messenger.chat())]
    assert texts == ["Again", "Hello"]


def test_webhooks_are_told(messenger: Messenger) -> None:
    """Of the incoming lead, the talk and each message."""
    events = ("add_unsorted", "add_talk", "update_talk", "add_message", "add_outgoing_message")
    messenger.subscribe(*events)
    told = messenger.write()
    first = messenger.told()
    assert [each["event"] for each in first] == ["add_unsorted", "add_talk", "add_message"]
    form = parse_qs(first[0]["body"])
    assert form["unsorted[add][0][source_data][data][0][text]"] == ["Hello"]
    assert form["unsorted[add][0][source]"] == [f"amo.ext.7:{BOT}"]
    message = parse_qs(first[2]["body"])
    assert message["message[add][0][id]"] == [told["msgid"]]
    assert message["message[add][0][author][type]"] == ["external"]
    messenger.write(message=_PICTURE)
    second = messenger.told()
    assert [each["event"] for each in second] == ["update_talk", "add_message"]
    form = parse_qs(second[1]["body"])
    assert form["message[add][0][attachment][link]"] == ["https://x.test/a.png"]


def test_a_message_of_a_user(messenger: Messenger) -> None:
    """What was written outside amoCRM by a user or the bot is outgoing, and reads the talk."""
    messenger.write()
    messenger.subscribe("add_message", "add_outgoing_message")
    receiver = {"id": "u1", "name": "Oleg"}
    told = messenger.write(sender={"id": "anna", "ref_id": USER}, receiver=receiver)
    assert (told["sender_id"], told["receiver_id"]) == ("anna", "u1")
    [hook] = messenger.told()  # the channel itself is not told
    form = parse_qs(hook["body"])
    assert form["outgoing_message[add][0][author][type]"] == ["internal"]
    messenger.write(sender={"ref_id": BOT}, receiver=receiver)
    newest, second, _ = messenger.history(messenger.chat())
    assert newest["sender"] == {"id": BOT, "name": "Robot"}
    assert second["sender"] == {"id": USER, "name": "Anna", "client_id": "anna"}
    assert second["receiver"]["client_id"] == "u1"
    [talk] = messenger.rows("talks")
    assert talk["is_read"] is True


def test_the_user_writes_before_anybody_is_known(messenger: Messenger) -> None:
    """That makes a chat, and neither contact nor incoming lead."""
    told = messenger.write(sender={"ref_id": USER}, receiver={"id": "u9"})
    assert (told["sender_id"], told["receiver_id"]) == (USER, "u9")
    assert messenger.rows("leads/unsorted") == messenger.rows("talks") == []
    messenger.write(sender={"id": "u9", "name": "Nina"})
    assert len(messenger.rows("leads/unsorted")) == 1


def test_silent_messages(messenger: Messenger) -> None:
    """They are kept, and nobody hears of them."""
    messenger.subscribe("add_unsorted", "add_talk", "update_talk", "add_message")
    messenger.write(silent=True, timestamp=NOON - 100)
    assert messenger.rows("leads/unsorted") == messenger.rows("talks") == messenger.told() == []
    messenger.write()
    messenger.told()
    messenger.write(silent=True)
    assert messenger.told() == []
    assert len(messenger.history(messenger.chat())) == 3


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": "x", "callback_data": "b1"},
        {"type": "contact", "contact": {"name": "A", "phone": "1"}},
        {**_PICTURE, "type": "file"},
        {**_PICTURE, "type": "video"},
        _PICTURE,
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
    assert _refused(messenger, body) == said
    assert messenger.control("GET", "chats") == {"chats": []}


def test_no_message_comes_twice(messenger: Messenger) -> None:
    """A known id of the channel's is refused."""
    messenger.write(msgid="m1")
    payload = {"msgid": "m1", "conversation_id": "c1", "sender": {"id": "u1"}}
    body = {"event_type": "new_message", "payload": {**payload, "message": {"type": "text"}}}
    assert _refused(messenger, body) == "payload.msgid: message m1 is known already"
    assert len(messenger.history(messenger.chat())) == 1


def test_the_body_must_be_json(messenger: Messenger) -> None:
    """It is signed, and yet it may make no sense."""
    path = f"/v2/origin/custom/{SCOPE}"
    answer = messenger.send("POST", path, b"{", messenger.headers("POST", path, b"{"))
    assert answer.status == 400
    assert orjson.loads(answer.body)["error_description"] == "the body is not JSON"


def test_a_message_is_changed(messenger: Messenger) -> None:
    """By either id; what is left out stays."""
    told = messenger.write(msgid="m1", message={**_PICTURE, "text": "Look"})
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


def test_comments_have_talks_of_their_own(messenger: Messenger) -> None:
    """One for each post, in the same chat."""
    messenger.write()

    def comment(post: str) -> None:
        message = {"type": "text", "text": "x", "post": {"id": post, "url": "https://x.test/"}}
        messenger.write(message=message)

    comment("p1")
    comment("p1")
    comment("p2")
    talks = messenger.rows("talks")
    assert len(talks) == 3
    assert {talk["chat_id"] for talk in talks} == {messenger.chat()}


def test_a_closed_talk_is_followed_by_another(messenger: Messenger) -> None:
    """About the same lead."""
    messenger.write()
    [talk] = messenger.rows("talks")
    messenger.api("POST", f"talks/{talk['talk_id']}/close", {})
    messenger.write()
    _, new = messenger.rows("talks")
    assert new["is_in_work"] is True
    assert (new["entity_id"], new["contact_id"]) == (talk["entity_id"], talk["contact_id"])


def test_a_declined_stranger_is_a_stranger_again(messenger: Messenger) -> None:
    """The next message makes another contact and incoming lead."""
    messenger.write()
    [item] = messenger.rows("leads/unsorted")
    messenger.api("DELETE", f"leads/unsorted/{item['uid']}/decline", {})
    messenger.write()
    [again] = messenger.rows("leads/unsorted")
    assert again["uid"] != item["uid"]
    assert [talk["contact_id"] for talk in messenger.rows("talks")][1] == again["_embedded"][
        "contacts"
    ][0]["id"]


def test_a_chat_is_linked_to_a_lead() -> None:
    """Its talk goes with it."""
    messenger = Messenger(seed={"leads": [{"id": 7, "name": "L"}]})
    messenger.write()
    [item] = messenger.rows("leads/unsorted")
    link = {"link": {"entity_id": 7, "entity_type": "leads"}}
    messenger.api("POST", f"leads/unsorted/{item['uid']}/link", link)
    [talk] = messenger.rows("talks")
    assert (talk["entity_type"], talk["entity_id"]) == ("lead", 7)


def test_a_chat_of_a_known_contact() -> None:
    """Made beforehand and bound to the contact; its open lead is what the talk is about."""
    seed = {
        "contacts": [{"id": 3, "name": "C"}],
        "leads": [
            {"id": 7, "name": "open", "_embedded": {"contacts": [{"id": 3}]}},
            {"id": 8, "name": "lost", "status_id": 143, "_embedded": {"contacts": [{"id": 3}]}},
        ],
    }
    messenger = Messenger(seed=seed)
    user = {"id": "u1", "name": "Oleg", "profile": {"phone": "79151112233", "email": "o@x.test"}}
    body = {"conversation_id": "c1", "source": {"external_id": "s1"}, "user": user}
    answers = [orjson.loads(messenger.call("POST", f"{SCOPE}/chats", body).body) for _ in "ab"]
    assert answers[0] == answers[1]
    assert answers[0] == {
        "id": messenger.chat(),
        "user": {
            "id": answers[0]["user"]["id"],
            "client_id": "u1",
            "name": "Oleg",
            "avatar": "",
            "phone": "79151112233",
            "email": "o@x.test",
        },
    }
    messenger.api("POST", "contacts/chats", [{"contact_id": 3, "chat_id": answers[0]["id"]}])
    messenger.write()
    assert messenger.rows("leads/unsorted") == []
    [talk] = messenger.rows("talks")
    assert (talk["contact_id"], talk["entity_id"]) == (3, 7)
    messenger.write(conversation_id="c2")  # the same person in another chat
    assert {talk["contact_id"] for talk in messenger.rows("talks")} == {3}


def test_a_chat_needs_its_user(messenger: Messenger) -> None:
    """With id and name."""
    path = f"{SCOPE}/chats"
    said = _refused(messenger, {"conversation_id": "c1"}, path)
    assert said == "user: This field is missing."
    body = {"conversation_id": "c1", "user": {"id": "u1"}}
    assert _refused(messenger, body, path) == "user.name: This field is missing."


def test_the_source_chooses_the_pipeline() -> None:
    """By its id, else the default one."""
    sources = [
        {"id": 1, "name": "North", "external_id": "n", "pipeline_id": 70, "default": True},
        {"id": 2, "name": "South", "external_id": "s", "pipeline_id": 71},
    ]
    pipelines = [
        {"id": 70, "name": "A", "sort": 1, "is_main": True},
        {"id": 71, "name": "B", "sort": 2, "is_main": False},
    ]
    messenger = Messenger(seed={"sources": sources, "pipelines": pipelines})
    for place, given in enumerate([{"external_id": "s"}, {"external_id": "?"}, None]):
        person = {"id": f"u{place}", "name": f"P{place}"}
        more = {} if given is None else {"source": given}
        messenger.write(conversation_id=f"c{place}", sender=person, **more)
    found = {item["metadata"]["from"]: item for item in messenger.rows("leads/unsorted")}
    pipelines_of = {name: item["pipeline_id"] for name, item in found.items()}
    assert pipelines_of == {"P0": 71, "P1": 70, "P2": 70}
    assert found["P0"]["source_name"] == "South"
    assert found["P0"]["metadata"]["to"] == "s"


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
    assert _refused(messenger, {"status_code": -1}, path) == "error_code: This field is missing."
    half = {"status_code": -1, "error_code": 905}
    assert _refused(messenger, half, path) == "error: This field is missing."
    assert "status_code" in _refused(messenger, {"status_code": 7}, path)
    assert "status_code" in _refused(messenger, {}, path)
    unknown = messenger.call("POST", f"{SCOPE}/m9/delivery_status", {"status_code": 1})
    assert unknown.status == 404
    assert orjson.loads(unknown.body)["error_type"] == "MESSAGE_NOT_FOUND"


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
    assert _refused(messenger, unknown, path) == "conversation_id: there is no chat c9"


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
    assert _refused(messenger, nowhere, path) == "conversation_id: there is no such chat"
