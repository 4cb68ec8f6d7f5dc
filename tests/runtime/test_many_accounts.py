"""Many accounts in one process keep their tokens, throttles and locks apart, and share the rest."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import urllib3

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.client import Client
from runtime.sample import get
from runtime.site import Site, SiteServer

COUNT = 20


@pytest.fixture
def server() -> Iterator[SiteServer]:
    """Return a site over a real socket."""
    site = Site()
    site.fill(COUNT)
    with SiteServer(site) as started:
        thread = threading.Thread(target=started.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield started
        started.shutdown()


def options(number: int, server: SiteServer) -> dict[str, Any]:
    """Return what the client of an account is made with."""
    return {"token": f"token-of-{number}", "base_url": server.url}


def check(server: SiteServer) -> None:
    """See that each account's request went out with its own token."""
    asked = server.site.asked
    assert len(asked) == 3 * COUNT
    for one in asked:
        number = one.path.rpartition("/")[2]
        assert one.headers["authorization"] == f"Bearer token-of-{number}"


def test_threads_share_one_pool(server: SiteServer) -> None:
    """One pool of connections serves all accounts; closing one client leaves it to the others."""
    with urllib3.PoolManager(maxsize=4, block=True) as pool:
        clients = [
            Client(f"a{number}", transport=pool, throttle=None, **options(number, server))
            for number in range(1, COUNT + 1)
        ]

        def work(number: int) -> None:
            for _ in range(3):
                assert clients[number - 1].send(get(number)).id == number
            clients[number - 1].close()

        threads = [threading.Thread(target=work, args=(n,)) for n in range(1, COUNT + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    check(server)
    assert server.connections <= 4


def test_tasks_share_one_pool(server: SiteServer) -> None:
    """The same for tasks."""

    async def main() -> None:
        limits = httpx.Limits(max_connections=4)
        async with httpx.AsyncClient(limits=limits) as http:

            async def work(number: int) -> None:
                given = options(number, server)
                async with AsyncClient(f"a{number}", transport=http, throttle=None, **given) as amo:
                    for _ in range(3):
                        assert (await amo.send(get(number))).id == number

            await asyncio.gather(*(work(number) for number in range(1, COUNT + 1)))

    asyncio.run(main())
    check(server)
    assert server.connections <= 4


def test_throttles_are_apart_and_shared_as_they_should() -> None:
    """Clients of one account and integration share a throttle, those of other accounts do not."""
    one, same, other = (Client(name, token="long-lived-token") for name in ("a", "a", "b"))
    assert one._session.throttle is same._session.throttle
    assert one._session.throttle is not other._session.throttle
    view = one.as_user(5)
    assert view._session.throttle is one._session.throttle
