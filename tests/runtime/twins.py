"""One way to use both clients, so that one test body holds for both."""

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from typing import Any, Protocol, Self

import httpx
import respx
from attrs import define, field

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.client import Client
from runtime.sample import FIND, LeadUpdate, find, get, update_one
from runtime.site import Site, SiteServer


class Twin(Protocol):
    """A client of a site, sync or async."""

    site: Site

    def do(self, action: Callable[[Any], Any]) -> Any:
        """Do something with the client, and wait for it if need be."""

    def leads(self, **options: Any) -> Any:
        """Return all leads of a walk."""

    def some(self, wanted: int, **options: Any) -> list[Any]:
        """Return so many leads of a walk, and leave it."""

    def pages(self, **options: Any) -> list[Any]:
        """Return all pages of a walk."""

    def edit(self, number: int, change: Callable[[Any], object]) -> None:
        """Change a lead by `edit`."""

    def at_once(self, actions: Iterable[Callable[[Any], Any]]) -> list[Any]:
        """Do several things at the same time."""


@define
class SyncTwin:
    """The synchronous client, over a real socket."""

    site: Site
    client: Client

    def do(self, action: Callable[[Any], Any]) -> Any:
        """Do something with the client."""
        return action(self.client)

    def _walk(self, **options: Any) -> Any:
        return self.client.paginate(
            lambda page, limit: find(page=page, limit=limit), operation=FIND, **options
        )

    def leads(self, **options: Any) -> Any:
        """Return all leads of a walk."""
        return list(self._walk(**options))

    def some(self, wanted: int, **options: Any) -> list[Any]:
        """Return so many leads of a walk, and leave it."""
        found = []
        for lead in self._walk(**options):
            found.append(lead)
            if len(found) == wanted:
                break
        return found

    def pages(self, **options: Any) -> list[Any]:
        """Return all pages of a walk."""
        return list(self._walk(**options).pages())

    def edit(self, number: int, change: Callable[[Any], object]) -> None:
        """Change a lead by `edit`."""
        with self.client.edit(get(number), update_one, LeadUpdate) as lead:
            change(lead)

    def at_once(self, actions: Iterable[Callable[[Any], Any]]) -> list[Any]:
        """Do several things at the same time, each in a thread."""
        results: list[Any] = []

        def work(action: Callable[[Any], Any]) -> None:
            results.append(action(self.client))

        threads = [threading.Thread(target=work, args=(action,)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return results


@define
class AsyncTwin:
    """The asynchronous client, inside respx."""

    site: Site
    client: AsyncClient
    runner: asyncio.Runner

    def _run(self, result: Any) -> Any:
        async def wait(result: Awaitable[Any]) -> Any:
            return await result

        return self.runner.run(wait(result)) if inspect.isawaitable(result) else result

    def do(self, action: Callable[[Any], Any]) -> Any:
        """Do something with the client."""
        return self._run(action(self.client))

    def _walk(self, **options: Any) -> Any:
        return self.client.paginate(
            lambda page, limit: find(page=page, limit=limit), operation=FIND, **options
        )

    def leads(self, **options: Any) -> Any:
        """Return all leads of a walk."""

        async def collect() -> list[Any]:
            return [lead async for lead in self._walk(**options)]

        return self._run(collect())

    def some(self, wanted: int, **options: Any) -> list[Any]:
        """Return so many leads of a walk, and leave it."""

        async def collect() -> list[Any]:
            found: list[Any] = []
            walk = aiter(self._walk(**options))
            async for lead in walk:
                found.append(lead)
                if len(found) == wanted:
                    break
            await walk.aclose()
            return found

        return self._run(collect())

    def pages(self, **options: Any) -> list[Any]:
        """Return all pages of a walk."""

        async def collect() -> list[Any]:
            return [page async for page in self._walk(**options).pages()]

        return self._run(collect())

    def edit(self, number: int, change: Callable[[Any], object]) -> None:
        """Change a lead by `edit`."""

        async def work() -> None:
            async with self.client.edit(get(number), update_one, LeadUpdate) as lead:
                change(lead)

        self._run(work())

    def at_once(self, actions: Iterable[Callable[[Any], Any]]) -> list[Any]:
        """Do several things at the same time, each in a task."""

        async def work() -> list[Any]:
            return await asyncio.gather(*(action(self.client) for action in actions))

        return self._run(work())


@define
class Stage:
    """Opens twins, and closes what they stand on."""

    kind: str
    site: Site = field(factory=Site)
    _stack: ExitStack = field(factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, **options: Any) -> Twin:
        """Return a client of the site."""
        given = {"token": "long-lived", "throttle": None, **options}
        if given.get("integration"):
            given["token"] = None
        if self.kind == "sync":
            return self._sync(given)
        return self._async(given)

    def _sync(self, given: dict[str, Any]) -> SyncTwin:
        server = SiteServer(self.site)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        client = Client("example", base_url=server.url, **given)
        self._stack.callback(client.close)
        return SyncTwin(self.site, client)

    def _async(self, given: dict[str, Any]) -> AsyncTwin:
        router = self._stack.enter_context(respx.mock(assert_all_called=False))
        router.route(host="site.test").mock(side_effect=self._respond)
        runner = self._stack.enter_context(asyncio.Runner())
        client = AsyncClient("example", base_url="http://site.test", **given)
        self._stack.callback(lambda: runner.run(client.aclose()))
        return AsyncTwin(self.site, client, runner)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        status, headers, content = self.site.handle(
            request.method, str(request.url), dict(request.headers), request.content
        )
        if status == 0:
            raise httpx.ReadError("broken", request=request)
        return httpx.Response(status, headers=headers, content=content)
