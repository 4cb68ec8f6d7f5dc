"""Senders of several processes at one throttle, on a clock that jumps: no time passes."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from attrs import define, field, frozen

from amocrm_gen.runtime.throttle.throttle import Slot, Throttle, Throttles

__all__ = ["Clock", "Crowd", "Sent", "most_in_window"]


_MOST: Final = 50_000
"""Steps after which somebody must be going round in a circle."""


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@frozen
class Sent:
    """One request."""

    time: float
    process: int
    integration: str
    waited: float


@define
class Crowd:
    """Plays senders; whoever has sent comes back after `think()` seconds, as often as told."""

    clock: Clock
    seed: random.Random
    late: Callable[[], float] = lambda: 0.0
    """By how much the next sender oversleeps."""
    think: Callable[[], float] = lambda: 0.0
    sent: list[Sent] = field(factory=list)
    steps: int = 0
    waking: int = -1
    """The process whose sender is to sleep."""
    _events: list[Any] = field(factory=list)
    _order: Iterator[int] = field(factory=count)
    _throttles: dict[int, tuple[Throttle, str]] = field(factory=dict)
    _numbers: Iterator[int] = field(factory=count)

    def process(self, throttles: Throttles, account: str = "a", integration: str = "i") -> int:
        """Start a process: it shares nothing with the others but what the throttle shares."""
        number = next(self._numbers)
        self._throttles[number] = (throttles.throttle_for(account, integration), integration)
        return number

    def senders(self, process: int, amount: int, *, after: float = 0.0, times: int = 1) -> None:
        """Let senders come."""
        for _ in range(amount):
            self._put(self.clock.now + after, process, None, times, 0.0)

    def kill(self, process: int, after: float) -> None:
        """End a process at some time, with everyone who waits in it."""
        self._put(self.clock.now + after, process, "kill", 0, 0.0)

    def at(self, after: float, action: Callable[[], object]) -> None:
        """Do something at some time."""
        self._put(self.clock.now + after, -1, action, 0, 0.0)

    def run(self, seconds: float = 1e9) -> list[Sent]:
        """Play until the time is over or everyone has sent."""
        end = self.clock.now + seconds
        while self._events and self._events[0][0] <= end:
            time, _, _, process, what, times, since = heappop(self._events)
            self.clock.now = max(self.clock.now, time)
            if what == "kill":
                self._throttles.pop(process, None)
            elif process == -1:
                what()
            elif process in self._throttles:
                self._step(process, what, times, since)
        return self.sent

    @property
    def by_process(self) -> Counter[int]:
        """How many each process has sent."""
        return Counter(one.process for one in self.sent)

    def _step(self, process: int, slot: Slot | None, times: int, since: float) -> None:
        throttle, integration = self._throttles[process]
        if self.steps > _MOST:
            raise AssertionError(f"{_MOST} steps, and the end is not in sight")
        now = self.clock.now
        self.steps += 1
        if slot is None:
            slot, since = throttle.reserve(), now
            wait = slot.wait
        else:
            wait = throttle.confirm(slot)
        if wait > 0:
            self.waking = process
            self._put(now + wait + self.late(), process, slot, times, since)
            return
        self.sent.append(Sent(now, process, integration, now - since))
        if times > 1:
            self._put(now + self.think(), process, None, times - 1, 0.0)

    def _put(self, time: float, process: int, what: Any, times: int, since: float) -> None:
        # Who comes first of those who come at the same moment is left to chance.
        event = (time, self.seed.random(), next(self._order), process, what, times, since)
        heappush(self._events, event)


def most_in_window(times: list[float], window: float) -> int:
    """Return the largest number of sends in any window of that length."""
    times = sorted(times)
    most = first = 0
    for last, time in enumerate(times):
        # Sums of times are not exact to the last digit.
        while time - times[first] >= window - 1e-6:
            first += 1
        most = max(most, last - first + 1)
    return most
