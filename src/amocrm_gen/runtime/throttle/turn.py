"""One sender's turn in several rings at once: what is done in one step for all who share them."""

from collections.abc import Sequence
from typing import Final

from amocrm_gen.runtime.errors import AccountBlocked
from amocrm_gen.runtime.throttle.queue import GRACE, Place
from amocrm_gen.runtime.throttle.ring import Ring, Waiter

__all__ = ["ask", "check", "close", "leave", "resume", "stop"]
_TICK: Final = 1e-6
"""Seconds to wait at least: sums of times are not exact to the last digit."""


def ask(rings: Sequence[Ring], place: Place, now: float) -> float:
    """Return how long a sender must wait; 0 lets it go and counts as sent now."""
    check(rings, now)
    if not place.is_known:
        place.time, place.is_known = now, True
    are_free = True
    for ring in rings:
        ring.forget(now)
        are_free = are_free and ring.is_free(now)
    if are_free:
        for ring in rings:
            ring.record(now + place.delay)
        return 0.0
    free = [ring.free_at(0, now) for ring in rings]
    ready = [max([now, *free[:index], *free[index + 1 :]]) for index in range(len(rings))]
    dues = [
        ring.free_at(ring.rank(place.name, place.time, horizon), now)
        for ring, horizon in zip(rings, ready, strict=True)
    ]
    due = max(dues)
    if due <= now:
        for ring in rings:
            ring.leave(place.name)
            ring.record(now + place.delay)
        return 0.0
    # Not later than when somebody before it should have gone: it may have to take its place.
    wake = min(due, max(free) + GRACE)
    for index, ring in enumerate(rings):
        others = max([now, *dues[:index], *dues[index + 1 :]])
        ring.admit(Waiter(place.name, place.time, others, wake + place.patience))
    return max(wake - now, _TICK)


def check(rings: Sequence[Ring], now: float) -> None:
    """Raise while traffic is stopped."""
    for ring in rings:
        if ring.stopped_until > now:
            raise AccountBlocked(
                "amoCRM blocks this integration or address; nothing was sent",
                retry_after=ring.stopped_until - now,
            )


def leave(rings: Sequence[Ring], name: str) -> None:
    """Give a place up."""
    for ring in rings:
        ring.leave(name)


def close(rings: Sequence[Ring], until: float) -> None:
    """Let nobody send before a time: which limit was passed, a 429 does not say."""
    for ring in rings:
        ring.closed_until = max(ring.closed_until, until)


def stop(rings: Sequence[Ring], until: float) -> None:
    """Refuse everybody until a time, in the last ring: amoCRM blocks accounts."""
    rings[-1].stopped_until = until


def resume(rings: Sequence[Ring]) -> None:
    """Refuse nobody any more."""
    for ring in rings:
        ring.stopped_until = 0.0
