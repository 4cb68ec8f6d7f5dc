"""Carries conversations out with urllib3: the driver of the synchronous client."""

import os
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextvars import copy_context
from threading import Event, Thread, local
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager
from urllib3 import Timeout as Patience
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)

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
from amocrm_gen.runtime.errors import AmoError, ResponseError, TransportError
from amocrm_gen.runtime.log import redact
from amocrm_gen.runtime.proxies import proxy_for, wrong_proxy
from amocrm_gen.runtime.secret import Secret
from amocrm_gen.runtime.sink import PIECE, Sink, Unwritten, handing, length_in
from amocrm_gen.runtime.timeout import Timeout
from amocrm_gen.runtime.traffic import Seen

if TYPE_CHECKING:
    from amocrm_gen.runtime.watching import Watch

__all__ = ["Driver", "pool_for"]

Result = TypeVar("Result")

_PERFORM: Final[Mapping[type, Callable[[Any], object]]] = {  # Any: the effect of that class
    Sleep: lambda effect: time.sleep(effect.seconds),
    Now: lambda _: time.time(),
    Reserve: lambda effect: effect.throttle.reserve(),
    Confirm: lambda effect: effect.throttle.confirm(effect.slot),
    Cancel: lambda effect: effect.throttle.cancel(effect.slot),
    Penalise: lambda effect: effect.throttle.penalise(effect.seconds),
    Stop: lambda effect: effect.throttle.stop(effect.seconds),
    Hold: lambda effect: effect.locks.acquire(effect.keys),
    Free: lambda effect: effect.held.release(),
    Load: lambda effect: effect.store.load(effect.account),
    Save: lambda effect: effect.store.save(effect.account, effect.token),
    Do: lambda effect: effect.work(),
}


_UNSENT: Final = (NewConnectionError, NameResolutionError, ConnectTimeoutError)


def _drop(answer: BaseHTTPResponse) -> None:
    """Close the connection of an answer that is not read to its end, and give its place back."""
    answer.close()
    answer.release_conn()


def _is_unsent(error: Exception) -> bool:
    if isinstance(error, ProxyError):
        # urllib3 also says so of a connection that breaks after the request went through it.
        cause = error.original_error
        return isinstance(cause, _UNSENT) or str(cause).startswith("Tunnel connection failed")
    return isinstance(error, _UNSENT)


class Driver:
    """Does what a conversation asks, one effect after the other, in the caller's thread."""

    def __init__(
        self,
        pool: PoolManager,
        timeout: Timeout,
        watch: "Watch | None" = None,
    ) -> None:
        self._pool = pool
        self._watch = watch
        self._last = local()
        _drivers.add(self)
        self._hosts: dict[str, HTTPConnectionPool] = {}
        self._limits = timeout
        self._timeout = Patience(connect=timeout.connect, read=timeout.read, total=timeout.total)
        self._perform: Mapping[type, Callable[[Any], object]] = {  # Any: as above
            **_PERFORM,
            Send: self._send,
            Shield: self._shield,
        }

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def start_anew(self) -> None:
        """Leave the connections to the parent: answers on them are the parent's."""
        # Not closed: another thread may have held their locks when the process was copied.
        _abandoned.append((self._pool.pools, self._hosts))
        self._pool.pools, self._hosts = PoolManager().pools, {}
        self._last = local()

    def run(self, talk: Talk[Result], given_up: Event | None = None) -> Result:
        """Carry a conversation out and return what it returns.

        Once `given_up` is set nothing more is sent for it: it ends with a `CancelledError`.
        """
        perform = self._perform if given_up is None else self._unless(given_up)
        step: Callable[[Any], Effect] = talk.send  # Any: results and errors of all effects
        value: Any = None
        while True:
            try:
                effect = step(value)
            except StopIteration as end:
                result: Result = end.value
                return result
            try:
                step, value = talk.send, perform[type(effect)](effect)
            except BaseException as error:  # noqa: BLE001 - the conversation frees what it holds
                step, value = talk.throw, error

    def _unless(self, given_up: Event) -> Mapping[type, Callable[[Any], object]]:  # Any: as above
        def sleep(effect: Sleep) -> None:
            if given_up.wait(effect.seconds):
                raise CancelledError

        def send(effect: Send) -> Response:
            if given_up.is_set():
                raise CancelledError
            return self._send(effect)

        # What is shielded goes on: it runs without the event.
        return {**self._perform, Sleep: sleep, Send: send}

    def _shield(self, shield: Shield) -> object:
        # Ctrl-C and time limits strike the caller's thread; this one goes on to its end, and the
        # interpreter waits for it.
        done: Future[object] = Future()
        context = copy_context()
        work = Thread(target=context.run, args=(self._finish, shield.talk, done), name="amocrm-gen")
        try:
            work.start()
        except RuntimeError:  # the interpreter is about to end, and starts no thread any more
            return self.run(shield.talk)
        return done.result()

    def _finish(self, talk: Talk[object], done: Future[object]) -> None:
        try:
            done.set_result(self.run(talk))
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            done.set_exception(error)

    def _send(self, send: Send) -> Response:
        outer = sys.exception()
        number = 0 if self._watch is None else self._watch.sending(send)
        started, begun = time.time(), time.perf_counter()
        try:
            outcome = self._exchange_in_time(send)
        except Unwritten as error:
            raise error.reason from None
        except (HTTPError, OSError, ValueError) as error:
            sent = not _is_unsent(error)
            is_over = sent and self._limits.is_over(time.perf_counter() - begun)
            text = str(self._limits) if is_over else redact(str(error))
            failure = TransportError(text, sent=sent)
            self._see(send, failure, started, begun, number)
            raise failure from bare(error, outer)
        self._see(send, outcome, started, begun, number)
        if isinstance(outcome, ResponseError):
            raise outcome
        return outcome

    def _exchange_in_time(self, send: Send) -> Response | ResponseError:
        if self._limits.total is None:
            return self._exchange(send)
        from amocrm_gen.runtime.deadline import Deadline  # noqa: PLC0415 - most have no such limit

        with Deadline(self._limits.total, str(self._limits)) as deadline:
            outcome = self._exchange(send)
        if deadline.is_over:
            # An answer that was cut off can look like a whole one.
            raise TimeoutError
        return outcome

    def _exchange(self, send: Send) -> Response | ResponseError:
        opener, url = self._opener(send.url)
        answer = opener.urlopen(
            send.method,
            url,
            body=send.body,
            headers=send.headers,
            redirect=False,
            retries=False,
            timeout=self._timeout,
            preload_content=False,
        )
        try:
            if send.sink is not None and 200 <= answer.status < 300:
                return _pour(answer, send.sink)
            return _read(answer)
        except (HTTPError, OSError, ValueError):
            _drop(answer)
            raise

    def _see(
        self,
        send: Send,
        outcome: Response | AmoError,
        started: float,
        begun: float,
        number: int,
    ) -> None:
        seen = Seen(send, outcome, started, time.perf_counter() - begun)
        self._last.seen = seen
        if self._watch is not None:
            self._watch.seen(seen, number)

    @property
    def last(self) -> Seen | None:
        """What was sent last by this thread."""
        return getattr(self._last, "seen", None)

    def _opener(self, url: str) -> tuple[PoolManager | HTTPConnectionPool, str]:
        """Return what opens an address, and how it is told the address.

        A pool manager takes every address apart anew, a sixth of the time of a small request; so
        its pools are asked themselves. A manager of the user's, or of a proxy, may do more.
        """
        start = url.find("/", url.find("//") + 2)
        if type(self._pool) is not PoolManager or start < 0:
            return self._pool, url
        origin = url[:start]
        host = self._hosts.get(origin)
        if host is None or host.pool is None:  # new, or closed meanwhile
            host = self._hosts[origin] = self._pool.connection_from_url(origin)
        return host, url[start:]


def _read(answer: BaseHTTPResponse) -> Response | ResponseError:
    body = answer.read(LONGEST_ANSWER + 1)
    if len(body) > LONGEST_ANSWER:
        _drop(answer)
        return too_long(answer.status)
    return Response(answer.status, answer.headers, body)


def _pour(answer: BaseHTTPResponse, sink: Sink) -> Response:
    """Hand a good answer over as it comes."""
    try:
        handing(sink.begin)(length_in(answer.headers))
        handing(sink.wrote)(0)
        for piece in answer.stream(PIECE):
            handing(sink.write)(piece)
            handing(sink.wrote)(len(piece))
    except BaseException:
        _drop(answer)  # what is left of it must not be taken for the next answer
        raise
    return Response(answer.status, answer.headers, b"")


def pool_for(url: str, *, trust: str | bool, size: int) -> PoolManager:
    """Return a pool that keeps connections open, through the proxy that the environment names."""
    options: dict[str, Any] = {"maxsize": size}  # Any: urllib3's own options
    if trust is False:
        options["cert_reqs"] = "CERT_NONE"
    elif trust is not True:
        options["ca_certs"] = trust
    proxy = proxy_for(url, os.environ)
    if proxy is None:
        return PoolManager(**options)
    proxy = Secret(proxy)
    made = _proxied(proxy, options)
    if made is None:
        # Here, since the frame of the error holds the password.
        raise wrong_proxy()
    return made


def _proxied(proxy: str, options: dict[str, Any]) -> ProxyManager | None:  # Any: as above
    try:
        parts = urlsplit(proxy)
        if parts.username is not None:
            user, password = unquote(parts.username), unquote(parts.password or "")
            pair = b64encode(f"{user}:{password}".encode()).decode()
            options = {**options, "proxy_headers": {"Proxy-Authorization": Secret(f"Basic {pair}")}}
            proxy = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return ProxyManager(proxy, **options)
    except (HTTPError, ValueError):
        return None


_drivers: "WeakSet[Driver]" = WeakSet()
_abandoned: Final[list[object]] = []


def _start_anew() -> None:
    for driver in _drivers:
        driver.start_anew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
