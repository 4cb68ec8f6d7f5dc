"""The socket driver in a thread of its own, for tests and notebooks."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from amocrm_mockserver.serve import Addresses, Listeners
from amocrm_mockserver.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

    from amocrm_mockserver.tls import Authority

__all__ = ["ThreadedServer"]


class ThreadedServer:
    """A mock server that listens while the context is open."""

    def __init__(
        self, server: MockServer | None = None, *, addresses: Addresses | None = None
    ) -> None:
        self.server = server or MockServer()
        self._addresses = addresses or Addresses()
        self._listeners: Listeners | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The plain listener, such as `http://127.0.0.1:49152`."""
        return self._running.url

    @property
    def tls_url(self) -> str:
        """The TLS listener."""
        return self._running.tls_url

    @property
    def proxy_url(self) -> str | None:
        """The CONNECT proxy, if one was asked for."""
        return self._running.proxy_url

    @property
    def authority(self) -> Authority:
        """Whom clients must trust to reach the TLS listener."""
        return self._running.authority

    def __enter__(self) -> Self:
        self._listeners = Listeners(self.server, self._addresses)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="amocrm-mockserver", daemon=True)
        self._thread.start()
        try:
            self._do(self._listeners.start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._do(self._wind_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._listeners = None

    async def _wind_up(self) -> None:
        await self._running.stop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def _running(self) -> Listeners:
        if self._listeners is None:
            message = "the mock server does not run; use it as a context: `with ThreadedServer()`"
            raise RuntimeError(message)
        return self._listeners

    def _do(self, work: Coroutine[Any, Any, None]) -> None:  # Any: asyncio's own
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result()
