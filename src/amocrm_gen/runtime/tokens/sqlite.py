"""Tokens in a table of an SQLite file."""

import os
import re
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from attrs import define, field

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.folder import make_folder
from amocrm_gen.runtime.locks.file import FileLocks
from amocrm_gen.runtime.tokens.plain import dump_token, load_token
from amocrm_gen.runtime.tokens.store import granted
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["SqliteTokenStore"]

_WAIT: Final = 30.0
"""Seconds to wait for another one who writes to the file."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _file(given: str | Path) -> Path:
    # Each access opens the file anew: a database in memory would be another one each time.
    if str(given).startswith((":", "file:")):
        raise ConfigurationError(
            f"{str(given)!r} is no file", advice="give a path; for tests use MemoryTokenStore"
        )
    return Path(given)


@define
class SqliteTokenStore:
    """Keeps the tokens of any number of accounts in one table, which may stand beside others.

    Any number of processes of one host may share it. A new file has mode 0600.
    """

    path: Path = field(converter=_file)
    table: str = field(default="amocrm_tokens", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.table):
            raise ConfigurationError(f"{self.table!r} is no name of a table")

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        if not self.path.exists():
            return None
        query = f"SELECT token FROM {self.table} WHERE account = ?"  # noqa: S608 - a checked name
        with self._open() as connection:
            found = connection.execute(query, (account,)).fetchone()
        return None if found is None else load_token(found[0], place=f"the table of {self.path}")

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; it is on the disk when this returns."""
        query = f"INSERT OR REPLACE INTO {self.table} (account, token) VALUES (?, ?)"  # noqa: S608 - as above
        with self._open() as connection:
            connection.execute(query, (account, dump_token(token)))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        if self.path.exists():
            with self._open() as connection:
                query = f"DELETE FROM {self.table} WHERE account = ?"  # noqa: S608 - as above
                connection.execute(query, (account,))

    def accounts(self) -> list[str]:
        """Return the accounts that have granted access."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            query = f"SELECT account FROM {self.table}"  # noqa: S608 - as above
            return granted(row[0] for row in connection.execute(query))

    @property
    def locks(self) -> FileLocks:
        """Locks among all processes that share the file; they lie beside it."""
        return FileLocks(folder=f"{self.path}.locks")

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        make_folder(self.path.parent)
        # SQLite gives its journals the mode that the file has.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        # Each statement is a transaction of its own.
        with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {self.table}"
                " (account TEXT PRIMARY KEY, token TEXT NOT NULL)"
            )
            yield connection
