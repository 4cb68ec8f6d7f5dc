"""Killed at any step of a create with a key: the item is there once at the most."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3
from attrs import define, field

from amocrm_gen import InDoubtError, SqliteLedger
from amocrm_mockserver.testing import MockAccount
from runtime.desk import Desk
from runtime.once_worker import create

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

WORKER: Final = Path(__file__).with_name("once_worker.py")
NEVER: Final = 10**9


@define
class Workers:
    """Processes that make children, which create leads and are killed."""

    desk: Desk
    folder: Path
    field: int | None
    _stack: ExitStack = field(factory=ExitStack)
    _known: set[object] = field(factory=set[object])

    def mark(self) -> None:
        """Note which connections the mock server has before a child begins."""
        self._ask()
        self._known = self._open()

    def settle(self) -> None:
        """Wait until the mock server has carried out what a child sent before it died.

        Connections are taken up in the order in which they were made, so that of the dead child is
        known when this one is answered, and gone when all that came by it is done.
        """
        self._ask()
        while self._open() - self._known:
            self._ask()

    def _ask(self) -> None:
        address = f"{self.desk.account.base_url}/__mock__/info"
        urllib3.request("GET", address, headers={"Connection": "close"})

    def _open(self) -> set[object]:
        return set(self.desk.account.running._running._connections)

    def start(self) -> "subprocess.Popen[str]":
        """Start one."""
        worker = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stack.enter_context(worker)
        assert worker.stdin is not None
        self._stack.callback(worker.stdin.close)
        return worker

    def close(self) -> None:
        """End all."""
        self._stack.close()

    def task(self, key: str, *, deadly: int = NEVER, halved: bool = False) -> dict[str, Any]:
        """Return what a child is to do."""
        account = self.desk.account
        return {
            "deadly": deadly,
            "halved": halved,
            "account": account.domain,
            "token": account.token,
            "base_url": account.base_url,
            "ledger": str(self.folder / "once.sqlite"),
            "field": self.field,
            "name": key,
            "key": key,
        }


def tell(worker: "subprocess.Popen[str]", task: dict[str, Any]) -> None:
    """Let a child begin."""
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(task) + "\n")
    worker.stdin.flush()


def wait_for(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return how a child ended, and its steps."""
    assert worker.stdout is not None
    told: dict[str, Any] = json.loads(worker.stdout.readline())
    return told


@pytest.fixture(params=["by marker", "without a marker"])
def workers(
    request: pytest.FixtureRequest, amocrm_account: MockAccount, tmp_path: Path
) -> Iterator[Workers]:
    """Return workers, with and without a custom field that holds keys."""
    with Desk.at(amocrm_account, "sync") as desk:
        is_marked = request.param == "by marker"
        made = Workers(desk, tmp_path, desk.field_marker().field_id if is_marked else None)
        yield made
        made.close()


def test_killed_at_every_step(workers: Workers) -> None:
    """The next start creates it, has it, finds it by its marker, or says that nobody can know."""
    worker = workers.start()
    tell(worker, workers.task("alive"))
    steps = wait_for(worker)["steps"]
    assert len(steps) > 20
    ledger, ends = SqliteLedger(workers.folder / "once.sqlite"), []
    every = 3 if workers.field is None else 1
    for index, label in list(enumerate(steps))[::every]:
        for halved in (False, True) if label in {"os.write", "socket.sendall"} else (False,):
            key = f"{index}{'h' * halved}"
            workers.mark()
            tell(worker, workers.task(key, deadly=index + 1, halved=halved))
            told = wait_for(worker)
            assert told["ended"] == (-signal.SIGKILL if len(told["steps"]) > index else 0)
            ends.append(_recover(workers, ledger, key))
            assert workers.desk.names().count(key) == 1
    assert ends[0] == "created"
    assert ends[-1] == "known"
    assert "in doubt" in ends
    # Only a lead that is not there is in doubt, where there is a marker to look it up by.
    assert ("found in doubt" in ends) == (workers.field is None)
    assert ("found" in ends) == (workers.field is not None)


def _recover(workers: Workers, ledger: SqliteLedger, key: str) -> str:
    """Make the call again, and do as the error says; return what became of the key."""
    task = workers.task(key)
    workers.settle()
    before = {row["name"]: row["id"] for row in workers.desk.leads()}
    was_open = any(name.endswith(f"#{key}") for name in ledger.started())
    try:
        made = create(task)
    except InDoubtError as error:
        there = {row["name"]: row["id"] for row in workers.desk.leads()}
        assert there == before, "something in doubt was sent again"
        if key in there:
            ledger.settle(error.key, there[key])
            assert create(task) == there[key]
            return "found in doubt"
        ledger.forget(error.key)
        create(task)
        return "in doubt"
    if key not in before:
        assert not was_open
        return "created"
    assert made == before[key]
    return "found" if was_open else "known"


def test_processes_with_one_key_create_one(workers: Workers) -> None:
    """Four processes begin at once, and again; each key is there once in the end."""
    crowd = [workers.start() for _ in range(4)]
    for number in range(10):
        for worker in crowd:
            tell(worker, workers.task(f"order-{number}"))
    assert [wait_for(worker)["ended"] for worker in crowd for _ in range(10)] == [0] * 40
    assert workers.desk.names() == [f"order-{number}" for number in range(10)]
