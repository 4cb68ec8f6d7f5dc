"""A throttle for the threads and tasks of one process."""

import time
from collections.abc import Callable, Sequence
from threading import Lock

from attrs import define, field

from amocrm_gen.runtime.throttle import turn
from amocrm_gen.runtime.throttle.gate import Gate
from amocrm_gen.runtime.throttle.queue import Place
from amocrm_gen.runtime.throttle.rates import Limit, Rates
from amocrm_gen.runtime.throttle.ring import Ring

__all__ = ["MemoryThrottle"]


@define(kw_only=True, eq=False)
class MemoryThrottle(Rates):
    """Keeps the rate among the threads and tasks of one process."""

    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    _rings: dict[str, Ring] = field(init=False, factory=dict[str, Ring], repr=False)
    _gates: dict[tuple[str, str], Gate] = field(
        init=False, factory=dict[tuple[str, str], Gate], repr=False
    )
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    def throttle_for(self, account: str, integration: str) -> Gate:
        """Return the throttle of an integration in an account; the same for the same names."""
        with self._lock:
            gate = self._gates.get((account, integration))
            if gate is None:
                limits = self.limits(account, integration)
                queue = _MemoryQueue(
                    [self._ring(limit) for limit in limits], self.clock, self._lock
                )
                gate = self._gates[account, integration] = Gate(
                    queue, limits[0], self.clock, self.warm_up
                )
            return gate

    def _ring(self, limit: Limit) -> Ring:
        return self._rings.setdefault(limit.name, Ring(limit.count, limit.window))


@define
class _MemoryQueue:
    """The queue is rings in memory; those of an account are also in other queues."""

    rings: Sequence[Ring]
    clock: Callable[[], float]
    lock: Lock

    def ask(self, place: Place) -> float:
        with self.lock:
            return turn.ask(self.rings, place, self.clock())

    def check(self) -> None:
        with self.lock:
            turn.check(self.rings, self.clock())

    def leave(self, place: Place) -> None:
        with self.lock:
            turn.leave(self.rings, place.name)

    def close(self, seconds: float) -> None:
        with self.lock:
            turn.close(self.rings, self.clock() + seconds)

    def stop(self, seconds: float) -> None:
        with self.lock:
            turn.stop(self.rings, self.clock() + seconds)

    def resume(self) -> None:
        with self.lock:
            turn.resume(self.rings)
