"""How well a request fits a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amocrm_gen.actions.ranking.patterns import Pattern, Term
    from amocrm_gen.actions.ranking.reading import Reading, Unit

__all__ = ["fit"]

_MISSED: Final[float] = 1.4
"""How much the fit falls with what the pattern needs and the request lacks."""
_UNUSED: Final[float] = 0.8
"""How much it falls with what the request says and the pattern does not know."""
_OTHER_HEAD: Final = 0.9
_UNSURE: Final[float] = 0.6
"""Less than 1, since what else is said makes an ambiguous word surer."""
_HOPELESS: Final = 0.1


def fit(pattern: Pattern, reading: Reading, head: Unit | None, known: float) -> float:
    """Return how well the request fits the pattern, from 0 to 1; 0 where `known` is better.

    `head` is what the request is about.
    """
    taken: dict[int, float] = {}
    most = _met(pattern, reading.units, taken) ** _MISSED * pattern.worth
    if most <= max(known, _HOPELESS):
        return 0.0
    said, total = 0.0, reading.total
    for number, unit in enumerate(reading.units):
        if not unit.is_part:
            said += unit.weight * _taken(unit, pattern, taken.get(number, 0.0))
    score: float = most * (said / total) ** _UNUSED
    is_about_other = head is not None and pattern.nouns.isdisjoint(head.concepts)
    return score * _OTHER_HEAD if is_about_other and pattern.nouns else score


def _met(pattern: Pattern, units: tuple[Unit, ...], taken: dict[int, float]) -> float:
    """Return how much of what is needed the request says; each of its units serves once."""
    met = 0.0
    for term in pattern.terms:
        if not term.is_needed:
            continue
        found, much = _best(term, units, taken)
        if found >= 0:
            taken[found] = _share(units[found], term)
            met += term.weight * much**_UNSURE
    return met / pattern.total


def _taken(unit: Unit, pattern: Pattern, share: float) -> float:
    """Return how much of the unit the pattern takes up."""
    for term in pattern.terms:
        if share >= 1.0:
            break
        share = max(share, _share(unit, term))
    return share


def _share(unit: Unit, term: Term) -> float:
    """Return how much of what the unit says the term takes up."""
    concepts = unit.concepts
    most = 0.0
    for concept, _, weight in term.concepts:
        if concept in concepts:
            most = max(most, weight * concepts[concept])
    return min(most / unit.weight, 1.0)


def _best(term: Term, units: tuple[Unit, ...], taken: dict[int, float]) -> tuple[int, float]:
    """Return the unit that serves best, and how well; the first of equals."""
    best, found = 0.0, -1
    for number, unit in enumerate(units):
        if number in taken:
            continue
        for concept, worth, _ in term.concepts:
            much = unit.concepts.get(concept, 0.0) * worth
            if much > best:
                best, found = much, number
    return found, best
