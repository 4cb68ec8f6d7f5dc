"""`amocrm action save`: actions of one's own, kept and run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shell import Shell

pytestmark = pytest.mark.processes

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "actions" / "call-back.yaml"
PAGE = REPOSITORY / "docs" / "actions.md"


def test_b10_an_action_of_ones_own_is_saved_and_run(practice: Shell) -> None:
    """It is listed, shown and run like all others, and a dry run shows its writes."""
    saved = practice("action", "save", str(EXAMPLE))
    assert saved.output["id"] == "call-back"
    assert Path(saved.output["path"]).parent == practice.home / "config" / "actions"
    (listed,) = practice("action", "list", "--type", "saved", "--json").output["items"]
    assert (listed["id"], listed["kind"], listed["write"]) == ("call-back", "saved", True)
    made = practice("action", "run", "leads.create", "--set", "items.name=Roof").output
    line = (
        "action", "run", "call-back", "--set", f"lead={made['items'][0]['id']}",
        "--set", "said=Yes", "--set", "when=2026-11-30",
    )  # fmt: skip
    rehearsed = practice(*line, "--dry-run").output["requests"]
    assert [(each["method"], each["url"].partition("/api")[2]) for each in rehearsed] == [
        ("POST", "/v4/leads/notes"),
        ("POST", "/v4/tasks"),
    ]
    told = practice(*line).output
    read = practice("action", "run", "tasks.get", "--set", f"id={told['task']}").output
    assert read["text"] == "Call back: Roof"


def test_b10_a_later_step_that_fails_tells_what_is_done(practice: Shell) -> None:
    """The note is written by then; "nothing was sent" is true of the first step alone."""
    practice("action", "save", str(EXAMPLE))
    lead = practice("leads", "create", "--set", "name=Roof").output["items"][0]["id"]
    line = ("action", "run", "call-back", "--set", f"lead={lead}", "--set", "said=Yes", "--set")
    told = practice(*line, "when=soon")
    assert (told.code, told.error["code"]) == (7, "partly_done")
    details = told.error["details"]
    assert (details["steps_done"], details["cause"]["code"]) == (["note"], "invalid_input")
    assert "stays done (step note)" in details["what_to_do"]
    assert "'soon' is no date or time" in told.err
    assert "nothing was sent" not in told.err
    rehearsed = practice(*line, "when=soon", "--dry-run")
    assert (rehearsed.code, rehearsed.error["code"]) == (6, "invalid_input")


def test_b14_an_action_of_ones_own_is_repeated(practice: Shell) -> None:
    """The replay has the user's actions, and nothing else of the configuration."""
    practice("action", "save", "users.find", "--id", "all-users", "--set", "limit=5")
    practice("action", "run", "all-users", "-a", practice.environment["AMOCRM_ACCOUNT"])
    run = practice("runs", "list").output["items"][0]["id"]
    again = practice("runs", "replay", str(run), "--against", "mock").output
    assert again["now"] == again["then"]


def test_a_saved_action_is_not_overwritten_by_chance(cli: Shell) -> None:
    """--force takes its place."""
    assert cli("action", "save", str(EXAMPLE)).code == 0
    told = cli("action", "save", str(EXAMPLE))
    assert told.code == 2
    assert "--force" in told.error["message"]
    assert cli("action", "save", "-", "--force", given=EXAMPLE.read_text("utf-8")).code == 0


def test_a_wrong_file_names_its_lines(cli: Shell, tmp_path: Path) -> None:
    """It is not kept; the exit code is that of a wrong input."""
    path = tmp_path / "own.yaml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("input.said", "input.sayd"), "utf-8")
    line = 1 + path.read_text("utf-8")[: path.read_text("utf-8").index("input.sayd")].count("\n")
    told = cli("action", "save", str(path))
    assert told.code == 6
    (fault,) = told.error["details"]["faults"]
    assert fault["path"] == f"own.yaml:{line}"
    assert fault["hint"] == "did you mean 'said'?"
    assert cli("action", "list", "--type", "saved", "--json").output["items"] == []
    assert cli("action", "show", "call-back", "--file", str(path)).code == 6


def test_a_file_can_be_run_without_being_saved(practice: Shell) -> None:
    """`--file` names it."""
    told = practice("action", "show", "call-back", "--file", str(EXAMPLE))
    assert told.output["inputSchema"]["required"] == ["lead", "said", "when"]
    assert practice("action", "show", "call-back").code == 4


def test_a_file_that_has_gone_bad_stops_nothing_else(practice: Shell) -> None:
    """It is told beside the output, and again when it is asked for."""
    folder = practice.home / "config" / "actions"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text("id: bad\n", "utf-8")
    told = practice("action", "list", "--limit", "1", "--json")
    assert told.code == 0
    assert "bad.yaml" in told.err
    assert practice("action", "run", "bad").code == 6


def test_an_operation_with_a_fixed_input_is_saved(practice: Shell) -> None:
    """What is asked for stays an input."""
    saved = practice(
        "action", "save", "leads.update_one", "--id", "set-price", "--name", "Set a price",
        "--set", "price=7", "--ask", "id",
    )  # fmt: skip
    assert saved.output["id"] == "set-price"
    made = practice("action", "run", "leads.create", "--set", "items.name=Roof").output
    line = ("--set", f"id={made['items'][0]['id']}")
    assert practice("action", "run", "set-price", *line).code == 0
    assert practice("action", "run", "leads.get", *line).output["price"] == 7


def test_a_run_is_saved(practice: Shell) -> None:
    """What it was given is fixed; a run that is not there is not found."""
    practice("action", "run", "leads.find", "--set", "filter.name=Roof", "--set", "limit=3")
    newest = practice("runs", "list", "--limit", "1").output["items"][0]["id"]
    assert practice("action", "save", "--run", str(newest), "--id", "roofs").code == 0
    (request,) = practice("action", "run", "roofs", "--dry-run").output["requests"]
    assert ["filter[name]", "Roof"] in request["query"]
    assert practice("action", "save", "--run", "424242", "--id", "none").code == 4


@pytest.mark.parametrize(
    "line", [("leads.get",), (), ("leads.get", "--run", "1"), ("leads.get", "--id", "Not Good")]
)
def test_what_cannot_be_saved_is_told(cli: Shell, line: tuple[str, ...]) -> None:
    """Without an id, without a source, with two sources, with an id that is none."""
    assert cli("action", "save", *line).code in {2, 6}


def test_the_page_shows_the_example(practice: Shell) -> None:
    """The file of the page is the one in the examples, and its lines run."""
    page = PAGE.read_text("utf-8")
    assert EXAMPLE.read_text("utf-8").split("\n", 1)[1] in page
    lines = re.findall(r"^\$ amocrm (action save .*)$", page, re.MULTILINE)
    assert len(lines) >= 3
    import shlex  # noqa: PLC0415 - of this test

    for line in lines:
        words = [str(REPOSITORY / word) if "/" in word else word for word in shlex.split(line)]
        assert practice(*words).code == 0, line
