"""Dates and times as people write them, as the unix seconds that the API has."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Final

__all__ = ["MOMENT_HINT", "seconds_of"]

MOMENT_HINT: Final = (
    'give unix seconds, or a date or time such as "2026-11-22" or "2026-11-22T10:00:00+03:00"'
)
_FORM: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)


def seconds_of(text: str) -> int | None:
    """Return the unix seconds of a date or time; None if it is none.

    Without a time zone, that of this machine is meant; a date is the begin of its day.
    """
    text = text.strip()
    if not _FORM.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return math.floor(moment.timestamp())
    except (ValueError, OverflowError, OSError):
        return None
