"""Compares names as people write them, and finds what a name stands for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import frozen

from amocrm_gen.crm.candidates import AmbiguousName, Candidate, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Named", "fold", "id_of", "matching", "pick"]

T = TypeVar("T")


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

    Raises `UnknownName` and `AmbiguousName`, which say what the account has.
    """
    found = matching(given, entries)
    if not found:
        raise UnknownName(what, given, _by_likeness(str(given), entries), where=where)
    if len(found) > 1:
        candidates = [entry.candidate for entry in found]
        raise AmbiguousName(what, given, candidates, where=where)
    return found[0].value


def _by_likeness(given: str, entries: Sequence[Named[T]]) -> list[Candidate]:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only errors need it

    wanted = fold(given)

    def likeness(entry: Named[T]) -> float:
        return max(SequenceMatcher(None, wanted, fold(name)).ratio() for name in entry.names)

    return [entry.candidate for entry in sorted(entries, key=likeness, reverse=True)]
