"""Requests that a chat channel signs, dated by the server's clock."""

from __future__ import annotations

import hmac
import json
from email.utils import formatdate
from hashlib import md5
from typing import TYPE_CHECKING, Final

from amocrm_mockserver import Request

from .contract import operations
from .rules.seeded import ACCOUNT, CHANNEL, SECRET

if TYPE_CHECKING:
    from .contract import Json
    from .door import Door

__all__ = ["send_signed", "shown_chats"]

_KIND: Final = "application/json"
_SCOPE: Final = f"{CHANNEL}_{ACCOUNT}"


def send_signed(
    door: Door, name: str, body: Json = None, query: str = "", *, secret: str = SECRET, **names: str
) -> tuple[int, Json]:
    """Ask for an operation of the chats host; returns the status and what is answered."""
    operation = operations()[name]
    door.tally.wire[name] += 1
    path = operation.path.format_map({"scope_id": _SCOPE, "channel_id": CHANNEL, **names})
    text = b"" if body is None else json.dumps(body).encode()
    date, checksum = formatdate(door.now), md5(text, usedforsecurity=False).hexdigest()
    signed = f"{operation.method}\n{checksum}\n{_KIND}\n{date}\n{path}"
    request = Request(
        method=operation.method,
        scheme="https",
        host="amojo.amocrm.ru",
        path=path,
        query=query,
        headers={
            "date": date,
            "content-type": _KIND,
            "content-md5": checksum,
            "x-signature": hmac.new(secret.encode(), signed.encode(), "sha1").hexdigest(),
        },
        body=text,
    )
    response = door.server.handle(request)
    if response.status >= 400:
        door.tally.refusals[str(response.status)] += 1
    return response.status, json.loads(response.body or b"null")


def shown_chats(door: Door) -> Json:
    """The chats of the account by the channel's ids of them, as the mock server tells tests."""
    path = "/__mock__/accounts/example/chats"
    request = Request(method="GET", host="example.amocrm.ru", path=path, body=b"")
    chats = json.loads(door.server.handle(request).body)["chats"]
    return {chat["conversation_id"]: chat for chat in chats}
