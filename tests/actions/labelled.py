"""Reads the labelled intents: what people ask for, and the actions that serve it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from attrs import frozen

__all__ = ["BREADTH", "DEVELOPMENT", "EVALUATION", "LabelledIntent", "read_intents"]

_FOLDER: Final = Path(__file__).parent / "intents"
DEVELOPMENT: Final = _FOLDER / "development.tsv"
EVALUATION: Final = _FOLDER / "evaluation.tsv"
BREADTH: Final = _FOLDER / "breadth.tsv"
"""Intents that were written with the ranking: they hold what works, and measure nothing."""
_COLUMNS: Final = ["language", "intent", "accept"]


@frozen
class LabelledIntent:
    """One thing that somebody asks for."""

    language: str
    """`en`, `ru` or `es`."""
    text: str
    accept: tuple[str, ...]
    """Ids of the actions that serve it, the best first."""


def read_intents(path: Path) -> list[LabelledIntent]:
    """Return the intents of one half.

    Raises:
        ValueError: the file has other columns than language, intent and accept.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[:1] != [_COLUMNS]:
        raise ValueError(f"{path}:1: the columns are {rows[:1]}; make them {_COLUMNS}")
    intents = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_COLUMNS):
            raise ValueError(f"{path}:{number}: {len(row)} columns; separate three by tabs")
        language, text, accept = row
        intents.append(LabelledIntent(language, text, tuple(accept.split(" "))))
    return intents
