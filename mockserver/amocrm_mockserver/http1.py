"""HTTP/1.1 on one connection: bytes to requests, answers to bytes, faults included."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote, urlsplit

import h11

from amocrm_mockserver.message import Fault, Request, Response
from amocrm_mockserver.problems import bad_request

if TYPE_CHECKING:
    from asyncio import Transport

__all__ = ["Connections", "Handle", "HttpConnection", "Tunnel", "reset"]

Handle: TypeAlias = Callable[[Request], Response]
Connections: TypeAlias = set["asyncio.Transport"]
Tunnel: TypeAlias = Callable[["Transport", bytes], None]
"""Takes over the connection of a CONNECT request, with what came after it."""

_REASONS: Final = {status.value: status.phrase.encode() for status in HTTPStatus}
_MAX_HEAD: Final = 256 * 1024
_MAX_BODY: Final = 256 * 1024 * 1024
_SLOW_STEPS_A_SECOND: Final = 20


class HttpConnection(asyncio.Protocol):
    """One client's connection; answers in the order of the requests, one after the other."""

    def __init__(
        self, handle: Handle, scheme: str, connections: Connections, tunnel: Tunnel | None = None
    ) -> None:
        self._handle = handle
        self._scheme = scheme
        self._connections = connections
        self._tunnel = tunnel
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._transport: Transport | None = None
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the name is asyncio's)
        """The client has gone, or was sent away."""
        if self._transport is not None:
            self._connections.discard(self._transport)
            self._transport = None
        if self._sending is not None:
            self._sending.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in bytes and answer every request that is complete with them."""
        self._http.receive_data(data)
        self._work()

    def eof_received(self) -> bool:
        """The client will send no more; it is still given the answers it waits for."""
        self._http.receive_data(b"")
        self._work()
        # TLS has no half-closed connections.
        return self._sending is not None and self._scheme == "http"

    def _work(self) -> None:
        while self._transport is not None and self._sending is None:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                self._refuse(error)
                return
            if isinstance(event, h11.Request):
                self._head = event
                self._body.clear()
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > _MAX_BODY:
                    self._transport.abort()
            elif isinstance(event, h11.EndOfMessage):
                self._answer()
            elif isinstance(event, h11.ConnectionClosed):
                self._transport.close()
                return
            else:
                self._continue_if_awaited()
                return

    def _continue_if_awaited(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))

    def _answer(self) -> None:
        assert self._head is not None
        if self._head.method == b"CONNECT" and self._tunnel is not None:
            self._open_tunnel()
            return
        response = self._handle(_request(self._head, bytes(self._body), self._scheme, self._local))
        fault = response.fault
        if fault is None:
            self._send(response)
        elif fault.delay or fault.rate:
            self._sending = asyncio.create_task(self._send_slowly(response, fault))
        else:
            self._send_spoiled(response, fault)

    @property
    def _local(self) -> str:
        """What stands for the host when an old client names none."""
        assert self._transport is not None
        name: tuple[str, int] = self._transport.get_extra_info("sockname")
        return f"{name[0]}:{name[1]}"

    def _send(self, response: Response) -> None:
        self._write(_head(response), h11.Data(data=response.body), h11.EndOfMessage())
        self._go_on()

    def _go_on(self) -> None:
        if self._http.our_state is h11.MUST_CLOSE:
            if self._transport is not None:
                self._transport.close()
        else:
            self._http.start_next_cycle()

    def _send_spoiled(self, response: Response, fault: Fault) -> None:
        transport = self._transport
        if transport is None:
            return
        if fault.cut == "reset":
            reset(transport)
        elif fault.cut == "truncate":
            keep = len(response.body) // 2 if fault.keep is None else fault.keep
            self._write(_head(response), h11.Data(data=response.body[:keep]))
            transport.close()
        elif fault.cut == "drop":
            transport.close()
        else:
            self._send(response)

    async def _send_slowly(self, response: Response, fault: Fault) -> None:
        await asyncio.sleep(fault.delay)
        if fault.cut is None and fault.rate:
            self._write(_head(response))
            for piece in _pieces(response.body, fault.rate):
                self._write(h11.Data(data=piece))
                await asyncio.sleep(len(piece) / fault.rate)
            self._write(h11.EndOfMessage())
            self._go_on()
        else:
            self._send_spoiled(response, fault)
        self._sending = None
        self._work()

    def _open_tunnel(self) -> None:
        assert self._tunnel is not None
        transport = self._transport
        assert transport is not None
        self._write(h11.Response(status_code=200, headers=[], reason=b"Connection established"))
        self._connections.discard(transport)
        self._transport = None
        self._tunnel(transport, self._http.trailing_data[0])

    def _refuse(self, error: h11.RemoteProtocolError) -> None:
        transport = self._transport
        assert transport is not None
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            refusal = bad_request(f"This is not HTTP/1.1: {error}").response
            close = (("Connection", "close"), ("Content-Length", str(len(refusal.body))))
            head = Response(refusal.status, (*refusal.headers, *close), refusal.body)
            self._write(_head(head), h11.Data(data=head.body), h11.EndOfMessage())
        transport.close()

    def _write(self, *events: h11.Event) -> None:
        data = b"".join(self._http.send(event) or b"" for event in events)
        if data and self._transport is not None:
            self._transport.write(data)


def reset(transport: Transport) -> None:
    """Close a connection so that the other side sees it reset."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _head(response: Response) -> h11.Response:
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    reason = _REASONS.get(response.status, b"")
    return h11.Response(status_code=response.status, headers=headers, reason=reason)


def _pieces(body: bytes, rate: float) -> Iterator[bytes]:
    size = max(1, int(rate / _SLOW_STEPS_A_SECOND))
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _request(head: h11.Request, body: bytes, scheme: str, local: str) -> Request:
    headers: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    target = head.target.decode("latin-1").partition("#")[0]
    host = headers.get("host", local)
    if not target.startswith("/"):
        # A plain proxy is sent the whole URL.
        url = urlsplit(target)
        if url.netloc:
            scheme, host = url.scheme, url.netloc.rpartition("@")[2]
            target = url.path + (f"?{url.query}" if url.query else "")
    path, _, query = target.partition("?")
    return Request(
        method=head.method.decode("latin-1"),
        scheme=scheme,
        host=host,
        path=unquote(path, errors="replace") or "/",
        query=query,
        headers=headers,
        body=body,
    )
