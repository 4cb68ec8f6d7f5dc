"""Serves one answer to whoever asks, and lets both clients ask for it."""

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, cast

import httpx
from attrs import define, field

from amocrm_gen import AmoCRM, AsyncAmoCRM, Integration, TokenStore
from amocrm_gen.runtime.call import Page
from amocrm_gen.runtime.paging import AsyncPaginator, Paginator
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.server import MockServer
from amocrm_mockserver.transports.httpx import AsyncMockTransport
from amocrm_mockserver.transports.urllib3 import mock_pool_manager

from .sample import Answer

__all__ = ["INTEGRATION", "TWINS", "Replay", "Twin", "ask"]

Twin: TypeAlias = Literal["sync", "async"]
"""Which of the two clients asks."""

TWINS: Final[tuple[Twin, ...]] = ("sync", "async")
INTEGRATION: Final = Integration(
    client_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
    client_secret="s3cret",
    redirect_uri="https://www.example.com/oauth2/",
)
_NOTHING: Final = Page[Any]([])
_REQUEST_ID: Final = "0123456789abcdef"


@define
class Replay:
    """In the mock server's place: the same answers whatever is asked, one after the other."""

    answers: tuple[Answer, ...]
    seen: list[Request] = field(factory=list[Request])

    def handle(self, request: Request) -> Response:
        """Give the next answer; the last one again when they are used up."""
        answer = self.answers[min(len(self.seen), len(self.answers) - 1)]
        self.seen.append(request)
        body = b"" if answer.text is None else answer.text.encode()
        if answer.body is not None:
            body = json.dumps(answer.body).encode()
        headers = [("X-Request-Id", _REQUEST_ID)]
        if answer.content_type is not None:
            headers.append(("Content-Type", answer.content_type))
        return Response(answer.status, tuple(headers), body)


def ask(
    twin: Twin,
    replay: Replay,
    action: Callable[[Any], Any],  # Any: either client, and whatever it returns
    *,
    store: TokenStore | None = None,
) -> Any:
    """Do something with a client whose every request ends at the replay; nothing is retried.

    Of a walk through a list the first page is returned. With a store the client lives on the
    tokens in it, else on a long-lived one.
    """
    server = cast("MockServer", replay)  # the transports only call `handle`
    if twin == "sync":
        return _ask_sync(server, action, store)
    return asyncio.run(_ask_async(server, action, store))


def _credentials(store: TokenStore | None) -> dict[str, Any]:
    kept = {"store": store, "integration": INTEGRATION}
    return {"throttle": None, "max_retries": 0, **({"token": "a.b.c"} if store is None else kept)}


def _ask_sync(server: MockServer, action: Callable[[Any], Any], store: TokenStore | None) -> Any:
    pool = mock_pool_manager(server)
    with AmoCRM("example", transport=pool, prefetch=0, **_credentials(store)) as amo:
        found = action(amo)
        return next(found.pages(), _NOTHING) if isinstance(found, Paginator) else found


async def _ask_async(
    server: MockServer, action: Callable[[Any], Any], store: TokenStore | None
) -> Any:
    async with (
        httpx.AsyncClient(transport=AsyncMockTransport(server)) as http,
        AsyncAmoCRM("example", transport=http, prefetch=0, **_credentials(store)) as amo,
    ):
        found = action(amo)
        if isinstance(found, AsyncPaginator):
            return await anext(found.pages(), _NOTHING)
        return await found if inspect.isawaitable(found) else found
