"""The content of a throttle's file: the rings of some accounts, as text."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import define, field
from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.throttle.rates import Limit
from amocrm_gen.runtime.throttle.ring import Ring, Waiter

__all__ = ["FORMAT", "State"]

FORMAT: Final = 1
"""Part of the folder's name: versions with different formats do not read each other's files."""
_BACKWARDS: Final = 1.0
"""Seconds by which a clock that all processes share has never gone back: it is another clock."""


@define
class State:
    """What one file holds."""

    now: float
    closed_until: float = 0.0
    """For all rings: after damage nobody knows what was sent."""
    rings: dict[str, Any] = field(factory=dict[str, Any])  # Any: JSON that a ring is made of

    @classmethod
    def read(cls, content: bytes, now: float, pause: float) -> "State":
        """Read a file; nothing counts that was written before the machine was started."""
        if not content:
            return cls(now)
        try:
            found = loads(content)
            if found["clock"] != _clock_name() or found["written"] > now + _BACKWARDS:
                return cls(now)
            return cls(now, found["closed"], found["rings"])
        except (JSONDecodeError, LookupError, TypeError):
            # Cut off by a crash, or not ours. For a while everybody waits, then all is well.
            return cls(now, now + pause)

    def ring(self, limit: Limit) -> Ring:
        """Return one ring."""
        if limit.name not in self.rings:
            return Ring(limit.count, limit.window, closed_until=self.closed_until)
        try:
            _, closed, stopped, sent, line = self.rings[limit.name]
            line = [Waiter(*waiter) for waiter in line] if line else line
        except (TypeError, ValueError):
            return Ring(limit.count, limit.window, closed_until=self.now + limit.window)
        closed = max(closed, self.closed_until)
        return Ring(limit.count, limit.window, sent, line, closed, stopped)

    def put(self, limit: Limit, ring: Ring) -> None:
        """Take a ring back that was changed."""
        line = [[one.name, one.arrival, one.ready, one.until] for one in ring.line]
        matters = ring.matters_until()
        kept = [matters, ring.closed_until, ring.stopped_until, ring.sent, line]
        self.rings[limit.name] = kept

    def text(self) -> bytes:
        """Return the content of the file, without rings that are as good as new."""
        rings = {name: ring for name, ring in self.rings.items() if ring[0] > self.now}
        return dumps(
            {
                "clock": _clock_name(),
                "written": self.now,
                "closed": self.closed_until,
                "rings": rings,
            }
        )


@cache
def _clock_name() -> str:
    """Return what tells this start of the machine from all others, where the kernel says it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
