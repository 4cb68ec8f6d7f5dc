"""Writes down which test shows what of which operation: `pytest --record-evidence FILE`.

An operation is shown by a client's test when our client called it and was answered; by the mock
server when a test changed something by it and then read, by the API or, where that shows nothing of
it, the account's tables by the control API; reads show themselves. Golden and stateful tests are
those of their folders; the calls and effects of tests/acceptance/ are golden too, as what they ask
and expect is written from the docs and the official SDK.
"""

import csv
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

import pytest

from amocrm_mockserver.api import operation_of
from amocrm_mockserver.legacy.api import operation_of as legacy_of
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.server import MockServer

__all__ = ["COLUMNS", "EvidenceRecorder", "read_evidence"]

COLUMNS: Final = ("client", "mock", "golden", "stateful")
_FOLDERS: Final = {
    "tests/golden/": "golden",
    "tests/acceptance/": "golden",
    "tests/stateful/": "stateful",
}
_PREFIX: Final = "v2:"
"""Ids of different APIs may be the same."""
_OUR_AGENT: Final = "amocrm-gen"
_INSIDE: Final = re.compile(r"/__mock__/accounts/[^/]+/(chats|chat_channels|state)")

Shown = dict[tuple[str, str], str]
"""The test that shows an operation in a column: the first by name, so that runs agree."""


class EvidenceRecorder:
    """Watches all mock servers of a run."""

    def __init__(self, config: pytest.Config, target: Path) -> None:
        self._config = config
        self._target = target
        self._shown: Shown = {}
        self._test = ""
        self._written: list[str] = []
        """Operations by which the running test has changed something, not yet read."""
        self._handle: Callable[[MockServer, Request], Response] = MockServer.handle

    def pytest_sessionstart(self) -> None:
        """Look over the shoulder of every mock server."""
        handle = self._handle

        def watched(server: MockServer, request: Request) -> Response:
            response = handle(server, request)
            self._note(request, response)
            return response

        MockServer.handle = watched  # type: ignore[method-assign]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Know which test runs."""
        self._test, self._written = item.nodeid.partition("[")[0], []
        try:
            return (yield)
        finally:
            self._test = ""

    def pytest_testnodedown(self, node: Any) -> None:  # Any: xdist's worker
        """Take over what a worker has seen."""
        for operation, column, test in getattr(node, "workeroutput", {}).get("evidence", ()):
            self._keep(operation, column, test)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand it to the controller, or write the file."""
        MockServer.handle = self._handle  # type: ignore[method-assign]
        rows = [(*key, test) for key, test in sorted(self._shown.items())]
        output: dict[str, object] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["evidence"] = rows

    def pytest_unconfigure(self) -> None:
        """Write the file when all workers are done."""
        if getattr(self._config, "workeroutput", None) is None:
            with self._target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, delimiter="\t", lineterminator="\n")
                writer.writerow(("operation", "column", "test"))
                writer.writerows((*key, test) for key, test in sorted(self._shown.items()))

    def _note(self, request: Request, response: Response) -> None:
        if not self._test or not 200 <= response.status < 300:
            return
        if request.method == "GET" and _INSIDE.fullmatch(request.path):
            self._read_back()
        operation = operation_of(request)
        if operation is None:
            return
        name = _PREFIX + operation.id if operation == legacy_of(request) else operation.id
        if _OUR_AGENT in request.headers.get("user-agent", ""):
            self._keep(name, "client", self._test)
        for folder, column in _FOLDERS.items():
            if self._test.startswith(folder):
                self._keep(name, column, self._test)
        if operation.method == "GET":
            self._keep(name, "mock", self._test)
            self._read_back()
        else:
            self._written.append(name)

    def _read_back(self) -> None:
        for changed in self._written:
            self._keep(changed, "mock", self._test)
        self._written = []

    def _keep(self, operation: str, column: str, test: str) -> None:
        key = operation, column
        self._shown[key] = min(test, self._shown.get(key, test))


def read_evidence(path: Path) -> Shown:
    """Return what a recorded file says."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {(row["operation"], row["column"]): row["test"] for row in rows}
