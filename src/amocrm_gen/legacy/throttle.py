"""A throttle that tells how long it made somebody wait."""

from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.runtime.watching import Debug, tell

if TYPE_CHECKING:
    from amocrm_gen.runtime.throttle.throttle import Slot, Throttle, Throttles

__all__ = ["TellingThrottles"]


@frozen(eq=False)
class TellingThrottles:
    """Gives out throttles that tell of each wait."""

    throttles: "Throttles"
    rate: float
    debug: Debug

    def throttle_for(self, account: str, integration: str) -> "Throttle":
        """Return the throttle of an integration in an account."""
        return _Telling(self.throttles.throttle_for(account, integration), self.rate, self.debug)


@frozen(eq=False)
class _Telling:
    throttle: "Throttle"
    rate: float
    debug: Debug

    def reserve(self) -> "Slot":
        """Take a place, and tell how long the wait is."""
        slot = self.throttle.reserve()
        if slot.wait > 0:
            tell(self.debug, f"THROTTLE ({self.rate:g}) {slot.wait:.4f}s")
        return slot

    def confirm(self, slot: "Slot") -> float:
        """Return how long to wait yet."""
        return self.throttle.confirm(slot)

    def cancel(self, slot: "Slot") -> None:
        """Give a place back."""
        self.throttle.cancel(slot)

    def penalise(self, seconds: float) -> None:
        """Hold all senders back."""
        self.throttle.penalise(seconds)

    def stop(self, seconds: float) -> None:
        """Refuse all senders for a time."""
        self.throttle.stop(seconds)
