"""The queue that all senders share, be it in this process, on this machine or elsewhere."""

from typing import Final, Protocol

from attrs import define

from amocrm_gen.runtime.throttle.throttle import Slot

__all__ = ["GRACE", "Place", "Queue"]

GRACE: Final = 0.020
"""Seconds that one may be late before the next takes its turn."""


@define
class Place(Slot):
    """A slot of the throttles of this package."""

    number: int
    """In the order of its own process."""
    name: str
    """Unlike all others, wherever they are."""
    patience: float = GRACE
    """How late it may be: twice as much each time it was too late, so that it gets its turn."""
    until: float = float("inf")
    """When it will have been too late, by the clock of its own process."""
    delay: float = 0.0
    """How much later than it is let go its request may be sent."""
    is_known: bool = False
    """Whether the queue has seen it, so that `time` is set."""


class Queue(Protocol):
    """Each method is one step that nobody sees half done."""

    def ask(self, place: Place) -> float:
        """Return how long to wait; 0 means go. While traffic is stopped raise `AccountBlocked`."""
        ...

    def check(self) -> None:
        """Raise `AccountBlocked` while traffic is stopped."""
        ...

    def leave(self, place: Place) -> None:
        """Give a place up."""
        ...

    def close(self, seconds: float) -> None:
        """Let nobody send for a time."""
        ...

    def stop(self, seconds: float) -> None:
        """Refuse everybody for a time."""
        ...

    def resume(self) -> None:
        """Refuse nobody any more."""
        ...
