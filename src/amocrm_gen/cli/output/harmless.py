"""Text of a CRM as a terminal may be shown it: nothing in it moves the cursor or hides anything."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["harmless", "harmless_json", "harmless_line"]

_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""All but line feed and tab: escapes, and what turns the direction of writing."""
_BREAKS: Final = re.compile(r"[\t\n]+")
_DELETE: Final = 0x7F


def harmless(text: str) -> str:
    """Return text of several lines with a picture in the place of each control character."""
    return _CONTROLS.sub(_picture, text.replace("\r\n", "\n"))


def harmless_line(text: str) -> str:
    """Return text in one line."""
    return harmless(_BREAKS.sub(" ", text.replace("\r\n", "\n").strip()))


def harmless_json(text: str) -> str:
    """Return JSON whose texts mean the same, with escapes for what JSON lets stand as it is."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == _DELETE else f"\\u{code:04x}"
