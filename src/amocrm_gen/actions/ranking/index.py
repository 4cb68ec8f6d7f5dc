"""Ranks actions by what somebody asks for."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_gen.actions.popularity import MOST_USED
from amocrm_gen.actions.ranking.fitting import fit
from amocrm_gen.actions.ranking.lexicon import lexicon
from amocrm_gen.actions.ranking.patterns import patterns_of
from amocrm_gen.actions.ranking.prose import Prose
from amocrm_gen.actions.ranking.reading import read
from amocrm_gen.actions.ranking.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.ranking.patterns import Pattern
    from amocrm_gen.actions.ranking.reading import Reading

__all__ = ["Index", "Ranked", "rank"]

_OLD: Final = "v2."
_AS_PAGES_DO: Final = "ajax."
_OTHER_NUMBER: Final = 0.95
_OTHER_VERSION: Final = 0.4
_PROSE: Final = 0.6
"""What texts alone are worth, beside what is understood."""
_BESIDE: Final = 0.06
_FAINT: Final = 0.2
_PHRASE: Final = 0.97
_NAME, _ID = 1.5, 2.0
_QUOTES: Final = "`'\".,:;!?()[]«»<>"
_ENTITIES: Final = ("customers", "companies", "contacts", "leads")
_OF_ONE: Final = ("get", "update_one")
_OF_MANY: Final = ("find", "update", "list", "delete_many")


@frozen
class Ranked:
    """An action, and how well it serves what is asked."""

    action: Action
    score: float
    """From 0, "nothing speaks for it", to about 1."""
    is_guess: bool = False
    """The request says nothing that could be looked for: what is used most comes first."""


@frozen
class _Entry:
    """An action with the ways to ask for it."""

    action: Action
    patterns: tuple[Pattern, ...]
    is_old: bool
    is_single: bool | None
    """Whether it is about one thing or about many; None: either."""
    prior: float


class Index:
    """Actions, prepared to be ranked any number of times."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._entries = [_entry(action) for action in actions]
        self._by_id = {fold(entry.action.id): place for place, entry in enumerate(self._entries)}
        self._by_concept: dict[str, list[tuple[int, Pattern]]] = defaultdict(list)
        for place, entry in enumerate(self._entries):
            for pattern in entry.patterns:
                for concept in _needed(pattern):
                    self._by_concept[concept].append((place, pattern))
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_phrase: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self._entries):
            self._by_name[fold(entry.action.name)].append(place)
            if entry.action.kind != "operation":
                for phrase in chain.from_iterable(entry.action.keywords.values()):
                    self._by_phrase[_told(fold(phrase).split())].append(place)
        self._prose: Prose | None = None

    def rank(self, text: str, limit: int | None = 10) -> list[Ranked]:
        """Return the actions that serve the request, the best first.

        A text with an action's id, or its very name, has that action first. An empty text, or one
        without a word that means anything here, gives what is used most, each with `is_guess`.
        """
        reading = read(text)
        scores = self._scores(reading)
        for place in self._by_phrase.get(_told(reading.words) or "?", ()):
            scores[place] = max(scores.get(place, 0.0), _PHRASE)
        for place in self._by_name.get(fold(text).strip(), ()):
            scores[place] = _NAME
        for word in fold(text).split():
            named = self._by_id.get(word.strip(_QUOTES))
            if named is not None:
                scores[named] = _ID
        if not scores or max(scores.values()) < _FAINT:
            return self._popular(limit, scores)
        order = sorted(scores, key=lambda place: (-scores[place], place))
        return [
            Ranked(self._entries[place].action, round(min(scores[place], 1.0), 4))
            for place in order[:limit]
        ]

    def _scores(self, reading: Reading) -> dict[int, float]:
        best: dict[int, float] = {}
        is_old = any("v2" in unit.concepts for unit in reading.units)
        head = reading.head()
        is_plural = False if _says_which(reading) else head.is_plural if head else None
        tried: set[int] = set()
        for concept in {concept for unit in reading.units for concept in unit.concepts}:
            for place, pattern in self._by_concept.get(concept, ()):
                if (key := hash((place, id(pattern)))) in tried:
                    continue
                tried.add(key)
                known = best.get(place, 0.0)
                best[place] = max(known, fit(pattern, reading, head, known))
        scores = {
            place: self._adjusted(place, score, is_old=is_old, is_plural=is_plural)
            for place, score in best.items()
        }
        return self._with_prose(scores, reading)

    def _adjusted(self, place: int, score: float, *, is_old: bool, is_plural: bool | None) -> float:
        entry = self._entries[place]
        if entry.is_old != is_old:
            score *= _OTHER_VERSION
        if entry.is_single is not None and is_plural is not None and is_plural == entry.is_single:
            score *= _OTHER_NUMBER
        return score + entry.prior

    def _with_prose(self, scores: dict[int, float], reading: Reading) -> dict[int, float]:
        """Add what the texts of actions tell, where the words are not all understood."""
        if not reading.unknown and scores and max(scores.values()) > 0.6:
            return scores
        if self._prose is None:
            self._prose = Prose(_text(entry.action) for entry in self._entries)
        for place, score in self._prose.scores(reading.words).items():
            known = scores.get(place, 0.0)
            scores[place] = max(known + _BESIDE * score, _PROSE * score)
        return scores

    def _popular(self, limit: int | None, scores: dict[int, float]) -> list[Ranked]:
        order = {id_: number for number, id_ in enumerate(MOST_USED)}
        places = sorted(
            range(len(self._entries)),
            key=lambda place: (order.get(self._entries[place].action.id, len(order)), place),
        )
        return [
            Ranked(self._entries[place].action, round(scores.get(place, 0.0), 4), is_guess=True)
            for place in places[:limit]
        ]


def rank(text: str, actions: Sequence[Action], limit: int | None = 10) -> list[Ranked]:
    """Return the actions that serve the request, the best first; see `Index.rank`."""
    return Index(actions).rank(text, limit)


def _entry(action: Action) -> _Entry:
    patterns = patterns_of(action.id)
    is_old = action.id.startswith(_OLD)
    operation = action.id.removeprefix(_OLD).rpartition("-")[0] or action.id.partition(".")[2]
    is_single = True if operation.startswith(_OF_ONE) else None
    if is_single is None and operation.startswith(_OF_MANY):
        is_single = False
    return _Entry(action, patterns, is_old, is_single, _prior(action.id))


def _prior(action: str) -> float:
    """Return a little that decides between equals: what is used more comes first."""
    last = action.rsplit(".", 1)[-1]
    little = 0.0015 * (_ENTITIES.index(last) + 1) if last in _ENTITIES else 0.0
    if action in MOST_USED:
        little += 0.004
    return little - 0.004 * action.startswith(_AS_PAGES_DO)


def _text(action: Action) -> str:
    keywords = " ".join(word for listed in action.keywords.values() for word in listed)
    return (
        f"{action.id} {action.name} {action.name} {action.description} {keywords} {action.source}"
    )


def _told(words: Iterable[str]) -> str:
    """Return the words without those that say nothing."""
    fillers = lexicon().fillers.values()
    return " ".join(word for word in words if not any(word in listed for listed in fillers))


def _needed(pattern: Pattern) -> set[str]:
    return {concept for term in pattern.terms if term.is_needed for concept, *_ in term.concepts}


def _says_which(reading: Reading) -> bool:
    return any("number" in unit.concepts or "one" in unit.concepts for unit in reading.units)
