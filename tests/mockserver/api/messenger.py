"""A messenger's side of a chat channel: signs requests to a mock server, in process."""

from __future__ import annotations

import hashlib
import hmac
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, field

from amocrm_mockserver import Clock, MockServer, Request, Seed
from amocrm_mockserver.seed import AccountSeed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.message import Response

__all__ = [
    "ACCOUNT",
    "BOT",
    "CHANNEL",
    "NOON",
    "PICTURE",
    "SCOPE",
    "SECRET",
    "USER",
    "Messenger",
    "refused",
]

NOON = 1_715_000_800
CHANNEL = "f90ba33d-c9d9-44da-b76c-c349b0ecbe41"
ACCOUNT = "52e591f7-c98f-4255-8495-827210138c81"
SCOPE = f"{CHANNEL}_{ACCOUNT}"
SECRET = "c6a0aee0ff3e1c0b2a1e4b1f5d5d7e6f0a1b2c3d"
USER = "76fc2bea-902f-425c-9a3d-dcdac4766090"
BOT = "9b1f5d5d-7e6f-4a1b-8c3d-c6a0aee0ff3e"
PICTURE = {
    "type": "picture",
    "media": "https://x.test/a.png",
    "file_name": "a.png",
    "file_size": 9,
}
"""A message that is a picture."""
_ROOT = "/v2/origin/custom"


@define
class Messenger:
    """One channel that is connected to one account."""

    more: dict[str, Any] = field(factory=dict)
    """Of the channel."""
    seed: dict[str, Any] = field(factory=dict)
    """Of the account."""
    clock: Clock = field(factory=lambda: Clock(frozen_at=NOON))
    server: MockServer = field(init=False)
    token: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        channel = {
            "id": CHANNEL,
            "secret": SECRET,
            "code": "amo.ext.7",
            "name": "Kchat",
            "bot": {"id": BOT, "name": "Robot"},
            "hook_url": "https://kchat.example.test/:scope_id",
            "typing": True,
            "connected": True,
            **self.more,
        }
        contents = {
            "amojo_id": ACCOUNT,
            "users": [{"id": 5, "name": "Anna", "admin": True, "amojo_id": USER}],
            "chat_channels": [channel],
            **self.seed,
        }
        account = AccountSeed(subdomain="example", contents=contents)
        self.server = MockServer(Seed(accounts=(account,)), clock=self.clock)
        self.token = self.control("POST", "tokens")["access_token"]

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        query: str = "",
        host: str = "amojo.amocrm.ru",
    ) -> Response:
        """Send one request as it stands."""
        request = Request(
            method=method,
            scheme="https",
            host=host,
            path=path,
            query=query,
            headers=headers or {},
            body=body,
        )
        return self.server.handle(request)

    def headers(
        self, method: str, path: str, body: bytes, *, secret: str = SECRET
    ) -> dict[str, str]:
        """What proves that a request is the channel's."""
        checksum, date = hashlib.md5(body).hexdigest(), formatdate(self.clock.now())
        text = f"{method}\n{checksum}\napplication/json\n{date}\n{path}"
        return {
            "date": date,
            "content-type": "application/json",
            "content-md5": checksum,
            "x-signature": hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest(),
        }

    def call(self, method: str, path: str, json: object = None, *, query: str = "") -> Response:
        """Send a signed request; the path follows that of all channels."""
        body = b"" if json is None else orjson.dumps(json)
        path = f"{_ROOT}/{path}"
        return self.send(method, path, body, self.headers(method, path, body), query=query)

    def write(self, *, event: str = "new_message", **payload: Any) -> dict[str, Any]:
        """Bring a message that must be taken; what is not given is somebody's greeting."""
        usual: dict[str, Any] = {
            "conversation_id": "c1",
            "sender": {"id": "u1", "name": "Oleg", "profile": {"phone": "+79151112233"}},
            "message": {"type": "text", "text": "Hello"},
        }
        if event == "edit_message":
            usual = {}
        answer = self.call("POST", SCOPE, {"event_type": event, "payload": {**usual, **payload}})
        assert answer.status == 200, answer.body
        told: dict[str, Any] = orjson.loads(answer.body)["new_message"]
        return told

    def api(self, method: str, path: str, json: object = None, *, query: str = "") -> Any:
        """Call the account's API as its admin; None for an answer without a body."""
        head = {"authorization": f"Bearer {self.token}"}
        body = b"" if json is None else orjson.dumps(json)
        path = f"/api/v4/{path}"
        answer = self.send(method, path, body, head, query=query, host="example.amocrm.ru")
        assert answer.status < 300, answer.body
        return orjson.loads(answer.body) if answer.body else None

    def rows(self, path: str, query: str = "") -> list[dict[str, Any]]:
        """The items of a list of the account's API."""
        answer = self.api("GET", path, query=query)
        if answer is None:
            return []
        [found] = answer["_embedded"].values()
        return list(found)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """A control call about the account that must succeed."""
        answer = self.try_control(method, f"accounts/example/{path}", body)
        assert answer.status == 200, answer.body
        return orjson.loads(answer.body)

    def try_control(self, method: str, path: str, body: object = None) -> Response:
        """A control call."""
        sent = b"" if body is None else orjson.dumps(body)
        return self.send(method, f"/__mock__/{path}", sent, host="localhost")

    def subscribe(self, *events: str) -> None:
        """Have the account's webhooks told somewhere."""
        body = {"destination": "https://crm.example.test/", "settings": list(events)}
        self.api("POST", "webhooks", body)

    def told(self) -> list[dict[str, Any]]:
        """The messages that wait to be sent, oldest first; they are forgotten here."""
        found = orjson.loads(self.try_control("GET", "deliveries").body)["deliveries"]
        self.try_control("DELETE", "deliveries")
        return list(found)

    def history(self, chat: str, query: str = "") -> list[dict[str, Any]]:
        """The messages of a chat, newest first."""
        answer = self.call("GET", f"{SCOPE}/chats/{chat}/history", query=query)
        return [] if answer.status == 204 else list(orjson.loads(answer.body)["messages"])

    def chat(self) -> str:
        """The id of the account's only chat."""
        [found] = self.control("GET", "chats")["chats"]
        return str(found["id"])


def refused(messenger: Messenger, body: object, path: str = SCOPE) -> str:
    """What is said of a request that must be refused."""
    answer = messenger.call("POST", path, body)
    assert answer.status == 400
    told = orjson.loads(answer.body)
    assert (told["status"], told["error_code"], told["error_type"]) == (0, 400, "BAD_REQUEST")
    return str(told["error_description"])
