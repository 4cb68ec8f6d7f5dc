"""Carries conversations out with httpx: the driver of the asynchronous client."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from ssl import SSLContext, create_default_context
from typing import Any, Final, Protocol, TypeVar

from amocrm_gen.runtime.effects import (
    Cancel,
    Confirm,
    Effect,
    Free,
    Hold,
    Load,
    Now,
    Penalise,
    Reserve,
    Response,
    Save,
    Send,
    Shield,
    Sleep,
    Stop,
    Talk,
)
from amocrm_gen.runtime.errors import MissingExtra, TransportError
from amocrm_gen.runtime.log import redact

__all__ = ["AsyncDriver", "HttpClient", "http_client"]

Result = TypeVar("Result")


class HttpAnswer(Protocol):
    """What is read of an answer."""

    status_code: int

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in any case."""
        ...

    @property
    def content(self) -> bytes:
        """The decoded body."""
        ...


class HttpClient(Protocol):
    """What is used of `httpx.AsyncClient`, and of `httpx2.AsyncClient` alike."""

    def request(  # noqa: PLR0913 - httpx has more
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = ...,
        headers: Mapping[str, str] | None = ...,
        follow_redirects: bool = ...,
        timeout: float | None = ...,
    ) -> Awaitable[Any]:  # Any: an answer of the class's own module
        """Send a request and read the answer."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def _at_once(action: Callable[[Any], object]) -> Callable[[Any], Awaitable[object]]:
    async def perform(effect: Any) -> object:  # Any: the effect that the action takes
        return action(effect)

    return perform


def _asking(partner: str, action: Callable[[Any], object]) -> Callable[[Any], Awaitable[object]]:
    """Act in a thread if the partner is on another host, which takes its time."""

    async def perform(effect: Any) -> object:  # Any: as above
        if getattr(getattr(effect, partner), "remote", False):
            return await asyncio.to_thread(action, effect)
        return action(effect)

    return perform


_PERFORM: Final[Mapping[type, Callable[[Any], Awaitable[object]]]] = {  # Any: the effect
    Sleep: lambda effect: asyncio.sleep(effect.seconds),
    Now: _at_once(lambda _: time.time()),
    Reserve: _asking("throttle", lambda effect: effect.throttle.reserve()),
    Confirm: _asking("throttle", lambda effect: effect.throttle.confirm(effect.slot)),
    Cancel: _asking("throttle", lambda effect: effect.throttle.cancel(effect.slot)),
    Penalise: _asking("throttle", lambda effect: effect.throttle.penalise(effect.seconds)),
    Stop: _asking("throttle", lambda effect: effect.throttle.stop(effect.seconds)),
    Hold: lambda effect: effect.locks.acquire_async(effect.keys),
    Free: _asking("held", lambda effect: effect.held.release()),
    Load: lambda effect: asyncio.to_thread(effect.store.load, effect.account),
    Save: lambda effect: asyncio.to_thread(effect.store.save, effect.account, effect.token),
}


class _Steadfast(asyncio.Task[object]):
    """A task that `asyncio.run` waits for, instead of cancelling it, when its main task is over."""

    def cancel(self, msg: Any | None = None) -> bool:  # Any: as in asyncio
        """Cancel it, unless that is part of the end of the loop, which does not run any more."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return super().cancel(msg)


class AsyncDriver:
    """Does what a conversation asks, one effect after the other, in the caller's task."""

    def __init__(self, http: HttpClient, timeout: float) -> None:
        self._http = http
        self._timeout = timeout
        # httpx2 has the same names in a module of its own.
        module: Any = import_module(type(http).__module__.partition(".")[0])
        self._unsent = (
            module.ConnectError,
            module.ConnectTimeout,
            module.PoolTimeout,
            module.ProxyError,
            module.UnsupportedProtocol,
        )
        self._failed = (module.RequestError, OSError)
        self._shielded: set[asyncio.Task[object]] = set()
        self._perform: Mapping[type, Callable[[Any], Awaitable[object]]] = {  # Any: as above
            **_PERFORM,
            Send: self._send,
            Shield: self._shield,
        }

    async def run(self, talk: Talk[Result]) -> Result:
        """Carry a conversation out and return what it returns."""
        step: Callable[[Any], Effect] = talk.send  # Any: results and errors of all effects
        value: Any = None
        while True:
            try:
                effect = step(value)
            except StopIteration as end:
                result: Result = end.value
                return result
            try:
                step, value = talk.send, await self._perform[type(effect)](effect)
            except BaseException as error:  # noqa: BLE001 - the conversation frees what it holds
                step, value = talk.throw, error

    async def settle(self) -> None:
        """Wait for what goes on although its callers were cancelled."""
        if self._shielded:
            await asyncio.wait(self._shielded)

    async def _shield(self, effect: Shield) -> object:
        task = _Steadfast(self.run(effect.talk), loop=asyncio.get_running_loop())
        # asyncio itself does not keep tasks alive that nobody waits for.
        self._shielded.add(task)
        task.add_done_callback(self._shielded.discard)
        # If nobody is left to see its error, asyncio need not report it.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(task)

    async def _send(self, send: Send) -> Response:
        try:
            answer: HttpAnswer = await self._http.request(
                send.method,
                send.url,
                content=send.body,
                headers=send.headers,
                follow_redirects=False,
                timeout=self._timeout,
            )
        except self._unsent as error:
            raise TransportError(_text(error), sent=False) from error
        except self._failed as error:
            raise TransportError(_text(error), sent=True) from error
        return Response(answer.status_code, answer.headers, answer.content)


def _text(error: BaseException) -> str:
    return redact(str(error)) or type(error).__name__


def http_client(ca_file: str | None) -> HttpClient:
    """Return a new httpx client; without httpx this says what to install."""
    if find_spec("httpx") is None:
        raise MissingExtra("the asynchronous client", "async")
    import httpx  # noqa: PLC0415 - an optional extra

    verify: SSLContext | bool = True if ca_file is None else create_default_context(cafile=ca_file)
    made: HttpClient = httpx.AsyncClient(verify=verify)
    return made
