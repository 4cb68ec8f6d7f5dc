"""The skill for agents and the page for those who come from Membrane: every line is run."""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from lines import blocks, inline, run_lines, understand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell

pytestmark = pytest.mark.processes

_ROOT = Path(__file__).parents[2]
_SKILL = files("amocrm_gen").joinpath("skill", "SKILL.md").read_text("utf-8")
_MEMBRANE = (_ROOT / "docs" / "coming-from-membrane.md").read_text("utf-8")
_CLI = (_ROOT / "docs" / "cli.md").read_text("utf-8")
_README = (_ROOT / "README.md").read_text("utf-8")
_PLACES = {
    "ID": "1",
    "KEY": "mock",
    "QUERY": "leads",
    "'{…}'": "'{}'",
    "RESOURCE VERB": "leads find",
}


@pytest.fixture
def practised(cli: Shell) -> Iterator[Shell]:
    """A shell whose `login --mock` leads to a mock server of its own."""
    server = cli.start("mock", "serve", "--port", "0", "--tls-port", "0", "--no-limits")
    assert server.stdout is not None
    url = server.stdout.readline().split()[1]
    yield type(cli)(cli.home, {"AMOCRM_BASE_URL": url})
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=60)


def test_b17_every_line_of_the_skill_runs(practised: Shell) -> None:
    """In its order, in one shell, each with the exit code that it tells."""
    lines = list(blocks(_SKILL))
    told = run_lines(practised, lines, SECRET="s3cret-of-nobody", CLIENT_ID="0" * 8)
    assert len(told) == len(lines)


def test_b17_the_skill_fits() -> None:
    """Under 500 lines, with the head that agents look for."""
    assert len(_SKILL.splitlines()) < 500
    _, head, _ = _SKILL.split("---\n", 2)
    assert [line.partition(":")[0] for line in head.splitlines()][:2] == ["name", "description"]


def test_the_page_of_the_command_line_runs(practised: Shell) -> None:
    """From the top to the bottom."""
    lines = list(blocks(_CLI))
    assert len(run_lines(practised, lines)) == len(lines)


def test_the_lines_of_the_readme_run(practised: Shell) -> None:
    """The four of them, after one another."""
    lines = [line[2:] for line in _README.splitlines() if line.startswith("$ amocrm ")]
    assert len(lines) == 4
    run_lines(practised, lines)


_PAGES = (_SKILL, _MEMBRANE, _CLI)


@pytest.mark.parametrize("line", sorted({line for page in _PAGES for line in inline(page)}))
def test_b17_lines_in_running_text_are_understood(line: str) -> None:
    """Commands and options that are named between the lines exist."""
    for place, value in _PLACES.items():
        line = line.replace(place, value)
    with suppress(click.exceptions.Exit):  # options that show something and stop
        understand(line.partition(" < ")[0])


def test_the_flow_of_the_seed_runs(practised: Shell) -> None:
    """From the login to the log, as the page for those who come from Membrane shows it."""
    told = run_lines(practised, list(blocks(_MEMBRANE)))
    outputs = [json.loads(text) for text in told]
    assert outputs[1]["output"]["items"][0]["state"] == "READY"
    actions = outputs[2]["output"]["items"]
    assert {"id", "name", "description", "inputSchema", "outputSchema"} <= actions[0].keys()
    assert outputs[4]["output"]["lead_id"]


def test_the_skill_is_written_where_agents_look(cli: Shell) -> None:
    """Byte for byte."""
    assert cli("skill", "--to", str(cli.home / "skills")).code == 0
    assert (cli.home / "skills" / "amocrm" / "SKILL.md").read_text("utf-8") == _SKILL
    assert cli("skill").out == _SKILL
