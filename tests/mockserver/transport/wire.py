"""Connections to a running server, byte by byte."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h11
from attrs import frozen

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

__all__ = ["PATIENCE", "Received", "connect", "receive", "receive_all"]

PATIENCE = 20.0
"""Seconds after which a test is given up; nothing waits for it when all is well."""


@frozen
class Received:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


def connect(
    url: str, *, tls: ssl.SSLContext | None = None, name: str = "localhost"
) -> socket.socket:
    """A connection to a listener."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = socket.create_connection((parts.hostname, parts.port or 80), timeout=PATIENCE)
    return connection if tls is None else tls.wrap_socket(connection, server_hostname=name)


def receive(connection: socket.socket, count: int, method: str = "GET") -> list[Received]:
    """So many answers, in the order in which they come."""
    data = b""
    answers: list[Received] = []
    for _ in range(count):
        http = h11.Connection(h11.CLIENT)
        http.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
        http.send(h11.EndOfMessage())
        if data:
            http.receive_data(data)
        answers.append(_one(http, connection))
        data = http.trailing_data[0]
    return answers


def _one(http: h11.Connection, connection: socket.socket) -> Received:
    head: h11.Response | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(connection.recv(65_536))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            headers = {name.decode(): value.decode() for name, value in head.headers}
            return Received(head.status_code, headers, body)


def receive_all(connection: socket.socket) -> bytes:
    """Everything until the other side ends."""
    pieces: Sequence[bytes] = list(iter(lambda: connection.recv(65_536), b""))
    return b"".join(pieces)
