"""Which words mean what: the files of `words/`, read once."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_gen.actions.ranking.spelling import fold
from amocrm_gen.actions.ranking.stems import LANGUAGES, stem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Lexicon", "Phrase", "lexicon", "lines_of"]

_CONCEPTS: Final = ("nouns.txt", "verbs.txt", "modifiers.txt")
_FILLERS: Final = "fillers.txt"
_FOLDER: Final = Path(__file__).parent / "words"


@frozen
class Phrase:
    """One or more words that mean a concept."""

    stems: tuple[str, ...]
    concept: str
    weight: float
    """1 where the words mean just that, less where they mean something else as well."""
    base: str
    """The last word as the lexicon has it, to tell other forms of it apart."""


@frozen
class Lexicon:
    """Concepts, and the words of each language that mean them."""

    weights: dict[str, float]
    """How much a concept says about what is wanted."""
    nouns: frozenset[str]
    phrases: dict[str, dict[str, list[Phrase]]]
    """By language, then by the first stem; longer ones first."""
    fillers: dict[str, frozenset[str]]
    """Words that say nothing, by language."""
    gaps: frozenset[str]
    """Those that may stand inside a phrase."""
    known: dict[str, frozenset[str]]
    """All stems and fillers, by language."""


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with the package."""
    weights: dict[str, float] = {}
    nouns: set[str] = set()
    tables: dict[str, dict[str, list[Phrase]]] = {one: defaultdict(list) for one in LANGUAGES}
    concept = ""
    for name in _CONCEPTS:
        for line in lines_of(name):
            if line.startswith("["):
                concept, weight = line.strip("[]").split()
                weights[concept] = float(weight)
                if name == _CONCEPTS[0]:
                    nouns.add(concept)
                continue
            language, _, listed = line.partition(":")
            for phrase in _phrases(language, listed, concept):
                tables[language][phrase.stems[0]].append(phrase)
    fillers = _fillers()
    gaps = fillers.pop("gap")
    for table in tables.values():
        for phrases in table.values():
            if len(phrases) > 1:
                phrases.sort(key=lambda phrase: -len(phrase.stems))
    return Lexicon(weights, frozenset(nouns), tables, fillers, gaps, _known(tables, fillers))


def _known(
    tables: dict[str, dict[str, list[Phrase]]], fillers: dict[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for language, table in tables.items():
        phrases = (phrase for listed in table.values() for phrase in listed)
        known[language] = fillers[language].union(*(phrase.stems for phrase in phrases))
    return known


def lines_of(name: str) -> Iterator[str]:
    """Give the lines of a file of `words/` that say something, folded."""
    for line in fold((_FOLDER / name).read_text("utf-8")).splitlines():
        if line and not line.startswith("#"):
            yield line


def _phrases(language: str, listed: str, concept: str) -> Iterator[Phrase]:
    for entry in listed.split(","):
        text, _, weight = entry.partition("~")
        base = text.replace("-", " ").replace("'", " ").split()
        if base:
            stems = tuple(_stem(word, language) for word in base)
            yield Phrase(stems, concept, float(weight or 1), base[-1].removeprefix("="))


def _stem(word: str, language: str) -> str:
    return word if word.startswith("=") else stem(word, language)


def _fillers() -> dict[str, frozenset[str]]:
    """Fillers are whole words: their stems might be those of other words."""
    listed: dict[str, frozenset[str]] = {}
    for line in lines_of(_FILLERS):
        language, _, entries = line.partition(":")
        listed[language] = frozenset(
            word for entry in entries.split(",") for word in entry.replace("'", " ").split()
        )
    return listed
