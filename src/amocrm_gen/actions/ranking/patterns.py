"""How actions are asked for: the lines of `words/patterns.txt`, for one action."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_gen.actions.ranking.lexicon import lexicon, lines_of
from amocrm_gen.actions.ranking.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Pattern", "Term", "asked_for", "patterns_of"]

_ENTITIES: Final[Mapping[str, str]] = {
    "leads": "lead",
    "contacts": "contact",
    "companies": "company",
    "customers": "customer",
}
_OLD: Final = "v2."
_KIND: Final = re.compile(
    r"(?P<kind>find|get|create|update_one|update|delete_many|delete|link|unlink|save)"
    r"(?:_(?:of|for)_(?P<of>entity|catalog|segments|customer|catalog_element))?"
)
_OF: Final[Mapping[str, str]] = {
    "catalog": "catalog|element",
    "catalog_element": "element",
    "segments": "segment",
    "customer": "customer",
}
_LIGHT: Final = 0.1
"""The weight of what is no word: numbers, names."""
_SAVES: Final = ("create", "update", "delete")


@frozen
class Term:
    """One of several concepts."""

    concepts: tuple[tuple[str, float, float], ...]
    """Each with its worth, and that times its weight."""
    is_needed: bool
    weight: float
    """That of its weightiest concept."""


@frozen
class Pattern:
    """Concepts that ask for an action together."""

    terms: tuple[Term, ...]
    worth: float
    """1, or less where other actions come first."""
    nouns: frozenset[str]
    """The first thing that must be named, whichever it is; empty where there is none."""
    total: float
    """The weights of all needed terms."""


@frozen
class _Lines:
    """The file, by what its lines are about."""

    sets: dict[str, str]
    resources: dict[str, str]
    kinds: dict[str, list[str]]
    more: dict[str, list[str]]
    instead: dict[str, list[str]]


def patterns_of(action: str) -> tuple[Pattern, ...]:
    """Return the ways to ask for the action with that id; none where only its texts can tell."""
    lines = _lines()
    name = action.removeprefix(_OLD)
    resource, _, operation = name.partition(".")
    operation, _, over = operation.partition(".")
    entity = _ENTITIES.get(over, "")
    own = f"{resource}.{operation}" if operation else resource
    own = f"{_OLD}{own}" if action.startswith(_OLD) else own
    texts = lines.instead.get(fold(own))
    if texts is None:
        texts = list(_by_kind(resource, operation, entity)) + (
            lines.more.get(fold(own), []) if not action.startswith(_OLD) else []
        )
    if action.startswith(_OLD):
        texts = [text if " v2" in text else f"{text} v2" for text in texts]
    return tuple(_parsed(text, entity) for text in texts)


def asked_for() -> frozenset[str]:
    """Return the ids, folded and without entities, that have lines of their own."""
    return frozenset(_lines().more) | frozenset(_lines().instead)


def _by_kind(resource: str, operation: str, entity: str) -> Iterator[str]:
    match = _KIND.fullmatch(operation)
    noun = _lines().resources.get(resource)
    if match is None or noun is None:
        return
    of = match["of"]
    if entity:
        noun += f" {entity}" if of == "entity" else f" ?{entity}"
    if of in _OF:
        noun += f" {_OF[of]}"
    for kind in _SAVES if match["kind"] == "save" else (match["kind"],):
        for line in _lines().kinds.get(kind, ()):
            yield re.sub(r"\bn\b", noun, line)


@cache
def _parsed(text: str, entity: str) -> Pattern:
    first, _, rest = text.partition(" ")
    worth = 1.0
    if first[0].isdigit():
        worth, text = float(first), rest
    tokens = [token for token in text.split() if entity or token not in {"e", "?e"}]
    terms = tuple(_term(token, entity) for token in tokens)
    needed = [term for term in terms if term.is_needed]
    named = lexicon().nouns
    thing = next((term for term in needed if term.concepts[0][0] in named), None)
    nouns = frozenset(concept for concept, *_ in thing.concepts) if thing else frozenset[str]()
    return Pattern(terms, worth, nouns, sum(term.weight for term in needed))


@cache
def _term(token: str, entity: str) -> Term:
    weights = lexicon().weights
    concepts: dict[str, float] = {}
    for alternative in token.removeprefix("?").split("|"):
        name, _, much = alternative.partition("~")
        share = float(much or 1)
        if name == "e":
            concepts[entity] = share
        elif name.startswith("@"):
            for inner in _lines().sets[name].split("|"):
                concept, _, part = inner.strip().partition("~")
                concepts[concept] = max(concepts.get(concept, 0.0), share * float(part or 1))
        else:
            concepts[name] = share
    heavy = {concept: weights.get(concept, _LIGHT) for concept in concepts}
    weighed = tuple((one, worth, worth * heavy[one]) for one, worth in concepts.items())
    return Term(weighed, not token.startswith("?"), max(heavy.values()))


@cache
def _lines() -> _Lines:
    sets: dict[str, str] = {}
    resources: dict[str, str] = {}
    kinds: dict[str, list[str]] = defaultdict(list)
    more: dict[str, list[str]] = defaultdict(list)
    instead: dict[str, list[str]] = defaultdict(list)
    for line in lines_of("patterns.txt"):
        what, _, text = line.partition("=")
        what, text = what.strip(), text.strip()
        if what.startswith("@"):
            sets[what] = text
        elif what.startswith("resource "):
            resources[what.removeprefix("resource ")] = text
        elif what.startswith("kind "):
            kinds[what.removeprefix("kind ")].append(text)
        elif what.endswith(":"):
            instead[what.removesuffix(":").strip()].append(text)
        else:
            more[what].append(text)
    return _Lines(sets, resources, kinds, more, instead)
