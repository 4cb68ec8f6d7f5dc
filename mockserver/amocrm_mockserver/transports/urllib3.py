"""urllib3 against a mock server in this process."""

from __future__ import annotations

import io
from http.client import IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.poolmanager import SSL_KEYWORDS

from amocrm_mockserver.transports.carriage import arriving_body, interruption, make_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.message import Response
    from amocrm_mockserver.server import MockServer

__all__ = ["mock_pool_manager", "pool_classes"]


def mock_pool_manager(server: MockServer, **options: Any) -> PoolManager:  # Any: urllib3's own
    """A pool manager whose every connection, to any host, ends at the mock server."""
    manager = PoolManager(**options)
    manager.pool_classes_by_scheme = pool_classes(server)
    return manager


def pool_classes(server: MockServer) -> dict[str, type[HTTPConnectionPool]]:
    """What to set as `pool_classes_by_scheme` of a pool manager that exists already."""

    class Plain(_Connection):
        mock_server = server

    class Secure(_Connection):
        mock_server = server
        scheme = "https"
        default_port = 443  # type: ignore[misc]  # urllib3's own HTTPSConnection does so, too

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain  # pyright: ignore[reportAssignmentType]  -- so are urllib3's own

    class SecurePool(HTTPConnectionPool):
        """Knows https only by its name; there is no TLS in it."""

        ConnectionCls = Secure  # pyright: ignore[reportAssignmentType]  -- as above
        scheme = "https"

        def __init__(self, host: str, port: int | None = None, **options: Any) -> None:  # as above
            plain = {name: options[name] for name in options if name not in SSL_KEYWORDS}
            super().__init__(host, port, **plain)

    return {"http": PlainPool, "https": SecurePool}


class _Connection(HTTPConnection):
    """A connection without a socket."""

    mock_server: MockServer
    scheme = "http"
    _answer: Response | None = None
    _options: Mapping[str, Any]

    def connect(self) -> None:
        """There is nothing to connect to."""

    @property
    def is_closed(self) -> bool:
        """A pool keeps it."""
        return False

    @property
    def is_connected(self) -> bool:
        """A pool uses it again."""
        return True

    def close(self) -> None:
        """There is nothing to close."""

    def request(  # type: ignore[override]  # noqa: PLR0913 -- the signature is urllib3's
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        chunked: bool = False,  # noqa: ARG002 -- no wire, no chunks
        preload_content: bool = True,
        decode_content: bool = True,
        enforce_content_length: bool = True,
    ) -> None:
        """Have the request answered."""
        port = "" if self.port in {None, self.default_port} else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        sent = make_request(
            method,
            url if "://" in url else f"{self.scheme}://{host}{port}{url}",
            (headers or {}).items(),
            _read(body),
        )
        self._answer = self.mock_server.handle(sent)
        self._options = {
            "preload_content": preload_content,
            "decode_content": decode_content,
            "enforce_content_length": enforce_content_length,
            "request_method": method,
            "request_url": url,
        }

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        """The answer, or the fault that kept it away."""
        response, self._answer = self._answer, None
        assert response is not None
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        stopped = interruption(response, timeout)
        if stopped == "timeout":
            message = "timed out"
            raise TimeoutError(message)
        if stopped == "drop":
            message = "Remote end closed connection without response"
            raise RemoteDisconnected(message)
        if stopped == "reset":
            raise ConnectionResetError(104, "Connection reset by peer")
        arriving = arriving_body(response)
        return HTTPResponse(
            body=_Body(arriving, missing=len(response.body) - len(arriving)),
            headers=HTTPHeaderDict(response.headers),
            status=response.status,
            version=11,
            version_string="HTTP/1.1",
            reason="",
            **self._options,
        )


class _Body(io.BytesIO):
    """A body that may break off."""

    def __init__(self, data: bytes, *, missing: int) -> None:
        super().__init__(data)
        self._missing = missing

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if self._missing and (size is None or size < 0 or not data):
            raise IncompleteRead(data, self._missing)
        return data


def _read(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return _read(body.read())
    parts: Iterable[Any] = body
    return b"".join(_read(part) for part in parts)
