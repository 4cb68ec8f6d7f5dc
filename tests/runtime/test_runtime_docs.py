"""The examples about writing and reading in the docs run as they stand, against the mock server."""

import re
from pathlib import Path
from typing import Any

import pytest

import amocrm_gen
from amocrm_gen.v4 import AmoCRM, LeadCreate
from amocrm_mockserver.testing import MockAccount
from runtime.desk import Desk

DOCS = Path(__file__).parents[2] / "docs" / "runtime.md"
TEXT = DOCS.read_text("utf-8")


def run(title: str, namespace: dict[str, Any], *replacements: tuple[str, object]) -> None:
    """Run the examples of a section, one after the other."""
    _, _, section = TEXT.partition(f"\n## {title}\n")
    blocks = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert blocks
    for block in blocks:
        code = block
        for old, new in replacements:
            code = code.replace(old, str(new))
        exec(compile(code, f"{DOCS.name}: {title}", "exec"), namespace)  # our own page


@pytest.fixture
def names(
    amocrm_account: MockAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """Return what the examples have to begin with: a client."""
    account = amocrm_account

    def connect(name: str, *, token: str | None = None, **given: Any) -> AmoCRM:
        assert (name, token) == ("example", "…")
        return AmoCRM(account.domain, token=account.token, base_url=account.base_url, **given)

    monkeypatch.setattr(amocrm_gen, "AmoCRM", connect, raising=False)
    monkeypatch.chdir(tmp_path)
    return {"amo": connect("example", token="…")}


def test_many_items_at_once(names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """600 leads are created, and it is told how far it is."""
    run("Many items at once", names)
    assert len(names["made"]) == 600
    assert "500 done after 2 requests" in capsys.readouterr().out


def test_creating_once(names: dict[str, Any], amocrm_account: MockAccount) -> None:
    """Four orders make four leads."""
    with Desk.at(amocrm_account, "sync") as desk:
        run("Creating once", names, ("301", desk.field_marker().field_id))
        assert desk.names() == ["Order 17", "Order 18", "Order 19", "Order 20"]


def test_reading_what_has_changed(names: dict[str, Any]) -> None:
    """A second round has nothing to tell."""
    names["amo"].leads.create(LeadCreate(name="a"))
    run("Reading what has changed", names)
    assert list(names["mirror"].values()) == ["a"]
    run("Reading what has changed", names, ("changes(None)", "changes(cursor)"))
    assert names["mirror"] == {}


def test_files(names: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file goes to the drive and to a lead, and comes back."""
    (tmp_path / "offer.pdf").write_bytes(b"%PDF" * 1000)
    lead = names["amo"].leads.create(LeadCreate(name="Roof"))
    run("Files", names, ("101", lead.id))
    assert (tmp_path / "copy.pdf").read_bytes() == b"%PDF" * 1000
    assert "4000 of 4000" in capsys.readouterr().out
    assert len(names["amo"].entity_files.find("leads", lead.id)) == 1


def test_conflicts(names: dict[str, Any]) -> None:
    """The price is raised."""
    run("Conflicts", names)
    assert [lead.price for lead in names["amo"].leads.find()] == [150]
