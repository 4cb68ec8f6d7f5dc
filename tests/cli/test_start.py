"""The command line before it does anything: help, versions, wrong lines, what is missing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from terminal import Terminal

from amocrm_gen.cli.failure import EXIT_CODES

if TYPE_CHECKING:
    from shell import Shell


def test_tells_its_version(cli: Shell) -> None:
    """It is that of the package."""
    assert cli("--version").out.strip() == f"amocrm {version('amocrm-gen')}"


def test_it_is_this_checkout_that_is_tested(cli: Shell) -> None:
    """Another one that is installed would be run in its place without a word."""
    ended = subprocess.run(
        [sys.executable, "-c", "import amocrm_gen; print(amocrm_gen.__file__)"],
        env=cli.variables,
        cwd=cli.home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(ended.stdout.strip()) == Path(__file__).parents[2] / "src/amocrm_gen/__init__.py"


@pytest.mark.parametrize(
    ("line", "code", "shown"),
    [
        (("status",), 3, "not_connected"),
        (("token",), 3, "not_connected"),
        (("logout",), 3, "not_connected"),
        (("connect",), 2, "login_credentials_missing"),
        (("connection", "list"), 0, "items"),
        (("connectors",), 0, "kommo"),
        (("doctor", "--offline"), 3, "versions"),
        (("search", "kommo", "--type", "connector"), 0, "kommo"),
        (("runs", "list"), 0, "items"),
        (("mock", "info", "--url", "http://127.0.0.1:1"), 1, "mock_not_running"),
        (("completion", "bash"), 0, "_AMOCRM_COMPLETE"),
        (("skill",), 0, "# amoCRM"),
        (("generate", "--help"), 0, "amocrm-codegen"),
        (("leads", "find"), 3, "not_connected"),
        (("request", "account"), 3, "not_connected"),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_each_part_starts(cli: Shell, line: tuple[str, ...], code: int, shown: str) -> None:
    """Without an account and without a network; what the help does not import is there."""
    told = cli(*line)
    assert told.code == code, told
    assert shown in told.out


def test_helps(cli: Shell) -> None:
    """The help has sections, examples and the word on affiliation."""
    told = cli("--help")
    assert told.code == 0
    assert "Start:" in told.out
    assert "amocrm login --mock" in told.out
    assert "not affiliated" in " ".join(told.out.split())


@pytest.mark.parametrize("line", [[], ["leads"], ["runs"]])
def test_a_line_without_a_command_is_told(cli: Shell, line: list[str]) -> None:
    """People see the help; programs a sentence, and what shows the help."""
    path = " ".join(["amocrm", *line])
    told = cli(*line)
    assert told.code == 2
    assert told.error["details"]["help"] == f"{path} --help"
    assert told.err == f"amocrm: {path} needs a command; see `{path} --help`\n"
    shown = cli(*line, AMOCRM_OUTPUT="table")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"Usage: {path} [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("amocrm lea", "leads"),
        ("amocrm leads up", "update"),
        ("amocrm leads find --ord", "--order"),
        ("amocrm notes create con", "contacts"),
        ("amocrm action run win-l", "win-lead"),
        ("amocrm -a sho", "shop"),
        ("amocrm connection get sho", "shop"),
    ],
)
def test_shells_complete(cli: Shell, words: str, found: str) -> None:
    """Commands, options, kinds of entities, actions and connections."""
    cli("connection", "ensure", "shop.amocrm.ru")
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    told = cli(_AMOCRM_COMPLETE="bash_complete", **asked)
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [f"plain,{found}"]


def test_a_reader_that_goes_ends_it(practice: Shell) -> None:
    """As with any program that writes to a closed pipe; the run is in the log."""
    practice("leads", "create", "--set", "name=Roof")
    started = practice.start("leads", "find", "-o", "csv")
    assert started.stdout is not None
    started.stdout.close()
    assert started.wait(60) == 141
    assert started.stderr is not None
    assert started.stderr.read() == ""
    started.stderr.close()
    assert started.stdin is not None
    started.stdin.close()
    last = practice("runs", "list", "--limit", "1").output["items"][0]
    assert (last["outcome"], last["exitCode"]) == ("pipe_closed", 141)


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


@pytest.mark.parametrize("line", [("connectors",), ("leads", "create", "--set", "name=A")])
def test_a_table_needs_its_extra(practice: Shell, line: tuple[str, ...]) -> None:
    """Without rich it says what to install, before anything is changed."""
    (practice.home / "rich.py").write_text("raise ModuleNotFoundError('rich')\n")
    path = f"{practice.home}:{practice.variables.get('PYTHONPATH', '')}"
    with Terminal.start(practice, *line, PYTHONPATH=path) as terminal:
        assert terminal.end() == 2
    assert "pip install 'amocrm-gen[cli]'" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert practice("leads", "find").output["items"] == []


def test_every_code_of_an_exit_is_explained() -> None:
    """The eight of them stand for one thing each."""
    assert list(EXIT_CODES) == list(range(8))
    assert len(set(EXIT_CODES.values())) == 8
