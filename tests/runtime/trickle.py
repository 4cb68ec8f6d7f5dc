"""A server that never comes to an end, in several ways."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeAlias

__all__ = ["MANNERS", "Manner", "TrickleServer"]

Manner: TypeAlias = Literal["deaf", "silent", "head", "body", "chunks", "chunk size", "open end"]
MANNERS: Final[tuple[Manner, ...]] = (
    "deaf", "silent", "head", "body", "chunks", "chunk size", "open end",
)  # fmt: skip

_STARTS: Final[dict[str, bytes]] = {
    "head": b"HTTP/1.1 200 OK\r\nX-Long: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    "open end": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
}
_PIECES: Final = {"chunks": b"1\r\n \r\n"}
_PAUSE: Final = 0.02
_MOST: Final = 3_000
"""Pieces, a minute of them, after which a client is let go that would wait for ever."""
_GOOD: Final = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"id": 7}'
)


class TrickleServer(socketserver.ThreadingTCPServer):
    """Answers well when all manners are used up that it was told."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.manners: list[Manner] = []
        self.connections = 0
        self.asked: list[bytes] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "http" if context is None else "https"
        if context is not None:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @classmethod
    @contextmanager
    def started(cls, context: ssl.SSLContext | None = None) -> Iterator["TrickleServer"]:
        """Start one, with TLS if a context is given."""
        with cls(context) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield server
            finally:
                server.over.set()
                server.shutdown()
                thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients hang up when they have waited enough."""


class _Handler(socketserver.StreamRequestHandler):
    server: TrickleServer

    def handle(self) -> None:
        """Answer the requests of one connection."""
        self.server.connections += 1
        while first := self.rfile.readline():
            self.server.asked.append(first.split()[0])
            length = 0
            while (line := self.rfile.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            manner = self.server.manners.pop(0) if self.server.manners else None
            if manner == "deaf":
                self.server.over.wait(60)
                return
            self.rfile.read(length)
            if manner is None:
                self.wfile.write(_GOOD)
                continue
            self._trickle(manner)
            return

    def _trickle(self, manner: Manner) -> None:
        self.wfile.write(_STARTS.get(manner, b""))
        for _ in range(_MOST):
            if self.server.over.wait(_PAUSE):
                return
            if manner != "silent":
                self.wfile.write(_PIECES.get(manner, b" "))
