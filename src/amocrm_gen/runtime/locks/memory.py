"""Locks for the threads and tasks of one process."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from weakref import WeakSet

from attrs import define, field

__all__ = ["MemoryLocks"]


@define(eq=False)
class _Ticket:
    """One waiter or holder; it stands in the queue of each of its keys."""

    keys: tuple[str, ...]
    wake: Callable[[], object]
    locks: "MemoryLocks"

    def release(self) -> None:
        """Leave all queues and wake who is first in all of its own."""
        self.locks.leave(self)


@define(eq=False)
class MemoryLocks:
    """First come, first served, for threads and for tasks of any loop alike.

    A waiter joins the queues of all its keys in one step and goes when it is the first in each:
    whoever came first in one common queue came first in all, so nobody waits in a circle.
    """

    _queues: dict[str, deque[_Ticket]] = field(factory=dict[str, deque[_Ticket]], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Have the locks freed in the children of this process: their holders are not there."""
        _all.add(self)

    def acquire(self, keys: Sequence[str]) -> _Ticket:
        """Wait until all keys are free, and take them."""
        gate = Lock()
        gate.acquire()
        ticket = _Ticket(tuple(sorted(set(keys))), gate.release, self)
        try:
            if not self._join(ticket):
                gate.acquire()
        except BaseException:
            ticket.release()
            raise
        return ticket

    def try_acquire(self, keys: Sequence[str]) -> _Ticket | None:
        """Take all keys if they are free now; None if they are not."""
        ticket = _Ticket(tuple(sorted(set(keys))), lambda: None, self)
        if self._join(ticket):
            return ticket
        ticket.release()
        return None

    async def acquire_async(self, keys: Sequence[str]) -> _Ticket:
        """Wait without blocking the loop until all keys are free, and take them."""
        import asyncio  # noqa: PLC0415 - whoever gets here has loaded it, others need not

        loop = asyncio.get_running_loop()
        gate: asyncio.Future[None] = loop.create_future()

        def open_gate() -> None:
            if not gate.done():
                gate.set_result(None)

        ticket = _Ticket(
            tuple(sorted(set(keys))), lambda: loop.call_soon_threadsafe(open_gate), self
        )
        try:
            if not self._join(ticket):
                await gate
        except BaseException:
            ticket.release()
            raise
        return ticket

    def _join(self, ticket: _Ticket) -> bool:
        with self._lock:
            for key in ticket.keys:
                self._queues.setdefault(key, deque()).append(ticket)
            return self._is_first(ticket)

    def start_anew(self) -> None:
        """Forget all holders and waiters."""
        self._queues, self._lock = {}, Lock()

    def leave(self, ticket: _Ticket) -> None:
        """Take a ticket out of its queues, and let those go that are first now."""
        with self._lock:
            behind = {
                id(other): other
                for key in ticket.keys
                for other in self._queues.get(key, ())
                if other is not ticket and not self._is_first(other)
            }
            for key in ticket.keys:
                self._remove(key, ticket)
            first = [other for other in behind.values() if self._is_first(other)]
        for other in first:
            try:
                other.wake()
            except RuntimeError:
                # The loop it waited in was closed: it will never come.
                self.leave(other)

    def _remove(self, key: str, ticket: _Ticket) -> None:
        queue = self._queues.get(key)
        if queue is None or ticket not in queue:
            return
        queue.remove(ticket)
        if not queue:
            del self._queues[key]

    def _is_first(self, ticket: _Ticket) -> bool:
        return all(self._queues[key][0] is ticket for key in ticket.keys)


_all: "WeakSet[MemoryLocks]" = WeakSet()


def _start_anew() -> None:
    for locks in _all:
        locks.start_anew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
