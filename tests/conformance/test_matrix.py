"""The runner tells failed, done and not offered apart, and ends accordingly."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from . import __main__ as program
from .client import CLIENTS, Client
from .matrix import as_page, as_text
from .step import Outcome, Result
from .steps import STEPS


class _NoServer:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _column(**outcomes: Outcome) -> Mapping[str, Outcome]:
    return {step.name: outcomes.get(step.name, Outcome("yes")) for step in STEPS}


def _stage(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> None:
    monkeypatch.setattr(program, "Server", _NoServer)
    monkeypatch.setattr(program, "missing_tools", lambda _: ())
    monkeypatch.setattr(program, "run_client", lambda *_: _column(login=outcome))


def _lack(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    missing = {client: ("node", "npm")}
    monkeypatch.setattr(program, "missing_tools", lambda given: missing.get(given, ()))


@pytest.mark.parametrize(("result", "ended"), [("yes", 0), ("not offered", 0), ("failed", 1)])
def test_only_a_failed_step_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, result: Result, ended: int
) -> None:
    """Not offered is no failure; one failed step is enough for one."""
    _stage(monkeypatch, Outcome(result, "cannot"))
    assert program.main(["--client", "aioamocrm"]) == ended


def test_what_is_not_offered_is_not_counted_as_passed() -> None:
    """The sum at the end keeps the three apart."""
    column = _column(login=Outcome("not offered", "has no login"), search=Outcome("failed", "no"))
    text = as_text({CLIENTS[0]: column})
    assert f"{len(STEPS) - 2} passed, 1 failed, 1 not offered, 1 clients" in text
    assert "amocrm-api has no login." in text


def test_the_page_gives_the_reason_for_each_gap() -> None:
    """A number in the cell leads to the reason below."""
    page = as_page({CLIENTS[0]: _column(login=Outcome("not offered", "has no login"))})
    assert "| logs in by an authorization code | – (1) |" in page
    assert "1. amocrm-api has no login.\n" in page


def test_every_step_has_a_name_of_its_own() -> None:
    """Outcomes are kept by name, so a double would hide one."""
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize(("required", "ended"), [("", 0), ("1", 1)])
def test_a_machine_without_node_says_what_did_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], required: str, ended: int
) -> None:
    """It is one line, and a failure only where tools are required."""
    _stage(monkeypatch, Outcome("yes"))
    _lack(monkeypatch, CLIENTS[2])
    monkeypatch.setenv("AMOCRM_REQUIRE_TOOLS", required)
    assert program.main(["--client", "amocrm-js"]) == ended
    said = capsys.readouterr().out.splitlines()
    assert said == ["conformance: amocrm-js did not run: node and npm not installed"]


def test_the_page_is_written_only_from_a_whole_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run without some client leaves the page alone; a whole one writes what check then takes."""
    page = tmp_path / "conformance.md"
    monkeypatch.setattr(program, "PAGE", page)
    _stage(monkeypatch, Outcome("yes"))
    assert program.main(["--write", "--client", "aioamocrm"]) == 0
    assert not page.exists()
    assert program.main(["--check"]) == 1
    assert program.main(["--write"]) == 0
    assert program.main(["--check"]) == 0
