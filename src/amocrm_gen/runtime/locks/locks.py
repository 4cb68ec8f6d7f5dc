"""What a set of locks must be able to do."""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Held", "Locks"]


class Held(Protocol):
    """Locks that are held, until they are released."""

    def release(self) -> None:
        """Let the next one in."""
        ...


class Locks(Protocol):
    """Locks by name: `example.amocrm.ru/leads/1`. Several are taken together, without deadlock."""

    def acquire(self, keys: Sequence[str]) -> Held:
        """Wait until all keys are free, and take them."""
        ...

    async def acquire_async(self, keys: Sequence[str]) -> Held:
        """Wait without blocking the loop until all keys are free, and take them."""
        ...
