"""One writer at a time, whichever process it is of, and whatever becomes of it."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runtime.lock_worker import hide_fcntl, locks_of

WAIT = 60.0
"""Seconds after which a test gives up; no test waits for them to pass."""

pytestmark = pytest.mark.processes

KINDS = [
    "file",
    "stripes",
    pytest.param("redis", marks=pytest.mark.requires_tool("redis-server")),
]


class Worker:
    """Another process that takes locks."""

    def __init__(self, kind: str, place: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "runtime.lock_worker", kind, place]
        self.process = subprocess.Popen(
            command,
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, *words: object) -> None:
        """Tell it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([str(word) for word in words]) + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Wait for its next word."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def take(self, *keys: str) -> None:
        """Let it take locks that are free."""
        self.tell("take", *keys)
        assert (self.hear(), self.hear()) == ("asking", "done")

    def free(self) -> None:
        """Let it release what it took."""
        self.tell("free")
        assert self.hear() == "done"

    def kill(self) -> None:
        """End it as the kernel does."""
        self.process.kill()
        self.process.wait()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return a kind of locks."""
    return request.param


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the locks are."""
    return request.getfixturevalue("redis_url") if kind == "redis" else str(tmp_path)


@pytest.fixture
def locks(kind: str, place: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return locks of this process that are shared with the workers."""
    if kind == "stripes":
        monkeypatch.setitem(sys.modules, "fcntl", sys.modules["fcntl"])
        hide_fcntl()
    return locks_of(kind, place)


@pytest.fixture
def start(kind: str, place: str) -> Iterator[Callable[[], Worker]]:
    """Return what starts one more process; all end with the test."""
    with ExitStack() as stack:

        def started() -> Worker:
            worker = Worker(kind, place)
            stack.callback(worker.process.wait)
            stack.callback(worker.kill)
            for pipe in (worker.process.stdin, worker.process.stdout):
                assert pipe is not None
                stack.callback(pipe.close)
            return worker

        yield started


def test_no_step_is_lost(start: Callable[[], Worker], tmp_path: Path) -> None:
    """Two processes of two threads each raise one number; each time counts."""
    number = tmp_path / "number"
    number.touch()
    workers = [start(), start()]
    for worker in workers:
        worker.tell("add", "example/leads/1", number, 50)
    assert [worker.hear() for worker in workers] == ["done", "done"]
    assert number.read_text() == "200"


def test_who_waits_goes_when_the_holder_is_killed(start: Callable[[], Worker]) -> None:
    """A killed process holds nothing, and keeps nobody waiting who came after it."""
    holder, waiter, last = start(), start(), start()
    holder.take("a", "b")
    waiter.tell("take", "b", "c")
    assert waiter.hear() == "asking"
    last.take("d")
    holder.kill()
    assert waiter.hear() == "done"
    waiter.kill()
    last.take("a", "b", "c")


def test_a_child_holds_nothing(start: Callable[[], Worker], tmp_path: Path) -> None:
    """After a fork the child waits for what its parent holds, and takes the rest by itself."""
    number = tmp_path / "number"
    number.touch()
    parent, other = start(), start()
    parent.take("held")
    for worker in (parent, other):
        worker.tell("fork" if worker is parent else "add", "example/leads/1", number, 25)
    assert (parent.hear(), other.hear()) == ("done", "done")
    assert number.read_text() == "100"
    # What the parent held it still holds.
    other.tell("take", "held")
    assert other.hear() == "asking"
    parent.free()
    assert other.hear() == "done"


def test_a_task_waits_without_blocking_its_loop(locks: Any, start: Callable[[], Worker]) -> None:
    """While a task waits for another process, others of its loop run; cancelled, it lets go."""
    worker = start()
    worker.take("a")

    async def main() -> list[bool]:
        waiting = asyncio.create_task(locks.acquire_async(["a", "b"]))
        impatient = asyncio.create_task(locks.acquire_async(["a"]))
        ticks = []
        for _ in range(5):
            await asyncio.sleep(0)
            ticks.append(waiting.done())
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        await asyncio.to_thread(worker.free)
        async with asyncio.timeout(WAIT):
            (await waiting).release()
        return ticks

    assert asyncio.run(main()) == [False] * 5
    worker.take("a", "b")


def test_a_cancelled_task_gives_back_what_comes_later(
    locks: Any, start: Callable[[], Worker]
) -> None:
    """A thread that still waits for a task that gave up keeps nobody out."""
    worker, other = start(), start()
    worker.take("a")

    async def main() -> None:
        waiting = asyncio.create_task(locks.acquire_async(["a"]))
        while threading.active_count() < 2:  # noqa: ASYNC110 - the thread is what it waits for
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    worker.free()
    other.take("a")
    other.free()
    locks.acquire(["a"]).release()
