"""Makes a call in child processes that are killed at a step: one of all that touch the outside."""

import fcntl
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock, current_thread
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.integration import Integration
from runtime.worker_store import store_of

WATCHED: Final = {
    os: ("open", "write", "fsync", "close", "replace", "unlink", "mkdir"),
    fcntl: ("flock", "lockf"),
    socket.socket: ("connect", "sendall", "recv", "recv_into"),
}
HALVED: Final = ("write", "sendall")
"""What may be cut in the middle."""
_write = os.write


class Steps:
    """Counts steps, tells each, and dies before one of them, or in the middle of it."""

    def __init__(self, deadly: int, *, halved: bool, report: int) -> None:
        self._deadly = deadly
        self._halved = halved
        self._report = report
        self._count = 0
        self._lock = Lock()

    def take(self, label: str, half: Callable[[], object] = lambda: None) -> None:
        """Begin a step; what threads do beside, such as keeping a lock alive, is none."""
        if current_thread().daemon:
            return
        with self._lock:
            self._count += 1
            _write(self._report, f"{label}\n".encode())
            if self._count == self._deadly:
                if self._halved:
                    half()
                os.kill(os.getpid(), signal.SIGKILL)

    def watch_all(self) -> None:
        """Make steps of everything that touches files and sockets."""
        for place, names in WATCHED.items():
            for name in names:
                self._watch(place, name)
        steps = self

        class Connection(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                steps.take(f"sqlite {given[0].partition(' ')[0]}")
                return super().execute(*given)

        connect = sqlite3.connect
        sqlite3.connect = lambda *given, **named: connect(  # type: ignore[assignment]  # as sqlite's
            *given, **named, factory=Connection
        )

    def _watch(self, place: Any, name: str) -> None:
        whole = getattr(place, name)
        label = f"{place.__name__}.{name}"
        is_halved = name in HALVED

        def step(*given: Any, **named: Any) -> Any:
            def half() -> None:
                if is_halved:
                    whole(*given[:-1], given[-1][: len(given[-1]) // 2])

            self.take(f"{label} {_word(given[-1])}" if is_halved else label, half)
            return whole(*given, **named)

        setattr(place, name, step)


def _word(data: Any) -> str:
    """Return the verb of a request to amoCRM or of a command to Redis, if a piece has it."""
    lines = bytes(data[:64]).split(b"\r\n")
    verb = lines[2] if lines[0].startswith(b"*") else lines[0].partition(b" ")[0]
    return verb.decode() if verb.isalpha() else "body"


def call(given: dict[str, Any], report: int) -> None:
    """Make a call with tokens that amoCRM does not take any more."""
    Steps(given["deadly"], halved=given["halved"], report=report).watch_all()
    integration = Integration(**given["integration"])
    store = store_of(given["kind"], given["place"], integration)
    options = {"base_url": given["base_url"], "throttle": None}
    client = Client(given["account"], integration=integration, store=store, **options)
    client.request("GET", "/api/v4/account")


def main(call: Callable[[dict[str, Any], int], None] = call) -> None:
    """Fork a child for each line that comes in, and tell what became of it."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            call(json.loads(line), writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            steps = told.read().split("\n")[:-1]
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        print(json.dumps({"ended": ended, "steps": steps}), flush=True)  # noqa: T201 - for the test


if __name__ == "__main__":
    main()
