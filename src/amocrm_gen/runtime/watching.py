"""Tells of all traffic while it happens: a HAR file, and a debug log for people."""

import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase, digits
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from attrs import frozen

from amocrm_gen.runtime.effects import Send
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.traffic import Seen, exchange_of, shown_request

if TYPE_CHECKING:
    from amocrm_gen.runtime.traffic import Exchange

__all__ = ["Debug", "Recorder", "Watch", "said", "tell", "watch_of"]

_PROCESS: Final = "".join(random.choices(digits + ascii_lowercase, k=7))  # noqa: S311 - a mark
"""Tells the messages of one process from those of others in one file."""
_ESCAPED: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_FORM: Final = "application/x-www-form-urlencoded"
_TOKENS: Final = "/oauth2/access_token"
_LOGIN: Final = "/private/api/auth.php"


class Debug(Protocol):
    """Takes messages for developers: a logger of `logging`, or an object of one's own."""

    def debug(self, message: str, /) -> object:
        """Take one message."""
        ...


class Recorder(Protocol):
    """Takes what went over the wire, from any thread: a HAR file, or an object of one's own."""

    def add(self, exchange: "Exchange", /) -> object:
        """Take one request and what came of it."""
        ...


def said(text: str) -> str:
    """Return a message with the mark of the process and the time in front."""
    now = datetime.now(UTC).astimezone()
    zone = now.strftime("%z")
    stamp = f"{now:%Y-%m-%d %H:%M:%S.%f} {zone[:3]}:{zone[3:5]}"
    return f"*** {_PROCESS} [{stamp}]\n{text}\n\n"


class _Numbers:
    """Counts the requests of the process."""

    def __init__(self) -> None:
        self.last = 0
        self._lock = Lock()

    def next(self) -> int:
        with self._lock:
            self.last += 1
            return self.last


_numbers: Final = _Numbers()


def tell(debug: Debug | None, text: str) -> None:
    """Tell of what goes before the next request."""
    if debug is not None:
        debug.debug(said(f"[{_numbers.last + 1}] {text}"))


@frozen(eq=False)
class Watch:
    """Is told of each request before it is sent, and of what came of it."""

    session: Session
    har: Recorder | None
    debug: Debug | None

    def sending(self, send: Send) -> int:
        """Tell of a request; returns its number in this process."""
        if self.debug is None:
            return 0
        from amocrm_gen.runtime.masks import Masks  # noqa: PLC0415 - for debugging only

        number = _numbers.next()
        masks = Masks(self.session.secrets)
        shown = shown_request(send, masks)
        kind = send.headers.get("Content-Type", "")
        path, login = urlsplit(send.url).path, self.session.login
        if path == _TOKENS and b'"refresh_token"' in (send.body or b""):
            self.debug.debug(said(f"[{number}] RE OAUTH2"))
        if path == _LOGIN and login is not None and self.session.token is not None:
            self.debug.debug(said(f"[{number}] RE AUTH ({login.pause:g}s)"))
        name = f"{send.method} (AJAX)" if kind == _FORM else send.method
        body = f"\n{_unescaped(shown.body)}" if shown.body else ""
        self.debug.debug(said(f"[{number}] {name}: {shown.url}{body}"))
        return number

    def seen(self, seen: Seen, number: int) -> None:
        """Tell what came of a request."""
        exchange = exchange_of(seen, self.session.secrets)
        if self.har is not None:
            self.har.add(exchange)
        if self.debug is not None:
            body = _unescaped(exchange.body or exchange.failure or "")
            head = f"[{number}] RESPONSE {exchange.seconds:.4f}s ({exchange.status or 0}):"
            self.debug.debug(said(f"{head}\n{body}"))


def watch_of(
    session: Session, har: Path | str | Recorder | None, debug: Debug | None
) -> Watch | None:
    """Return what is told of the traffic of a client; None where nobody wants to know."""
    if har is None and debug is None:
        return None
    recorder = _file(har) if isinstance(har, Path | str) else har
    return Watch(session, recorder, debug)


def _file(path: Path | str) -> Recorder:
    from amocrm_gen.runtime.har import Har  # noqa: PLC0415 - loaded where it is wanted

    return Har.open(path)


def _unescaped(text: str) -> str:
    r"""Show letters that JSON writes as `\uXXXX` as letters."""
    return _ESCAPED.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    letters = str(json.loads(f'"{found[0]}"'))
    # Half a pair of surrogates is no letter, and could not be written to a file.
    return letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
