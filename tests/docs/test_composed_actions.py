"""The page of composed actions is written from what they are."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

_WRITER: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("composed_actions.py")))


def test_the_page_is_not_stale() -> None:
    """docs/composed-actions.md is what the declarations make it; `make docs` writes it."""
    assert _WRITER["PAGE"].read_text("utf-8") == _WRITER["page"]()
