"""Waits on this machine for the browser that comes back from the consent page."""

from __future__ import annotations

import hmac
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Self, cast

from amocrm_gen.connections.errors import LoginError
from amocrm_gen.connections.redirect import Redirect

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Loopback"]

_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>amocrm</title>
<style>body{{font:18px sans-serif;max-width:32em;margin:4em auto;color-scheme:light dark}}</style>
</head><body><h1>{title}</h1><p>{text}</p></body></html>"""
_LONGEST: Final = 30.0
"""Seconds that one connection may take: a browser may open some that it does not use."""


class Loopback:
    """A listener on 127.0.0.1 that takes the one answer that carries the login's `state`.

    Whatever else comes is told that it is not the answer, and the waiting goes on: any page in the
    browser can send requests to this machine.
    """

    def __init__(self, port: int, state: str) -> None:
        self._server = _listen(port, state)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.daemon = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1]

    def poll(self, seconds: float) -> Redirect | None:
        """Wait for the answer; None if it has not come by then."""
        self._server.answered.wait(seconds)
        return self._server.found

    def wait(self, seconds: float) -> Redirect:
        """Return the answer; a `LoginError` if none comes in time."""
        end = time.monotonic() + seconds
        # In steps: on some platforms a wait without end does not hear Ctrl+C.
        while (found := self.poll(min(0.5, max(0.0, end - time.monotonic())))) is None:
            if time.monotonic() >= end:
                raise self.too_late(seconds)
        return found

    def too_late(self, seconds: float) -> LoginError:
        """Return the error for an answer that did not come."""
        if self._server.strangers:
            return LoginError(
                "login_state_mismatch",
                "an answer came that belongs to another login, and none to this one",
                advice="use the page that this login has opened, and not an older one",
            )
        return LoginError(
            "login_timeout",
            f"nobody has granted access within {seconds:g} seconds",
            advice="if access was granted after all, give the address that the browser was sent "
            "to: `amocrm login complete ADDRESS`",
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(HTTPServer):
    allow_reuse_address = True

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.state = state
        self.answered = Event()
        self.found: Redirect | None = None
        self.strangers = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that hangs up is no error, and its request holds the code."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _LONGEST
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        try:
            redirect = Redirect.parse(f"http://127.0.0.1{self.path}")
        except LoginError:
            self._say(404, "Nothing here", "This is not the answer of amoCRM.")
            return
        if not hmac.compare_digest((redirect.state or "").encode(), server.state.encode()):
            server.strangers += 1
            self._say(400, "Not this login", "This answer belongs to another login.")
            return
        if redirect.error is None:
            self._say(200, "Access granted", "You can close this page and go back to the terminal.")
        else:
            self._say(200, "Access denied", "Nothing was connected. You can close this page.")
        server.found = redirect
        server.answered.set()

    def _say(self, status: int, title: str, text: str) -> None:
        content = _PAGE.format(title=title, text=text).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        # The address of this page holds the code.
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the line would hold the code."""


def _listen(port: int, state: str) -> _Server:
    try:
        return _Server(port, state)
    except OSError as error:
        raise LoginError(
            "login_port_taken",
            f"port {port} of 127.0.0.1 cannot be used: {error.strerror}",
            advice="end the program that has it; or log in with --no-browser",
        ) from None
