"""The mock server of this user on this machine, and accounts to practise on."""

from __future__ import annotations

import os
from signal import SIGTERM
from typing import TYPE_CHECKING, Final

from attrs import frozen
from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.connections.connector import connector_of
from amocrm_gen.connections.errors import LoginError
from amocrm_gen.connections.granting import finish
from amocrm_gen.connections.mock_server import check_installed, control, launch
from amocrm_gen.connections.pending import PendingLogin
from amocrm_gen.connections.redirect import Redirect
from amocrm_gen.runtime.folder import lasting_folder, make_folder
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.secret import sealed
from amocrm_gen.runtime.tokens.secret_file import SecretFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection

# ruff: noqa: PLC0415 - what sends is loaded when something is sent

__all__ = [
    "MockPlace",
    "is_mock_server",
    "mock_place",
    "practise",
    "running_mock",
    "start_mock",
    "stop_mock",
]

_REDIRECT_URI: Final = "http://127.0.0.1:8910/"


@frozen(kw_only=True)
class MockPlace:
    """Where a mock server runs."""

    url: str
    pid: int | None = None

    @classmethod
    def file(cls) -> SecretFile:
        """Return the file in which a running mock server of this user is noted."""
        return SecretFile(lasting_folder() / "mock-server.json")

    def keep(self) -> None:
        """Note it, so that `amocrm login --mock` finds it."""
        file = self.file()
        with file.lock():
            file.recover()
            file.write(dumps({"url": self.url, "pid": self.pid}))

    def forget(self) -> None:
        """Take its note away, unless that is of another one by now."""
        file = self.file()
        with file.lock():
            if _read(file.read_plain()) == self:
                file.path.unlink(missing_ok=True)


def mock_place() -> MockPlace | None:
    """Return where a mock server was noted last; it need not run any more."""
    return _read(MockPlace.file().read())


def running_mock() -> MockPlace | None:
    """Return where a mock server runs now."""
    place = mock_place()
    return place if place is not None and is_mock_server(place.url) else None


def start_mock() -> MockPlace:
    """Start a mock server that outlives this process, and keeps its accounts in a file.

    Where one runs already, that is it. The port of the last one is taken again if it is free, so
    that connections go on.
    """
    check_installed()
    from filelock import FileLock

    folder = lasting_folder()
    make_folder(folder)
    with FileLock(str(folder / "mock-server.starting"), mode=0o600):
        running = running_mock()
        if running is not None:
            return running
        before = mock_place()
        port = 0 if before is None else int(before.url.rpartition(":")[2])
        place = (_started(folder, port) if port else None) or _started(folder, 0)
        if place is None:
            raise LoginError(
                "mock_server_failed",
                "the mock server did not start",
                advice="run `amocrm mock serve` to see why",
            )
        place.keep()
        return place


def stop_mock() -> MockPlace | None:
    """Stop the mock server that runs in the background; its accounts stay in their file.

    Returns where it was; None if none ran, or if it was not started in the background.
    """
    place = running_mock()
    if place is None or place.pid is None:
        return None
    # Its place stays noted: it is started there again, so that connections go on.
    os.kill(place.pid, SIGTERM)
    return place


def practise(
    book: Book, url: str, *, account: str | None = None, connection_id: str | None = None
) -> Connection:
    """Connect an account of a mock server by a full login, with nobody asked.

    Without a name it is the connected one, else the server's first. One that the server does not
    have is made.
    """
    accounts = _accounts(_ask("GET", url, "/accounts"))
    wanted = None if account is None else account.strip().lower().partition(".")[0]
    found = next((one for one in accounts if wanted is None or one["subdomain"] == wanted), None)
    if found is None:
        name = {} if wanted is None else {"subdomain": wanted}
        made = _ask("POST", url, "/accounts", {**name, "redirect_uri": _REDIRECT_URI})
        found = {**made, "integrations": [made["integration"]]}
    subdomain, integration = str(found["subdomain"]), _integration(found)
    asked = {"client_id": integration.client_id}
    code = _ask("POST", url, f"/accounts/{subdomain}/codes", asked)
    login = PendingLogin(
        connector=connector_of("mock"),
        integration=integration,
        account=str(found["domain"]),
        connection_id=connection_id,
        base_url=url,
    )
    return finish(book, login, Redirect(code=str(code["code"]), state=login.state))


def _started(folder: Path, port: int) -> MockPlace | None:
    state = str(folder / "mock-server.state")
    begun = launch("--port", str(port), "--state", state, folder=folder, outlives=True)
    if begun.url is None:
        return None
    # It goes on without this process, which is not to be told of as an unfinished child.
    begun.process.returncode = 0
    return MockPlace(url=begun.url, pid=begun.process.pid)


def _read(content: bytes | None) -> MockPlace | None:
    try:
        found: object = loads(content or b"null")
    except JSONDecodeError:
        return None
    if not is_object(found) or not isinstance(url := found.get("url"), str):
        return None
    pid = found.get("pid")
    return MockPlace(url=url, pid=pid if isinstance(pid, int) else None)


def is_mock_server(url: str) -> bool:
    """Tell whether a mock server answers at an address."""
    try:
        return "version" in _ask("GET", url, "/info")
    except LoginError:
        return False


def _ask(
    method: str, url: str, path: str, body: Mapping[str, str] | None = None
) -> Mapping[str, object]:
    """Make a control call."""
    status, found = control(method, url, path, body)
    content = sealed(found)
    if is_object(content) and status == 200:
        return content
    said = content.get("detail") if is_object(content) else "it does not answer as one"
    raise LoginError(
        "mock_server_failed",
        f"the mock server at {url} refused: {said}",
        advice="see that it runs: `amocrm mock serve`",
    )


def _accounts(content: Mapping[str, object]) -> list[Mapping[str, object]]:
    rows = content.get("accounts")
    return [row for row in rows if is_object(row)] if is_list(rows) else []


def _integration(account: Mapping[str, object]) -> Integration:
    known = account.get("integrations")
    first = known[0] if is_list(known) and known else None
    if not is_object(first):
        raise LoginError(
            "mock_server_failed",
            f"no integration works in the account {account.get('subdomain')} of the mock server",
            advice="name another account, or one that is made: `amocrm login new --mock`",
        )
    return Integration(
        client_id=str(first["client_id"]),
        client_secret=str(first["client_secret"]),
        redirect_uri=str(first["redirect_uri"]),
    )
