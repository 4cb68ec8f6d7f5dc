"""Words of a text, however they are spelled."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from attrs import frozen

__all__ = ["Word", "distance", "fold", "other_keyboard", "words"]

_WORD: Final = re.compile(
    r"(?P<url>https?://\S+|www\.\S+)"
    r"|(?P<email>[^\s@<>,;:\"'«»]+@[^\s@<>,;:\"'«»]+\.\w+)"
    r"|(?P<phone>(?<!\w)\+?\d[\d\s().-]{5,}\d(?!\w))"
    r"|(?P<number>(?<!\w)[#№]?\d[\d.,:%]*)"
    r"|(?P<word>[^\W\d_]+(?:\d+)?(?:'[^\W\d_]+)?)"
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_NOT: Final = re.compile("n['\u2019]t\\b", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|«[^»]*»|“[^”]*”|„[^“”]*[“”]")
_LATIN: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN: Final = str.maketrans(_CYRILLIC, _LATIN)


@frozen
class Word:
    """A word, or a value: a number, a phone, an e-mail address, an address of the web."""

    text: str
    """Folded."""
    kind: str
    """`word`, `number`, `phone`, `email` or `url`."""
    is_name: bool = False
    """Written with a capital inside a sentence."""
    is_next: bool = False
    """Nothing but a blank stands before it: no comma, no plus."""


def fold(text: str) -> str:
    """Return the text without case and accents; ё is е, and й is и."""
    if text.isascii():
        return text.lower()
    return _ACCENT.sub("", normalize("NFKD", text.casefold().replace("\u2019", "'")))


def words(text: str) -> list[Word]:
    """Return the words outside quotes; what is quoted is a value, unless nothing else is said."""
    text = _NOT.sub(" not", normalize("NFC", text))
    spoken = _QUOTED.sub(" ", text)
    if not any(char.isalpha() for char in spoken):
        spoken = text
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(spoken):
        kind = match.lastgroup or "word"
        raw = match.group()
        if kind == "word" and "'" in raw and raw.rsplit("'", 1)[1].casefold() in {"s", "re", "ll"}:
            raw = raw.rsplit("'", 1)[0]
        is_name = bool(found) and raw[:1].isupper() and not raw.isupper()
        is_next = bool(found) and spoken[end : match.start()].isspace()
        found.append(Word(fold(raw), kind, is_name=is_name, is_next=is_next))
        end = match.end()
    return found


def other_keyboard(text: str) -> str:
    """Return what the same keys give on the other keyboard: `cltkrf` is `сделка`."""
    lowered = text.lower()
    cyrillic = sum("а" <= char <= "я" or char == "ё" for char in lowered)
    return lowered.translate(_TO_LATIN if cyrillic * 2 > len(lowered) else _TO_CYRILLIC)


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters differ, a swap of neighbours being one; `most` + 1 is "more".

    That is the optimal string alignment distance.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (char != against))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
