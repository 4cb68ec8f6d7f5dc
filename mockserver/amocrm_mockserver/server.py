"""The mock server as a function of requests, without sockets."""

from __future__ import annotations

from threading import RLock

from attrs import evolve

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.message import Request, Response, json_response

__all__ = ["MockServer"]


class MockServer:
    """Worlds of accounts behind one function; safe to call from any thread."""

    def __init__(self, *, clock: Clock | None = None, limits: bool = False):
        self.clock = clock or Clock()
        self._limits = limits
        self._lock = RLock()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self._lock:
            response = json_response(404, {"detail": f"nothing at {request.path}"})
            return evolve(response, headers=(*response.headers, ("Date", self.clock.http_date())))
