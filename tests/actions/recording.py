"""A transport that keeps what is sent, and refuses all of it."""

from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen
from orjson import dumps, loads
from urllib3 import HTTPResponse, PoolManager

from amocrm_gen import AmoCRM
from amocrm_gen.runtime.channel import ChatChannel

__all__ = ["Recording", "Sent", "client_of"]

_JSON: Final = "application/json"
_TOLD: Final = (
    "content-type",
    "x-auth-token",
    "x-refresh-token",
    "if-modified-since",
    "x-requested-with",
)


@frozen
class Sent:
    """A request, as far as it tells what is asked."""

    method: str
    origin: str
    path: str
    query: tuple[tuple[str, str], ...]
    """Decoded, in the order of names."""
    body: object
    """Decoded JSON, the pairs of a form, or bytes."""
    headers: tuple[tuple[str, str], ...]
    """Those that operations and callers add."""
    is_signed: bool
    has_token: bool


class Recording(PoolManager):
    """Keeps each request, and answers that there is no such thing."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []

    def urlopen(  # type: ignore[override]  # of a pool manager
        self, method: str, url: str, redirect: bool = True, **rest: Any
    ) -> HTTPResponse:
        """Take a request."""
        del redirect
        split = urlsplit(url)
        if "drive_url" in split.query:
            return _answer(200, {"id": 1, "drive_url": "https://drive-b.amocrm.ru"})
        headers = {name.lower(): str(value) for name, value in rest["headers"].items()}
        kind = headers.get("content-type", "")
        self.sent.append(
            Sent(
                method,
                f"{split.scheme}://{split.netloc}",
                split.path,
                tuple(sorted(parse_qsl(split.query, keep_blank_values=True))),
                _decoded(rest["body"], kind),
                tuple((name, headers[name]) for name in _TOLD if name in headers),
                is_signed="x-signature" in headers,
                has_token="authorization" in headers,
            )
        )
        return _answer(404, {"title": "Not Found", "status": 404, "detail": "nothing here"})


def _decoded(body: bytes | None, kind: str) -> object:
    if body is None:
        return None
    if kind == _JSON:
        return loads(body)
    return sorted(parse_qsl(body.decode())) if "form" in kind else body


def _answer(status: int, content: object) -> HTTPResponse:
    headers = {"Content-Type": _JSON}
    return HTTPResponse(BytesIO(dumps(content)), headers, status, preload_content=False)


def client_of(recording: Recording) -> AmoCRM:
    """Return a client whose requests are kept."""
    return AmoCRM(
        "example.amocrm.ru",
        token="t0ken",
        throttle=None,
        max_retries=0,
        channel=ChatChannel("f90ba33d-c9d9-44da-b76c-c349b0ecbe41", "s3cret"),
        transport=recording,
    )
