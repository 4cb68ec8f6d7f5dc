"""Both clients in one process with their server: what a test does, it does with either."""

from __future__ import annotations

import asyncio
import inspect
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import httpx
from attrs import frozen

from amocrm_gen import AmoCRM, AsyncAmoCRM
from amocrm_gen.runtime.paging import AsyncPaginator, Paginator
from amocrm_mockserver import MockServer, Request, Seed
from amocrm_mockserver.seed import AccountSeed
from amocrm_mockserver.transports.httpx import AsyncMockTransport
from amocrm_mockserver.transports.urllib3 import mock_pool_manager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["KINDS", "Kind", "Place"]

Kind = Literal["sync", "async"]
KINDS: Final[tuple[Kind, ...]] = ("sync", "async")


@frozen
class Place:
    """A server and one of the two clients."""

    server: MockServer
    kind: Kind
    token: str
    client: Any  # Any: AmoCRM or AsyncAmoCRM
    runner: asyncio.Runner

    @classmethod
    @contextmanager
    def opened(cls, kind: Kind, contents: Mapping[str, object], **options: Any) -> Iterator[Self]:
        """Open a client of that kind on a fresh account; options are those of the client."""
        account = AccountSeed(subdomain="example", zone="amocrm.ru", contents=dict(contents))
        server = MockServer(Seed(accounts=(account,)))
        token = _control(server, "tokens", {})["access_token"]
        with cls._at(server, kind, token, options) as place:
            yield place

    @contextmanager
    def again(self, **options: Any) -> Iterator[Self]:
        """Open another client of the same account, with other options."""
        with self._at(self.server, self.kind, self.token, options) as place:
            yield place

    @classmethod
    @contextmanager
    def _at(
        cls, server: MockServer, kind: Kind, token: str, options: Mapping[str, Any]
    ) -> Iterator[Self]:
        given = {"token": token, "throttle": None, **options}
        with asyncio.Runner() as runner:
            if kind == "sync":
                with AmoCRM("example", transport=mock_pool_manager(server), **given) as client:
                    yield cls(server, kind, token, client, runner)
                return
            http = httpx.AsyncClient(transport=AsyncMockTransport(server))
            twin = AsyncAmoCRM("example", transport=http, **given)
            try:
                yield cls(server, kind, token, twin, runner)
            finally:
                runner.run(twin.aclose())
                runner.run(http.aclose())

    def ask(self, action: Callable[[Any], Any]) -> Any:
        """Do something with the client; of a walk the items are returned."""
        found = action(self.client)
        if isinstance(found, Paginator):
            return list(found)
        if isinstance(found, AsyncPaginator):
            return self.runner.run(_gathered(found))
        return self.runner.run(_awaited(found)) if inspect.isawaitable(found) else found

    def control(self, path: str, body: object = None) -> Any:
        """Make a control call about the account; without a body it reads."""
        return _control(self.server, path, body)

    def table(self, name: str) -> list[Any]:
        """Return what the server keeps in a table, of what the API never shows."""
        rows: list[Any] = self.control("state")["tables"][name]
        return rows


async def _gathered(walk: AsyncPaginator[Any]) -> list[Any]:
    return [each async for each in walk]


async def _awaited(result: Any) -> Any:
    return await result


def _control(server: MockServer, path: str, body: object = None) -> Any:
    request = Request(
        method="GET" if body is None else "POST",
        host="example.amocrm.ru",
        path=f"/__mock__/accounts/example/{path}",
        body=b"" if body is None else json.dumps(body).encode(),
    )
    return json.loads(server.handle(request).body)
