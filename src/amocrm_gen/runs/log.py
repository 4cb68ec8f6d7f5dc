"""The log of runs: a table of an SQLite file that only its owner can read."""

import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, cast

from attrs import define, field
from orjson import dumps, loads

from amocrm_gen.runs.errors import RunLogFault, UnknownRun
from amocrm_gen.runs.run import Run, RunExchange
from amocrm_gen.runtime.folder import OWNER_FILE, lasting_folder, make_folder
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["RunLog"]

_VARIABLE: Final = "AMOCRM_RUN_LOG"
_WAIT: Final = 5.0
"""Seconds to wait for another process that writes."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at REAL NOT NULL,
    summary TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@define
class RunLog:
    """Keeps the last runs; any number of processes may share the file.

    Left out, the path is `runs.sqlite` in the user's own folder of what lasts.
    """

    path: Path = field(factory=lambda: lasting_folder() / "runs.sqlite")
    most: int = field(default=1000, kw_only=True)
    """How many are kept."""

    def is_on(self, environment: Mapping[str, str] | None = None) -> bool:
        """Tell whether runs are written down; AMOCRM_RUN_LOG=off or on goes before the switch."""
        variables = os.environ if environment is None else environment
        named = variables.get(_VARIABLE, "").lower()
        if named in {"off", "on"}:
            return named == "on"
        if not self._is_there():
            return True
        with self._open() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = 'log'").fetchone()
        return row is None or row[0] != "off"

    def switch(self, *, on: bool) -> None:
        """Write runs down from now on, or do not."""
        with self._open() as connection, connection:
            connection.execute(
                "INSERT OR REPLACE INTO settings VALUES ('log', ?)", ("on" if on else "off",)
            )

    def add(self, run: Run) -> int:
        """Write a run down, let the oldest go, and return its number."""
        content = {**_stored(run), "exchanges": [each.stored() for each in run.exchanges]}
        with self._open() as connection, connection:
            added = connection.execute(
                "INSERT INTO runs (started_at, summary, content) VALUES (?, ?, ?)",
                (run.started_at, dumps(run.summary()).decode(), dumps(content).decode()),
            )
            number = cast("int", added.lastrowid)
            connection.execute("DELETE FROM runs WHERE id <= ?", (number - self.most,))
        return number

    def list(self, *, limit: int, failed: bool = False) -> list[JsonObject]:
        """Return summaries of runs, the last one first."""
        if not self._is_there():
            return []
        where = "WHERE json_extract(summary, '$.outcome') <> 'ok'" if failed else ""
        query = f"SELECT id, summary FROM runs {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - fixed texts
        with self._open() as connection:
            rows = connection.execute(query, (limit,)).fetchall()
        return [{**cast("JsonObject", loads(row[1])), "id": row[0]} for row in rows]

    def get(self, id: int) -> Run:
        """Return a run; `UnknownRun` if there is none of that number."""
        row: Any = None  # Any: of sqlite
        if self._is_there():
            with self._open() as connection:
                query = "SELECT content FROM runs WHERE id = ?"
                row = connection.execute(query, (id,)).fetchone()
        if row is None:
            raise UnknownRun(f"there is no run {id}")
        stored: dict[str, Any] = loads(row[0])  # Any: as `_stored` wrote it
        exchanges = tuple(RunExchange.read(each) for each in stored.pop("exchanges"))
        stored["arguments"] = tuple(stored["arguments"])
        return Run(**stored, id=id, exchanges=exchanges)

    def clear(self) -> int:
        """Forget all runs, and return how many there were."""
        if not self._is_there():
            return 0
        with self._open() as connection:
            with connection:
                removed = connection.execute("DELETE FROM runs").rowcount
            # What was there is not to be found in the file any more.
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    def _is_there(self) -> bool:
        """Tell whether anything was written yet; that cannot be told of an unusable folder."""
        with self._told():
            try:
                self.path.stat()
            except FileNotFoundError:
                return False
            return True

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        with self._told():
            make_folder(self.path.parent)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, OWNER_FILE))
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(_TABLES)
                yield connection

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise RunLogFault(f"the run log {self.path} cannot be used: {reason}") from error


def _stored(run: Run) -> dict[str, JsonValue]:
    return {
        "started_at": run.started_at,
        "seconds": run.seconds,
        "connection": run.connection,
        "domain": run.domain,
        "command": run.command,
        "arguments": list(run.arguments),
        "given": dict(run.given),
        "action": run.action,
        "input": run.input,
        "outcome": run.outcome,
        "exit_code": run.exit_code,
        "output": run.output,
        "requests": run.requests,
        "is_rehearsed": run.is_rehearsed,
    }
