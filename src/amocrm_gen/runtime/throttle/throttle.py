"""What a throttle must be able to do."""

from typing import Protocol, runtime_checkable

from attrs import define

__all__ = ["Slot", "Throttle", "Throttles"]


@define
class Slot:
    """A sender's place in the queue."""

    time: float
    """When it came, on the throttle's own clock."""
    wait: float
    """Seconds to wait before asking `confirm`; 0 means go."""


class Throttle(Protocol):
    """Tells each sender when to send. No method waits: the client sleeps for it.

    One that has a true attribute `remote` is asked in a thread by the asynchronous client.
    """

    def reserve(self) -> Slot:
        """Take a place. While traffic is stopped this raises `AccountBlocked`."""
        ...

    def confirm(self, slot: Slot) -> float:
        """Return how long to wait yet; 0 means go, and counts as sent now."""
        ...

    def cancel(self, slot: Slot) -> None:
        """Give a place back that will not be used."""
        ...

    def penalise(self, seconds: float) -> None:
        """Hold all senders back: the server said 429."""
        ...

    def stop(self, seconds: float) -> None:
        """Refuse all senders for a time: the server blocks the account."""
        ...


@runtime_checkable
class Throttles(Protocol):
    """Gives the throttle of each integration in each account; one can serve any number."""

    def throttle_for(self, account: str, integration: str) -> Throttle:
        """Return the throttle of an integration in an account; the same for the same names."""
        ...
