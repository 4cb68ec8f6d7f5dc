"""Compares names as people write them, and finds what a name stands for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from attrs import frozen

from amocrm_gen.crm.candidates import AmbiguousName, Candidate, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Named", "fold", "id_of", "matching", "pick"]

T = TypeVar("T")
_ALIKE: Final = 0.6
"""How much of two names is the same where one may be meant by the other."""
_TELLING: Final = 3
"""A part of a name that is shorter tells nothing."""
_MOST_ALIKE: Final = 5
_MOST: Final = 10


@frozen
class Named(Generic[T]):
    """An entry of a list, and all the names by which it is found."""

    value: T
    candidate: Candidate
    more: tuple[str, ...] = ()
    """Names besides the candidate's."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names."""
        return (self.candidate.name, *self.more)


def fold(name: str) -> str:
    """Return a name without what people do not mind: case, the dots of ё, runs of blanks.

    Unicode has several ways to write one text, such as accents apart from their letters.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    # Case folding can take a text out of its normal form.
    return " ".join(unicodedata.normalize("NFKC", text).replace("ё", "е").split())


def id_of(given: int | str) -> int | None:
    """Return the id that was given, be it a number or its digits; None for a name."""
    if isinstance(given, int):
        return given
    text = given.strip()
    return int(text) if text.isascii() and text.isdigit() else None


def matching(given: int | str, entries: Sequence[Named[T]]) -> list[Named[T]]:
    """Return the entries of an id or of a name; parts of names do not count."""
    number = id_of(given)
    if number is not None:
        return [entry for entry in entries if entry.candidate.id == number]
    wanted = fold(str(given))
    return [entry for entry in entries if wanted in map(fold, entry.names)]


def pick(what: str, given: int | str, entries: Sequence[Named[T]], *, where: str = "") -> T:
    """Return the one entry of an id or of a name.

    Raises `UnknownName` and `AmbiguousName`, which say what may be meant.
    """
    found = matching(given, entries)
    if not found:
        raise _unknown(what, given, entries, where)
    if len(found) > 1:
        candidates = [entry.candidate for entry in found]
        raise AmbiguousName(what, given, candidates, where=where)
    return found[0].value


def _unknown(what: str, given: int | str, entries: Sequence[Named[T]], where: str) -> UnknownName:
    """Return the error of a name: what is alike, else what there is."""
    alike = [] if id_of(given) is not None else _alike(str(given), entries)
    if alike or not entries:
        return UnknownName(what, given, alike, where=where)
    there = [entry.candidate for entry in entries[:_MOST]]
    names = ", ".join(repr(one.name) for one in there)
    more = f" and {len(entries) - _MOST} more" if len(entries) > _MOST else ""
    return UnknownName(what, given, there, where=where, advice=f"there are {names}{more}")


def _alike(given: str, entries: Sequence[Named[T]]) -> list[Candidate]:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only errors need it

    wanted = fold(given)

    def likeness(entry: Named[T]) -> float:
        return max(map(_likeness, map(fold, entry.names)))

    def _likeness(name: str) -> float:
        ratio = SequenceMatcher(None, wanted, name).ratio()
        is_part = min(len(wanted), len(name)) >= _TELLING and (wanted in name or name in wanted)
        return max(ratio, _ALIKE) if is_part else ratio

    rated = sorted(((likeness(entry), -place) for place, entry in enumerate(entries)), reverse=True)
    return [entries[-place].candidate for rate, place in rated[:_MOST_ALIKE] if rate >= _ALIKE]
