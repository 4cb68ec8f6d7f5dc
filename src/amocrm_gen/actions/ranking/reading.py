"""What a request says, in concepts."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_gen.actions.ranking.lexicon import lexicon
from amocrm_gen.actions.ranking.spelling import distance, other_keyboard, words
from amocrm_gen.actions.ranking.stems import LANGUAGES, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen.actions.ranking.lexicon import Lexicon, Phrase
    from amocrm_gen.actions.ranking.spelling import Word

__all__ = ["Reading", "Unit", "read"]

_VALUES: Final[Mapping[str, Mapping[str, float]]] = {
    "number": {"number": 1.0},
    "phone": {"phone": 0.9},
    "email": {"email": 0.9},
    "url": {"url": 1.0, "server": 0.7},
}
_VALUE_WEIGHTS: Final = {"number": 0.1, "phone": 0.5, "email": 0.5, "url": 0.4}
_MISSPELLED: Final = 0.85
_PART: Final = 0.75
"""What a word counts that is only a part of a phrase."""
_FOREIGN: Final = 0.45
"""What a word counts in the language that the request is not in."""
_CYRILLIC: Final = re.compile("[а-я]")
_LONGEST_GAP: Final = 2
_VERBAL: Final = frozenset({"ет", "ют", "ут", "ит", "ят", "ат"})
"""Endings of Russian verbs that nouns end in, too: they are cut where nothing else is known."""
_SHORT: Final = 3
"""So many letters might be the stem of a longer word by chance: `not` is that of `nota`."""


@frozen
class Unit:
    """A word or phrase, and the concepts that it may mean."""

    concepts: Mapping[str, float]
    weight: float
    """How much of the request it is."""
    is_part: bool = False
    """A part of a phrase that is a unit of its own."""
    is_plural: bool | None = None
    start: int = 0
    end: int = 0
    """Its first word, and the one after its last."""
    is_compound: bool = False
    """It may be the head of the nouns before it, as in English."""


_NAME: Final = Unit({"name": 1.0}, 0.06)
_UNKNOWN: Final = 0.06
_MOST_UNKNOWN: Final = 3
_THING: Final = 0.4


@frozen
class Reading:
    """A request, read."""

    units: tuple[Unit, ...]
    unknown: tuple[str, ...]
    """Words that the lexicon does not have, folded: names, and what only descriptions tell."""
    words: tuple[str, ...]

    @property
    def total(self) -> float:
        """How much is said."""
        unknown = min(len(self.unknown), _MOST_UNKNOWN) * _UNKNOWN
        return sum(unit.weight for unit in self.units if not unit.is_part) + unknown

    def head(self) -> Unit | None:
        """Return what it is about: notes, in `the notes of a deal` and in `deal notes`."""
        things = [unit for unit in self.units if self._is_thing(unit)]
        if not things:
            return None
        head = things[0]
        for thing in things[1:]:
            if thing.start != head.end or not thing.is_compound:
                break
            head = thing
        return head

    @staticmethod
    def _is_thing(unit: Unit) -> bool:
        if unit.is_part or unit.weight <= _THING:
            return False
        return not lexicon().nouns.isdisjoint(unit.concepts)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing that could be looked for."""
        return not self.units and not self.unknown


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """Read a request; one that was typed on the wrong keyboard is read as it was meant."""
    reading = _Reader(lexicon(), words(text)).reading()
    if not any(unit.weight > 0.2 for unit in reading.units):
        meant = _Reader(lexicon(), words(other_keyboard(text))).reading()
        if meant.total > reading.total and any(unit.weight > 0.2 for unit in meant.units):
            return meant
    return reading


@frozen
class _Match:
    """Phrases of equal length at one place."""

    length: int
    concepts: dict[str, float]
    bases: frozenset[str]


class _Reader:
    """Reads the words of one request."""

    def __init__(self, lexicon: Lexicon, given: list[Word]) -> None:
        self._lexicon = lexicon
        self._words = given
        self._stems = [self._stems_of(word) for word in given]
        self._trust = self._trusted()
        self._is_begun = False

    def reading(self) -> Reading:
        units: list[Unit] = []
        unknown: list[str] = []
        place = 0
        while place < len(self._words):
            word = self._words[place]
            if word.kind != "word":
                units.append(Unit(_VALUES[word.kind], _VALUE_WEIGHTS[word.kind]))
                place += 1
                continue
            match = self._match(place)
            if match is None:
                if len(word.text) > 1 and not self._is_filler(place):
                    self._is_begun = True
                    if word.is_name:
                        units.append(_NAME)
                    else:
                        unknown.append(word.text)
                place += 1
                continue
            self._is_begun = True
            units.append(self._unit(match, place))
            if match.length > 1:
                units += self._parts(place, match)
            place += match.length
        return Reading(tuple(units), tuple(unknown), tuple(word.text for word in self._words))

    def _stems_of(self, word: Word) -> dict[str, tuple[str, float]]:
        """Return the word's stem by language, corrected where no language knows it."""
        if word.kind != "word":
            return {}
        languages = ("ru",) if _CYRILLIC.search(word.text) else LANGUAGES
        stems = {language: (stem(word.text, language), 1.0) for language in languages}
        known = self._lexicon.known
        if any(
            one in known[language] or word.text in known[language]
            for language, (one, _) in stems.items()
        ):
            return stems
        if "ru" in languages and word.text[-2:] in _VERBAL and word.text[:-2] in known["ru"]:
            return {"ru": (word.text[:-2], 1.0)}
        if len(word.text) < 5 or word.is_name:
            return stems
        return {language: _corrected(one, language) for language, (one, _) in stems.items()}

    def _trusted(self) -> dict[str, float]:
        """Return what a word of each language counts: all languages of a mixed request count."""
        seen: Counter[str] = Counter()
        for word, stems in zip(self._words, self._stems, strict=True):
            for language, (one, _) in stems.items():
                seen[language] += (
                    word.text in self._lexicon.fillers[language]
                    or one in self._lexicon.phrases[language]
                )
        ahead = seen["en"] - seen["es"]
        return {
            "ru": 1.0,
            "en": _FOREIGN if ahead < 0 else 1.0,
            "es": _FOREIGN if ahead > 0 else 1.0,
        }

    def _is_filler(self, place: int) -> bool:
        return any(self._is_trusted_filler(place, language) for language in self._stems[place])

    def _match(self, place: int, longest: int = 9) -> _Match | None:
        """Return the longest phrases that begin here."""
        best = (0, False)
        concepts: dict[str, float] = {}
        bases: set[str] = set()
        for phrase, language, certainty in self._phrases(place):
            length = self._length(phrase, place, language)
            rank = (length, phrase.stems[0].startswith("="))
            if length == 0 or length > longest or rank < best:
                continue
            word = self._words[place].text
            if length == 1 and len(word) <= _SHORT and phrase.base != word:
                continue
            if length == 1 and self._is_begun and self._is_trusted_filler(place, language):
                continue
            if rank > best:
                best, concepts, bases = rank, {}, set[str]()
            weight = phrase.weight * certainty * self._trust[language]
            concepts[phrase.concept] = max(concepts.get(phrase.concept, 0.0), weight)
            bases.add(phrase.base)
        return _Match(best[0], concepts, frozenset(bases)) if concepts else None

    def _phrases(self, place: int) -> Iterator[tuple[Phrase, str, float]]:
        for language, (first, certainty) in self._stems[place].items():
            table = self._lexicon.phrases[language]
            for phrase in table.get(f"={self._words[place].text}", ()):
                yield phrase, language, 1.0
            for phrase in table.get(first, ()):
                yield phrase, language, certainty

    def _is_trusted_filler(self, place: int, language: str) -> bool:
        return self._trust[language] == 1.0 and self._is_filler_of(place, language)

    def _is_filler_of(self, place: int, language: str) -> bool:
        return self._words[place].text in self._lexicon.fillers[language]

    def _length(self, phrase: Phrase, place: int, language: str) -> int:
        """Return how many words the phrase takes here, fillers inside it included; 0 is "none"."""
        at = place + 1
        for wanted in phrase.stems[1:]:
            gap = 0
            while True:
                if at >= len(self._words):
                    return 0
                one = self._stems[at].get(language)
                if one is not None and wanted in {one[0], f"={self._words[at].text}"}:
                    break
                if gap == _LONGEST_GAP or self._words[at].text not in self._lexicon.gaps:
                    return 0
                gap += 1
                at += 1
            at += 1
        return at - place

    def _unit(self, match: _Match, place: int, *, is_part: bool = False) -> Unit:
        weights = self._lexicon.weights
        much, usual = max((much, weights[concept]) for concept, much in match.concepts.items())
        weight = much * usual
        last = self._words[place + match.length - 1].text
        return Unit(
            match.concepts,
            weight,
            is_part=is_part,
            is_plural=_is_plural(last, match.bases),
            start=place,
            end=place + match.length,
            is_compound=self._words[place].is_next and not _CYRILLIC.search(last),
        )

    def _parts(self, place: int, match: _Match) -> list[Unit]:
        parts: list[Unit] = []
        for at in range(place, place + match.length):
            part = self._match(at, longest=1) if self._words[at].kind == "word" else None
            if part is not None:
                concepts = {
                    concept: much * _PART
                    for concept, much in part.concepts.items()
                    if concept not in match.concepts
                }
                if concepts:
                    found = _Match(1, concepts, part.bases)
                    parts.append(self._unit(found, at, is_part=True))
        return parts


@lru_cache(maxsize=1024)
def _corrected(word: str, language: str) -> tuple[str, float]:
    """Return the nearest known stem of like length, the alphabet deciding between equals."""
    most = 2 if len(word) >= 9 else 1
    near = [
        (away, other)
        for other in lexicon().known[language]
        if len(other) >= 4 and abs(len(other) - len(word)) <= most and _alike(word, other)
        if (away := distance(word, other, most)) <= most
    ]
    return (min(near)[1], _MISSPELLED) if near else (word, 1.0)


def _alike(word: str, other: str) -> bool:
    return word[0] == other[0] or word[:2] == other[1::-1] or word[1:3] == other[1:3]


def _is_plural(word: str, bases: frozenset[str]) -> bool | None:
    """Tell by the ending; None is "cannot tell"."""
    if word in bases:
        return word.endswith("s") or None if _CYRILLIC.search(word) is None else None
    if _CYRILLIC.search(word) is None:
        return word.endswith("s")
    if word.endswith(("ам", "ям", "ами", "ями", "ах", "ях", "ов", "ев", "ы", "и", "ок")):
        return True
    return None
