"""Phone numbers as people write them, and when two of them are one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Phone", "phones_in"]

_LEAST: Final = 5
"""With fewer digits a text is no number that leads to a person."""
_MOST: Final = 15
"""E.164 has no longer ones."""
_INSIDE: Final = r"(?:доб(?:ав(?:очный)?)?|вн(?:утр)?|ext(?:ension)?|int|x|#)"
_EXTENSION: Final = re.compile(_INSIDE + r"\W*(\d+)\W*$")
_SEVERAL: Final = re.compile(rf"[,;/\n]+(?!\s*{_INSIDE})", re.IGNORECASE)
_NO_DIGIT: Final = re.compile(r"\D")
_ABROAD: Final = "00"


@frozen
class _Country:
    """How a country's own numbers are written at home."""

    code: str
    lengths: tuple[int, ...]
    """Digits of a number without its country's code."""
    trunk: str = ""
    """What stands in front of such a number at home."""


_COUNTRIES: Final[Mapping[str, _Country]] = {
    "RU": _Country("7", (10,), "8"),
    "KZ": _Country("7", (10,), "8"),
    "BY": _Country("375", (9,), "80"),
    "UA": _Country("380", (9,), "0"),
    "UZ": _Country("998", (9,)),
    "US": _Country("1", (10,)),
    "CA": _Country("1", (10,)),
    "MX": _Country("52", (10,)),
    "BR": _Country("55", (10, 11)),
    "CO": _Country("57", (10,)),
    "PE": _Country("51", (9,)),
    "CL": _Country("56", (9,)),
    "ES": _Country("34", (9,)),
    "GB": _Country("44", (10,), "0"),
    "TR": _Country("90", (10,), "0"),
    "IN": _Country("91", (10,), "0"),
}
"""By ITU-T E.164 and its national numbering plans."""


@frozen
class Phone:
    """A number with its country's code, where that is known; equal ones are the same number."""

    digits: str
    """`79161234567`; what was written where the country is not known."""
    extension: str = ""

    @classmethod
    def read(cls, text: str, country: str | None = None) -> Phone | None:
        """Return the number that a text is; None if it is none.

        Args:
            text: `+7 (916) 123-45-67`, `8 916 123-45-67 доб. 12`.
            country: Where numbers without their country's code are at home: `RU`.
        """
        plain = unicodedata.normalize("NFKC", text).casefold().strip().removeprefix("tel:")
        extension = _EXTENSION.search(plain)
        if extension is not None:
            plain = plain[: extension.start()]
        digits = _NO_DIGIT.sub("", plain)
        if plain.lstrip("( ").startswith("+"):
            pass
        elif digits.startswith(_ABROAD):
            digits = digits.removeprefix(_ABROAD)
        else:
            digits = _with_code(digits, _COUNTRIES.get(country or ""))
        if not _LEAST <= len(digits) <= _MOST:
            return None
        return cls(digits, extension[1] if extension is not None else "")

    @property
    def search(self) -> str:
        """What a search by parts of numbers must be asked for, to find it however it is written.

        The last ten digits are there whether a number begins with +7, 7 or 8.
        """
        return self.digits[-10:]

    def __str__(self) -> str:
        """Return the number for people."""
        extension = f" ext. {self.extension}" if self.extension else ""
        return f"+{self.digits}{extension}" if len(self.digits) > 10 else self.digits + extension


def phones_in(text: str, country: str | None = None) -> list[Phone]:
    """Return the numbers in a value; people write several into one."""
    parts = (Phone.read(part, country) for part in _SEVERAL.split(text))
    return [phone for phone in parts if phone is not None]


def _with_code(digits: str, home: _Country | None) -> str:
    if home is None:
        return digits
    for length in home.lengths:
        if len(digits) == length:
            return home.code + digits
        if home.trunk and digits.startswith(home.trunk) and len(digits) == length + len(home.trunk):
            return home.code + digits.removeprefix(home.trunk)
    return digits
