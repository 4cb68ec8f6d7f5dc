"""Prints how often the right action comes first, and among the first three.

    python -m tests.actions.ranking_figures

For each half of the labelled intents and each language; what is missed is told of all files but
the evaluation half, which nobody tunes by.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from attrs import field, frozen

from .labelled import BREADTH, DEVELOPMENT, EVALUATION, read_intents
from .ranked import ranked

if TYPE_CHECKING:
    from pathlib import Path

    from .labelled import LabelledIntent

__all__ = ["Figures", "figures_of"]


@frozen
class Figures:
    """How many intents there are, and how many are served."""

    intents: Counter[str] = field(factory=Counter)
    """By language; so are the others."""
    first: Counter[str] = field(factory=Counter)
    among_three: Counter[str] = field(factory=Counter)
    missed: list[tuple[LabelledIntent, list[str]]] = field(factory=list)
    """Those whose first action is a wrong one, with the first three."""

    def share(self, count: Counter[str], language: str | None = None) -> float:
        """Return the share of the intents, of one language or of all."""
        if language is None:
            return count.total() / self.intents.total()
        return count[language] / self.intents[language]


def figures_of(path: Path) -> Figures:
    """Rank all intents of a file."""
    figures = Figures()
    for intent in read_intents(path):
        found = ranked(intent.text, 3)
        figures.intents[intent.language] += 1
        figures.first[intent.language] += found[0] in intent.accept
        figures.among_three[intent.language] += not set(intent.accept).isdisjoint(found)
        if found[0] not in intent.accept:
            figures.missed.append((intent, found))
    return figures


def _print(path: Path) -> None:
    figures = figures_of(path)
    sys.stdout.write(f"{path.stem}: {figures.intents.total()} intents\n")
    for language in (None, *figures.intents):
        sys.stdout.write(
            f"  {language or 'all'}: first {figures.share(figures.first, language):.1%},"
            f" among three {figures.share(figures.among_three, language):.1%}\n"
        )
    if path != EVALUATION:
        for intent, found in figures.missed:
            sys.stdout.write(f"  missed: {intent.text!r} gives {', '.join(found)}\n")


if __name__ == "__main__":
    for half in (DEVELOPMENT, BREADTH, EVALUATION):
        _print(half)
