"""Carries conversations out with httpx: the driver of the asynchronous client."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from http.cookiejar import CookieJar
from importlib import import_module
from importlib.util import find_spec
from ssl import SSLContext, create_default_context
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from weakref import WeakKeyDictionary

from amocrm_gen.runtime.concealing import bare, too_long
from amocrm_gen.runtime.effects import (
    LONGEST_ANSWER,
    Cancel,
    Confirm,
    Do,
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
from amocrm_gen.runtime.errors import AmoError, MissingExtra, ResponseError, TransportError
from amocrm_gen.runtime.log import redact
from amocrm_gen.runtime.proxies import wrong_proxy
from amocrm_gen.runtime.sink import PIECE, Sink, Unwritten, handing, length_in
from amocrm_gen.runtime.timeout import timeout_of
from amocrm_gen.runtime.traffic import Seen

if TYPE_CHECKING:
    from amocrm_gen.runtime.timeout import TimeoutLike
    from amocrm_gen.runtime.watching import Watch

__all__ = ["AsyncDriver", "HttpClient", "http_client"]

Result = TypeVar("Result")


class HttpAnswer(Protocol):
    """What is read of an answer."""

    status_code: int

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in any case."""
        ...

    def aiter_bytes(self, chunk_size: int | None = ...) -> AsyncIterator[bytes]:
        """Go through the decoded body."""
        ...

    async def aclose(self) -> None:
        """Give the connection back."""
        ...


class HttpClient(Protocol):
    """What is used of `httpx.AsyncClient`, and of `httpx2.AsyncClient` alike."""

    def build_request(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = ...,
        headers: Mapping[str, str] | None = ...,
        timeout: tuple[float | None, float | None, float | None, float | None] = ...,
    ) -> Any:  # Any: a request of the class's own module
        """Make a request."""
        ...

    def send(  # Any: as above
        self, request: Any, *, stream: bool = ..., follow_redirects: bool = ...
    ) -> Awaitable[Any]:
        """Send a request; its answer is read when it is asked for."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


_abandoned: Final[list[HttpClient]] = []
"""Clients of other processes and loops: closing them would be the other one's matter."""


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
    Do: lambda effect: asyncio.to_thread(effect.work),
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

    def __init__(
        self,
        http: HttpClient,
        timeout: "TimeoutLike",
        *,
        anew: Callable[[], HttpClient] | None = None,
        watch: "Watch | None" = None,
    ) -> None:
        self._http = http
        self._anew = anew
        self._watch = watch
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._last: WeakKeyDictionary[asyncio.Task[Any], Seen] = (
            WeakKeyDictionary()
        )  # Any: as above
        self._limits = timeout_of(timeout)
        connect = self._limits.within_total(self._limits.connect)
        read = self._limits.within_total(self._limits.read)
        self._timeout = connect, read, read, connect
        # httpx2 has the same names in a module of its own.
        module: Any = import_module(type(http).__module__.partition(".")[0])
        self._unsent = (
            module.ConnectError,
            module.ConnectTimeout,
            module.PoolTimeout,
            module.ProxyError,
            module.UnsupportedProtocol,
            module.InvalidURL,
        )
        self._failed = (module.RequestError, module.InvalidURL, OSError)
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
        outer = sys.exception()
        number = 0 if self._watch is None else self._watch.sending(send)
        started, begun = time.time(), time.perf_counter()
        try:
            async with asyncio.timeout(self._limits.total):
                outcome = await self._exchange(send)
        except Unwritten as error:
            raise error.reason from None
        except (*self._failed, ValueError) as error:
            sent = not isinstance(error, self._unsent)
            is_over = sent and self._limits.is_over(time.perf_counter() - begun)
            failure = TransportError(str(self._limits) if is_over else _text(error), sent=sent)
            self._see(send, failure, started, begun, number)
            raise failure from bare(error, outer)
        self._see(send, outcome, started, begun, number)
        if isinstance(outcome, ResponseError):
            raise outcome
        return outcome

    async def _exchange(self, send: Send) -> Response | ResponseError:
        http = self._client()
        request = http.build_request(
            send.method, send.url, content=send.body, headers=send.headers, timeout=self._timeout
        )
        answer: HttpAnswer = await http.send(request, stream=True, follow_redirects=False)
        chunks: list[bytes] = []
        left = LONGEST_ANSWER
        try:
            if send.sink is not None and 200 <= answer.status_code < 300:
                return await _pour(answer, send.sink)
            async for chunk in answer.aiter_bytes():
                chunks.append(chunk)
                left -= len(chunk)
                if left < 0:
                    return too_long(answer.status_code)
        finally:
            await answer.aclose()
        return Response(answer.status_code, answer.headers, b"".join(chunks))

    def _client(self) -> HttpClient:
        """Return the client; an own one is made anew in another process or loop.

        Its connections are the other one's, and so are the answers on them.
        """
        home = os.getpid(), asyncio.get_running_loop()
        if self._home != home:
            if self._home is not None and self._anew is not None:
                _abandoned.append(self._http)
                self._http = self._anew()
            self._home = home
        return self._http

    def _see(
        self,
        send: Send,
        outcome: Response | AmoError,
        started: float,
        begun: float,
        number: int,
    ) -> None:
        seen = Seen(send, outcome, started, time.perf_counter() - begun)
        task = asyncio.current_task()
        if task is not None:
            self._last[task] = seen
        if self._watch is not None:
            self._watch.seen(seen, number)

    @property
    def last(self) -> Seen | None:
        """What was sent last by this task."""
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs
            return None
        return None if task is None else self._last.get(task)

    async def aclose(self) -> None:
        """Close the connections of an own client."""
        await self.settle()
        is_here = self._home is None or self._home[0] == os.getpid()
        if self._anew is not None and is_here:
            await self._http.aclose()


async def _pour(answer: HttpAnswer, sink: Sink) -> Response:
    """Hand a good answer over as it comes; what may block does so in a thread."""
    await _in_thread(partial(handing(sink.begin), length_in(answer.headers)))
    handing(sink.wrote)(0)
    async for piece in answer.aiter_bytes(PIECE):
        await _in_thread(partial(handing(sink.write), piece))
        handing(sink.wrote)(len(piece))
    return Response(answer.status_code, answer.headers, b"")


async def _in_thread(action: Callable[[], None]) -> None:
    """Do something in a thread, which is waited for even when the task is cancelled.

    Else the thread would still write while the next attempt begins anew.
    """
    work = asyncio.ensure_future(asyncio.to_thread(action))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait((work,))
        work.exception()
        raise


def _text(error: BaseException) -> str:
    return redact(str(error)) or type(error).__name__


def http_client(*, trust: str | bool) -> HttpClient:
    """Return a new httpx client; without httpx this says what to install."""
    if find_spec("httpx") is None:
        raise MissingExtra("the asynchronous client", "async")
    import httpx  # noqa: PLC0415 - an optional extra

    verify: SSLContext | bool = (
        trust if isinstance(trust, bool) else create_default_context(cafile=trust)
    )
    made: httpx.AsyncClient | None = None
    # Its error holds the address of the proxy, and that the password.
    with suppress(httpx.InvalidURL, ValueError):
        made = httpx.AsyncClient(verify=verify, cookies=_NoCookies())
    if made is None:
        raise wrong_proxy()
    # Every request brings its own; to put those in the place of these is slow in httpx.
    for name in ("Accept", "Accept-Encoding", "User-Agent"):
        del made.headers[name]
    return made


class _NoCookies(CookieJar):
    """Keeps none: what one call was given must not go out with another one."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Pass over what an answer sets."""
