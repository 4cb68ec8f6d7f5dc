"""Looks through all that a connection stands on, and says what is wrong with it."""

from __future__ import annotations

import os
import sys
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import frozen

from amocrm_gen.connections.opening import environment_connection, open_client
from amocrm_gen.connections.state import state_of
from amocrm_gen.runtime.casting import RawResponse
from amocrm_gen.runtime.errors import (
    AmoError,
    ConfigurationError,
    OAuthError,
    TransportError,
    Unauthorized,
)
from amocrm_gen.runtime.folder import lasting_folder, make_private, shared_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Check", "Outcome", "examine_connection", "examine_machine"]

Outcome: TypeAlias = Literal["ok", "warn", "fail", "action"]
"""`action`: it fails until a person acts."""

_SKEW_WARN: Final = 30.0
_SKEW_FAIL: Final = 300.0
"""Seconds; beyond these a token is taken for good that is over, or the other way round."""
_NEAR_DAYS: Final = 30
"""Two of the three months that an unused token lives are over then."""
_PACKAGES: Final = ("urllib3", "httpx", "attrs", "cattrs", "orjson", "click", "rich")


@frozen(kw_only=True)
class Check:
    """What was looked at, what was found, and what to do."""

    name: str
    outcome: Outcome
    found: str
    advice: str | None = None

    def plain(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "check": self.name,
            "outcome": "fail" if self.outcome == "action" else self.outcome,
            "found": self.found,
            "whatToDo": self.advice,
        }


def examine_machine(book: Book) -> Iterator[Check]:
    """Look at versions, files and folders."""
    yield Check(name="versions", outcome="ok", found=_versions())
    yield _readable(book)
    yield from _modes(book)
    shared, lasting = shared_folder(), lasting_folder()
    yield _writable("throttle and locks", shared, "AMOCRM_SHARED_FOLDER")
    yield _writable("state", lasting, "AMOCRM_STATE_FOLDER")


def examine_connection(
    connection: Connection, *, book: Book, now: datetime, offline: bool = False
) -> Iterator[Check]:
    """Look at a connection: its state, its token's age, its server, and this machine's clock.

    With `offline` nothing is sent: the last two are left out.
    """
    name = connection.id
    state = state_of(connection, book=book, now=now)
    if not state.is_ready:
        action = state.client_action
        yield Check(
            name=f"{name}: state",
            outcome="action" if state.state == "CLIENT_ACTION_REQUIRED" else "fail",
            found=f"{state.state}: {state.problem}",
            advice=None if action is None else action.agent_instructions,
        )
        return
    yield Check(name=f"{name}: state", outcome="ok", found=state.state)
    if not connection.is_of_environment:
        yield from _age(connection, book, now)
    if not offline:
        yield from _reach(connection, book, now)


def _versions() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - it takes a while

    found = [f"Python {sys.version.split()[0]}", f"amocrm-gen {version('amocrm-gen')}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _readable(book: Book) -> Check:
    try:
        count = len(book.list())
    except ConfigurationError as error:
        return Check(
            name="connections", outcome="fail", found=error.message, advice=error.what_to_do
        )
    if count == 0 and environment_connection() is None:
        return Check(
            name="connections",
            outcome="action",
            found="no account is connected yet",
            advice="run `amocrm login`, or `amocrm login --mock` to practise",
        )
    return Check(name="connections", outcome="ok", found=f"{count} in {book.path}")


def _modes(book: Book) -> Iterator[Check]:
    """Look whether others can read what is secret."""
    if sys.platform == "win32" or not book.folder.exists():
        return
    places = [book.folder, *(path for path in book.folder.rglob("*") if not path.is_symlink())]
    # A folder that others may enter shows them names alone; a file shows them secrets.
    open_files = [p for p in places if p.is_file() and p.stat().st_mode & 0o077]
    open_folders = [p for p in places if p.is_dir() and p.stat().st_mode & 0o077]
    if open_files:
        names = " ".join(map(str, open_files))
        found = f"others can read {names}"
        yield Check(
            name="file modes",
            outcome="fail",
            found=found,
            advice=f"run `chmod 600 {names}`; if others use this machine, log in again",
        )
    elif open_folders:
        names = " ".join(map(str, open_folders))
        yield Check(
            name="file modes",
            outcome="warn",
            found=f"others can look into {names}",
            advice=f"run `chmod 700 {names}`",
        )
    else:
        yield Check(name="file modes", outcome="ok", found=f"only you can read {book.folder}")


def _writable(name: str, folder: Path, variable: str) -> Check:
    try:
        make_private(folder)
        usable = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        reason = "it is not writable"
    except (OSError, ConfigurationError) as error:
        usable, reason = False, str(getattr(error, "strerror", None) or error)
    if usable:
        return Check(name=name, outcome="ok", found=str(folder))
    return Check(
        name=name,
        outcome="fail",
        found=f"{folder} cannot be used: {reason}",
        advice=f"name a folder of your own in {variable}",
    )


def _age(connection: Connection, book: Book, now: datetime) -> Iterator[Check]:
    token = book.store_of(connection).load(connection.domain)
    if token is None:
        return
    name = f"{connection.id}: token"
    left = token.days_left(now)
    renewing = token.renewing_since
    if renewing is not None:
        yield Check(
            name=f"{connection.id}: renewal",
            outcome="warn",
            found=f"one that began at {renewing:%Y-%m-%d %H:%M} UTC was cut short",
            advice=f"if calls fail, run `amocrm connect {connection.id}`",
        )
    if left is None:
        yield Check(name=name, outcome="ok", found="it does not tell when it ends")
        return
    if token.refresh_token is None:
        found = f"long-lived, ends in {left:.0f} days"
        advice = f"make another one and run `amocrm login {connection.id} --token -`"
    else:
        found = f"renewed by itself; unused it dies in {left:.0f} days"
        advice = "use it: a renewal gives it three months more; `amocrm status` is enough"
    is_near = left <= _NEAR_DAYS
    yield Check(
        name=name,
        outcome="warn" if is_near else "ok",
        found=found,
        advice=advice if is_near else None,
    )


def _reach(connection: Connection, book: Book, now: datetime) -> Iterator[Check]:
    name = f"{connection.id}: account"
    try:
        with open_client(connection, book=book) as amo:
            answer = amo.request("GET", "/api/v4/account", returns=RawResponse)
    except (OAuthError, Unauthorized) as error:
        yield Check(
            name=name,
            outcome="action",
            found=f"the token was refused: {error.message}",
            advice=f"run `amocrm connect {connection.id}`",
        )
        return
    except TransportError as error:
        yield Check(
            name=name,
            outcome="fail",
            found=error.message,
            advice="check the network, the proxy and the domain; start a mock server with "
            "`amocrm login --mock`"
            if connection.connector.is_mock
            else "check the network, the proxy and the domain",
        )
        return
    except AmoError as error:
        yield Check(name=name, outcome="fail", found=error.message, advice=error.what_to_do)
        return
    where = connection.base_url or f"https://{connection.domain}"
    yield Check(name=name, outcome="ok", found=f"{where} answers")
    yield from _skew(connection, answer, now)


def _skew(connection: Connection, answer: RawResponse, now: datetime) -> Iterator[Check]:
    try:
        there = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return
    seconds = (now - there).total_seconds()
    outcome: Outcome = "ok"
    if abs(seconds) > _SKEW_WARN:
        outcome = "fail" if abs(seconds) > _SKEW_FAIL else "warn"
    direction = "ahead of" if seconds >= 0 else "behind"
    found = f"{abs(seconds):.0f} seconds {direction} the server's"
    yield Check(
        name=f"{connection.id}: clock",
        outcome=outcome,
        found=found,
        advice=None if outcome == "ok" else "set this machine's clock by a time server",
    )
