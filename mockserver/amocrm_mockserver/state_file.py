"""The whole world in one file, so that a mock server goes on where it was stopped."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from amocrm_mockserver.server import MockServer

__all__ = ["StateError", "keep_in_file"]

_MARK: Final = b"amocrm-mockserver state 3\n"
"""Grows with every change of what is stored."""


class StateError(ValueError):
    """The file is not one that this version can go on from."""


def keep_in_file(server: MockServer, path: Path) -> None:
    """Load the state if the file is there, and write it whenever something may have changed.

    An answer is given only after the change is on disk, so a crash loses nothing that was told.
    The file is a pickle: load only files that you trust.
    """
    if path.exists():
        _load(server, path)
    server.on_change = lambda: _save(server, path)
    _save(server, path)


def _load(server: MockServer, path: Path) -> None:
    data = path.read_bytes()
    if not data.startswith(_MARK):
        raise StateError(f"{path}: is no state of this version of amocrm-mockserver; move it away")
    try:
        server.restore(data[len(_MARK) :])
    except Exception as error:
        raise StateError(f"{path}: cannot be read: {error}; move it away") from error


def _save(server: MockServer, path: Path) -> None:
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_MARK)
        file.write(server.snapshot())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
