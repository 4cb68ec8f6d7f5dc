"""Searches all that has a name: actions, endpoints, fields, connectors, errors and docs."""

from __future__ import annotations

from functools import cache
from math import exp
from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_gen.actions.ranking.index import Index
from amocrm_gen.actions.ranking.lexicon import lexicon
from amocrm_gen.actions.ranking.named import KINDS, Found, named, named_sections
from amocrm_gen.actions.ranking.prose import Prose
from amocrm_gen.actions.ranking.reading import read
from amocrm_gen.actions.ranking.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.ranking.named import FoundKind

__all__ = ["search"]

_WELL: Final = 0.5
"""What counts as found; less is given only where nothing is found better."""
_FAINT: Final = 0.25
_SCALE: Final = 2.5
"""Brings the scores of texts to the scale of actions."""
_SAME_NAME: Final = 0.15
_BESIDE: Final = 0.8
"""A page about something comes behind the thing itself."""
_WELL_KNOWN: Final = {
    "leads": 0.07,
    "contacts": 0.03,
    "companies": 0.02,
    "tasks": 0.02,
    "v2": -0.03,
}
_OF_ACTIONS: Final = frozenset({"action", "endpoint"})


def search(
    text: str,
    actions: Iterable[Action],
    *,
    kinds: Collection[FoundKind] = KINDS,
    limit: int | None = 20,
) -> list[Found]:
    """Return what the words fit, the best first; nothing where they fit nothing.

    What is typed as it is called (`leads.price`, `PATCH /api/v4/leads`) comes first.
    """
    found: list[Found] = []
    if not _OF_ACTIONS.isdisjoint(kinds):
        found += (one for one in _of_actions(text, actions) if one.kind in kinds)
    if not _OF_ACTIONS.issuperset(kinds):
        found += (one for one in _of_names(text) if one.kind in kinds)
    if "doc" in kinds:
        found += _of_docs(text)
    typed = " ".join(fold(text).split())
    best = [evolve(one, score=1.0) for one in found if fold(one.id) == typed]
    others = [one for one in found if fold(one.id) != typed]
    others = [one for one in others if one.score >= _WELL] or others
    places = {kind: place for place, kind in enumerate(KINDS)}
    others.sort(key=lambda one: (-one.score, places[one.kind]))
    return [*best, *others][:limit]


def _of_actions(text: str, actions: Iterable[Action]) -> Iterator[Found]:
    typed = " ".join(fold(text).split())
    for ranked in Index(actions).rank(text, None):
        action, score = ranked.action, 0.0 if ranked.is_guess else ranked.score
        if "/" in typed and typed in fold(action.source):
            score = 1.0
        if score >= _FAINT:
            yield Found("action", action.id, action.name, action.source, score)
            if action.kind == "operation":
                endpoint = action.source.partition(";")[0]
                yield Found("endpoint", endpoint, action.name, action.id, score)


def _of_names(text: str) -> Iterator[Found]:
    reading, typed = read(text), "_".join(fold(text).split())
    fillers = lexicon().fillers.values()
    said = [word for word in reading.words if not any(word in listed for listed in fillers)]
    said = said or list(reading.words)
    for unit in reading.units:
        said += (concept for concept in unit.concepts if concept in lexicon().nouns)
    for number, share in _texts().scores(said, is_lenient=True).items():
        found = named()[number].found
        owner, _, name = found.id.rpartition(".")
        more = _WELL_KNOWN.get(owner.partition(".")[0], 0.0) + _SAME_NAME * (name == typed)
        score = 1.0 - exp(-_SCALE * max(share + more, 0.0))
        if score >= _FAINT:
            yield evolve(found, score=round(score, 4))


def _of_docs(text: str) -> Iterator[Found]:
    said = read(text).words
    for number, share in _pages().scores(said, is_lenient=True).items():
        score = _BESIDE * (1.0 - exp(-_SCALE * max(share, 0.0)))
        if score >= _FAINT:
            yield evolve(named_sections()[number].found, score=round(score, 4))


@cache
def _pages() -> Prose:
    return Prose(one.text for one in named_sections())


@cache
def _texts() -> Prose:
    return Prose(one.text for one in named())
