"""A file for its owner only that is always whole, whenever a process that writes it dies."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.folder import OWNER_FILE, make_folder
from amocrm_gen.runtime.kinds import is_object

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["SecretFile"]


def _place(path: Path) -> Path:
    return Path(os.path.realpath(path))


@define
class SecretFile:
    """A file, mode 0600, of one JSON object, whose content is replaced in one step.

    New content is written beside it, brought to the disk and then put in its place. If the process
    dies between the last two, who comes next puts it there: what was whole beside is newer.
    """

    path: Path = field(converter=_place)
    """A link is followed, so that it stays one."""

    def lock(self) -> "BaseFileLock":
        """Return a lock among all writers; to be held from reading to writing."""
        from filelock import FileLock  # noqa: PLC0415 - a start can spare it

        make_folder(self.path.parent)
        return FileLock(f"{self.path}.lock", mode=OWNER_FILE, thread_local=False)

    def read(self) -> bytes | None:
        """Return the content, None if there is no file."""
        self.settle()
        return self.read_plain()

    def settle(self) -> None:
        """Wait for a writer that is at work, and finish what one that was killed has left."""
        if self._beside.exists():
            with self.lock():
                self.recover()

    def read_plain(self) -> bytes | None:
        """Return the content without looking for anything left over."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def recover(self) -> None:
        """Bring to its end what a writer that was killed has left; the lock must be held."""
        try:
            left = self._beside.read_bytes()
        except FileNotFoundError:
            return
        if _is_whole(left):
            self._put_in_place()
        else:
            self._beside.unlink()

    def write(self, content: bytes) -> None:
        """Replace the content; it is on the disk when this returns. The lock must be held."""
        self._beside.unlink(missing_ok=True)
        try:
            self._write_beside(content)
        except BaseException:
            self._beside.unlink(missing_ok=True)
            raise
        # From here on the new content is kept, even if it cannot be put in place.
        self._put_in_place()

    @property
    def _beside(self) -> Path:
        return self.path.with_name(f"{self.path.name}.new")

    def _write_beside(self, content: bytes) -> None:
        # O_EXCL: nobody can have put a file or a link there to read along.
        handle = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        finally:
            os.close(handle)

    def _put_in_place(self) -> None:
        self._beside.replace(self.path)
        # Windows cannot open a folder, and needs no such step.
        with suppress(PermissionError):
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _is_whole(content: bytes) -> bool:
    """Tell a whole content from one that was cut short: a cut object is no JSON."""
    try:
        return is_object(loads(content))
    except JSONDecodeError:
        return False
