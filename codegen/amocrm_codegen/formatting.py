"""Formats a folder of generated Python, the same wherever it lies."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["format_folder"]

# Without these, ruff would guess by the folder it runs in which imports are our own.
_PINNED = (
    "line-length = 100",
    'target-version = "py311"',
    'lint.isort.known-first-party = ["amocrm_gen"]',
    'lint.isort.known-third-party = ["attrs"]',
    "lint.isort.split-on-trailing-comma = false",
    "format.skip-magic-trailing-comma = true",
)
_FIXES = "F401,I"


def format_folder(folder: Path) -> None:
    """Remove unused imports, sort the others and format all files under `folder`, in place."""
    pinned = [part for setting in _PINNED for part in ("--config", setting)]
    common = ["--isolated", "--no-cache", "--quiet", *pinned, str(folder)]
    _run([find_ruff_bin(), "check", "--fix", "--select", _FIXES, *common])
    _run([find_ruff_bin(), "format", *common])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own ruff
    if done.returncode != 0:
        message = f"ruff could not read the generated code: {done.stderr or done.stdout}"
        raise RuntimeError(message)
