"""Requests that the server makes itself, and its end while clients hold on."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from amocrm_mockserver import Addresses, MockServer, ThreadedServer, parse_seed
from amocrm_mockserver.delivery import deliver
from amocrm_mockserver.faults import FaultRule
from amocrm_mockserver.outbox import Outgoing

from .wire import PATIENCE, connect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hook() -> Iterator[tuple[str, queue.Queue[str]]]:
    """Somebody else's server on this machine, and the targets it was asked for."""
    asked: queue.Queue[str] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.put(self.path)
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/back?a=1", asked
        server.shutdown()
        thread.join()


def test_code_by_api_key(hook: tuple[str, queue.Queue[str]]) -> None:
    """The code for an API key is sent to the redirect URI, with what was there before."""
    uri, asked = hook
    seed = parse_seed(
        f"""
        integrations: [{{client_id: c, client_secret: s, redirect_uri: "{uri}"}}]
        accounts: [{{subdomain: acc1, users: [{{name: A, email: a@b.c, admin: true, api_key: k}}]}}]
        """
    )
    key = {"login": "a@b.c", "api_key": "k", "client_uuid": "c", "client_secret": "s"}
    with ThreadedServer(MockServer(seed)) as running, urllib3.PoolManager() as pool:
        accepted = pool.request("POST", f"{running.url}//oauth2/exchange_api_key", json=key)
        assert (accepted.status, accepted.data) == (202, b"")
        target = urlsplit(asked.get(timeout=PATIENCE))
        told = {name: values[0] for name, values in parse_qs(target.query).items()}
        body = {
            "client_id": "c",
            "client_secret": "s",
            "redirect_uri": uri,
            "grant_type": "authorization_code",
            "code": told["code"],
        }
        pair = pool.request("POST", f"{running.url}/oauth2/access_token", json=body)
    assert (target.path, told["a"], told["from_exchange"]) == ("/back", "1", "1")
    assert pair.status == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/oauth2/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example/",
        "http://[",
    ],
)
def test_nothing_leaves_the_machine(url: str) -> None:
    """A request to anybody else is not made."""
    assert deliver(Outgoing(method="GET", url=url)) is None


def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    """A receiver that is not there is noted, without the code that was for him."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with caplog.at_level(logging.WARNING):
        thread = deliver(Outgoing(method="GET", url=f"http://127.0.0.1:{port}/?code=hush"))
        assert thread is not None
        thread.join(PATIENCE)
    assert f"127.0.0.1:{port}" in caplog.text
    assert "hush" not in caplog.text


def test_end_with_clients(caplog: pytest.LogCaptureFixture) -> None:
    """The server ends at once, whatever its clients are in the middle of."""
    running = ThreadedServer(MockServer(), addresses=Addresses(proxy_port=0))
    with running:
        assert running.proxy_url is not None
        running.server.faults.add(FaultRule(latency=3600))
        clients = [connect(url) for url in (running.url, running.tls_url, running.proxy_url)]
        waiting = connect(running.url)
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        tunnel = connect(running.proxy_url)
        tunnel.sendall(b"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n")
        assert tunnel.recv(100)
        tunnel.sendall(b"\x16\x03\x01")
    for client in (*clients, waiting, tunnel):
        client.close()
    assert caplog.text == ""
    with pytest.raises(RuntimeError, match="does not run"):
        assert running.url
