"""A ledger in memory: for tests."""

from collections.abc import Mapping, Sequence
from time import time

from attrs import define, field

from amocrm_gen.runtime.ledger.ledger import LedgerEntry
from amocrm_gen.runtime.locks.memory import MemoryLocks

__all__ = ["MemoryLedger"]


@define
class MemoryLedger:
    """Remembers creates for as long as the process lives."""

    _entries: dict[str, LedgerEntry] = field(factory=dict[str, LedgerEntry], repr=False)
    locks: MemoryLocks = field(factory=MemoryLocks, init=False, repr=False, eq=False)
    """Two creates with one key wait for each other."""

    def load(self, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        """Return the entries of those keys that have one."""
        return {key: self._entries[key] for key in keys if key in self._entries}

    def save(self, entries: Mapping[str, LedgerEntry]) -> None:
        """Keep entries in place of those before."""
        self._entries.update(entries)

    def forget(self, *keys: str) -> None:
        """Remove entries."""
        for key in keys:
            self._entries.pop(key, None)

    def settle(self, key: str, id: int | str) -> None:
        """Note that a create is done, and which id its item has."""
        self.save({key: LedgerEntry(time(), {"id": id})})

    def started(self) -> dict[str, LedgerEntry]:
        """Return the entries of which nobody knows how they ended."""
        return {key: entry for key, entry in self._entries.items() if not entry.is_done}
