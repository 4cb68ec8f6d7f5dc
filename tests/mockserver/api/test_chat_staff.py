"""What users do in chats, and what the channel is told of it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import orjson
import pytest

from .messenger import ACCOUNT, BOT, CHANNEL, NOON, SCOPE, SECRET, USER, Messenger

_PERSON = {"name": "Oleg", "client_id": "u1", "phone": "+79151112233"}


@pytest.fixture
def messenger() -> Messenger:
    """A channel with a chat."""
    found = Messenger()
    found.write(msgid="m1", source={"external_id": "s1"})
    return found


def _hook(messenger: Messenger) -> dict[str, Any]:
    """The one hook that waits, its signature checked."""
    [told] = messenger.told()
    body = told["body"].encode()
    assert told["url"] == f"https://kchat.example.test/{SCOPE}"
    signature = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    assert told["headers"] == {"Content-Type": "application/json", "X-Signature": signature}
    found: dict[str, Any] = orjson.loads(body)
    return found


def test_a_manager_answers(messenger: Messenger) -> None:
    """The channel is told all that it needs to deliver the message."""
    written = messenger.control("POST", "chats/c1/messages", {"text": "Good day"})
    hook = _hook(messenger)
    assert list(hook) == ["account_id", "time", "message"]
    assert (hook["account_id"], hook["time"]) == (ACCOUNT, NOON)
    person = {"id": hook["message"]["receiver"]["id"], **_PERSON}
    assert hook["message"] == {
        "receiver": person,
        "sender": {"id": USER, "name": "Anna"},
        "conversation": {"id": messenger.chat(), "client_id": "c1"},
        "source": {"external_id": "s1"},
        "timestamp": NOON,
        "msec_timestamp": NOON * 1000,
        "message": {
            "id": written["message"]["id"],
            "type": "text",
            "text": "Good day",
            "markup": None,
            "tag": "",
            "media": "",
            "thumbnail": "",
            "file_name": "",
            "file_size": 0,
        },
    }
    assert messenger.history(messenger.chat())[0]["message"]["text"] == "Good day"
    [event] = [e for e in messenger.rows("events") if e["type"] == "outgoing_chat_message"]
    assert event["created_by"] == 5
    [talk] = messenger.rows("talks")
    assert talk["is_read"] is True


def test_an_answer_with_everything(messenger: Messenger) -> None:
    """Files, buttons, templates and the message that is answered are passed on; so is the bot."""
    message = {
        "type": "picture",
        "media": "https://x.test/a.png",
        "file_name": "a.png",
        "file_size": 9,
        "media_group_id": "g1",
        "markup": {"mode": "inline", "buttons": [[{"text": "Yes"}]]},
        "template": {"id": 3, "content": "Hi", "params": []},
    }
    body = {"message": message, "text": "Look", "reply_to": "m1", "as_bot": True}
    messenger.control("POST", "chats/c1/messages", body)
    told = _hook(messenger)["message"]
    assert told["sender"] == {"id": BOT, "name": "Robot"}
    sent = {**message, "text": "Look"}
    assert {name: told["message"][name] for name in sent} == sent
    quoted = told["message"]["reply_to"]["message"]
    assert (quoted["msgid"], quoted["text"]) == ("m1", "Hello")


def test_a_manager_writes_first() -> None:
    """The channel learns phone and e-mail, and names chat and person when it answers."""
    values = [
        {"field_code": "PHONE", "values": [{"value": "+7900"}]},
        {"field_code": "POSITION", "values": [{"value": "Boss"}]},
    ]
    contact = {"id": 3, "name": "Nina", "custom_fields_values": values}
    messenger = Messenger(seed={"contacts": [contact]})
    body = {"channel_id": CHANNEL, "contact_id": 3, "text": "Hi"}
    written = messenger.control("POST", "chats", body)
    told = _hook(messenger)["message"]
    assert told["conversation"] == {"id": written["chat_id"]}
    receiver = told["receiver"]
    assert receiver == {"id": receiver["id"], "phone": "+7900", "email": "", "name": "Nina"}
    sender = {"id": "u1", "ref_id": receiver["id"]}
    more = {"conversation_id": "c1", "conversation_ref_id": written["chat_id"]}
    answer = messenger.write(sender=sender, **more)
    assert (answer["conversation_id"], answer["sender_id"]) == ("c1", "u1")
    assert messenger.rows("leads/unsorted") == []
    [talk] = messenger.rows("talks")
    assert (talk["contact_id"], talk["chat_id"]) == (3, written["chat_id"])
    messenger.control("POST", "chats/c1/messages", {"text": "And?"})
    assert _hook(messenger)["message"]["receiver"]["client_id"] == "u1"


def test_a_manager_types(messenger: Messenger) -> None:
    """The channel is told at most every five seconds."""
    for seconds in (0, 4.9, 5, 9.9):
        messenger.clock.freeze(NOON + seconds)
        messenger.control("POST", "chats/c1/typing", {"post_id": "p1"} if seconds == 5 else {})
    first, second = (orjson.loads(each["body"]) for each in messenger.told())
    conversation = {"id": messenger.chat(), "client_id": "c1"}
    typing = {"user": {"id": USER}, "conversation": conversation, "expired_at": NOON + 5}
    assert first == {"account_id": ACCOUNT, "time": NOON, "action": {"typing": typing}}
    assert second["action"]["typing"] == {**typing, "expired_at": NOON + 10, "post_id": "p1"}


def test_typing_is_told_to_who_wants_it() -> None:
    """Channels do not hear of it unless they wish."""
    messenger = Messenger({"typing": False})
    messenger.write()
    messenger.control("POST", "chats/c1/typing")
    assert messenger.told() == []


def test_a_manager_reacts(messenger: Messenger) -> None:
    """And takes it back."""
    messenger.control("POST", "chats/c1/reactions", {"message_id": "m1", "emoji": "😍"})
    reaction = _hook(messenger)["action"]["reaction"]
    assert reaction["message"]["client_id"] == "m1"
    assert reaction["message"]["sender"]["name"] == "Oleg"
    assert (reaction["type"], reaction["emoji"], reaction["user"]) == ("react", "😍", {"id": USER})
    assert reaction["conversation"]["client_id"] == "c1"
    taken = messenger.control("POST", "chats/c1/reactions", {"message_id": "m1"})
    assert taken["reactions"] == []
    reaction = _hook(messenger)["action"]["reaction"]
    assert reaction["type"] == "unreact"
    assert "emoji" not in reaction


def test_the_first_form_of_hooks() -> None:
    """Flat, for the types that it knows."""
    messenger = Messenger({"hook_api_version": "v1"})
    messenger.write()
    messenger.control("POST", "chats/c1/messages", {"text": "Hi"})
    assert _hook(messenger) == {
        "receiver": "u1",
        "conversation_id": "c1",
        "type": "text",
        "text": "Hi",
        "media": "",
        "thumbnail": "",
        "file_name": "",
        "file_size": 0,
        "msec_timestamp": NOON * 1000,
    }
    messenger.control("POST", "chats/c1/messages", {"message": {"type": "sticker"}})
    assert messenger.told() == []


@pytest.mark.parametrize("status", [500, 404, 0])
def test_a_hook_is_sent_once(messenger: Messenger, status: int) -> None:
    """Whatever the channel answers; it has five seconds."""
    messenger.control("POST", "chats/c1/messages", {"text": "Hi"})
    [taken] = messenger.server.take_due()
    assert taken.outgoing.timeout == 5
    messenger.server.answered(taken, status)
    [told] = messenger.told()
    assert (told["stage"], told["due"], told["event"]) == ("failed", None, "chat_message")


def test_a_channel_without_an_address() -> None:
    """Nobody is told."""
    messenger = Messenger({"hook_url": ""})
    messenger.write()
    messenger.control("POST", "chats/c1/messages", {"text": "Hi"})
    assert messenger.told() == []


def test_a_call_writes_into_a_talk(messenger: Messenger) -> None:
    """What an integration sends by a talk reaches the channel."""
    [talk] = messenger.rows("talks")
    path = f"talks/{talk['talk_id']}"
    sent = messenger.api("POST", f"{path}/send_message", {"text": "By API"})
    told = _hook(messenger)["message"]
    assert (told["message"]["id"], told["message"]["text"]) == (sent["id"], "By API")
    newest = messenger.rows(f"{path}/messages")[0]
    assert (newest["id"], newest["type"]) == (sent["id"], "outgoing")


def test_a_user_writes_with_a_session(messenger: Messenger) -> None:
    """As amoCRM's own pages do it; the channel is told."""
    form = b"request%5Bchats%5D%5Bsession%5D%5Baction%5D=create"
    head = {"authorization": f"Bearer {messenger.token}"}
    answer = messenger.send("POST", "/ajax/v1/chats/session", form, head, host="example.amocrm.ru")
    token = orjson.loads(answer.body)["response"]["chats"]["session"]["access_token"]
    chat, head = messenger.chat(), {"x-auth-token": token}
    path = f"/v1/chats/{ACCOUNT}/{chat}/messages"
    sent = messenger.send("POST", path, b'{"text":"Hi"}', head, query="stand=v16")
    assert sent.status == 200
    assert _hook(messenger)["message"]["sender"]["id"] == USER
    query = f"chat_id[]={chat}&chat_id[]=x&limit=1&offset=1&stand=v16"
    found = messenger.send("GET", f"/messages/{ACCOUNT}/merge", b"", head, query=query)
    [message] = orjson.loads(found.body)["messages"]
    assert message["message"]["text"] == "Hello"
    nowhere = messenger.send("POST", f"/v1/chats/{ACCOUNT}/{USER}/messages", b'{"text":"x"}', head)
    assert nowhere.status == 400
    assert orjson.loads(nowhere.body)["error_description"] == f"chat_id: there is no chat {USER}"


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("chats/c9/messages", {"text": "x"}, 404, "there is no chat c9"),
        (
            "chats/c1/messages",
            {},
            400,
            "give text, files, a template_id, or a message with its type",
        ),
        ("chats/c1/messages", {"message": "x"}, 400, "message must be of type object"),
        ("chats/c1/messages", {"text": "x", "user_id": 9}, 404, "account example has no user 9"),
        (
            "chats/c1/messages",
            {"text": "x", "reply_to": "m9"},
            404,
            "there is no message m9 in the chat",
        ),
        ("chats/c1/reactions", {"emoji": "x"}, 404, "there is no message  in the chat"),
        ("chats", {"text": "x"}, 404, "channel_id must be that of a channel of the account"),
        (
            "chats",
            {"text": "x", "channel_id": CHANNEL},
            404,
            "contact_id must be that of a contact",
        ),
    ],
)
def test_control_calls_that_make_no_sense(
    messenger: Messenger, path: str, body: object, status: int, said: str
) -> None:
    """They are told what is wrong, and nothing is written."""
    answer = messenger.try_control("POST", f"accounts/example/{path}", body)
    assert (answer.status, orjson.loads(answer.body)["detail"]) == (status, said)
    assert len(messenger.history(messenger.chat())) == 1


def test_several_files(messenger: Messenger) -> None:
    """Each comes in a hook of its own; a mark tells that they belong together."""
    files = [
        {"type": "picture", "media": f"https://x.test/{name}", "file_name": name, "file_size": 9}
        for name in ("a.png", "b.png")
    ]
    messenger.control("POST", "chats/c1/messages", {"text": "Look", "files": files})
    hooks = [orjson.loads(each["body"])["message"]["message"] for each in messenger.told()]
    assert [each["file_name"] for each in hooks] == ["a.png", "b.png"]
    assert [each["text"] for each in hooks] == ["Look", ""]
    assert len({each["media_group_id"] for each in hooks}) == 1
    wrong = messenger.try_control(
        "POST", "accounts/example/chats/c1/messages", {"files": [{"media": "x"}]}
    )
    assert wrong.status == 400


def test_a_template(messenger: Messenger) -> None:
    """Its markers are filled, its buttons come along, and the channel learns which it was."""
    content = "Hello {{contact.name}}, deal {{lead.id}} {{lead.nothing}}"
    buttons = [{"type": "inline", "text": "Yes"}]
    item = {"name": "T", "content": content, "buttons": buttons, "external_id": "t1"}
    made = messenger.api("POST", "chats/templates", [item])["_embedded"]["chat_templates"][0]
    messenger.control("POST", "chats/c1/messages", {"template_id": made["id"]})
    told = _hook(messenger)["message"]["message"]
    [talk] = messenger.rows("talks")
    lead = str(talk["entity_id"])
    assert told["text"] == f"Hello Oleg, deal {lead} "
    params = [
        {"key": "{{contact.name}}", "value": "Oleg"},
        {"key": "{{lead.id}}", "value": lead},
        {"key": "{{lead.nothing}}", "value": ""},
    ]
    template = {"id": made["id"], "content": content, "params": params, "external_id": "t1"}
    assert told["template"] == template
    assert told["markup"] == {"mode": "inline", "buttons": [[{"text": "Yes"}]]}
    path = "accounts/example/chats/c1/messages"
    assert messenger.try_control("POST", path, {"template_id": 9}).status == 404


def test_somebody_is_blocked(messenger: Messenger) -> None:
    """What they write is refused, with the recorded text, until they may write again."""
    assert messenger.control("POST", "chats/c1/block")["is_blocked"] is True
    sender = {"id": "u1", "name": "Oleg"}
    payload = {"conversation_id": "c1", "sender": sender, "message": {"type": "text"}}
    answer = messenger.call("POST", SCOPE, {"event_type": "new_message", "payload": payload})
    assert answer.status == 403
    assert orjson.loads(answer.body)["message"] == "sender blocked by receiver"
    messenger.control("POST", "chats/c1/block", {"blocked": False})
    messenger.write()


def test_chats_of_an_unknown_account(messenger: Messenger) -> None:
    """There is none."""
    answer = messenger.try_control("GET", "accounts/nobody/chats")
    assert (answer.status, orjson.loads(answer.body)["detail"]) == (
        404,
        "there is no account nobody",
    )


def test_chats_outlive_a_snapshot(messenger: Messenger) -> None:
    """With their channel and its hooks."""
    messenger.server.restore(messenger.server.snapshot())
    messenger.control("POST", "chats/c1/messages", {"text": "Hi"})
    assert _hook(messenger)["message"]["message"]["text"] == "Hi"
