"""The labelled intents are whole, and the half that measures the ranking never changes."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from .labelled import DEVELOPMENT, EVALUATION, read_intents

if TYPE_CHECKING:
    from pathlib import Path

FROZEN = "cac2db594ce30d7a255b6a611f366ab326c848fcd6f6fc93b73232c95cfedb14"
COUNTS = {
    DEVELOPMENT: {"en": 73, "ru": 78, "es": 76},
    EVALUATION: {"en": 74, "ru": 79, "es": 77},
}
ACTION = re.compile(r"[a-z]+(-[a-z]+)+|(v2\.)?[a-z_]+(\.[a-z_]+){1,2}")
halves = pytest.mark.parametrize("half", COUNTS, ids=lambda path: path.stem)


@halves
def test_each_half_has_its_counts(half: Path) -> None:
    """Every language has the number of intents that the README tells."""
    assert Counter(intent.language for intent in read_intents(half)) == COUNTS[half]


@halves
def test_each_line_is_an_intent_with_its_actions(half: Path) -> None:
    """A text without spare white space, and ids of composed actions or operations, none twice."""
    for intent in read_intents(half):
        assert intent.text == " ".join(intent.text.split()) != ""
        assert len(set(intent.accept)) == len(intent.accept)
        assert [one for one in intent.accept if not ACTION.fullmatch(one)] == []


def test_no_intent_stands_twice() -> None:
    """What the ranking was tried with cannot be what measures it."""
    texts = Counter(intent.text.casefold() for half in COUNTS for intent in read_intents(half))
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_evaluation_half_is_frozen() -> None:
    """It is byte for byte what was committed before the ranking was begun."""
    assert sha256(EVALUATION.read_bytes()).hexdigest() == FROZEN


@pytest.mark.parametrize(
    "text", ["", "intent\taccept\n", "language\tintent\taccept\nen\tnew lead\n"]
)
def test_other_columns_are_refused(tmp_path: Path, text: str) -> None:
    """The message names the file."""
    path = tmp_path / "broken.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.tsv"):
        read_intents(path)
