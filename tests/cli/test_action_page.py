"""`amocrm action show` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.cli.action_page import page_of

if TYPE_CHECKING:
    from shell import Shell

_CATALOG = Catalog.of()


@pytest.mark.parametrize("columns", [80, 200])
def test_every_action_has_a_page_that_fits(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """No line is longer than the terminal but the example, which is there to be copied."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for action in _CATALOG:
        page = page_of(action)
        long = [
            line
            for line in page.splitlines()
            if len(line) > columns and not line.startswith("  amocrm")
        ]
        # A name cannot be broken, whatever the width.
        assert [line for line in long if " " in line.strip()] == [], action.id
        assert f"amocrm action run {action.id}" in page


def test_people_get_the_page_and_programs_the_schemas(practice: Shell) -> None:
    """The format decides."""
    page = practice("action", "show", "leads.update", "-o", "table").out
    assert "items[].price" in page
    assert "inputSchema" not in page
    assert practice("action", "show", "leads.update").output["inputSchema"]["type"] == "object"
