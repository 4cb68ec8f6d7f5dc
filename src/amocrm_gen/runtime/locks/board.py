"""Spots on a machine that one process at a time may take: what file locks are made of."""

import errno
import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from threading import Condition, Lock
from typing import Any, Final, Protocol

from attrs import define, field

from amocrm_gen.runtime.folder import OWNER_FILE, make_private
from amocrm_gen.runtime.locks.memory import MemoryLocks

__all__ = ["Board", "board_in", "spot_of"]

_POLL: Final = 0.005
"""Seconds between two tries where the kernel cannot be asked to wait."""
_STRIPES: Final = 1024
"""Spots share lock files where there are files for them, so that files do not pile up."""


def spot_of(key: str) -> int:
    """Return the spot of a key: a number of 62 bits, so that no two keys share one."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 2


class Board(Protocol):
    """One place for all processes that share a folder.

    It does not tell the threads of a process apart: they stand in the queue `near` first.
    """

    @property
    def near(self) -> MemoryLocks:
        """The queue of this process."""
        ...

    def take(self, spot: int, *, wait: bool) -> bool:
        """Take a spot, and tell whether that was possible; who waits gets it in the end."""
        ...

    def free(self, spot: int) -> None:
        """Let the next one have a spot."""
        ...


@define
class _Bytes:
    """Each spot is one byte of one file, locked by the kernel; nothing is ever written there.

    The kernel frees the bytes of a process that dies, and does not give them to its children. It
    also frees them when the process closes the file, whoever does that: so it stays open.
    """

    path: Path
    _fcntl: Any  # Any: a module that not every platform has
    near: MemoryLocks = field(factory=MemoryLocks, init=False)
    _handle: int = field(default=-1, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)
    _freed: Condition = field(factory=Condition, init=False, repr=False)

    def take(self, spot: int, *, wait: bool) -> bool:
        how = self._fcntl.LOCK_EX | (0 if wait else self._fcntl.LOCK_NB)
        handle = self._open()
        while True:
            try:
                self._fcntl.lockf(handle, how, 1, spot)
            except OSError as error:
                if error.errno == errno.EDEADLK:
                    # The kernel takes two threads of a process for one, and sees a circle in which
                    # nobody waits. It goes on looking for circles unless it is not asked to wait.
                    how |= self._fcntl.LOCK_NB
                elif error.errno not in {errno.EACCES, errno.EAGAIN}:
                    raise
                if not wait:
                    return False
                with self._freed:  # what this process frees is known at once
                    self._freed.wait(_POLL)
            else:
                return True

    def free(self, spot: int) -> None:
        self._fcntl.lockf(self._handle, self._fcntl.LOCK_UN, 1, spot)
        with self._freed:
            self._freed.notify_all()

    def _open(self) -> int:
        with self._lock:
            # Somebody may have deleted the file, and others share a new one.
            if self._handle < 0 or not os.fstat(self._handle).st_nlink:
                make_private(self.path.parent)
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
                self._handle = os.open(self.path, flags, OWNER_FILE)
            return self._handle


@define
class _Taken:
    """A lock file that this process holds, for as many spots as share it."""

    lock: Any  # Any: one of filelock's classes
    spots: int = 0
    turn: Lock = field(factory=Lock, repr=False)
    """Held by who takes the file, so that it is asked for once."""


@define
class _Stripes:
    """Spots share a fixed number of lock files, where the platform has no `fcntl`."""

    folder: Path
    _file_lock: Callable[..., Any]  # Any: as above
    near: MemoryLocks = field(factory=MemoryLocks, init=False)
    _taken: dict[int, _Taken] = field(factory=dict[int, _Taken], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def take(self, spot: int, *, wait: bool) -> bool:
        with self._lock:
            taken = self._taken.setdefault(spot % _STRIPES, _Taken(self._new(spot % _STRIPES)))
        if not taken.turn.acquire(blocking=wait):
            return False
        try:
            if not taken.spots and not self._enter(taken.lock, wait=wait):
                return False
            taken.spots += 1
        finally:
            taken.turn.release()
        return True

    def free(self, spot: int) -> None:
        taken = self._taken[spot % _STRIPES]
        with taken.turn:
            taken.spots -= 1
            if not taken.spots:
                taken.lock.release()

    def _new(self, stripe: int) -> Any:  # Any: as above
        make_private(self.folder)
        path = self.folder / f"{stripe:04}.lock"
        return self._file_lock(path, mode=OWNER_FILE, thread_local=False)

    def _enter(self, lock: Any, *, wait: bool) -> bool:  # Any: as above
        from filelock import Timeout  # noqa: PLC0415 - its module is loaded already

        try:
            lock.acquire(blocking=wait, poll_interval=_POLL)
        except Timeout:
            return False
        return True


_boards: Final[dict[str, Board]] = {}
_boards_lock = Lock()


def _start_anew() -> None:
    """Forget, in a child, what the parent has taken: the kernel did not give it to the child."""
    global _boards_lock  # noqa: PLW0603 - another thread of the parent may have held it
    _boards_lock = Lock()
    _boards.clear()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def board_in(folder: Path) -> Board:
    """Return the board of a folder; a process has but one, however many ask."""
    place = os.path.realpath(folder)
    with _boards_lock:
        if place not in _boards:
            _boards[place] = _new_board(Path(place))
        return _boards[place]


def _new_board(folder: Path) -> Board:
    try:
        import fcntl  # noqa: PLC0415 - not on every platform
    except ImportError:
        from filelock import FileLock  # noqa: PLC0415 - not before it is needed

        return _Stripes(folder / "locks", FileLock)
    return _Bytes(folder / "locks.bytes", fcntl)
