"""The throttle that clients have by default: shared by all processes of the user."""

from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from amocrm_gen.runtime.throttle.file import FileThrottle
    from amocrm_gen.runtime.throttle.memory import MemoryThrottle
    from amocrm_gen.runtime.throttle.throttle import Slot, Throttle

__all__ = ["SharedThrottle", "shared_throttle"]


class SharedThrottle:
    """Looks for files when it is first used, and does without where there can be none."""

    __slots__ = ("__weakref__", "_account", "_integration", "_throttle")

    def __init__(self, account: str, integration: str) -> None:
        self._account = account
        self._integration = integration
        self._throttle: Throttle | None = None

    def reserve(self) -> "Slot":
        """Take a place in the queue."""
        try:
            return self._found().reserve()
        except OSError as error:
            return self._without_files(error).reserve()

    def confirm(self, slot: "Slot") -> float:
        """Return how long to wait yet; 0 means go."""
        try:
            return self._found().confirm(slot)
        except OSError as error:
            return self._without_files(error).confirm(slot)

    def cancel(self, slot: "Slot") -> None:
        """Give a place back."""
        try:
            self._found().cancel(slot)
        except OSError as error:
            self._without_files(error).cancel(slot)

    def penalise(self, seconds: float) -> None:
        """Hold all senders back."""
        try:
            self._found().penalise(seconds)
        except OSError as error:
            self._without_files(error).penalise(seconds)

    def stop(self, seconds: float) -> None:
        """Refuse all senders for a time."""
        try:
            self._found().stop(seconds)
        except OSError as error:
            self._without_files(error).stop(seconds)

    def _found(self) -> "Throttle":
        if self._throttle is None:
            self._throttle = _files().throttle_for(self._account, self._integration)
        return self._throttle

    def _without_files(self, error: OSError) -> "Throttle":
        from amocrm_gen.runtime.log import logger  # noqa: PLC0415 - a start can spare it

        logger.warning(
            "the throttle's files cannot be used (%s): the rate is kept in this process alone; "
            "name another folder in AMOCRM_SHARED_FOLDER",
            error,
        )
        self._throttle = _memory().throttle_for(self._account, self._integration)
        return self._throttle


_throttles: "WeakValueDictionary[tuple[str, str], SharedThrottle]" = WeakValueDictionary()


def shared_throttle(account: str, integration: str) -> SharedThrottle:
    """Return the throttle of an integration in an account; all such clients get the same one."""
    key = (account, integration)
    return _throttles.setdefault(key, SharedThrottle(*key))


@cache
def _files() -> "FileThrottle":
    from amocrm_gen.runtime.throttle.file import FileThrottle  # noqa: PLC0415 - as above

    return FileThrottle()


@cache
def _memory() -> "MemoryThrottle":
    from amocrm_gen.runtime.throttle.memory import MemoryThrottle  # noqa: PLC0415 - as above

    return MemoryThrottle()
