"""Where the body of an answer goes that is too long to be held in memory."""

from collections.abc import Callable, Mapping
from typing import ParamSpec, Protocol

__all__ = ["PIECE", "Sink", "Unwritten", "handing", "length_in"]

P = ParamSpec("P")

PIECE = 64 * 1024
"""Bytes that are read at a time."""


class Sink(Protocol):
    """Takes a good answer's body piece by piece. The first two may block."""

    def begin(self, size: int | None) -> None:
        """Begin anew: the answer is about to come, perhaps for another time.

        `size` is its length in bytes, if that is known.
        """
        ...

    def write(self, piece: bytes) -> None:
        """Take a piece in."""
        ...

    def wrote(self, count: int) -> None:
        """Learn that so many bytes were written, 0 at the begin; in the thread of who waits."""
        ...


class Unwritten(Exception):  # noqa: N818 - never leaves the drivers
    """A sink would not go on, for a reason that is not the connection's."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


def handing(action: Callable[P, object]) -> Callable[P, None]:
    """Return an action of a sink whose errors cannot be taken for those of the connection."""

    def hand(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except Exception as error:
            raise Unwritten(error) from error

    return hand


def length_in(headers: Mapping[str, str]) -> int | None:
    """Return how long the body is, if the headers say so."""
    text = headers.get("content-length", "")
    return int(text) if text.isdecimal() and "content-encoding" not in headers else None
