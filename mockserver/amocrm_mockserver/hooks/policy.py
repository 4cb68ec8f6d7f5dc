"""When a webhook is sent again, and when its address is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWER_TIMEOUT", "STAGE_DELAYS", "delay_after", "is_valid", "too_many_failures"]

ANSWER_TIMEOUT: Final = 2.0
"""Seconds in which an address must answer; who is late counts as not answering, status 0."""

_MINUTE: Final = 60.0
_DELAYS: Final[Mapping[int, float]] = {1: 5 * _MINUTE, 2: 15 * _MINUTE}
"""After the attempt of that number, if the answer was not valid."""
_LATE_DELAYS: Final[Mapping[int, float]] = {3: 15 * _MINUTE, 4: 60 * _MINUTE}
"""After the attempt of that number, if the receiver's server is at fault."""
STAGE_DELAYS: Final = (5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE)
"""As Kommo tells it of stages: up to four attempts within an hour; when each comes is a guess."""
_CLIENT_GONE: Final = 499
_WINDOW: Final = 2 * 60 * _MINUTE
_MOST_FAILURES: Final = 100


def is_valid(status: int) -> bool:
    """Whether an answer means that the message has arrived."""
    return 100 <= status < 300


def delay_after(attempt: int, status: int) -> float | None:
    """Seconds until the next attempt; None when there is none."""
    if is_valid(status):
        return None
    if attempt in _DELAYS:
        return _DELAYS[attempt]
    is_servers_fault = status == _CLIENT_GONE or 500 <= status < 600
    return _LATE_DELAYS.get(attempt) if is_servers_fault else None


def too_many_failures(failed_at: list[float], now: float) -> bool:
    """Whether an address is to be switched off, given its invalid answers up to the latest."""
    return sum(moment > now - _WINDOW for moment in failed_at) > _MOST_FAILURES
