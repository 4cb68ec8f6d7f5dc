"""One way to make throttles of each kind, so that one test body holds for all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import define

from amocrm_gen.runtime.throttle.file import FileThrottle
from amocrm_gen.runtime.throttle.gate import Gate
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.redis import RedisThrottle
from amocrm_gen.runtime.throttle.throttle import Throttles
from runtime.crowd import Clock

__all__ = ["Kind", "in_file", "in_memory", "in_redis"]

Kind = Callable[..., Throttles]
"""Makes the throttles of one more process; all that one kind makes share their queues."""


@define
class _Processes:
    """Processes cannot share memory; for the algorithm it is as if they did."""

    shared: MemoryThrottle

    def throttle_for(self, account: str, integration: str) -> Gate:
        """Return a throttle that shares only the queue."""
        gate = self.shared.throttle_for(account, integration)
        return Gate(gate._queue, gate._limit, gate._clock, gate._warm_up)


def in_memory(clock: Clock, **options: Any) -> Kind:
    """Return the kind for one process."""
    shared = MemoryThrottle(clock=clock, **options)
    return lambda: _Processes(shared)


def in_file(folder: Path, clock: Clock, **options: Any) -> Kind:
    """Return the kind for one machine."""
    return lambda: FileThrottle(folder=folder, clock=clock, **options)


def in_redis(address: str, clock: Clock, **options: Any) -> Kind:
    """Return the kind for several hosts."""
    return lambda: RedisThrottle(address, clock=clock, **options)
