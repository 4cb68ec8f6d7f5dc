"""Each row of the command line on a terminal, at 80 and at 200 columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from terminal import Terminal

if TYPE_CHECKING:
    from shell import Shell

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_ROWS = {
    "b01": (("--version",), "amocrm "),
    "b02": (("login", "--help"), "login complete"),
    "b03": (("login", "complete", "nothing"), "amocrm: "),
    "b04": (("login", "example", "--token", "@missing"), "amocrm: "),
    "b05": (("status",), "READY"),
    "b06": (("connectors",), "kommo"),
    "b07": (("connection", "list"), "READY"),
    "b08": (("action", "list", "--intent", "win a deal", "--limit", "3"), "win-lead"),
    "b09": (("action", "show", "win-lead"), "Takes:"),
    "b10": (("action", "run", "leads.create", "--set", "items[0].name=Ремонт"), "request_id"),
    "b11": (("action", "run", "list-overdue-tasks"), "Nothing found."),
    "b12": (("request", "/api/v4/account"), '"output"'),
    "b13": (("leads", "find", "--fields", "id,name"), "Nothing found."),
    "b14": (("runs", "list"), "Nothing found."),
    "b15": (("leads", "get", "999999999"), "amocrm: "),
    "b16": (("search", "kommo", "--type", "connector"), "kommo"),
    "b17": (("skill",), "# amoCRM"),
}
_FAILS = {"b03", "b04", "b15"}


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("row", _ROWS)
def test_a_person_sees_it(practice: Shell, row: str, columns: int) -> None:
    """It says what it should, without a traceback; only tables are held to the width."""
    line, wanted = _ROWS[row]
    with Terminal.start(practice, *line, columns=columns) as terminal:
        code = terminal.end()
    seen = _STYLE.sub("", terminal.seen)
    assert (code == 0) != (row in _FAILS), seen
    assert wanted in seen
    assert "Traceback" not in seen
    if row in {"b06", "b07", "b08", "b13", "b14"}:
        assert [each for each in seen.splitlines() if len(each) > columns] == []


def test_a_table_has_the_names_of_its_columns(practice: Shell) -> None:
    """What a person sees is a table, what a program reads is JSON: the stream decides."""
    assert practice("leads", "create", "--set", "name=Ремонт крыши").code == 0
    with Terminal.start(practice, "leads", "find", "--fields", "id,name") as terminal:
        assert terminal.end() == 0
    head, _, row, *_ = _STYLE.sub("", terminal.seen).splitlines()
    assert head.split() == ["id", "name"]
    assert row.split(maxsplit=1)[1].strip() == "Ремонт крыши"
    assert practice("leads", "find").output["items"][0]["name"] == "Ремонт крыши"
