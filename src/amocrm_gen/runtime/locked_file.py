"""A small file that processes change one after the other."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import define, field

from amocrm_gen.runtime.folder import OWNER_FILE, make_private

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LockedFile"]

_FLAGS: Final = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
_CHUNK: Final = 1 << 14
"""More than such a file usually holds; a much larger buffer would cost more than the reading."""
_BLOCK: Final = 512
"""The file grows and shrinks in such steps, so that nearly every change is one write."""


class _Key(Protocol):
    """What keeps others out of a file, as the platform has it."""

    def enter(self, path: str) -> tuple[int, object]:
        """Open a file that nobody else has open; gives its handle and what `leave` wants."""
        ...

    def leave(self, handle: int, held: object) -> None:
        """Close the file and let the next one in."""
        ...


class _Flock:
    """The kernel's lock of an open file, where there is one."""

    def __init__(self) -> None:
        import fcntl  # noqa: PLC0415 - not on every platform, and not before it is needed

        self._lock: Callable[[int, int], None] = fcntl.flock
        self._exclusive, self._unlock = fcntl.LOCK_EX, fcntl.LOCK_UN

    def enter(self, path: str) -> tuple[int, object]:
        while True:
            handle = os.open(path, _FLAGS, OWNER_FILE)
            try:
                self._lock(handle, self._exclusive)
                # Somebody may have deleted it meanwhile, and others share a new one.
                if os.fstat(handle).st_nlink:
                    return handle, None
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def leave(self, handle: int, held: object) -> None:
        del held
        # Closing alone would not do if this process was forked in between.
        self._lock(handle, self._unlock)
        os.close(handle)


class _Beside:
    """A lock file beside the file, where the platform has no `fcntl`."""

    def __init__(self) -> None:
        from filelock import FileLock  # noqa: PLC0415 - not before it is needed

        self._lock: Any = FileLock  # Any: one of several classes

    def enter(self, path: str) -> tuple[int, object]:
        lock = self._lock(f"{path}.lock", mode=OWNER_FILE)
        lock.acquire(poll_interval=0.001)
        try:
            return os.open(path, _FLAGS, OWNER_FILE), lock
        except BaseException:
            lock.release()
            raise

    def leave(self, handle: int, held: Any) -> None:  # Any: the lock
        os.close(handle)
        held.release()


@cache
def _chosen() -> _Key:
    try:
        return _Flock()
    except ImportError:
        return _Beside()


@define
class LockedFile:
    """A file that is opened anew for each change: so a fork shares nothing, and nothing is kept.

    Between `open` and `close` nobody else is in the file; the kernel lets the next one in when its
    holder dies.
    """

    path: str
    _key: _Key = field(factory=_chosen, init=False)
    _handle: int = field(default=-1, init=False)
    _held: object = field(default=None, init=False)
    _size: int = field(default=0, init=False)

    def open(self) -> None:
        """Wait until nobody else is in the file."""
        try:
            self._handle, self._held = self._key.enter(self.path)
        except FileNotFoundError:
            make_private(Path(self.path).parent)
            self._handle, self._held = self._key.enter(self.path)

    def read(self) -> bytes:
        """Return what the file holds."""
        content = os.read(self._handle, _CHUNK)
        if len(content) == _CHUNK:
            parts = [content]
            while parts[-1]:
                parts.append(os.read(self._handle, _CHUNK))
            content = b"".join(parts)
        self._size = len(content)
        return content

    def write(self, content: bytes) -> None:
        """Put something else in its place, filled up with blanks."""
        padded = content.ljust(-(-len(content) // _BLOCK) * _BLOCK)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, padded)
        if len(padded) < self._size:
            os.ftruncate(self._handle, len(padded))

    def close(self) -> None:
        """Let the next one in."""
        self._key.leave(self._handle, self._held)
