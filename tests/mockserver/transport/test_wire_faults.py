"""What the driver does to answers on purpose, as the client's socket sees it."""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
import urllib3
from attrs import evolve

from amocrm_mockserver import Addresses, Fault, MockServer, ThreadedServer

from .asking import two_accounts
from .wire import PATIENCE, connect, receive, receive_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver import Request, Response

REQUEST = b"GET /v3/user HTTP/1.1\r\nHost: acc1.amocrm.ru\r\n\r\n"


class Faulty(MockServer):
    """Answers as any, with the fault that is set."""

    fault: Fault | None = None

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        return evolve(super().handle(request), fault=self.fault)


@pytest.fixture(scope="module")
def faulty() -> Iterator[ThreadedServer]:
    """A server whose answers suffer."""
    with ThreadedServer(Faulty(two_accounts()), addresses=Addresses(proxy_port=0)) as running:
        yield running


@pytest.fixture(params=["plain", "tls", "tunnel"])
def way(request: pytest.FixtureRequest) -> str:
    """By which listener the client comes."""
    way: str = request.param
    return way


def connection_of(faulty: ThreadedServer, way: str, fault: Fault) -> socket.socket:
    """A connection whose answers will suffer."""
    server = faulty.server
    assert isinstance(server, Faulty)
    server.fault = fault
    trust = faulty.authority.client_context()
    if way == "plain":
        return connect(faulty.url)
    if way == "tls":
        return connect(faulty.tls_url, tls=trust)
    assert faulty.proxy_url is not None
    tunnel = connect(faulty.proxy_url)
    tunnel.sendall(b"CONNECT acc1.amocrm.ru:443 HTTP/1.1\r\nHost: acc1.amocrm.ru:443\r\n\r\n")
    assert tunnel.recv(1000).startswith(b"HTTP/1.1 200 ")
    return trust.wrap_socket(tunnel, server_hostname="acc1.amocrm.ru")


def exchange(faulty: ThreadedServer, way: str, fault: Fault, request: bytes = REQUEST) -> bytes:
    """All that comes back for a request under a fault."""
    with connection_of(faulty, way, fault) as connection:
        connection.sendall(request)
        return receive_all(connection)


def test_drop(faulty: ThreadedServer, way: str) -> None:
    """The connection ends without a byte."""
    try:
        assert exchange(faulty, way, Fault(cut="drop")) == b""
    except ssl.SSLEOFError:
        assert way != "plain"


def test_reset(faulty: ThreadedServer, way: str) -> None:
    """The connection is reset, as seen below TLS, which tells a reset from an end only there."""
    with connection_of(faulty, way, Fault(cut="reset")) as connection:
        connection.sendall(REQUEST)
        with socket.socket(fileno=os.dup(connection.fileno())) as below:
            below.settimeout(PATIENCE)
            with pytest.raises(ConnectionResetError):
                receive_all(below)


@pytest.mark.parametrize("keep", [0, 5, None])
def test_truncate(faulty: ThreadedServer, way: str, keep: int | None) -> None:
    """The head promises more than comes."""
    answer = exchange(faulty, way, Fault(cut="truncate", keep=keep))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: 113" in head
    assert len(body) == (56 if keep is None else keep)


def test_slow_body(faulty: ThreadedServer) -> None:
    """A slow body is whole; the next request waits for its turn."""
    request = REQUEST + REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answer = exchange(faulty, "plain", Fault(rate=100_000, delay=0.001), request)
    assert answer.count(b"HTTP/1.1 401 Unauthorized") == 2
    assert answer.count(b'"detail":"Invalid user name or password"}') == 2


def test_latency(faulty: ThreadedServer) -> None:
    """A client without patience gives up; the server does not mind."""
    server = faulty.server
    assert isinstance(server, Faulty)
    server.fault = Fault(delay=3600)
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.TimeoutError):
        pool.request("GET", f"{faulty.url}/v3/user", timeout=0.01)
    server.fault = None
    with connect(faulty.url) as connection:
        connection.sendall(REQUEST)
        assert receive(connection, 1)[0].status == 401


def test_client_sees_incomplete_read(faulty: ThreadedServer) -> None:
    """urllib3 tells a body cut short from a whole one."""
    server = faulty.server
    assert isinstance(server, Faulty)
    server.fault = Fault(cut="truncate")
    with (
        urllib3.PoolManager(retries=False) as pool,
        pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead"),
    ):
        pool.request("GET", f"{faulty.url}/v3/user")
