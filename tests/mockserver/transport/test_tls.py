"""TLS and the CONNECT proxy: clients that insist on amoCRM's own hosts."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import urllib3

from amocrm_mockserver import Addresses, MockServer, ThreadedServer

from .wire import connect, receive, receive_all

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    "127.0.0.1",
    "localhost",
    "::1",
    "www.amocrm.ru",
    "acc1.amocrm.ru",
    "acc2.kommo.com",
    "acc1.amocrm.com",
    "acc1.amocrm.localhost",
]


@pytest.mark.parametrize("name", NAMES)
def test_names(running: ThreadedServer, name: str) -> None:
    """A client that verifies finds the server under each name, and the server knows it by it."""
    trust = running.authority.client_context()
    with connect(running.tls_url, tls=trust, name=name) as connection:
        host = f"[{name}]" if ":" in name else name
        connection.sendall(f"GET /nothing HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        (answer,) = receive(connection, 1)
    assert answer.status == 404
    assert f"Cannot GET https://{host}:443/nothing".encode() in answer.body


@pytest.mark.parametrize("name", ["example.com", "amocrm.ru", "a.b.amocrm.ru", "127.0.0.2"])
def test_foreign_names(running: ThreadedServer, name: str) -> None:
    """The certificate speaks for nobody else."""
    trust = running.authority.client_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(running.tls_url, tls=trust, name=name).close()


def test_stranger(running: ThreadedServer) -> None:
    """Who does not trust the authority does not get in."""
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(running.tls_url, tls=ssl.create_default_context()).close()


def test_ca_file(tmp_path: Path) -> None:
    """The file holds the authority of the running server, and nothing secret."""
    path = tmp_path / "ca.pem"
    with ThreadedServer(MockServer(), addresses=Addresses(ca_file=path)) as running:
        assert path.read_bytes() == running.authority.pem
        with urllib3.PoolManager(ca_certs=str(path)) as pool:
            answer = pool.request("GET", f"{running.tls_url}/__mock__/info")
            assert answer.status == 200
    assert b"PRIVATE" not in path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_links_over_tls(running: ThreadedServer) -> None:
    """URLs that are handed out begin as the client came."""
    trust = running.authority.client_context()
    with urllib3.PoolManager(ssl_context=trust) as pool:
        made = pool.request("POST", f"{running.tls_url}/__mock__/accounts", json={}).json()
        assert made["base_url"] == running.tls_url
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        account = pool.request("GET", f"{running.tls_url}/api/v4/account", headers=headers).json()
    assert account["_links"]["self"]["href"].startswith(f"{running.tls_url}/api/v4/account")


def test_proxy_to_tls(running: ThreadedServer) -> None:
    """Through the proxy a client reaches an account by its real https URL, verified."""
    assert running.proxy_url is not None
    trust = running.authority.client_context()
    token = token_of(running, "acc1")
    with urllib3.ProxyManager(running.proxy_url, ssl_context=trust) as pool:
        for _ in range(2):
            answer = pool.request(
                "GET",
                "https://acc1.amocrm.ru/api/v4/account",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status == 200
            link = answer.json()["_links"]["self"]["href"]
            assert link.startswith("https://acc1.amocrm.ru/api/v4/account")


def test_proxy_to_plain_host(running: ThreadedServer) -> None:
    """Through the proxy a plain http URL is answered, too."""
    assert running.proxy_url is not None
    with urllib3.ProxyManager(running.proxy_url) as pool:
        answer = pool.request("GET", "http://acc1.amocrm.ru/nothing")
    assert (answer.status, answer.json()["detail"]) == (
        404,
        "Cannot GET http://acc1.amocrm.ru/nothing!",
    )


def test_tunnel_to_plain(running: ThreadedServer) -> None:
    """A tunnel in which plain HTTP is spoken ends at the plain listener."""
    assert running.proxy_url is not None
    with connect(running.proxy_url) as connection:
        connection.sendall(b"CONNECT any.example:80 HTTP/1.1\r\nHost: any.example:80\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        request = b"GET /nothing HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n\r\n"
        connection.sendall(request)
        answer = receive_all(connection)
    assert b"Cannot GET http://any.example/nothing" in answer


def test_early_bytes(running: ThreadedServer) -> None:
    """Bytes sent along with the CONNECT request belong to the tunnel."""
    assert running.proxy_url is not None
    with connect(running.proxy_url) as connection:
        connection.sendall(
            b"CONNECT any.example:80 HTTP/1.1\r\nHost: any.example:80\r\n\r\n"
            b"GET /nothing HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n\r\n"
        )
        answer = receive_all(connection)
    assert answer.count(b"HTTP/1.1 ") == 2
    assert b"Cannot GET http://any.example/nothing" in answer


def test_large_bodies_through_tunnel(running: ThreadedServer) -> None:
    """Megabytes pass a tunnel whole."""
    assert running.proxy_url is not None
    trust = running.authority.client_context()
    token = token_of(running, "acc2")
    name = "x" * 5_000
    headers = {"Authorization": f"Bearer {token}"}
    url = "https://acc2.kommo.com/api/v4/leads"
    with urllib3.ProxyManager(running.proxy_url, ssl_context=trust) as pool:
        made = pool.request("POST", url, json=[{"name": name}] * 250, headers=headers)
        assert made.status == 200
        page = pool.request("GET", f"{url}?limit=250", headers=headers).json()
    assert [lead["name"] for lead in page["_embedded"]["leads"]] == [name] * 250


def test_connect_elsewhere(running: ThreadedServer) -> None:
    """The other listeners are no proxies, and say so."""
    with connect(running.url) as connection:
        connection.sendall(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
        (answer,) = receive(connection, 1)
    assert answer.status == 404


def token_of(running: ThreadedServer, subdomain: str) -> str:
    """A token, by a control call."""
    with urllib3.PoolManager() as pool:
        made = pool.request("POST", f"{running.url}/__mock__/accounts/{subdomain}/tokens")
    token: str = made.json()["access_token"]
    return token
