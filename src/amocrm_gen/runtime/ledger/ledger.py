"""What a place that remembers creates must be able to do."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from attrs import frozen

from amocrm_gen.runtime.locks.locks import Locks
from amocrm_gen.runtime.types import JsonObject

__all__ = ["Ledger", "LedgerEntry", "LockingLedger"]


@frozen
class LedgerEntry:
    """What is known of a create with a key."""

    started_at: float
    """When it was begun, in unix seconds of this side."""
    answer: JsonObject | None = None
    """What amoCRM said of the item, with its id; None as long as that is not known."""

    @property
    def is_done(self) -> bool:
        """Whether the item is written, and known to be."""
        return self.answer is not None


class Ledger(Protocol):
    """Keeps an entry for each key: `example.amocrm.ru/api/v4/leads#order-17`.

    It is called from any thread, and may block. What `save` has returned from must survive a crash,
    so it must not be part of a transaction that may yet be rolled back.
    """

    def load(self, keys: Sequence[str]) -> Mapping[str, LedgerEntry]:
        """Return the entries of those keys that have one."""
        ...

    def save(self, entries: Mapping[str, LedgerEntry]) -> None:
        """Keep entries in place of those before: all or none."""
        ...

    def forget(self, *keys: str) -> None:
        """Remove entries; there may be none. The next create with such a key is sent."""
        ...

    def settle(self, key: str, id: int | str) -> None:
        """Note that a create is done, and which id its item has."""
        ...


@runtime_checkable
class LockingLedger(Protocol):
    """A ledger that brings the locks by which two creates with one key wait for each other.

    All who share the ledger must share the locks. A ledger without them is locked by the client's
    own `locks`.
    """

    @property
    def locks(self) -> Locks:
        """Locks that hold among all threads, processes and hosts that share the ledger."""
        ...
