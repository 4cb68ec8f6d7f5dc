"""A channel of the chats API, and users' own chats, by both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amocrm_gen import ChatChannel, Forbidden, NotFound, ValidationError
from amocrm_gen.v4 import (
    ChatDeliveryStatus,
    ChatEditedMessage,
    ChatEmbeddedMessage,
    ChatMessageEdit,
    ChatMessageEditPayload,
    ChatNewMessage,
    ChatNewMessagePayload,
    ChatParty,
    ChatPicture,
    ChatProfile,
    ChatReactionUser,
    ChatReply,
    ChatSource,
    ChatText,
    ChatTypingSender,
    ChatWriteUser,
)

from .places import KINDS, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACCOUNT = "52e591f7-c98f-4255-8495-827210138c81"
_CHANNEL = ChatChannel("f90ba33d-c9d9-44da-b76c-c349b0ecbe41", "c6a0aee0ff3e1c0b2a1e")
_SCOPE = _CHANNEL.scope_id(_ACCOUNT)
_OLEG = ChatParty(id="u1", name="Oleg", profile=ChatProfile(phone="79151112233"))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A connected channel."""
    kind: Kind = request.param
    channel = {"id": _CHANNEL.id, "secret": _CHANNEL.secret, "connected": True}
    contents = {"amojo_id": _ACCOUNT, "chat_channels": [channel]}
    with Place.opened(kind, contents, channel=_CHANNEL) as opened:
        yield opened


def _write(place: Place, text: str, msgid: str) -> Any:
    """Bring one message of Oleg's."""
    payload = ChatNewMessagePayload(
        msgid=msgid,
        conversation_id="c1",
        source=ChatSource(external_id="s1"),
        sender=_OLEG,
        message=ChatText(type="text", text=text),
    )
    event = ChatNewMessage(event_type="new_message", payload=payload)
    return place.ask(lambda amo: amo.chats.send_message(_SCOPE, event)).new_message


def _history(place: Place) -> list[Any]:
    """The only chat's messages."""
    [chat] = place.control("chats")["chats"]
    found: list[Any] = place.ask(lambda amo: amo.chats.find_messages(_SCOPE, chat["id"]))
    return found


def test_a_channel_is_connected_and_disconnected(place: Place) -> None:
    """What it brings is taken in between only."""
    place.ask(lambda amo: amo.chats.disconnect(_CHANNEL.id, account_id=_ACCOUNT))
    [channel] = place.control("chat_channels")["chat_channels"]
    assert channel["is_connected"] is False
    with pytest.raises(Forbidden, match="ORIGIN_NOT_CONNECTED: FORBIDDEN"):
        _write(place, "Hello", "m1")
    connected = place.ask(
        lambda amo: amo.chats.connect(
            _CHANNEL.id, account_id=_ACCOUNT, title="Kchat", hook_api_version="v2"
        )
    )
    assert (connected.scope_id, connected.title) == (_SCOPE, "Kchat")
    assert _write(place, "Hello", "m1").ref_id == "m1"


def test_the_secret_must_be_right(place: Place) -> None:
    """The error tells what is wrong, and not the secret."""
    wrong = ChatChannel(_CHANNEL.id, "another secret")
    with (
        place.again(channel=wrong) as other,
        pytest.raises(Forbidden, match="X-Signature does not fit") as caught,
    ):
        other.ask(lambda amo: amo.chats.find_messages(_SCOPE, _ACCOUNT))
    assert "another secret" not in str(caught.value)
    unknown = ChatChannel(_ACCOUNT, "s")
    with (
        place.again(channel=unknown) as other,
        pytest.raises(NotFound, match="ORIGIN_NOT_REGISTERED"),
    ):
        other.ask(lambda amo: amo.chats.connect(unknown.id, account_id=_ACCOUNT))


def test_a_chat_is_made_once(place: Place) -> None:
    """With its person, and bound to a contact."""
    user = ChatWriteUser(id="u1", name="Oleg", profile=ChatProfile(email="o@example.com"))
    first, second = (
        place.ask(lambda amo: amo.chats.create(_SCOPE, conversation_id="c1", user=user))
        for _ in range(2)
    )
    assert first == second
    assert (first.user.client_id, first.user.email) == ("u1", "o@example.com")
    [chat] = place.control("chats")["chats"]
    assert chat["id"] == first.id


def test_messages_come_and_change(place: Place) -> None:
    """The CRM shows a talk and an incoming lead, the history shows the change."""
    first = _write(place, "Hello", "m1")
    picture = ChatPicture(
        type="picture", media="https://x.test/a.png", file_name="a.png", file_size=9
    )
    answer = ChatNewMessagePayload(
        msgid="m2",
        conversation_id="c1",
        sender=_OLEG,
        message=picture,
        reply_to=ChatReply(message=ChatEmbeddedMessage(id=first.msgid)),
    )
    event = ChatNewMessage(event_type="new_message", payload=answer)
    place.ask(lambda amo: amo.chats.send_message(_SCOPE, event))
    change = ChatMessageEditPayload(
        msgid="m1", message=ChatEditedMessage(type="text", text="Good day")
    )
    edit = ChatMessageEdit(event_type="edit_message", payload=change)
    assert place.ask(lambda amo: amo.chats.send_message(_SCOPE, edit)).new_message == first
    newest, oldest = sorted(_history(place), key=lambda item: item.message.client_id)[::-1]
    assert (newest.message.type, newest.message.file_name) == ("picture", "a.png")
    assert (oldest.message.text, oldest.sender.client_id) == ("Good day", "u1")
    [talk] = place.ask(lambda amo: amo.talks.find())
    assert talk.is_in_work is True
    [item] = place.ask(lambda amo: amo.unsorted.find())
    assert item.category == "chats"
    with pytest.raises(ValidationError, match="message m1 is known already"):
        _write(place, "Hello", "m1")


def test_an_answer_is_delivered(place: Place) -> None:
    """The channel says how far it came."""
    _write(place, "Hello", "m1")
    sent = place.control("chats/c1/messages", {"text": "Hi"})["message"]["id"]
    failed = ChatDeliveryStatus(status_code=-1, error_code=905, error="Blocked")
    place.ask(lambda amo: amo.chats.set_delivery_status(_SCOPE, sent, failed))
    [talk] = place.ask(lambda amo: amo.talks.find())
    [newest, _] = place.ask(lambda amo: amo.talks.find_messages(talk.talk_id))
    assert (newest.id, newest.delivery_status["error_code"]) == (sent, 905)
    with pytest.raises(NotFound):
        place.ask(lambda amo: amo.chats.set_delivery_status(_SCOPE, _ACCOUNT, failed))


def test_typing_and_reactions(place: Place) -> None:
    """Both are seen in the chat."""
    _write(place, "Hello", "m1")
    sender = ChatTypingSender(id="u1")
    place.ask(
        lambda amo: amo.chats.show_typing(
            _SCOPE, conversation_id="c1", sender=sender, duration_ms=9000
        )
    )
    place.ask(
        lambda amo: amo.chats.react(
            _SCOPE,
            conversation_id="c1",
            msgid="m1",
            user=ChatReactionUser(id="u1"),
            type="react",
            emoji="😍",
        )
    )
    [chat] = place.control("chats")["chats"]
    assert chat["typing"]["user"] == "u1"
    [message] = chat["messages"]
    assert [each["emoji"] for each in message["reactions"]] == ["😍"]


def test_a_history_is_walked(place: Place) -> None:
    """In parts that begin where the last ended."""
    for number in range(5):
        _write(place, str(number), f"m{number}")
    [chat] = place.control("chats")["chats"]
    found = place.ask(lambda amo: amo.chats.find_messages(_SCOPE, chat["id"], page_size=2))
    assert {item.message.client_id for item in found} == {f"m{number}" for number in range(5)}
    assert len(found) == 5
    assert place.ask(lambda amo: amo.chats.find_messages(_SCOPE, _ACCOUNT)) == []


def test_a_user_reads_and_writes(place: Place) -> None:
    """With the token of a session, which is asked for by a form."""
    _write(place, "Hello", "m1")
    [chat] = place.control("chats")["chats"]
    answer = place.ask(lambda amo: amo.user_chats.create_session(action="create"))
    session = answer.response.chats.session
    assert session.account_id == _ACCOUNT
    assert session.access_token not in repr(session)
    place.ask(
        lambda amo: amo.user_chats.send_message(
            _ACCOUNT, chat["id"], text="Hi", token=session.access_token
        )
    )
    found = place.ask(
        lambda amo: amo.user_chats.find_messages(
            _ACCOUNT, chat_id=[chat["id"]], limit=1, token=session.access_token
        )
    )
    assert [each["message"]["text"] for each in found["messages"]] == ["Hi"]
    assert len(_history(place)) == 2
