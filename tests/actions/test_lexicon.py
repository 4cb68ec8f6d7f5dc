"""The words of the ranking are whole: each concept in three languages, each line for an action."""

from __future__ import annotations

import pytest

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.ranking.lexicon import lexicon
from amocrm_gen.actions.ranking.patterns import asked_for, patterns_of
from amocrm_gen.actions.ranking.stems import LANGUAGES, stem

VALUES = {"number", "name"}
IDS = [action.id for action in Catalog.of()]


def test_each_concept_has_words_in_each_language() -> None:
    """Nothing can be asked for in two languages only."""
    concepts = {
        language: {phrase.concept for phrases in table.values() for phrase in phrases}
        for language, table in lexicon().phrases.items()
    }
    assert concepts == {language: set(lexicon().weights) for language in LANGUAGES}


def test_each_action_can_be_asked_for() -> None:
    """Every operation, every composed action."""
    assert [known for known in IDS if not patterns_of(known)] == []


def test_each_line_is_for_an_action() -> None:
    """None is left over from an operation that is gone."""
    known = {*IDS, *(one.rpartition(".")[0] for one in IDS)}
    assert asked_for() - {one.casefold() for one in known} == set()


def test_patterns_are_made_of_concepts() -> None:
    """Besides those of words there are those of values."""
    used = {
        concept
        for known in IDS
        for pattern in patterns_of(known)
        for term in pattern.terms
        for concept, *_ in term.concepts
    }
    assert used - set(lexicon().weights) == VALUES
    assert set(lexicon().weights) - used == set()


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "lead leads"),
        ("en", "company companies"),
        ("en", "tag tags tagged tagging"),
        ("en", "close closes closed closing"),
        ("ru", "воронка воронки воронку воронкои воронках"),
        ("ru", "покупатель покупатели покупателеи покупателями"),
        ("ru", "добавить добавь добавление добавлен добавлю"),
        ("ru", "виджет виджеты виджетов"),
        ("ru", "компания компании компаниеи компаниям"),
        ("es", "etiqueta etiquetas"),
        ("es", "usuario usuarios"),
        ("es", "crear crea creado creacion"),
        ("es", "asignar asigna asignado asignarlo"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: str) -> None:
    """They are folded before: й is и, and accents are gone."""
    assert len({stem(form, language) for form in forms.split()}) == 1
