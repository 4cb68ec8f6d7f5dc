"""The fragments by name, and what their calls ask."""

from __future__ import annotations

from typing import Any

from write_golden import HERE

__all__ = ["FRAGMENTS", "query"]

FRAGMENTS = sorted(path.stem for path in HERE.glob("fragments/v4/*.yaml"))


def query(call: Any) -> dict[str, str]:  # Any: generated calls have no static type here
    """Return the query of a call as a mapping."""
    return dict(call.query)
