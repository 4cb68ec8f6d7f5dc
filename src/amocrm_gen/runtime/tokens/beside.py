"""Locks in files that lie beside a token store, for all processes of a host that share it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, frozen

from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.tokens.secret_file import OWNER_FILE, make_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["LocksBeside", "locks_beside", "locks_of_host"]

_POLL: Final = 0.02
"""Seconds between two tries; a token is renewed once a day, so that few ever wait."""
_STRANGE: Final = re.compile(r"[^A-Za-z0-9.-]+")


@define
class _Held:
    """Locks that are held."""

    _locks: ExitStack

    def release(self) -> None:
        """Let the next one in."""
        self._locks.close()


@frozen
class LocksBeside:
    """One lock file for each name; who dies lets go at once.

    They are not those of the entities, which may lie in one file by the dozen: a token is renewed
    while the lock of an entity is held.
    """

    folder: Path

    def acquire(self, keys: Sequence[str]) -> _Held:
        """Wait until all keys are free, and take them."""
        with ExitStack() as held:
            held.callback(_here.acquire(self._names(keys)).release)
            for lock in self._locks(keys):
                held.enter_context(lock)
            return _Held(held.pop_all())

    async def acquire_async(self, keys: Sequence[str]) -> _Held:
        """Wait without blocking the loop until all keys are free, and take them."""
        import asyncio  # noqa: PLC0415 - whoever gets here has loaded it, others need not

        from filelock import Timeout  # noqa: PLC0415 - a start can spare it

        with ExitStack() as held:
            held.callback((await _here.acquire_async(self._names(keys))).release)
            for lock in self._locks(keys):
                # Tried without waiting, so that whoever is cancelled leaves no thread behind.
                while not lock.is_locked:
                    try:
                        held.enter_context(lock.acquire(blocking=False))
                    except Timeout:
                        await asyncio.sleep(_POLL)
            return _Held(held.pop_all())

    def _names(self, keys: Sequence[str]) -> list[str]:
        folder = self.folder.absolute()
        return [str(folder / f"{name}.lock") for name in sorted({_plain(key) for key in keys})]

    def _locks(self, keys: Sequence[str]) -> "Iterator[BaseFileLock]":
        from filelock import FileLock  # noqa: PLC0415 - a start can spare it

        make_folder(self.folder)
        for name in self._names(keys):
            yield FileLock(name, mode=OWNER_FILE, thread_local=False, poll_interval=_POLL)


_here: Final = MemoryLocks()
"""Who waits in one process waits in line, and only the first of them asks the other processes."""


def _plain(key: str) -> str:
    return _STRANGE.sub("_", key)


def locks_beside(path: Path) -> LocksBeside:
    """Return locks for those who share a file."""
    return LocksBeside(Path(f"{path}.locks"))


def locks_of_host() -> LocksBeside:
    """Return locks for all processes of this user, for a store that brings none."""
    from amocrm_gen.runtime.folder import shared_folder  # noqa: PLC0415 - a start can spare it

    return LocksBeside(shared_folder() / "tokens")
