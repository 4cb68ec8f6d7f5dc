"""The operations that the machines use; a full run proves the list."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["LIST", "covered_operations"]

LIST: Final = Path(__file__).with_name("operations.txt")


def covered_operations() -> set[str]:
    """Read their ids, one a line."""
    return set(LIST.read_text(encoding="utf-8").split())
