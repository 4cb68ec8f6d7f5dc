"""The command line before it does anything: help, versions, wrong lines, what is missing."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from amocrm_gen.cli.failure import EXIT_CODES

if TYPE_CHECKING:
    from shell import Shell


def test_tells_its_version(cli: Shell) -> None:
    """It is that of the package."""
    assert cli("--version").out.strip() == f"amocrm {version('amocrm-gen')}"


def test_helps(cli: Shell) -> None:
    """The help has sections, examples and the word on affiliation."""
    told = cli("--help")
    assert told.code == 0
    assert "Start:" in told.out
    assert "amocrm login --mock" in told.out
    assert "not affiliated" in " ".join(told.out.split())


@pytest.mark.parametrize("line", [["logn"], ["mock", "srve"]])
def test_proposes_commands_of_like_names(cli: Shell, line: list[str]) -> None:
    """A wrong command is an error of usage that says what may be meant."""
    told = cli(*line)
    assert told.code == 2
    assert told.error["code"] == "usage_error"
    assert "Did you mean" in told.error["message"]
    assert told.err.startswith("amocrm: ")
    assert len(told.err.splitlines()) == 1


def test_wrong_option_is_named(cli: Shell) -> None:
    """The command that the line was for is told, too."""
    told = cli("spec", "coverage", "--nosuch")
    assert told.code == 2
    assert "--nosuch" in told.error["message"]
    assert told.error["details"]["command"] == "amocrm spec coverage"


def test_needs_its_extra(cli: Shell) -> None:
    """Without click it says what to install."""
    (cli.home / "click.py").write_text("raise ModuleNotFoundError('click')\n")
    told = cli("--version", PYTHONPATH=f"{cli.home}:{cli.variables.get('PYTHONPATH', '')}")
    assert told.code == 2
    assert "pip install 'amocrm-gen[cli]'" in told.err


def test_every_code_of_an_exit_is_explained() -> None:
    """The eight of them stand for one thing each."""
    assert list(EXIT_CODES) == list(range(8))
    assert len(set(EXIT_CODES.values())) == 8
