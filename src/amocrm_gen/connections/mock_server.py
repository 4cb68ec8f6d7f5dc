"""A mock server as a process of its own, and the calls that steer it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, cast

from attrs import field, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.connections.opening import SECRET_VARIABLES
from amocrm_gen.runtime.errors import MissingExtra
from amocrm_gen.runtime.types import JsonValue

__all__ = ["Launched", "check_installed", "control", "launch"]

_PACKAGES: Final = ("h11", "jwt", "trustme", "yaml")
_PATIENCE: Final = 10.0
"""Seconds for an answer of a server on this machine."""


@frozen
class Launched:
    """A process that was started."""

    process: subprocess.Popen[bytes] = field(repr=False)
    url: str | None
    """Where it listens; None if it has ended instead."""
    said: str = field(default="", repr=False)
    """What it complained of before it ended."""


def check_installed() -> None:
    """Raise `MissingExtra` if a mock server cannot be started here."""
    for package in _PACKAGES:
        if find_spec(package) is None:
            raise MissingExtra("the mock server", "mock")


def launch(*options: str, folder: Path | None = None, outlives: bool = False) -> Launched:
    """Start a server with options of `amocrm-mockserver`, and wait until it listens or ends.

    It works in `folder`, and is handed none of the secrets in this process's environment.
    """
    with TemporaryFile() as errors:
        # Of a server that runs nobody reads it: it has credentials of its own integration.
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "amocrm_mockserver", "--tls-port", "0", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name not in SECRET_VARIABLES},
            start_new_session=outlives,
        )
        assert process.stdout is not None
        with process.stdout as output:
            words = output.readline().decode().split()
        if words[:1] == ["ready"] and len(words) > 1:
            return Launched(process, words[1])
        process.wait()
        errors.seek(0)
        return Launched(process, None, errors.read().decode(errors="replace"))


def control(
    method: str, origin: str, path: str, body: Mapping[str, JsonValue] | None = None
) -> tuple[int, JsonValue]:
    """Make a control call; returns status and JSON, or 0 and None where nobody answers."""
    import urllib3  # noqa: PLC0415 - it takes a while

    place = origin if "://" in origin else f"http://{origin}"
    with urllib3.PoolManager(retries=False, timeout=_PATIENCE) as pool:
        try:
            answer = pool.request(method, f"{place.rstrip('/')}/__mock__{path}", json=body)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            return 0, None
    try:
        return answer.status, cast("JsonValue", loads(answer.data))
    except JSONDecodeError:
        return answer.status, None
