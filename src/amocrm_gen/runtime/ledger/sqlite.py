"""A ledger in a table of an SQLite file."""

import os
import re
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import time
from typing import Final

from attrs import define, field
from orjson import dumps, loads

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.folder import OWNER_FILE, lasting_folder, make_folder
from amocrm_gen.runtime.ledger.ledger import LedgerEntry
from amocrm_gen.runtime.locks.file import FileLocks

__all__ = ["SqliteLedger"]

_WAIT: Final = 30.0
"""Seconds to wait for another one who writes to the file."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_AT_ONCE: Final = 500
"""Keys in one query; SQLite takes a thousand at the least."""


def _file(given: str | Path | None) -> Path:
    if given is None:
        return lasting_folder() / "once.sqlite"
    # Each access opens the file anew: a database in memory would be another one each time.
    if str(given).startswith((":", "file:")):
        raise ConfigurationError(
            f"{str(given)!r} is no file", advice="give a path; for tests use MemoryLedger"
        )
    return Path(given)


@define
class SqliteLedger:
    """Remembers creates in one table, which may stand beside others.

    Any number of processes of one host may share it. A new file has mode 0600. Left out, the path
    is `once.sqlite` in the user's own data folder.
    """

    path: Path = field(default=None, converter=_file)
    table: str = field(default="amocrm_once", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.table):
            raise ConfigurationError(f"{self.table!r} is no name of a table")

    def load(self, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        """Return the entries of those keys that have one."""
        found: dict[str, LedgerEntry] = {}
        with self._open() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                found.update(self._select(connection, f"WHERE key IN ({marks})", some))
        return found

    def save(self, entries: Mapping[str, LedgerEntry]) -> None:
        """Keep entries in place of those before; they are on the disk when this returns."""
        query = f"INSERT OR REPLACE INTO {self.table} (key, started_at, answer) VALUES (?, ?, ?)"  # noqa: S608 - a checked name
        rows = [(key, entry.started_at, _text(entry)) for key, entry in entries.items()]
        with self._write() as connection:
            connection.executemany(query, rows)

    def forget(self, *keys: str) -> None:
        """Remove entries; the next create with such a key is sent."""
        query = f"DELETE FROM {self.table} WHERE key = ?"  # noqa: S608 - as above
        with self._write() as connection:
            connection.executemany(query, [(key,) for key in keys])

    def settle(self, key: str, id: int | str) -> None:
        """Note that a create is done, and which id its item has."""
        self.save({key: LedgerEntry(time(), {"id": id})})

    def started(self) -> dict[str, LedgerEntry]:
        """Return the entries that are under way, or of which nobody knows how they ended."""
        with self._open() as connection:
            return dict(self._select(connection, "WHERE answer IS NULL"))

    def forget_done(self, before: float) -> None:
        """Remove what is done and was begun before a time in unix seconds, to keep it small.

        A create with such a key is sent again.
        """
        query = f"DELETE FROM {self.table} WHERE answer IS NOT NULL AND started_at < ?"  # noqa: S608 - as above
        with self._write() as connection:
            connection.execute(query, (before,))

    @property
    def locks(self) -> FileLocks:
        """Locks among all processes that share the file; they lie beside it."""
        return FileLocks(folder=f"{self.path}.locks")

    def _select(
        self, connection: sqlite3.Connection, which: str, values: Sequence[str] = ()
    ) -> Iterator[tuple[str, LedgerEntry]]:
        query = f"SELECT key, started_at, answer FROM {self.table} {which}"  # noqa: S608 - as above
        for key, started_at, answer in connection.execute(query, values):
            yield key, LedgerEntry(started_at, None if answer is None else loads(answer))

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        make_folder(self.path.parent)
        # SQLite gives its journals the mode that the file has.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, OWNER_FILE))
        with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {self.table}"
                " (key TEXT PRIMARY KEY, started_at REAL NOT NULL, answer TEXT)"
            )
            yield connection

    @contextmanager
    def _write(self) -> Generator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection  # closing without the next line undoes it all
            connection.execute("COMMIT")


def _text(entry: LedgerEntry) -> str | None:
    return None if entry.answer is None else dumps(entry.answer).decode()
