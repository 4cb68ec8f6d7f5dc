"""Nothing leaves the machine but calls to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from shell import Shell

pytestmark = pytest.mark.processes

# Notes each address that any part of the program connects to or asks a name server about.
_WATCH = """
import os, socket, sys

def note(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        where = arguments[1] if event != "socket.getaddrinfo" else arguments[:2]
        with open(os.environ["AMOCRM_TEST_NOTES"], "a") as notes:
            notes.write(f"{event} {where}\\n")

sys.addaudithook(note)
"""

_LINES = (
    ("--help",),
    ("--version",),
    ("status",),
    ("doctor",),
    ("connectors",),
    ("connection", "list"),
    ("action", "list", "--intent", "overdue tasks"),
    ("action", "show", "win-lead"),
    ("search", "loss reason"),
    ("leads", "find"),
    ("leads", "create", "--set", "name=A"),
    ("request", "/api/v4/account"),
    ("runs", "list"),
    ("completion", "bash"),
    ("skill",),
)


_ONLINE = {"status", "doctor", "leads", "request"}


@pytest.mark.parametrize("line", _LINES, ids=" ".join)
def test_b16_only_the_account_is_called(practice: Shell, line: tuple[str, ...]) -> None:
    """Whatever is run, sockets lead to the account's host; no update check, no telemetry."""
    (practice.home / "sitecustomize.py").write_text(_WATCH)
    notes = practice.home / "notes"
    path = f"{practice.home}:{practice.variables.get('PYTHONPATH', '')}"
    told = practice(*line, PYTHONPATH=path, AMOCRM_TEST_NOTES=str(notes))
    assert told.code in {0, 1}, told
    account = urlsplit(practice.environment["AMOCRM_BASE_URL"])
    seen = notes.read_text().splitlines() if notes.exists() else []
    assert bool(seen) == (line[0] in _ONLINE), "nothing else is sent, and the watch is awake"
    assert [one for one in seen if f"'{account.hostname}'" not in one] == []
    assert [one for one in seen if f"{account.port}" not in one] == []
