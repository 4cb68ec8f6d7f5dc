"""Nothing stops a renewal half way: neither Ctrl-C nor the end of a loop."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from runtime.amo import TOKEN_PATH, Amo
from runtime.renewals import READ, posts


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """See that SIGINT raises KeyboardInterrupt: runners with several workers switch that off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_during_a_renewal(running_amo: Amo) -> None:
    """The caller is interrupted; the renewal goes on to its end and is kept."""
    with running_amo.of("sync") as amo:
        tenant, store = amo.tenant(), MemoryTokenStore()
        store.save(tenant.domain, tenant.token())
        driven = amo.open(tenant, store=store)
        tenant.server.clock.advance(86_400)
        interrupted = threading.Event()

        def interrupt(request: Any) -> None:
            if request.path == TOKEN_PATH:
                os.kill(os.getpid(), signal.SIGINT)
                assert interrupted.wait(30)

        tenant.server.during = interrupt
        with pytest.raises(KeyboardInterrupt):
            driven.read()
        interrupted.set()
        for thread in threading.enumerate():
            if thread.name == "amocrm-gen":
                thread.join(30)
        assert driven.read()["id"] == tenant.inside.id
        assert posts(tenant) == [200]
        assert amo.open(tenant, store=store).read()["id"] == tenant.inside.id


ENDS = ["cancelled", "closed", "left"]


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_a_loop_during_a_renewal(running_amo: Amo, end: str) -> None:
    """Cancelled, closed or left alone by `asyncio.run`: the renewal is kept all the same."""
    with running_amo.of("async") as amo:
        tenant, store = amo.tenant(), MemoryTokenStore()
        store.save(tenant.domain, tenant.token())
        tenant.server.clock.advance(86_400)

        async def main() -> None:
            loop, seen = asyncio.get_running_loop(), asyncio.Event()
            tenant.server.during = lambda request: (
                loop.call_soon_threadsafe(seen.set) if request.path == TOKEN_PATH else None
            )

            async def read() -> None:
                async with (
                    amo.http() as http,
                    AsyncClient(
                        tenant.domain,
                        integration=tenant.integration,
                        store=store,
                        transport=http,
                        throttle=None,
                    ) as client,
                ):
                    call = asyncio.ensure_future(client.request("GET", READ))
                    if end == "closed":
                        await seen.wait()
                        return
                    await call

            work = asyncio.create_task(read())
            await seen.wait()
            if end == "cancelled":
                work.cancel()
            if end != "left":
                with suppress(asyncio.CancelledError):
                    await work

        asyncio.run(main())
        assert posts(tenant) == [200]
        token = store.load(tenant.domain)
        assert token is not None
        with tenant.server.locked() as world:
            assert not world.grants.refresh[token.refresh_token].revoked
