"""E-mail addresses as people write them, and when two of them are one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["emails_in", "read_email"]

_BETWEEN: Final = re.compile(r"[\s,;<>\"()]+")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def read_email(text: str) -> str | None:
    """Return an address in the form in which equal ones are equal; None if it is none.

    Case does not count, and a name of a host in national letters is the same as its ASCII form.
    Dots and what stands behind a plus do count: they may be other mailboxes.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:").casefold()
    if _ADDRESS.fullmatch(plain) is None:
        return None
    name, _, host = plain.rpartition("@")
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"{name}@{ascii_host}"


def emails_in(text: str) -> list[str]:
    """Return the addresses in a value; people write several into one, or a name beside."""
    found = (read_email(part) for part in _BETWEEN.split(text))
    return [address for address in found if address is not None]
