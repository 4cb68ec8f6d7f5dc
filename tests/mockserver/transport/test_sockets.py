"""The socket driver: HTTP/1.1 as clients really speak it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import orjson
import pytest
import urllib3

from .wire import connect, receive, receive_all

if TYPE_CHECKING:
    from amocrm_mockserver import ThreadedServer


@pytest.fixture
def token(running: ThreadedServer) -> str:
    """A token of `acc1`."""
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{running.url}/__mock__/accounts/acc1/tokens")
        text: str = answer.json()["access_token"]
    return text


def get(path: str, token: str = "", more: str = "") -> bytes:
    """A GET request as bytes."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
    ).encode()


def test_pool(running: ThreadedServer, token: str) -> None:
    """An ordinary client reads the account, over one connection."""
    with urllib3.PoolManager() as pool:
        for _ in range(3):
            answer = pool.request(
                "GET",
                f"{running.url}/api/v4/account",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status == 200
            assert answer.json()["subdomain"] == "acc1"
            self_link = answer.json()["_links"]["self"]["href"]
            assert self_link.startswith(f"{running.url}/api/v4/account")
        pools = pool.connection_from_url(running.url)
        assert pools.num_connections == 1


def test_head_line_and_headers(running: ThreadedServer, token: str) -> None:
    """The content type is exact, the length right, the reason there."""
    with connect(running.url) as connection:
        connection.sendall(get("/api/v4/account", token, "Connection: close\r\n"))
        head, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Type: application/hal+json\r\n" in head
    assert f"\r\nContent-Length: {len(body)}".encode() in head
    assert orjson.loads(body)["subdomain"] == "acc1"


def test_pipelining(running: ThreadedServer, token: str) -> None:
    """Requests sent in one go are answered in their order."""
    paths = ["/api/v4/account", "/oauth2/account/subdomain", "/nothing", "/v3/user"]
    with connect(running.url) as connection:
        connection.sendall(b"".join(get(path, token) for path in paths))
        answers = receive(connection, len(paths))
    assert [answer.status for answer in answers] == [200, 200, 404, 200]
    assert b"_links" in answers[0].body
    assert b"top_level_domain" in answers[1].body
    assert b"email" in answers[3].body


def test_byte_by_byte(running: ThreadedServer, token: str) -> None:
    """However the bytes arrive, the request is the same."""
    with connect(running.url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in get("/v3/user", token):
            connection.sendall(bytes([byte]))
        (answer,) = receive(connection, 1)
    assert answer.status == 200


def test_chunked_request(running: ThreadedServer) -> None:
    """A body in chunks, without a length, is put together."""
    head = (
        "POST /__mock__/accounts/acc1/tokens HTTP/1.1\r\nHost: x.localhost\r\n"
        "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
    )
    chunks = b"".join(
        f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        for piece in (b'{"kind": "', b"oauth", b'"}', b"")
    )
    with connect(running.url) as connection:
        connection.sendall(head.encode() + chunks)
        (answer,) = receive(connection, 1)
    assert answer.status == 200
    assert b"refresh_token" in answer.body


def test_expect_continue(running: ThreadedServer) -> None:
    """A client that waits to be told to go on is told so."""
    body = b'{"kind": "oauth"}'
    head = (
        "POST /__mock__/accounts/acc1/tokens HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with connect(running.url) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        (answer,) = receive(connection, 1)
    assert answer.status == 200


def test_head(running: ThreadedServer, token: str) -> None:
    """HEAD tells the length of a body that does not come; the connection goes on."""
    with connect(running.url) as connection:
        connection.sendall(get("/v3/user", token).replace(b"GET", b"HEAD", 1))
        (head,) = receive(connection, 1, method="HEAD")
        connection.sendall(get("/v3/user", token))
        (answer,) = receive(connection, 1)
    assert head.body == b""
    assert head.headers["content-length"] == str(len(answer.body)) != "0"


def test_no_content(running: ThreadedServer, token: str) -> None:
    """A 204 has neither body nor length nor type; the connection goes on."""
    with connect(running.url) as connection:
        connection.sendall(get("/api/v4/leads", token) + get("/v3/user", token))
        empty, answer = receive(connection, 2)
    assert (empty.status, empty.body) == (204, b"")
    assert not {"content-length", "content-type", "transfer-encoding"} & set(empty.headers)
    assert answer.status == 200


def test_large_bodies(running: ThreadedServer, token: str) -> None:
    """Megabytes come through in both directions."""
    name = "Сделка " * 400
    leads = [{"name": name} for _ in range(250)]
    headers = {"Authorization": f"Bearer {token}", "Host": "acc1.amocrm.ru"}
    with urllib3.PoolManager() as pool:
        made = pool.request("POST", f"{running.url}/api/v4/leads", json=leads, headers=headers)
        assert made.status == 200, made.data[:300]
        page = pool.request("GET", f"{running.url}/api/v4/leads?limit=250", headers=headers)
    assert len(page.data) > 1_000_000
    assert {lead["name"] for lead in page.json()["_embedded"]["leads"]} == {name}


def test_absolute_target(running: ThreadedServer, token: str) -> None:
    """A whole URL in the request line, as plain proxies are sent, names the host."""
    with connect(running.url) as connection:
        connection.sendall(get("http://acc2.kommo.com/v3/user", token))
        (answer,) = receive(connection, 1)
    assert answer.status == 401


def test_old_client(running: ThreadedServer, token: str) -> None:
    """HTTP/1.0 without a host is answered, and the connection closed."""
    request = f"GET /v3/user HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n"
    with connect(running.url) as connection:
        connection.sendall(request.encode())
        assert b" 200 OK" in receive_all(connection)


def test_half_closed(running: ThreadedServer, token: str) -> None:
    """A client that will send no more still gets its answer."""
    with connect(running.url) as connection:
        connection.sendall(get("/v3/user", token))
        connection.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 200 OK" in receive_all(connection)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1" + bytes(40) + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 900_000 + b"\r\n\r\n",
    ],
)
def test_nonsense(running: ThreadedServer, nonsense: bytes) -> None:
    """What is not HTTP is refused, and the connection closed."""
    with connect(running.url) as connection:
        try:
            connection.sendall(nonsense)
            answer = receive_all(connection)
        except ConnectionResetError:
            return  # it was closed while bytes were on the way
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert b"onnection: close" in answer


def test_many_at_once(running: ThreadedServer, token: str) -> None:
    """Two hundred clients that connect before any of them asks are all answered."""
    connections = [connect(running.url) for _ in range(200)]
    try:
        for connection in connections:
            connection.sendall(get("/v3/user", token))
        assert {receive(connection, 1)[0].status for connection in connections} == {200}
    finally:
        for connection in connections:
            connection.close()


def test_threads(running: ThreadedServer) -> None:
    """Writers over sockets and in process do not lose each other's rows."""
    running.server.reset()
    with urllib3.PoolManager(maxsize=8) as pool:
        made = pool.request("POST", f"{running.url}/__mock__/accounts", json={}).json()
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        url = f"{running.url}/api/v4/leads"

        def write() -> None:
            for _ in range(10):
                assert pool.request("POST", url, json=[{"name": "x"}], headers=headers).status

        threads = [threading.Thread(target=write) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        page = pool.request("GET", f"{url}?limit=250", headers=headers).json()
    ids = [lead["id"] for lead in page["_embedded"]["leads"]]
    assert len(set(ids)) == 80
