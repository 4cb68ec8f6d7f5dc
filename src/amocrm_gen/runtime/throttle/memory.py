"""A throttle for the threads and tasks of one process."""

import time
from collections.abc import Callable
from threading import Lock

from attrs import define, field

from amocrm_gen.runtime.errors import AccountBlocked
from amocrm_gen.runtime.throttle.ring import Ring
from amocrm_gen.runtime.throttle.throttle import Slot

__all__ = ["MemoryThrottle"]


@define
class MemoryThrottle:
    """Sends pass through all its rings; rings may be shared with other throttles."""

    rings: tuple[Ring, ...]
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(factory=Lock, repr=False, alias="lock")
    """Shared by all throttles that share a ring."""
    _stopped_until: float = field(default=float("-inf"), init=False)

    def reserve(self) -> Slot:
        """Take a place in the queue."""
        with self._lock:
            now = self.clock()
            self._refuse(now)
            slot = Slot(time=now, wait=0.0)
            self._book(slot, now)
            if slot.time <= now:
                self._go(slot, now)
            return slot

    def confirm(self, slot: Slot) -> float:
        """Return how long to wait yet; 0 means go."""
        with self._lock:
            now = self.clock()
            self._refuse(now)
            if any(ring.closed_until > now for ring in self.rings):
                # Those who wake during a penalty queue up behind it in the order they wake.
                self._give_back(slot)
                self._book(slot, now)
            else:
                self._go(slot, now)
            return slot.wait

    def cancel(self, slot: Slot) -> None:
        """Give a place back."""
        with self._lock:
            self._give_back(slot)

    def penalise(self, seconds: float) -> None:
        """Hold all senders back."""
        with self._lock:
            until = self.clock() + seconds
            for ring in self.rings:
                ring.close(until)

    def stop(self, seconds: float) -> None:
        """Refuse all senders for a time."""
        with self._lock:
            self._stopped_until = self.clock() + seconds

    def resume(self) -> None:
        """Let senders go again before the time is over."""
        with self._lock:
            self._stopped_until = float("-inf")

    def _refuse(self, now: float) -> None:
        if now < self._stopped_until:
            left = self._stopped_until - now
            raise AccountBlocked(
                "amoCRM blocks this integration or address; nothing was sent", retry_after=left
            )

    def _book(self, slot: Slot, now: float) -> None:
        slot.time = max(ring.earliest(now) for ring in self.rings)
        slot.wait = slot.time - now
        for ring in self.rings:
            ring.book(slot.time)

    def _give_back(self, slot: Slot) -> None:
        for ring in self.rings:
            ring.give_back(slot.time)

    def _go(self, slot: Slot, now: float) -> None:
        slot.wait = max(ring.wait(now) for ring in self.rings)
        if slot.wait <= 0:
            for ring in self.rings:
                ring.record(now)
