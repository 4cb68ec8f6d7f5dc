"""Where the senders of one process line up before they join the queue that all share."""

import os
from collections.abc import Callable
from itertools import count
from math import inf
from secrets import token_hex
from threading import Lock
from typing import Final
from weakref import WeakSet

from attrs import define, field

from amocrm_gen.runtime.throttle.queue import Place, Queue
from amocrm_gen.runtime.throttle.rates import Limit
from amocrm_gen.runtime.throttle.throttle import Slot

__all__ = ["Gate"]

_IDLE: Final = 10.0
"""Seconds without a request after which connections may have to be opened again."""
_FARTHEST: Final = 4.0
"""Windows after which even the last one looks again how far the line has moved."""


@define(eq=False)
class Gate:
    """The throttle of an integration in an account, as one process has it.

    Only as many senders as fit into one window stand in the shared queue. A process with a thousand
    of them cannot keep the others waiting for minutes, and leaves few empty places when it dies.
    """

    _queue: Queue
    _limit: Limit
    _clock: Callable[[], float]
    _warm_up: float
    remote: bool = False
    """Whether a step takes as long as the way to another host."""
    _mark: str = field(init=False, factory=lambda: token_hex(6))
    _numbers: "count[int]" = field(init=False, factory=lambda: count(1))
    _waiting: dict[int, float] = field(init=False, factory=dict[int, float])
    """Until when the place of each waiter is kept."""
    _began: float = field(init=False, default=-inf)
    """When the first was let go after a pause."""
    _last: float = field(init=False, default=-inf)
    """When the last was let go."""
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    def __attrs_post_init__(self) -> None:
        """Have the gate emptied in the children of this process."""
        _gates.add(self)

    def reserve(self) -> Slot:
        """Take a place in the queue."""
        number = next(self._numbers)
        place = Place(time=0.0, wait=0.0, number=number, name=f"{self._mark}-{number}")
        self._step(place)
        return place

    def confirm(self, slot: Slot) -> float:
        """Return how long to wait yet; 0 means go."""
        return self._step(_own(slot))

    def cancel(self, slot: Slot) -> None:
        """Give a place back."""
        place = _own(slot)
        self._forget(place)
        if place.is_known:
            self._queue.leave(place)

    def penalise(self, seconds: float) -> None:
        """Hold all senders back."""
        self._queue.close(seconds)

    def stop(self, seconds: float) -> None:
        """Refuse all senders for a time."""
        self._queue.stop(seconds)

    def resume(self) -> None:
        """Let senders go again before the time is over."""
        self._queue.resume()

    def empty(self) -> None:
        """Start anew: after a fork, the waiters are the parent's."""
        self._mark, self._waiting, self._lock = token_hex(6), {}, Lock()
        self._began = self._last = -inf

    def _step(self, place: Place) -> float:
        now = self._clock()
        ahead = self._rank(place, now) - self._limit.count
        if place.until < now:
            place.patience = min(2 * place.patience, self._limit.window)
        place.delay = self._delay(now)
        try:
            place.wait = self._queue.ask(place) if ahead < 0 else self._stay(ahead)
        except BaseException:
            self._forget(place)
            raise
        if place.wait > 0:
            place.until = now + place.wait + place.patience
            with self._lock:
                self._waiting[place.number] = place.until
        else:
            self._forget(place)
            self._last = now
        return place.wait

    def _delay(self, now: float) -> float:
        """Allow for new connections, which most of the first requests have to open."""
        if now - self._last > _IDLE:
            self._began = now
        return self._warm_up if now - self._began < self._limit.window else 0.0

    def _stay(self, ahead: int) -> float:
        self._queue.check()
        windows = 1 + ahead // self._limit.count
        # Half of what it takes at best: one must stand in the queue before one's turn comes.
        return self._limit.window * min(windows / 2, _FARTHEST)

    def _rank(self, place: Place, now: float) -> int:
        with self._lock:
            if len(self._waiting) < self._limit.count:
                return 0
            # Who did not come back in time may be gone for good.
            self._waiting = {
                number: until for number, until in self._waiting.items() if until >= now
            }
            return sum(number < place.number for number in self._waiting)

    def _forget(self, place: Place) -> None:
        if self._waiting:
            with self._lock:
                self._waiting.pop(place.number, None)


def _own(slot: Slot) -> Place:
    if isinstance(slot, Place):
        return slot
    raise TypeError(f"{slot!r} was given out by another throttle")


_gates: "WeakSet[Gate]" = WeakSet()


def _empty_all() -> None:
    for gate in _gates:
        gate.empty()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_empty_all)
