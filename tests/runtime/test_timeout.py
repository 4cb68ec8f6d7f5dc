"""How long one request may take, over real sockets, with both clients."""

import asyncio
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
import urllib3

from amocrm_gen import AmoCRM, AsyncAmoCRM, ConfigurationError, Timeout, TransportError
from amocrm_mockserver.tls import make_authority
from runtime.trickle import MANNERS, Manner, TrickleServer

SHORT = Timeout(connect=60, read=60, total=0.3)
"""None of the servers below ever comes to an end, so its length decides nothing."""
LONG = Timeout(connect=60, read=60, total=60)
RAN_OUT = r"took longer than 0\.3 s, its total timeout"
MUCH = "x" * (8 << 20)
"""More than the sockets in between hold, so that a server can refuse to take it."""

kinds = pytest.mark.parametrize("kind", ["sync", "async"])


@pytest.fixture
def server() -> Iterator[TrickleServer]:
    """Return a server without an end."""
    with TrickleServer.started() as started:
        yield started


def do(kind: str, url: str, action: Callable[[Any], Any], **options: Any) -> Any:
    """Do something with a client of one of the two kinds."""
    given: dict[str, Any] = {"token": "t", "base_url": url, "throttle": None, "max_retries": 0}
    given |= options
    if kind == "sync":
        with AmoCRM("example", **given) as client:
            return action(client)

    async def work() -> Any:
        async with AsyncAmoCRM("example", **given) as client:
            return await action(client)

    return asyncio.run(work())


def read(client: Any) -> Any:
    """Ask for something."""
    return client.request("GET", "/api/v4/account")


def write(client: Any, name: str = "Roof") -> Any:
    """Send something."""
    return client.request("POST", "/api/v4/leads", json=[{"name": name}])


@kinds
@pytest.mark.parametrize("manner", MANNERS)
def test_no_request_takes_longer(kind: str, manner: Manner, server: TrickleServer) -> None:
    """Whatever a server does so as not to end, and however often it sends a byte."""
    server.manners = [manner]
    name = MUCH if manner == "deaf" else "Roof"
    with pytest.raises(TransportError, match=RAN_OUT) as caught:
        do(kind, server.url, lambda client: write(client, name), timeout=SHORT)
    assert caught.value.sent
    assert "look it up before sending it again" in str(caught.value)
    assert server.asked == [b"POST"]


@kinds
@pytest.mark.parametrize("manner", ["silent", "head", "body", "open end"])
def test_nor_over_tls(kind: str, manner: Manner) -> None:
    """The same where the bytes are hidden in TLS."""
    authority = make_authority()
    with TrickleServer.started(authority.server_context()) as server:
        server.manners = [manner]
        trust = authority.client_context()
        pool = urllib3.PoolManager(ssl_context=trust)
        http = httpx.AsyncClient(verify=trust)
        with pytest.raises(TransportError, match=RAN_OUT):
            do(kind, server.url, read, timeout=SHORT, transport=pool if kind == "sync" else http)


@kinds
def test_nor_through_a_proxy(kind: str, server: TrickleServer) -> None:
    """A proxy that never ends its answer, before anything was sent through it."""
    server.manners = ["head"]
    pool, http = urllib3.ProxyManager(server.url), httpx.AsyncClient(proxy=server.url)
    transport = pool if kind == "sync" else http
    with pytest.raises(TransportError, match=RAN_OUT):
        do(kind, "https://127.0.0.1:1", read, timeout=SHORT, transport=transport)
    assert server.asked == [b"CONNECT"]


@kinds
def test_nor_a_download(kind: str, server: TrickleServer) -> None:
    """What has come is not taken for the file."""
    server.manners = ["open end"]

    body = BytesIO()
    with pytest.raises(TransportError, match=RAN_OUT):
        do(
            kind,
            server.url,
            lambda client: client.files.download(f"{server.url}/file", body),
            timeout=SHORT,
        )
    assert server.asked == [b"GET"]
    assert body.getvalue().strip() == b""


@kinds
def test_what_may_be_repeated_is(kind: str, server: TrickleServer) -> None:
    """A read that ran out is sent again over another connection, a create is not."""
    server.manners = ["body"]
    assert do(kind, server.url, read, timeout=SHORT, max_retries=1) == {"id": 7}
    assert (server.asked, server.connections) == ([b"GET", b"GET"], 2)
    server.manners = ["body"]
    with pytest.raises(TransportError, match=RAN_OUT):
        do(kind, server.url, write, timeout=SHORT, max_retries=1)
    assert server.asked == [b"GET", b"GET", b"POST"]


@kinds
def test_who_is_in_time_keeps_the_connection(kind: str, server: TrickleServer) -> None:
    """An answer that ends in time is as good as ever."""

    async def both(client: Any) -> Any:
        return [await read(client), await read(client)]

    def action(client: Any) -> Any:
        return both(client) if kind == "async" else [read(client), read(client)]

    assert do(kind, server.url, action, timeout=LONG) == [{"id": 7}, {"id": 7}]
    assert (server.asked, server.connections) == ([b"GET", b"GET"], 1)


@kinds
def test_after_one_that_ran_out_come_others(kind: str, server: TrickleServer) -> None:
    """The client goes on with a connection that nobody has shut down."""
    server.manners = ["chunks"]

    async def late(client: Any) -> Any:
        with pytest.raises(TransportError, match=RAN_OUT):
            await read(client)
        return [await read(client), await read(client)]

    def action(client: Any) -> Any:
        if kind == "async":
            return late(client)
        with pytest.raises(TransportError, match=RAN_OUT):
            read(client)
        return [read(client), read(client)]

    assert do(kind, server.url, action, timeout=SHORT) == [{"id": 7}, {"id": 7}]
    assert server.connections == 2


@kinds
def test_a_silent_server_by_the_parts(kind: str, server: TrickleServer) -> None:
    """One number, two, and a `Timeout` without a total limit the wait for each part alone."""
    for timeout in (0.05, (60, 0.05), Timeout(read=0.05)):
        server.manners = ["silent"]
        with pytest.raises(TransportError) as caught:
            do(kind, server.url, read, timeout=timeout)
        assert caught.value.sent
        assert "total" not in str(caught.value)


def test_connections_of_a_given_pool_are_its_own(server: TrickleServer) -> None:
    """With a total timeout the client has others, made in the same way."""

    class Counting(urllib3.PoolManager):
        count = 0

        def urlopen(self, *given: Any, **named: Any) -> Any:
            type(self).count += 1
            return super().urlopen(*given, **named)

    with Counting() as pool:
        assert do("sync", server.url, read, timeout=LONG, transport=pool) == {"id": 7}
        assert (Counting.count, len(pool.pools)) == (1, 0)
        assert do("sync", server.url, read, timeout=60, transport=pool) == {"id": 7}
        assert (Counting.count, len(pool.pools)) == (2, 1)


@kinds
@pytest.mark.parametrize(
    ("made", "named"),
    [
        (lambda: 0, "connect is 0"),
        (lambda: -1.5, r"connect is -1\.5"),
        (lambda: (5, 0), "read is 0"),
        (lambda: (5, 6, 7), "as a pair it is"),
        (lambda: "30", "connect is '30'"),
        (lambda: True, "connect is True"),
        (lambda: Timeout(total=0), "total is 0"),
        (lambda: Timeout(total=float("nan")), "total is nan"),
        (lambda: Timeout(read=float("inf")), "read is inf"),
    ],
)
def test_what_is_no_time_is_refused(kind: str, made: Callable[[], Any], named: str) -> None:
    """At once, and by name."""
    with pytest.raises(ConfigurationError, match=named):
        do(kind, "http://127.0.0.1:1", read, timeout=made())


def test_none_is_no_limit() -> None:
    """Of each part alone, or of all of it."""
    assert Timeout(connect=None, read=None).within_total(None) is None
    assert Timeout(read=60, total=5).within_total(60) == 5
