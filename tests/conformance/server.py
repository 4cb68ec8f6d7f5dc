"""The mock server as a process, started and steered as any user of it would."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from types import TracebackType
from typing import Any, Final, Self

import urllib3
from attrs import define, field

from .account import Account
from .environment import ROOT

__all__ = ["Server", "ServerError"]

_READY: Final = re.compile(r"ready (?P<plain>http://\S+) https://[^:]+:(?P<tls_port>\d+)")
_START_SECONDS: Final = 60
_LOG: Final = ROOT / "server.log"


class ServerError(Exception):
    """The mock server did not start or refused a control call."""


@define
class Server:
    """A mock server of its own, without rate limits. Use it as a context manager."""

    url: str = field(default="", init=False)
    """Where the plain listener is."""
    tls_port: int = field(default=0, init=False)
    _http: urllib3.PoolManager = field(factory=urllib3.PoolManager, init=False)
    _folder: TemporaryDirectory[str] = field(factory=TemporaryDirectory, init=False)
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def ca_file(self) -> Path:
        """The certificate of the CA that was made for this run."""
        return Path(self._folder.name) / "ca.pem"

    def __enter__(self) -> Self:
        """Start the process and wait for its line."""
        listeners = ("--host", "127.0.0.1", "--port", "0", "--tls-port", "0")
        ROOT.mkdir(exist_ok=True)
        with _LOG.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                (_executable(), *listeners, "--ca-file", str(self.ca_file), "--no-limits"),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        overdue = Timer(_START_SECONDS, self._process.kill)
        overdue.start()
        try:
            ready = self._await_line()
        finally:
            overdue.cancel()
        self.url = ready["plain"]
        self.tls_port = int(ready["tls_port"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process and drop its CA."""
        self._http.clear()
        if self._process:
            self._process.terminate()
            try:
                self._process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
        self._folder.cleanup()

    def create_account(self, subdomain: str, zone: str) -> Account:
        """A fresh account, its integration and an administrator's tokens."""
        made = self._control("accounts", {"subdomain": subdomain, "zone": zone})
        integration = made["integration"]
        return Account(
            http=self._http,
            url=self.url,
            subdomain=subdomain,
            zone=zone,
            token=made["access_token"],
            refresh_token=made["refresh_token"],
            client_id=integration["client_id"],
            client_secret=integration["client_secret"],
            redirect_uri=integration["redirect_uri"],
        )

    def issue_code(self, account: Account) -> str:
        """An authorization code that a client can exchange once."""
        made = self._control(
            f"accounts/{account.subdomain}/codes", {"client_id": account.client_id}
        )
        code: str = made["code"]
        return code

    def revoke(self, account: Account, token: str) -> None:
        """End one access token."""
        self._control(f"accounts/{account.subdomain}/revoke", {"token": token})

    def set_time(self, moment: float) -> None:
        """Let the server's time go on from a moment."""
        self._control("clock", {"freeze": moment})
        self._control("clock", {"unfreeze": True})

    @contextmanager
    def fault(self, account: Account, **rule: object) -> Iterator[None]:
        """Let the next request that fits go wrong; raises if no request met the fault."""
        armed = self._control("faults", {"account": account.subdomain, "times": 1, **rule})
        yield
        rules = self._control("faults", method="GET")["faults"]
        self._control(f"faults/{armed['id']}", method="DELETE")
        if not next(row["struck"] for row in rules if row["id"] == armed["id"]):
            message = f"no request met the fault {rule}"
            raise LookupError(message)

    def _control(
        self, path: str, body: dict[str, Any] | None = None, method: str = "POST"
    ) -> dict[str, Any]:
        answer = self._http.request(method, f"{self.url}/__mock__/{path}", json=body)
        if answer.status >= 300:
            message = f"{method} /__mock__/{path} gave {answer.status}: {answer.data.decode()}"
            raise ServerError(message)
        made: dict[str, Any] = answer.json()
        return made

    def _await_line(self) -> re.Match[str]:
        pipe = self._process.stdout if self._process else None
        for line in pipe or ():
            ready = _READY.match(line)
            if ready:
                return ready
        raise ServerError(f"the mock server ended before it was ready; see {_LOG}")


def _executable() -> str:
    beside_python = Path(sys.executable).with_name("amocrm-mockserver")
    found = str(beside_python) if beside_python.exists() else shutil.which("amocrm-mockserver")
    if found is None:
        raise ServerError("amocrm-mockserver is not installed; run make setup")
    return found
