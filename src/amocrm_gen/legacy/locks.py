"""Locks that are asked for so often, with pauses between."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import define, field

from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.locks.file import FileLocks
from amocrm_gen.runtime.watching import Debug, tell

if TYPE_CHECKING:
    from amocrm_gen.runtime.locks.locks import Held

__all__ = ["LockBusy", "PatientLocks"]

_KINDS: Final = {
    "contacts": "contact",
    "companies": "company",
    "leads": "lead",
    "customers": "customer",
    "tasks": "task",
    "notes": "note",
    "catalogs": "catalog",
    "catalog_elements": "catalogelement",
}


class LockBusy(AmoError):  # noqa: N818 - as the other errors
    """Somebody else holds the lock of the entity, and all attempts are used up: nothing was sent.

    Cure: try again later, or allow for more attempts.
    """

    advice: ClassVar[str] = "try again later, or allow for more attempts or longer pauses"


class _Nothing:
    def release(self) -> None:
        """There is nothing to release."""


def _path(given: Path | str | None) -> Path | None:
    return None if given is None else Path(given)


@define(eq=False, kw_only=True)
class PatientLocks:
    """Locks among all processes of this user on this machine, with a limit to the waiting.

    Each attempt that fails is told to `debug`. 0 attempts switch locking off.
    """

    folder: Path | None = field(default=None, converter=_path)
    """Where the lock file is; left out, in the user's cache folder."""
    attempts: int = 10
    pause: float = 1.0
    """Seconds between two attempts."""
    debug: Debug | None = None
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)

    def acquire(self, keys: Sequence[str]) -> "Held":
        """Take all keys; raises `LockBusy` after the last attempt."""
        if not self.attempts:
            return _Nothing()
        locks = FileLocks(folder=self.folder)
        for attempt in range(1, self.attempts + 1):
            held = locks.try_acquire(keys)
            if held is not None:
                return held
            self._tell_of_pause(keys, attempt)
            self.sleep(self.pause)
        raise self._gives_up(keys)

    async def acquire_async(self, keys: Sequence[str]) -> "Held":
        """Take all keys without blocking the loop; raises `LockBusy` after the last attempt."""
        if not self.attempts:
            return _Nothing()
        locks = FileLocks(folder=self.folder)
        for attempt in range(1, self.attempts + 1):
            held = locks.try_acquire(keys)
            if held is not None:
                return held
            self._tell_of_pause(keys, attempt)
            await asyncio.sleep(self.pause)
        raise self._gives_up(keys)

    def _tell_of_pause(self, keys: Sequence[str], attempt: int) -> None:
        tell(self.debug, f"LOCK {_named(keys)} #{attempt} ({self.pause:g}s)")

    def _gives_up(self, keys: Sequence[str]) -> LockBusy:
        tell(self.debug, f"LOCK {_named(keys)} attempts exceeded ({self.attempts})")
        return LockBusy(f"somebody else holds the lock of {_named(keys)}")


def _named(keys: Sequence[str]) -> str:
    """Name entities as the PHP library does: `12.contact`."""
    parts = (key.rsplit("/", 2)[-2:] for key in keys)
    return ", ".join(f"{number}.{_KINDS.get(kind, kind)}" for kind, number in parts)
