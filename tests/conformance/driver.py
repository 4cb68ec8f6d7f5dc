"""The runner's end of a driver: one process, one JSON line a question."""

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Final, Self

from attrs import define, field

from .environment import Environment

__all__ = ["ClientError", "Driver", "DriverError", "NotOfferedError"]

_TRUST: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_PATIENCE_SECONDS: Final = 60
"""No step takes a tenth of it; a client that walks round in a circle would take for ever."""
_NOT_PASSED_ON: Final = (
    *_TRUST,
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "NODE_OPTIONS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "PYTHONPATH",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)


class ClientError(Exception):
    """The client raised where it should have worked."""


class NotOfferedError(Exception):
    """The client has no call for it; the message says so."""


class DriverError(Exception):
    """The driver died, was ended for taking too long, or does not know the command."""


@define
class Driver:
    """A running driver. Use it as a context manager."""

    environment: Environment
    tls_port: int
    ca_file: Path | None
    """The CA to trust; None leaves the client with the ones it knows."""
    timezone: str = "UTC"
    not_offered: Mapping[str, str] = field(factory=dict, init=False)
    """Why the client cannot take a step; under `*` why it lacks what the driver does not have."""
    generic: frozenset[str] = field(default=frozenset(), init=False)
    """Steps that the client serves only by its call for any route."""
    _commands: frozenset[str] = field(default=frozenset(), init=False)
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Start the process and read what it offers."""
        # What a client prints belongs to nobody's report, but a failure may need it.
        with self.environment.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                self.environment.command,
                env=self._variables(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        offer = self._read()
        self._commands = frozenset(offer["commands"])
        self.not_offered = offer["not_offered"]
        self.generic = frozenset(offer["generic"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the pipe, which ends the driver."""
        process = self._running()
        with process:
            if process.stdin:
                with suppress(BrokenPipeError):
                    process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def ask(self, command: str, **arguments: object) -> Any:
        """Let the client do something; gives what it answered."""
        if command not in self._commands and "*" in self.not_offered:
            raise NotOfferedError(self.not_offered["*"])
        if command not in self._commands:
            message = f"the driver of {self.environment.client.name} has no command {command!r}"
            raise DriverError(message)
        self._write(json.dumps({"command": command, "arguments": arguments}))
        overdue = Timer(_PATIENCE_SECONDS, self._running().kill)
        overdue.start()
        try:
            answer = self._read()
        finally:
            overdue.cancel()
        if "error" in answer:
            raise ClientError("{type}: {message}".format_map(answer["error"]))
        return answer["result"]

    def _write(self, line: str) -> None:
        pipe = self._running().stdin
        try:
            if pipe:
                pipe.write(f"{line}\n")
                pipe.flush()
        except BrokenPipeError as error:
            raise self._ended_early() from error

    def _read(self) -> dict[str, Any]:
        pipe = self._running().stdout
        line = pipe.readline() if pipe else ""
        if not line:
            raise self._ended_early()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended_early(self) -> DriverError:
        name = self.environment.client.name
        return DriverError(f"the driver of {name} ended early; see {self.environment.log}")

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise DriverError("the driver was not started")
        return self._process

    def _variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
        trust = {name: str(self.ca_file) for name in _TRUST} if self.ca_file else {}
        return {
            **kept,
            **trust,
            **self.environment.variables,
            "CONFORMANCE_TLS_PORT": str(self.tls_port),
            "TZ": self.timezone,
        }
