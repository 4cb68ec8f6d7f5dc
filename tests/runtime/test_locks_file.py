"""Locks in a file, as one process has them."""

import asyncio
import errno
import logging
import os
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime.locks import board
from amocrm_gen.runtime.locks.board import board_in, spot_of
from amocrm_gen.runtime.locks.file import FileLocks
from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.locks.shared import SharedLocks

WAIT = 30.0
"""Seconds after which a test gives up; no test waits for them to pass."""

key_sets = st.lists(st.sets(st.sampled_from("abcd"), min_size=1).map(sorted), max_size=12)


@pytest.fixture(params=["fcntl", "no fcntl"])
def locks(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FileLocks]:
    """Return locks, with what the platform has and with filelock in its place."""
    if request.param == "no fcntl":
        monkeypatch.setattr(board, "_STRIPES", 2)
        # What it found when it was loaded it keeps: as on Windows, it has locks of its own.
        import_module("filelock")
        monkeypatch.setitem(sys.modules, "fcntl", None)
        board_in(tmp_path)
        monkeypatch.undo()
        monkeypatch.setattr(board, "_STRIPES", 2)
    yield FileLocks(folder=tmp_path)
    assert not board_in(tmp_path).near._queues


@given(wanted=key_sets)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_threads_never_hold_a_key_together(locks: FileLocks, wanted: list[list[str]]) -> None:
    """Whatever sets of keys threads want, of however many lock objects, all get through."""
    inside: dict[str, int] = {}
    worst = [0]

    def work(keys: list[str]) -> None:
        held = FileLocks(folder=locks.folder).acquire(keys)
        for key in keys:
            inside[key] = inside.get(key, 0) + 1
            worst.append(inside[key])
            inside[key] -= 1
        held.release()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, keys) for keys in wanted]:
            done.result(WAIT)
    assert max(worst) <= 1


@given(wanted=key_sets)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_tasks_never_hold_a_key_together(locks: FileLocks, wanted: list[list[str]]) -> None:
    """The same for tasks of a loop."""
    inside: dict[str, int] = {}
    worst = [0]

    async def work(keys: list[str]) -> None:
        held = await locks.acquire_async(keys)
        for key in keys:
            inside[key] = inside.get(key, 0) + 1
            worst.append(inside[key])
        await asyncio.sleep(0)
        for key in keys:
            inside[key] -= 1
        held.release()

    async def main() -> None:
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*(work(keys) for keys in wanted))

    asyncio.run(main())
    assert max(worst) <= 1


def test_an_edit_inside_an_edit_waits_for_nobody(locks: FileLocks) -> None:
    """A second key is taken while the first is held, even if they share a file."""
    with ThreadPoolExecutor(1) as pool:

        def nested() -> None:
            outer = [locks.acquire([key]) for key in "abcdef"]
            for held in outer:
                held.release()

        pool.submit(nested).result(WAIT)


def test_releasing_twice_is_harmless(locks: FileLocks) -> None:
    """A second release does not let a second holder in."""
    first = locks.acquire(["a"])
    first.release()
    second = locks.acquire(["a"])
    first.release()
    assert list(board_in(Path(str(locks.folder))).near._queues) == ["a"]
    second.release()


def test_a_copy_in_a_child_releases_nothing(locks: FileLocks) -> None:
    """What a child inherits is the parent's to release."""
    held = locks.acquire(["a"])
    held.owner = os.getpid() + 1
    held.release()
    assert held.spots
    held.owner = os.getpid()
    held.release()


def test_only_the_owner_can_read(locks: FileLocks) -> None:
    """The folder has mode 0700, files 0600; there are as many however many keys were locked."""
    mask = os.umask(0)
    try:
        for number in range(300):
            locks.acquire([f"example/leads/{number}"]).release()
    finally:
        os.umask(mask)
    found = [path for path in Path(str(locks.folder)).rglob("*") if path.is_file()]
    assert 1 <= len(found) <= 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in found} == {0o700}


def test_a_lock_file_that_is_deleted_is_made_anew(tmp_path: Path) -> None:
    """Whoever cleans caches does no harm to those who come later."""
    locks = FileLocks(folder=tmp_path)
    locks.acquire(["a"]).release()
    (tmp_path / "locks.bytes").unlink()
    locks.acquire(["a"]).release()
    assert (tmp_path / "locks.bytes").exists()


def test_a_circle_that_is_none_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel takes two threads for one and may see a deadlock; then it is asked again."""
    fcntl = pytest.importorskip("fcntl")
    refusals = [errno.EDEADLK, errno.EAGAIN, errno.EACCES]
    plain = fcntl.lockf
    asked = []

    class Suspicious:
        LOCK_EX, LOCK_NB, LOCK_UN = fcntl.LOCK_EX, fcntl.LOCK_NB, fcntl.LOCK_UN

        @staticmethod
        def lockf(handle: int, how: int, *range_: int) -> None:
            asked.append(how)
            if how != fcntl.LOCK_UN and refusals:
                raise OSError(refusals.pop(0), "no")
            plain(handle, how, *range_)

    monkeypatch.setattr(board, "_POLL", 0.0)
    bytes_ = board._Bytes(tmp_path / "locks", Suspicious)
    assert bytes_.take(5, wait=True)
    bytes_.free(5)
    waiting = fcntl.LOCK_EX
    assert asked == [waiting, *[waiting | fcntl.LOCK_NB] * 3, fcntl.LOCK_UN]


def test_errors_of_the_file_leave_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If one of several keys cannot be taken, none is held."""
    locks = FileLocks(folder=tmp_path)
    keys = ["a", "b", "c"]
    last = max(map(spot_of, keys))
    plain = board._Bytes.take

    def broken(self: Any, spot: int, *, wait: bool) -> bool:
        if spot == last:
            raise OSError(errno.ENOLCK, "no locks available")
        return plain(self, spot, wait=wait)

    monkeypatch.setattr(board._Bytes, "take", broken)
    with pytest.raises(OSError, match="no locks"):
        locks.acquire(keys)
    with pytest.raises(OSError, match="no locks"):
        asyncio.run(locks.acquire_async(keys))
    monkeypatch.undo()
    locks.acquire(keys).release()


def test_spots_are_far_apart() -> None:
    """A hundred thousand entities have a hundred thousand spots, which a file can have."""
    spots = {spot_of(f"example.amocrm.ru/leads/{number}") for number in range(100_000)}
    assert len(spots) == 100_000
    assert max(spots) < 2**62


def test_without_a_file_the_process_keeps_its_own_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no file can be written the default locks are kept in memory, and say so once."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMOCRM_SHARED_FOLDER", str(tmp_path / "file" / "folder"))
    for acquire in (
        lambda locks: locks.acquire(["a"]),
        lambda locks: asyncio.run(locks.acquire_async(["a"])),
    ):
        locks = SharedLocks()
        caplog.clear()
        with caplog.at_level(logging.WARNING, "amocrm_gen"):
            acquire(locks).release()
            acquire(locks).release()
        assert isinstance(locks.found(), MemoryLocks)
        assert [record.getMessage()[:27] for record in caplog.records] == [
            "the lock file cannot be use"
        ]
