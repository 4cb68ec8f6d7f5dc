"""Ranks by the words of texts: BM25 over names, descriptions and keywords."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import log
from typing import TYPE_CHECKING, Final

from amocrm_gen.actions.ranking.spelling import fold
from amocrm_gen.actions.ranking.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Prose"]

_SATURATION: Final = 1.2
_LENGTH: Final = 0.5
_WORD: Final = re.compile(r"[^\W_]+")
_CYRILLIC: Final = re.compile("[а-я]")


class Prose:
    """Texts, each with what it is about."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        lengths: list[int] = []
        counted: list[Counter[str]] = []
        for text in texts:
            counts = Counter(_terms(_WORD.findall(fold(text))))
            counted.append(counts)
            lengths.append(counts.total())
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        for number, counts in enumerate(counted):
            norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[number] / (mean or 1.0))
            for term, count in counts.items():
                share = count * (_SATURATION + 1) / (count + norm)
                self._postings[term].append((number, share))
        self._size = len(lengths)

    def scores(self, words: Sequence[str], *, is_lenient: bool = False) -> dict[int, float]:
        """Return the texts that have some of the words, from 0 to about 1: 1 has all of them.

        If lenient, words that no text has are let off.
        """
        found: dict[int, float] = defaultdict(float)
        best = 0.0
        for term in dict.fromkeys(_terms(words)):
            postings = self._postings.get(term, ())
            rarity = log(1 + (self._size - len(postings) + 0.5) / (len(postings) + 0.5))
            if postings or not is_lenient:
                best += rarity * (_SATURATION + 1)
            for number, share in postings:
                found[number] += rarity * share
        return {number: score / best for number, score in found.items()} if best else {}


def _terms(words: Iterable[str]) -> Iterable[str]:
    """Give a stem for each word; Latin words are cut as English ones, whatever they are."""
    for word in words:
        yield stem(word, "ru" if _CYRILLIC.search(word) else "en")
