"""What went over the wire, as it can be shown: without secrets."""

from datetime import UTC, datetime
from shlex import quote
from typing import Final

from attrs import define, field, frozen
from orjson import loads

from amocrm_gen.runtime.effects import Response, Send
from amocrm_gen.runtime.masks import Masks

__all__ = ["Exchange", "Request", "Seen", "exchange_of", "shown_request"]

_BEARER: Final = "Bearer ***"
_LONGEST: Final = 1 << 16
"""Characters of a body that a curl line takes."""


@frozen(kw_only=True)
class Request:
    """A request that was sent; tokens, secrets, codes, cookies and passwords are `***`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str | None = field(default=None, repr=False)
    """The body as text; what is no text is told by its length."""

    def curl(self, *, token: str | None = None) -> str:
        """Return the request as a line for a shell; put the real token in the place of `***`.

        With the name of an environment variable for `token`, the shell does that itself.
        """
        words = ["curl", "-X", self.method, quote(self.url)]
        for name, value in self.headers:
            words += ["-H", _header(name, value, token)]
        if self.body is not None:
            is_short = len(self.body) <= _LONGEST
            words += ["--data-raw", quote(self.body)] if is_short else ["--data", "@body.json"]
        return " ".join(words)


@frozen(kw_only=True)
class Exchange:
    """A request and what came of it, without secrets."""

    request: Request
    status: int | None
    """None if no answer came."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str | None = field(repr=False)
    """The body of the answer as text."""
    started_at: datetime
    seconds: float
    """How long it took."""
    failure: str | None = None
    """Why no answer came."""

    def json(self) -> object:
        """Return the JSON of the answer; a ValueError if it is none."""
        return loads(self.body or "null")

    def curl(self) -> str:
        """Return the request as a line for a shell, without its token."""
        return self.request.curl()


@define
class Seen:
    """A request and what came of it, as they were."""

    send: Send
    outcome: Response | BaseException = field(repr=False)
    started: float
    """Unix seconds."""
    seconds: float


def shown_request(send: Send, masks: Masks) -> Request:
    """Return a request as it can be shown; the masks know its secrets from then on."""
    kind = next((v for k, v in send.headers.items() if k.lower() == "content-type"), "")
    headers = masks.headers(send.headers.items())
    body = None if send.body is None else masks.body(send.body, kind)
    return Request(method=send.method, url=masks.url(send.url), headers=headers, body=body)


def exchange_of(seen: Seen, secrets: list[str]) -> Exchange:
    """Return a request and its answer as they can be shown."""
    masks = Masks(secrets)
    # First: what the request names as secret is hidden in the answer, too.
    request = shown_request(seen.send, masks)
    outcome = seen.outcome
    answer = outcome if isinstance(outcome, Response) else None
    names = () if answer is None else answer.headers.items()
    headers = masks.headers(names)
    kind = "" if answer is None else answer.headers.get("content-type", "")
    return Exchange(
        request=request,
        status=None if answer is None else answer.status,
        headers=headers,
        body=None if answer is None else masks.body(answer.body, kind),
        started_at=datetime.fromtimestamp(seen.started, UTC),
        seconds=seen.seconds,
        failure=None if isinstance(outcome, Response) else masks.text(_said(outcome)),
    )


def _header(name: str, value: str, token: str | None) -> str:
    if token is None or value != _BEARER or not name.replace("-", "").isalnum():
        return quote(f"{name}: {value}")
    # In double quotes the shell puts the variable's value in.
    return f'"{name}: Bearer ${token}"'


def _said(error: BaseException) -> str:
    return getattr(error, "message", "") or type(error).__name__
