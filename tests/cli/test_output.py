"""Formats of the output: for programs, for spreadsheets, and for terminals of any width."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from terminal import Terminal

from amocrm_gen import AmoCRM
from amocrm_gen.cli.failure import Told
from amocrm_gen.cli.options import Options
from amocrm_gen.cli.surroundings import Surroundings
from amocrm_gen.v4.models.leads import LeadCreate

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver.testing import MockAccount

_ESCAPE = "\x1b[31mred\x07\u202eevil\u009b2J"
_ITEMS: list[Any] = [
    {
        "id": 1,
        "name": "Ремонт",
        "price": -5,
        "created_at": 1_750_000_000,
        "closed_at": None,
        "_links": {"self": {"href": "x"}},
        "_embedded": {"tags": [{"name": "vip"}, {"name": "new"}]},
    },
    {"id": 22, "name": "屋根の修理", "price": 0, "created_at": 0, "_embedded": {"tags": []}},
    {"id": 3, "name": '=HYPERLINK("x")', "price": 1.5, "_embedded": {"tags": None}},
]
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _written(capsys: pytest.CaptureFixture[str], value: Any = None, **options: Any) -> str:
    surroundings = Surroundings(Options(**options))
    if value is None:
        surroundings.emit_items(iter(_ITEMS))
    else:
        surroundings.emit(value)
    return capsys.readouterr().out


def test_lists_and_results_stand_in_an_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal it is JSON."""
    assert json.loads(_written(capsys)) == {"output": {"items": _ITEMS}}
    assert json.loads(_written(capsys, {"id": 1})) == {"output": {"id": 1}}


def test_fields_keep_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    """What is chosen stays where it is in JSON; brackets can be left out."""
    for path in ("_embedded.tags[].name", "_embedded.tags.name"):
        found = json.loads(_written(capsys, fields=("id", path)))["output"]["items"]
        tags = [{"name": "vip"}, {"name": "new"}]
        assert found[0] == {"id": 1, "_embedded": {"tags": tags}}
        assert found[1] == {"id": 22, "_embedded": {"tags": []}}
    rows = list(csv.reader(io.StringIO(_written(capsys, output="csv", fields=("id", path)))))
    assert rows == [["id", path], ["1", "vip, new"], ["22", ""], ["3", ""]]


@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "md", "table"])
def test_unknown_fields_are_refused(capsys: pytest.CaptureFixture[str], output: str) -> None:
    """Nothing is written, and the error says what may be meant."""
    with pytest.raises(Told) as told:
        _written(capsys, output=output, fields=("nme",))
    assert told.value.failure.code == "unknown_field"
    assert "did you mean name?" in told.value.failure.message
    assert "_embedded.tags[].name" in str(told.value.failure.details["fields"])
    assert capsys.readouterr().out == ""


def test_jq_is_given_what_json_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """Text comes raw, anything else as JSON in a line; rows go into other formats."""
    found = _written(capsys, jq=".output.items[] | .name, {id}")
    assert found.splitlines()[:2] == ["Ремонт", '{"id":1}']
    rows = _written(capsys, jq=".output.items | map({id})", output="csv")
    assert rows == "id\n1\n22\n3\n"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("csv", 'method,body\nPOST,"[{""id"":1}]"\nPATCH,\n'),
        ("jsonl", '{"method":"POST","body":[{"id":1}]}\n{"method":"PATCH","body":null}\n'),
        ("md", '| method | body |\n| --- | --- |\n| POST | \\[{"id":1}\\] |\n| PATCH |  |\n'),
        ("table", 'method\tbody\nPOST\t[{"id":1}]\nPATCH\t\n'),
    ],
)
def test_requests_of_a_dry_run_are_rows(
    capsys: pytest.CaptureFixture[str], output: str, expected: str
) -> None:
    """Each stands for itself, and fields are theirs; JSON says that it was a dry run."""
    requests: Any = [
        {"method": "POST", "body": [{"id": 1}], "curl": "x"},
        {"method": "PATCH", "body": None, "curl": "y"},
    ]
    rehearsed = {"dryRun": True, "requests": requests}
    fields = ("method", "body")
    assert _written(capsys, rehearsed, output=output, fields=fields) == expected
    shown = json.loads(_written(capsys, rehearsed, fields=("method",)))
    assert shown == {
        "output": {"dryRun": True, "requests": [{"method": "POST"}, {"method": "PATCH"}]}
    }


@pytest.mark.parametrize("wrong", [".output.[", ".output.items.name", "nosuch"])
def test_wrong_filters_are_told(capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    """A filter that cannot be read says where; one that does not fit says how."""
    with pytest.raises(Told) as told:
        _written(capsys, jq=wrong)
    assert told.value.failure.code == "jq_error"
    assert ("column" in told.value.failure.details) == (wrong != ".output.items.name")


def test_csv_is_safe_in_a_spreadsheet(capsys: pytest.CaptureFixture[str]) -> None:
    """Text that would be run gets an apostrophe; numbers do not, and the switch leaves all."""
    cells = ["=1+1", "+7 999", "-x", "@SUM", "\t=1", " =1", "＝1", "a=1", "'=1"]
    rows: Any = {"items": [{"id": -5, "text": cell} for cell in cells]}
    safe = list(csv.DictReader(io.StringIO(_written(capsys, rows, output="csv"))))
    assert [row["text"] for row in safe] == [*(f"'{cell}" for cell in cells[:7]), "a=1", "'=1"]
    assert {row["id"] for row in safe} == {"-5"}
    raw = csv.DictReader(io.StringIO(_written(capsys, rows, output="csv", csv_raw=True)))
    assert [row["text"] for row in raw] == cells


def test_markdown_cells_are_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar, a tag, a line break and an escape cannot break the table."""
    rows: Any = {"items": [{"id": 1, "name": "a|b <b>*c*\nd\x1b[1m"}]}
    assert _written(capsys, rows, output="md").splitlines() == [
        "| id | name |",
        "| --- | --- |",
        r"| 1 | a\|b \<b\>\*c\*<br>d␛\[1m |",
    ]


@pytest.mark.parametrize("output", ["jsonl", "csv"])
def test_streams_are_not_held(monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    """A hundred thousand leads take no more memory than a page of them."""

    class Sink(io.TextIOBase):
        lines = 0

        def write(self, text: str) -> int:
            self.lines += text.count("\n")
            return len(text)

    sink = Sink()
    monkeypatch.setattr(sys, "stdout", sink)
    row = {"name": "x" * 500, "_embedded": {"tags": []}}
    items: Any = ({"id": number, **row} for number in range(100_000))
    tracemalloc.start()
    Surroundings(Options(output=output)).emit_items(items)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sink.lines >= 100_000
    assert peak < 5_000_000


def _fill(account: MockAccount) -> None:
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, throttle=None
    ) as amo:
        names = ("Ремонт крыши", "屋根の修理 🏠", _ESCAPE, "long " * 40)
        amo.leads.create([LeadCreate(name=name, price=25_000) for name in names])


@pytest.mark.parametrize("columns", [80, 200])
def test_tables_fit_the_terminal(
    practice: Shell, amocrm_account: MockAccount, columns: int
) -> None:
    """No line is wider, prices stand below each other, and nothing of the CRM moves the cursor."""
    _fill(amocrm_account)
    terminal = Terminal.start(practice, "leads", "find", columns=columns)
    assert terminal.end() == 0
    assert "\x07" not in terminal.seen
    assert "\u202e" not in terminal.seen
    assert "\u009b" not in terminal.seen
    assert "\x1b[31mred" not in terminal.seen
    lines = _COLOURS.sub("", terminal.seen.replace("\r", "")).splitlines()
    table = lines[: 2 + 4]
    assert max(cell_len(line) for line in table) <= columns
    assert "name" in table[0]
    ends = {cell_len(line.partition("25000")[0]) for line in table[2:]}
    assert len(ends) == 1, table
    assert any("No room for" in line for line in lines) or columns == 200


def test_colours_are_left_out_where_they_are_not_wanted(
    practice: Shell, amocrm_account: MockAccount
) -> None:
    """NO_COLOR and --no-color: no colour of a letter or of what is behind it."""
    _fill(amocrm_account)
    for options, color in ((["--no-color"], ""), ([], "1")):
        terminal = Terminal.start(practice, *options, "leads", "find", NO_COLOR=color)
        assert terminal.end() == 0
        for codes in re.findall(r"\x1b\[([0-9;]*)m", terminal.seen):
            assert not set(codes.split(";")) - {"", "0", "1", "2"}, codes


def test_json_on_a_terminal_is_harmless(practice: Shell, amocrm_account: MockAccount) -> None:
    """It means the same as elsewhere; what would steer the terminal is escaped."""
    _fill(amocrm_account)
    terminal = Terminal.start(practice, "leads", "find", "--json", "--fields", "name")
    assert terminal.end() == 0
    assert not {"\x07", "\u202e", "\u009b", "\x1b"} & set(terminal.seen)
    names = [item["name"] for item in json.loads(terminal.seen)["output"]["items"]]
    assert _ESCAPE in names
