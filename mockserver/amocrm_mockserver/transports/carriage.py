"""What every transport in this process does alike: requests from URLs, faults without a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from amocrm_mockserver.message import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Interruption", "arriving_body", "interruption", "make_request"]

Interruption: TypeAlias = Literal["timeout", "drop", "reset"]


def make_request(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Request:
    """A request as it would have arrived over a connection."""
    parts = urlsplit(url)
    joined: dict[str, str] = {}
    for raw_name, value in headers:
        name = raw_name.lower()
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return Request(
        method=method,
        scheme=parts.scheme,
        host=joined.get("host", parts.netloc.rpartition("@")[2]),
        path=unquote(parts.path, errors="replace") or "/",
        query=parts.query,
        headers=joined,
        body=body,
    )


def interruption(response: Response, read_timeout: float | None) -> Interruption | None:
    """How the client is kept from the head of the answer, if at all.

    Nobody waits here: latency matters only when it is longer than the client has patience.
    """
    fault = response.fault
    if fault is None:
        return None
    if read_timeout is not None and fault.delay > read_timeout:
        return "timeout"
    if fault.cut == "drop":
        return "drop"
    if fault.cut == "reset":
        return "reset"
    return None


def arriving_body(response: Response) -> bytes:
    """The part of the body that comes through."""
    fault = response.fault
    if fault is None or fault.cut != "truncate":
        return response.body
    return response.body[: len(response.body) // 2 if fault.keep is None else fault.keep]
