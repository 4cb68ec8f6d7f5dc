"""An integration and the mock server talk to each other over sockets."""

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
import urllib3
from attrs import define, field

from amocrm_gen import AmoCRM, ChatChannel
from amocrm_gen.chats import (
    SIGNATURE_HEADER,
    ChatHook,
    HookError,
    MessageHook,
    ReactionHook,
    TypingHook,
    read_hook,
)
from amocrm_gen.v4 import (
    ChatDeliveryStatus,
    ChatNewMessage,
    ChatNewMessagePayload,
    ChatParty,
    ChatText,
    ContactCreate,
)
from amocrm_mockserver.testing import MockAccount, mock_amocrm

_PATIENCE: Final = 60
"""Seconds after which a hook that does not come is missed."""


@define
class _Integration:
    """A messenger's server: it hears of hooks under its own address."""

    channel: ChatChannel
    url: str = ""
    heard: "queue.Queue[ChatHook | HookError]" = field(factory=queue.Queue)

    def next(self) -> Any:
        """The next hook."""
        return self.heard.get(timeout=_PATIENCE)


@pytest.fixture
def account() -> Iterator[MockAccount]:
    """An account of a running mock server."""
    with mock_amocrm() as found:
        yield found


@pytest.fixture
def integration() -> Iterator[_Integration]:
    """A server that reads hooks and answers 200, or 403 if they are not signed rightly."""
    found = _Integration(ChatChannel("f90ba33d-c9d9-44da-b76c-c349b0ecbe41", "c6a0aee0ff3e"))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, heard = 200, None
            try:
                heard = read_hook(body, self.headers[SIGNATURE_HEADER], found.channel)
            except HookError as error:
                status, heard = 403, error
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            found.heard.put(heard)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/:scope_id"
        yield found
        server.shutdown()
        thread.join()


def _control(account: MockAccount, path: str, body: object) -> Any:
    url = f"{account.base_url}/__mock__/accounts/{account.subdomain}/{path}"
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", url, json=body)
    assert answer.status == 200, answer.data
    return answer.json()


def test_a_conversation(account: MockAccount, integration: _Integration) -> None:
    """Somebody asks, a manager types, answers and reacts, and the channel reports the delivery."""
    channel = integration.channel
    registered = {"id": channel.id, "secret": channel.secret, "hook_url": integration.url}
    _control(account, "chat_channels", {**registered, "typing": True})
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, channel=channel
    ) as amo:
        amojo_id = amo.account.get(with_=["amojo_id"]).amojo_id
        connected = amo.chats.connect(channel.id, account_id=str(amojo_id), hook_api_version="v2")
        scope = connected.scope_id
        assert scope == channel.scope_id(str(amojo_id))
        payload = ChatNewMessagePayload(
            msgid="m1",
            conversation_id="c1",
            sender=ChatParty(id="u1", name="Oleg"),
            message=ChatText(type="text", text="Is it in stock?"),
        )
        amo.chats.send_message(scope, ChatNewMessage(event_type="new_message", payload=payload))
        _control(account, "chats/c1/typing", {})
        _control(account, "chats/c1/messages", {"text": "It is"})
        _control(account, "chats/c1/reactions", {"message_id": "m1", "emoji": "👍"})
        typing, told, reaction = (integration.next() for _ in range(3))
        assert isinstance(typing, TypingHook)
        assert isinstance(told, MessageHook)
        assert isinstance(reaction, ReactionHook)
        assert (told.letter.conversation.client_id, told.letter.message.text) == ("c1", "It is")
        assert told.letter.receiver.client_id == "u1"
        assert reaction.reaction.emoji == "👍"
        sent = told.letter.message.id
        amo.chats.set_delivery_status(scope, sent, ChatDeliveryStatus(status_code=2))
        [talk] = amo.talks.find()
        found = {message.id: message for message in amo.talks.find_messages(talk.talk_id)}
        assert found[sent].delivery_status == {"status_code": 2}


def test_a_hook_by_another_secret(account: MockAccount, integration: _Integration) -> None:
    """It is refused."""
    channel = {"id": integration.channel.id, "secret": "another", "hook_url": integration.url}
    _control(account, "chat_channels", {**channel, "connected": True})
    with AmoCRM(account.domain, token=account.token, base_url=account.base_url) as amo:
        contact = amo.contacts.create(ContactCreate(name="Nina"))
    first = {"channel_id": integration.channel.id, "contact_id": contact.id, "text": "Hi"}
    _control(account, "chats", first)
    assert isinstance(integration.next(), HookError)
