"""Requests that the mock server owes to others, until a driver sends them."""

from __future__ import annotations

from collections import deque

from attrs import define, field, frozen

__all__ = ["Outbox", "Outgoing"]


@frozen(kw_only=True)
class Outgoing:
    """One request to somebody else's server."""

    method: str
    url: str = field(repr=False)
    """May carry a code, so it is not shown."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    timeout: float = 3.0


@define
class Outbox:
    """What waits to be sent, and the last that was put in."""

    waiting: deque[Outgoing] = field(factory=deque[Outgoing])
    log: deque[Outgoing] = field(factory=lambda: deque[Outgoing](maxlen=1000))

    def put(self, outgoing: Outgoing) -> None:
        """Leave a request for the driver."""
        self.waiting.append(outgoing)
        self.log.append(outgoing)

    def take(self) -> list[Outgoing]:
        """Everything that waits; it waits no more."""
        taken = list(self.waiting)
        self.waiting.clear()
        return taken
