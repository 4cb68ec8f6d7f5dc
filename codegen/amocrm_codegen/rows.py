"""Which features of the PHP library have tests: those named `test_a01_…` to `test_a90_…`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROWS", "rows_of", "summary"]

ROWS: Final = 90
"""Features that the PHP library has."""
_TEST: Final = re.compile(r"^(?:async )?def test_a(\d\d)_", re.MULTILINE)


def rows_of(folder: Path) -> set[int]:
    """Return the numbers of the features that tests of a folder are named after."""
    return {
        int(number)
        for path in sorted(folder.glob("test_*.py"))
        for number in _TEST.findall(path.read_text("utf-8"))
    }


def summary(folder: Path) -> str:
    """Return how many of them have tests, in a line."""
    return f"PHP library rows: {len(rows_of(folder))}/{ROWS}"
