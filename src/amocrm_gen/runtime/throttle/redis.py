"""A throttle for all hosts that use one Redis."""

import time
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from attrs import define, field

from amocrm_gen.runtime.errors import AccountBlocked
from amocrm_gen.runtime.redis_client import RedisClient
from amocrm_gen.runtime.throttle.gate import Gate
from amocrm_gen.runtime.throttle.queue import GRACE, Place
from amocrm_gen.runtime.throttle.rates import Limit, Rates

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisThrottle"]

_SCRIPT: Final = Path(__file__).with_name("queue.lua")
_MICRO: Final = 1_000_000
_NEW: Final = -1
"""In place of the time when one came that the queue has not seen yet."""


@define(eq=False)
class RedisThrottle(Rates):
    """Keeps the rate among all hosts that use one Redis, from version 5 on; its clock counts.

    It takes a client or an address, "redis://host:6379/0".
    """

    redis: "Redis | str" = field(repr=False)
    clock: Callable[[], float] | None = field(default=None, repr=False, kw_only=True)
    """For tests: a clock in place of the server's and of this host's."""
    _gates: "WeakValueDictionary[tuple[str, str], Gate]" = field(
        init=False, factory=WeakValueDictionary[tuple[str, str], Gate], repr=False
    )
    _client: RedisClient = field(init=False, repr=False)
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    def __attrs_post_init__(self) -> None:
        """Prepare a client; nothing is sent yet."""
        self._client = RedisClient(self.redis, "a throttle over several hosts")

    def throttle_for(self, account: str, integration: str) -> Gate:
        """Return the throttle of an integration in an account; the same for the same names."""
        with self._lock:
            gate = self._gates.get((account, integration))
            if gate is None:
                limits = self.limits(account, integration)
                queue = _RedisQueue(self._client, limits, self.clock)
                clock = self.clock or time.monotonic
                gate = Gate(queue, limits[0], clock, self.warm_up, remote=True)
                self._gates[account, integration] = gate
            return gate


@define
class _RedisQueue:
    """The queue is text in Redis; each step is one script."""

    client: RedisClient
    limits: Sequence[Limit]
    clock: Callable[[], float] | None

    def ask(self, place: Place) -> float:
        began = time.monotonic()
        arrival = round(place.time) if place.is_known else _NEW
        wait, place.time = self._run(
            "ask", place.name, arrival, patience=place.patience, span=place.delay
        )
        place.is_known = True
        took = 0.0 if self.clock else time.monotonic() - began
        # It should be there in time, not set out in time; but it must not come far too early.
        return wait - min(took, wait / 2)

    def check(self) -> None:
        self._run("check")

    def leave(self, place: Place) -> None:
        self._run("leave", place.name)

    def close(self, seconds: float) -> None:
        self._run("close", span=seconds)

    def stop(self, seconds: float) -> None:
        self._run("stop", span=seconds)

    def resume(self) -> None:
        self._run("resume")

    def _run(
        self,
        verb: str,
        name: str = "-",
        arrival: int = _NEW,
        *,
        patience: float = GRACE,
        span: float = 0.0,
    ) -> tuple[float, float]:
        times = [_micro(patience), _micro(GRACE), _micro(span)]
        now = _micro(self.clock()) if self.clock else ""
        limits = [(limit.count, _micro(limit.window)) for limit in self.limits]
        refused, wait, arrived = self.client.run(
            _SCRIPT,
            [f"throttle:{limit.name}" for limit in self.limits],
            [verb, name, arrival, *times, now, *chain.from_iterable(limits)],
        )
        if refused:
            raise AccountBlocked(
                "amoCRM blocks this integration or address; nothing was sent",
                retry_after=int(wait) / _MICRO,
            )
        return int(wait) / _MICRO, float(arrived)


def _micro(seconds: float) -> int:
    return round(seconds * _MICRO)
