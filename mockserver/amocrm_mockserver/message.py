"""What goes in and out of the mock server: plain values, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import orjson
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "HAL",
    "HTML",
    "JSON",
    "PROBLEM",
    "Cut",
    "Fault",
    "Request",
    "Response",
    "html_response",
    "json_response",
]

HAL = "application/hal+json"
PROBLEM = "application/problem+json"
JSON = "application/json"
HTML = "text/html"

Cut = Literal["drop", "reset", "truncate"]


@frozen(kw_only=True)
class Request:
    """An HTTP request as the mock server sees it."""

    method: str
    scheme: str = "http"
    host: str
    """The Host header as sent, with its port if it had one."""
    path: str
    """Percent-decoded, otherwise as sent: doubled and trailing slashes are kept."""
    query: str = ""
    """The raw query string, without the question mark."""
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    """Names are lower-case."""
    body: bytes = field(default=b"", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port by which the client came: the start of every URL handed out."""
        return f"{self.scheme}://{self.host}"


@frozen(kw_only=True)
class Fault:
    """What the carrier of an answer does to it on the way; the answer itself is left whole.

    `drop` closes the connection without a byte, `reset` does so with a TCP reset, `truncate`
    sends the head and `keep` bytes of the body (half of it by default) and then closes.
    """

    cut: Cut | None = None
    keep: int | None = None
    delay: float = 0.0
    """Seconds before the first byte."""
    rate: float | None = None
    """Bytes of the body a second; None is as fast as the connection takes them."""


@frozen
class Response:
    """An HTTP response, and the fault by which it suffers on the wire, if any."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    fault: Fault | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def json_response(
    status: int, value: object, *, kind: str = JSON, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    """An answer with a JSON body and exactly this content type."""
    return Response(status, (("Content-Type", kind), *headers), orjson.dumps(value))


def html_response(status: int, text: str) -> Response:
    """An answer with an HTML page, such as the front servers of amoCRM give."""
    kind = HTML if text.isascii() else f"{HTML}; charset=utf-8"
    return Response(status, (("Content-Type", kind),), text.encode())
