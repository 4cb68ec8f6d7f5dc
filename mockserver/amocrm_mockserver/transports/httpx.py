"""httpx against a mock server in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from amocrm_mockserver.transports.carriage import arriving_body, interruption, make_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from amocrm_mockserver.message import Response
    from amocrm_mockserver.server import MockServer

__all__ = ["AsyncMockTransport", "MockTransport", "answer"]


class MockTransport(httpx.BaseTransport):
    """For `httpx.Client(transport=…)` or its `mounts`."""

    def __init__(self, server: MockServer) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Have one request answered."""
        request.read()
        return answer(self._server, request)


class AsyncMockTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=…)` or its `mounts`."""

    def __init__(self, server: MockServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have one request answered."""
        await request.aread()
        return answer(self._server, request)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that may break off."""

    def __init__(self, data: bytes, *, missing: int) -> None:
        self._data = data
        self._missing = missing

    def __iter__(self) -> Iterator[bytes]:
        yield self._data
        if self._missing:
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def answer(server: MockServer, request: httpx.Request) -> httpx.Response:
    """The answer to a request whose body was read, or the fault that kept it away."""
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    ]
    sent = make_request(request.method, str(request.url), headers, request.content)
    response = server.handle(sent)
    _raise_interruption(response, request)
    arriving = arriving_body(response)
    return httpx.Response(
        response.status,
        headers=list(response.headers),
        stream=_Body(arriving, missing=len(response.body) - len(arriving)),
        request=request,
    )


def _raise_interruption(response: Response, request: httpx.Request) -> None:
    timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
    stopped = interruption(response, timeouts.get("read"))
    if stopped == "timeout":
        message = "timed out"
        raise httpx.ReadTimeout(message, request=request)
    if stopped == "drop":
        message = "Server disconnected without sending a response."
        raise httpx.RemoteProtocolError(message, request=request)
    if stopped == "reset":
        message = "Connection reset by peer"
        raise httpx.ReadError(message, request=request)
