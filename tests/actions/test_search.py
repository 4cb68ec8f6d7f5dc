"""One search finds actions, endpoints, fields, connectors and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.ranking.named import KINDS
from amocrm_gen.actions.ranking.search import search

if TYPE_CHECKING:
    from amocrm_gen.actions.ranking.named import FoundKind

ACTIONS = list(Catalog.of())


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        ("leads.price", "field", "leads.price"),
        ("бюджет сделки", "field", "leads.price"),
        ("presupuesto", "field", "leads.price"),
        ("deadline of a task", "field", "tasks.complete_till"),
        ("срок задачи", "field", "tasks.complete_till"),
        ("nombre de la empresa", "field", "companies.name"),
        ("PATCH /api/v4/leads", "endpoint", "PATCH /api/v4/leads"),
        ("/api/v4/webhooks", "endpoint", "GET /api/v4/webhooks"),
        ("удалить вебхук", "endpoint", "DELETE /api/v4/webhooks"),
        ("who follows the deal", "action", "subscriptions.find.leads"),
        ("kommo", "connector", "kommo"),
        ("mock", "connector", "mock"),
        ("not found", "error", "NotFound"),
        ("rate limit", "error", "RateLimited"),
    ],
)
def test_things_are_found(text: str, kind: FoundKind, id: str) -> None:
    """By their names, or by words of three languages; the first of its kind is the right one."""
    assert search(text, ACTIONS, kinds={kind})[0].id == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("leads.price", "leads.price"),
        ("patch  /api/v4/leads", "PATCH /api/v4/leads"),
        ("LEADS.FIND", "leads.find"),
        ("NotFound", "NotFound"),
        ("amocrm-ru", "amocrm-ru"),
    ],
)
def test_what_is_typed_as_it_is_called_comes_first(text: str, id: str) -> None:
    """Of all kinds, whatever the case and the blanks."""
    assert search(text, ACTIONS)[0].id == id


def test_nothing_is_found_by_nothing() -> None:
    """There is no guess in a search."""
    assert search("xqzzt wvvk", ACTIONS) == []
    assert search("", ACTIONS) == []


@settings(max_examples=25)
@given(st.text(max_size=30), st.sets(st.sampled_from(KINDS)), st.integers(1, 9))
def test_only_the_kinds_that_are_asked_for(text: str, kinds: set[FoundKind], limit: int) -> None:
    """At most so many, with scores from 0 to 1."""
    found = search(text, ACTIONS, kinds=kinds, limit=limit)
    assert len(found) <= limit
    assert {one.kind for one in found} <= kinds
    assert all(0.0 < one.score <= 1.0 for one in found)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("pages ahead prefetch", "runtime.md"),
        ("exit codes", "cli.md"),
        ("duplicate control", "mock-server.md"),
    ],
)
def test_sections_of_the_docs_are_found(text: str, page: str) -> None:
    """By what they are about; each says its page and its heading."""
    found = search(text, Catalog.of(), kinds=["doc"])
    assert page in [one.id.partition("#")[0] for one in found[:3]]
    assert {one.kind for one in found} == {"doc"}
