"""What comes of a message in the account: contacts, incoming leads, talks, webhooks."""

from __future__ import annotations

from urllib.parse import parse_qs

import orjson

from .messenger import BOT, NOON, PICTURE, SCOPE, USER, Messenger, refused


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
    messenger.write(message=PICTURE)
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
    said = refused(messenger, {"conversation_id": "c1"}, path)
    assert said == "user: This field is missing."
    body = {"conversation_id": "c1", "user": {"id": "u1"}}
    assert refused(messenger, body, path) == "user.name: This field is missing."


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
