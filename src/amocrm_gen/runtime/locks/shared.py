"""The locks that clients have by default: shared by all processes of the user."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amocrm_gen.runtime.locks.locks import Held, Locks

__all__ = ["SharedLocks", "shared_locks"]


class SharedLocks:
    """Looks for a lock file when it is first used, and does without where there can be none."""

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        self._locks: Locks | None = None

    def acquire(self, keys: Sequence[str]) -> "Held":
        """Wait until all keys are free, and take them."""
        try:
            return self.found().acquire(keys)
        except OSError as error:
            return self._without_files(error).acquire(keys)

    async def acquire_async(self, keys: Sequence[str]) -> "Held":
        """Wait without blocking the loop until all keys are free, and take them."""
        try:
            return await self.found().acquire_async(keys)
        except OSError as error:
            return await self._without_files(error).acquire_async(keys)

    def found(self) -> "Locks":
        """Return the locks themselves."""
        if self._locks is None:
            from amocrm_gen.runtime.locks.file import FileLocks  # noqa: PLC0415 - a start spares it

            self._locks = FileLocks()
        return self._locks

    def _without_files(self, error: OSError) -> "Locks":
        from amocrm_gen.runtime.locks.memory import MemoryLocks  # noqa: PLC0415 - as above
        from amocrm_gen.runtime.log import logger  # noqa: PLC0415 - as above

        logger.warning(
            "the lock file cannot be used (%s): entities are locked in this process alone; "
            "name another folder in AMOCRM_SHARED_FOLDER",
            error,
        )
        self._locks = MemoryLocks()
        return self._locks


shared_locks: Final = SharedLocks()
"""The locks of all clients that are given none."""
