"""A small file that threads and processes change one after the other."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol
from weakref import WeakSet

from attrs import define, field

from amocrm_gen.runtime.folder import OWNER_FILE, make_private

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LockedFile", "locked_file"]

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


class LockedFile(Protocol):
    """Between `open` and `close` nobody else is in the file, unless its holder dies."""

    path: str

    def open(self) -> None:
        """Wait until nobody else is in the file."""
        ...

    def read(self) -> bytes:
        """Return what the file holds."""
        ...

    def write(self, content: bytes) -> None:
        """Put something else in its place, filled up with blanks."""
        ...

    def close(self) -> None:
        """Let the next one in."""
        ...


def locked_file(path: str) -> LockedFile:
    """Return a file by what the platform has to lock it."""
    try:
        import fcntl  # noqa: PLC0415 - not on every platform, and not before it is needed
    except ImportError:
        from filelock import FileLock  # noqa: PLC0415 - not before it is needed

        return _FileBeside(path, FileLock)
    return _Flocked(path, fcntl)


@define(eq=False)
class _Flocked:
    """Its own lock, by the kernel. It stays open, since opening is the dearest part."""

    path: str
    _fcntl: Any  # Any: a module that not every platform has
    _handle: int = field(default=-1, init=False)
    _size: int = field(default=0, init=False)
    _guard: Lock = field(factory=Lock, init=False, repr=False)
    """The kernel does not tell the threads of a process apart."""

    def __attrs_post_init__(self) -> None:
        """Have it left in the children of this process: they would share its lock."""
        _open_files.add(self)

    def __del__(self) -> None:
        """Close it when nobody uses it any more."""
        self.leave()

    def open(self) -> None:
        self._guard.acquire()
        try:
            while True:
                if self._handle < 0:
                    self._handle = _opened(self.path)
                self._fcntl.flock(self._handle, self._fcntl.LOCK_EX)
                if os.fstat(self._handle).st_nlink:
                    return
                # Somebody has deleted it, and others share a new one.
                self.leave()
        except BaseException:
            self.leave()
            self._guard.release()
            raise

    def read(self) -> bytes:
        content = os.pread(self._handle, _CHUNK, 0)
        while len(content) % _CHUNK == 0 and (more := os.pread(self._handle, _CHUNK, len(content))):
            content += more
        self._size = len(content)
        return content

    def write(self, content: bytes) -> None:
        padded = _padded(content)
        os.pwrite(self._handle, padded, 0)
        if len(padded) < self._size:
            os.ftruncate(self._handle, len(padded))

    def close(self) -> None:
        self._fcntl.flock(self._handle, self._fcntl.LOCK_UN)
        self._guard.release()

    def leave(self) -> None:
        """Close the file for this process."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            with suppress(OSError):
                os.close(handle)

    def start_anew(self) -> None:
        """Leave what a child has inherited."""
        self.leave()
        self._guard = Lock()


@define(eq=False)
class _FileBeside:
    """Locked by a second file beside it, where the platform has no `fcntl`."""

    path: str
    _file_lock: "Callable[..., Any]"  # Any: one of several classes
    _lock: Any = field(default=None, init=False)  # Any: as above
    _guard: Lock = field(factory=Lock, init=False, repr=False)

    def open(self) -> None:
        self._guard.acquire()
        try:
            make_private(Path(self.path).parent)
            self._lock = self._file_lock(f"{self.path}.lock", mode=OWNER_FILE, thread_local=False)
            self._lock.acquire(poll_interval=0.001)
        except BaseException:
            self._guard.release()
            raise

    def read(self) -> bytes:
        path = Path(self.path)
        return path.read_bytes() if path.exists() else b""

    def write(self, content: bytes) -> None:
        handle = _opened(self.path)
        try:
            os.ftruncate(handle, 0)
            os.write(handle, _padded(content))
        finally:
            os.close(handle)

    def close(self) -> None:
        self._lock.release()
        self._guard.release()


def _opened(path: str) -> int:
    try:
        return os.open(path, _FLAGS, OWNER_FILE)
    except FileNotFoundError:
        make_private(Path(path).parent)
        return os.open(path, _FLAGS, OWNER_FILE)


def _padded(content: bytes) -> bytes:
    return content.ljust(-(-len(content) // _BLOCK) * _BLOCK)


_open_files: "WeakSet[_Flocked]" = WeakSet()


def _start_anew() -> None:
    for file in _open_files:
        file.start_anew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
