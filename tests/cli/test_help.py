"""`--help` of every command is as it is meant, and the tree for programs is whole."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from golden_help import FOLDER, helps

if TYPE_CHECKING:
    from shell import Shell

_HELPS = helps()
_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("line", _HELPS)
def test_help_is_as_it_is_meant(line: str) -> None:
    """A change shows in the golden files, which a person looks at."""
    golden = FOLDER / f"{line.replace(' ', '-')}.txt"
    assert _HELPS[line] == golden.read_text("utf-8")


@pytest.mark.parametrize("line", _HELPS)
def test_help_fits_and_shows_examples(line: str) -> None:
    """80 columns, but for examples, which are there to be copied; the first is one of ours."""
    text = _HELPS[line]
    if line in {"amocrm mock serve", "amocrm generate"}:
        return  # these hand --help on to the programs that they are
    head, _, examples = text.partition("Examples:\n")
    assert [each for each in head.splitlines() if len(each) > 80] == []
    assert "amocrm " in examples.lstrip().partition("\n")[0], line


def test_no_golden_file_is_left_over() -> None:
    """Each belongs to a command that exists."""
    names = {f"{line.replace(' ', '-')}.txt" for line in _HELPS}
    assert {each.name for each in FOLDER.glob("*.txt")} == names


def test_the_program_shows_the_same(cli: Shell) -> None:
    """As a process, too."""
    for line in ("amocrm", "amocrm action run"):
        assert cli(*line.split()[1:], "--help").out == _HELPS[line]


def test_the_tree_for_programs_has_every_command(cli: Shell) -> None:
    """Commands, verbs, options with their kinds, examples and exit codes."""
    tree = cli("--help-json").json
    found: dict[str, dict[str, object]] = {}

    def walk(node: dict[str, object]) -> None:
        found[str(node["path"])] = node
        for child in node.get("commands", []):  # type: ignore[attr-defined]  # JSON
            walk(child)

    walk(tree)
    assert set(_HELPS) <= found.keys()
    assert "amocrm custom-fields find" in found
    flags = [each.get("flags") for each in found["amocrm leads update"]["parameters"]]  # type: ignore[attr-defined]  # JSON
    assert ["--dry-run"] in flags
    assert set(tree["exit_codes"]) == set("01234567")


def test_the_example_of_the_whole_flow_runs(cli: Shell, tmp_path: Path) -> None:
    """From a login without a browser to the log of runs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "amocrm"
    program.write_text(f'#!/bin/sh\nexec {" ".join(cli.line)} "$@"\n')
    program.chmod(0o755)
    variables = cli.variables
    ended = subprocess.run(
        ["bash", str(_ROOT / "examples" / "cli_flow.sh")],
        env=variables | {"PATH": f"{folder}:{variables['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "READY"
    assert "create-lead-with-contact" in lines
    assert '"name": "Roof repair",' in [line.strip() for line in lines]
