"""The inventory and the spec hold the same operations, but for those left out for a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from amocrm_codegen.compile import apis_of, compile_spec
from amocrm_codegen.coverage import Entry, coverage, read_reasons, unlisted
from amocrm_codegen.openapi import Document, compile_document

_SPEC: Final = Path(__file__).parents[2] / "spec"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """The compiled documents of all APIs."""
    return [compile_document(compile_spec(_SPEC, api=api)) for api in apis_of(_SPEC)]


@pytest.fixture(scope="module")
def entries(documents: list[Document]) -> tuple[Entry, ...]:
    """The rows of the inventory."""
    return coverage(_SPEC / "inventory.tsv", documents, {})


def test_every_row_has_an_operation_or_a_reason(entries: tuple[Entry, ...]) -> None:
    """Specify what is missing, or say in left_out.tsv why it shall be missing."""
    missing = [
        f"{entry.method} {entry.path}"
        for entry in entries
        if entry.operation is None and not entry.left_out
    ]
    assert missing == []


def test_every_operation_has_a_row(entries: tuple[Entry, ...], documents: list[Document]) -> None:
    """Add a row to inventory.tsv for each operation that is named here."""
    assert unlisted(entries, documents) == []


def test_nothing_is_left_out_that_is_there(entries: tuple[Entry, ...]) -> None:
    """Each reason is one of a row that has no operation; remove those that are named here."""
    reasons = read_reasons(_SPEC / "left_out.tsv")
    assert all(reason.strip() for reason in reasons.values())
    used = [entry for entry in entries if entry.left_out and entry.operation is None]
    assert len(used) == len(reasons), sorted(reasons)
