"""One writer at a time, among threads and tasks, without deadlock."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.locks.memory import MemoryLocks

WAIT = 30.0
"""Seconds after which a test gives up; no test waits for them to pass."""

key_sets = st.lists(st.sets(st.sampled_from("abcd"), min_size=1).map(sorted), max_size=12)


class Witness:
    """Sees whether two ever hold one key at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside: dict[str, int] = {}
        self.worst = 0

    def enter(self, keys: Sequence[str]) -> None:
        """Note that a holder came in."""
        with self._lock:
            for key in keys:
                self._inside[key] = self._inside.get(key, 0) + 1
                self.worst = max(self.worst, self._inside[key])

    def leave(self, keys: Sequence[str]) -> None:
        """Note that a holder went."""
        with self._lock:
            for key in keys:
                self._inside[key] -= 1


@given(key_sets)
def test_threads_never_hold_a_key_together(wanted: list[list[str]]) -> None:
    """Whatever sets of keys threads want, each is held by one, and all get through."""
    locks, witness = MemoryLocks(), Witness()

    def work(keys: list[str]) -> None:
        held = locks.acquire(keys)
        witness.enter(keys)
        witness.leave(keys)
        held.release()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, keys) for keys in wanted]:
            done.result(WAIT)
    assert witness.worst <= 1
    assert not locks._queues


@given(key_sets)
def test_tasks_never_hold_a_key_together(wanted: list[list[str]]) -> None:
    """The same for tasks of a loop."""
    locks, witness = MemoryLocks(), Witness()

    async def work(keys: list[str]) -> None:
        held = await locks.acquire_async(keys)
        witness.enter(keys)
        await asyncio.sleep(0)
        witness.leave(keys)
        held.release()

    async def main() -> None:
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*(work(keys) for keys in wanted))

    asyncio.run(main())
    assert witness.worst <= 1
    assert not locks._queues


def test_a_thread_and_a_task_share_a_lock() -> None:
    """A task waits for a thread without blocking its loop."""
    locks = MemoryLocks()
    held = locks.acquire(["a"])
    ticks = []

    async def main() -> None:
        waiting = asyncio.create_task(locks.acquire_async(["a"]))
        for _ in range(3):
            await asyncio.sleep(0)
            ticks.append(waiting.done())
        thread = threading.Thread(target=held.release)
        thread.start()
        async with asyncio.timeout(WAIT):
            (await waiting).release()
        thread.join()

    asyncio.run(main())
    assert ticks == [False] * 3
    assert not locks._queues


def test_a_cancelled_task_leaves_the_queue() -> None:
    """Who gives up waiting does not hold up those behind it."""
    locks = MemoryLocks()

    async def main() -> None:
        held = await locks.acquire_async(["a"])
        impatient = asyncio.create_task(locks.acquire_async(["a", "b"]))
        behind = asyncio.create_task(locks.acquire_async(["b"]))
        await asyncio.sleep(0)
        assert not behind.done()
        impatient.cancel()
        async with asyncio.timeout(WAIT):
            (await behind).release()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        held.release()

    asyncio.run(main())
    assert not locks._queues


def test_a_lock_that_came_too_late_is_passed_on() -> None:
    """A task that is cancelled in the moment it is let in lets the next one in."""
    locks = MemoryLocks()

    async def main() -> None:
        held = await locks.acquire_async(["a"])
        late = asyncio.create_task(locks.acquire_async(["a"]))
        behind = asyncio.create_task(locks.acquire_async(["a"]))
        await asyncio.sleep(0)
        held.release()
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        async with asyncio.timeout(WAIT):
            (await behind).release()

    asyncio.run(main())
    assert not locks._queues


def test_first_come_first_served() -> None:
    """Waiters go in the order they came."""
    locks, order = MemoryLocks(), []

    async def work(number: int) -> None:
        held = await locks.acquire_async(["a"])
        order.append(number)
        held.release()

    async def main() -> None:
        held = await locks.acquire_async(["a"])
        tasks = [asyncio.create_task(work(number)) for number in range(5)]
        await asyncio.sleep(0)
        held.release()
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*tasks)

    asyncio.run(main())
    assert order == list(range(5))


def test_releasing_twice_is_harmless() -> None:
    """A second release does not let a second holder in."""
    locks = MemoryLocks()
    first = locks.acquire(["a"])
    first.release()
    second = locks.acquire(["a"])
    first.release()
    assert locks._queues["a"][0] is second
    second.release()
