"""Type checkers accept what is right and refuse what is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).with_name("user_sample.py")

HEAD = """\
from amocrm_gen.v4 import AmoCRM, AsyncAmoCRM
from amocrm_gen.v4 import Lead, LeadCreate, LeadFindFilter, LeadUpdate, CommonNoteCreate


def wrong(amo: AmoCRM, lead: Lead) -> None:
"""
ASYNC_HEAD = """

async def wrong_for_asyncio(amo: AsyncAmoCRM) -> None:
"""

# What is wrong, the line, the code of mypy, the rule of pyright.
WRONG = (
    ("with", 'amo.leads.find(with_=["contact"])', "list-item", "reportArgumentType"),
    ("with as text", 'amo.leads.get(1, with_="contacts")', "arg-type", "reportArgumentType"),
    ("filter name", 'amo.leads.find(filter={"idd": 1})', "arg-type", "reportArgumentType"),
    ("filter value", 'amo.leads.find(filter={"id": "one"})', "arg-type", "reportArgumentType"),
    (
        "range bound",
        'amo.leads.find(filter={"created_at": {"since": 1}})',
        "arg-type",
        "reportArgumentType",
    ),
    (
        "pair",
        'amo.leads.find(filter={"statuses": [{"status_id": 1}]})',
        "arg-type",
        "reportArgumentType",
    ),
    ("order", 'amo.leads.find(order="price")', "arg-type", "reportArgumentType"),
    ("argument", "amo.leads.find(pages=1)", "call-arg", "reportCallIssue"),
    ("positional filter", 'amo.leads.find({"id": 1})', "call-arg", "reportCallIssue"),
    ("entity type", 'amo.notes.find("lead")', "arg-type", "reportArgumentType"),
    ("id", 'amo.leads.get("1")', "arg-type", "reportArgumentType"),
    ("field read", "lead.prize", "attr-defined", "reportAttributeAccessIssue"),
    (
        "field that may be absent",
        "lead.price_with_minor_units + 1",
        "operator",
        "reportOperatorIssue",
    ),
    ("field that may be null", "lead.closed_at.date()", "union-attr", "reportOptionalMemberAccess"),
    ("field written", "LeadCreate(prize=5)", "call-arg", "reportCallIssue"),
    ("field's type", 'LeadCreate(price="5")', "arg-type", "reportArgumentType"),
    ("null where it means nothing", "LeadCreate(name=None)", "arg-type", "reportArgumentType"),
    ("missing field", "LeadUpdate(price=5)", "call-arg", "reportCallIssue"),
    ("update for create", "amo.leads.create(LeadUpdate(id=1))", "call-overload", "reportCallIssue"),
    ("tag", 'CommonNoteCreate(note_type="call_in", params={})', "arg-type", "reportArgumentType"),
    ("assignment", 'lead.price = "5"', "assignment", "reportAttributeAccessIssue"),
    ("method", "amo.leads.list()", "attr-defined", "reportAttributeAccessIssue"),
    ("resource", "amo.lead.find()", "attr-defined", "reportAttributeAccessIssue"),
    (
        "stored filter",
        'bad: LeadFindFilter = {"prise": 1}',
        "typeddict-unknown-key",
        "reportAssignmentType",
    ),
)
WRONG_FOR_ASYNCIO = (
    ("with", 'await amo.leads.get(1, with_=["contact"])', "list-item", "reportArgumentType"),
    ("filter name", 'amo.leads.find(filter={"idd": 1})', "arg-type", "reportArgumentType"),
    ("plain loop", "[one for one in amo.leads.find()]", "attr-defined", "reportGeneralTypeIssues"),
    ("not awaited", "(amo.leads.get(1)).name", "attr-defined", "reportAttributeAccessIssue"),
    ("plain with", "with amo.leads.edit(1): pass", "attr-defined", "reportGeneralTypeIssues"),
)

Found = dict[int, set[str]]
"""Codes of errors by line."""


@frozen
class WrongFile:
    """A module with a wrong use on each line, and what each line is about."""

    path: Path
    expected: dict[int, tuple[str, str, str]]


@frozen
class Verdict:
    """What a checker says of the wrong file, and of the sample."""

    found: Found
    sample: str


@pytest.fixture(scope="module")
def wrong_file(tmp_path_factory: pytest.TempPathFactory) -> WrongFile:
    """Return the table above as a module."""
    expected: dict[int, tuple[str, str, str]] = {}
    lines: list[str] = []
    for head, cases in ((HEAD, WRONG), (ASYNC_HEAD, WRONG_FOR_ASYNCIO)):
        lines += head.splitlines()
        for what, line, code, rule in cases:
            lines.append(f"    {line}")
            expected[len(lines)] = (what, code, rule)
    path = tmp_path_factory.mktemp("typing") / "wrong_use.py"
    path.write_text("\n".join(lines) + "\n")
    return WrongFile(path, expected)


def run_mypy(wrong_file: WrongFile) -> Verdict:
    """Run mypy, with a cache of its own."""
    path = wrong_file.path
    command = [
        sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"),
        "--cache-dir", str(path.parent / "cache"), "--hide-error-context", "--no-pretty",
        "--show-error-codes", str(SAMPLE), str(path),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found: Found = {}
    others: list[str] = []
    for line in done.stdout.splitlines():
        wrong = re.search(r"wrong_use\.py:(\d+): error: .*\[([a-z-]+)\]$", line)
        if wrong:
            found.setdefault(int(wrong[1]), set()).add(wrong[2])
        elif "error:" in line:
            others.append(line)
    return Verdict(found, "\n".join(others))


def run_pyright(wrong_file: WrongFile) -> Verdict:
    """Run pyright in its strict mode."""
    folder = wrong_file.path.parent
    sample = folder / SAMPLE.name
    sample.write_bytes(SAMPLE.read_bytes())
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / "src")],
        "include": [str(folder)],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: Found = {}
    others: list[str] = []
    for diagnostic in json.loads(done.stdout)["generalDiagnostics"]:
        if diagnostic["file"].endswith("wrong_use.py"):
            line = diagnostic["range"]["start"]["line"] + 1
            found.setdefault(line, set()).add(diagnostic.get("rule", ""))
        else:
            others.append(f"{diagnostic['file']}: {diagnostic['message']}")
    return Verdict(found, "\n".join(others))


def missed(verdict: Verdict, wanted: dict[int, tuple[str, str]]) -> dict[str, set[str]]:
    """Return the wrong uses that a checker did not refuse as expected, with what it said."""
    return {
        what: verdict.found.get(line, set())
        for line, (what, code) in wanted.items()
        if code not in verdict.found.get(line, ())
    }


# Each checker runs once, so one test asks it for everything.


def test_mypy_accepts_what_is_right_and_refuses_what_is_wrong(wrong_file: WrongFile) -> None:
    """Under --strict: no cast and no narrowing in the sample, an error on just each wrong line."""
    verdict = run_mypy(wrong_file)
    assert verdict.sample == ""
    wanted = {line: (what, code) for line, (what, code, _) in wrong_file.expected.items()}
    assert missed(verdict, wanted) == {}
    assert set(verdict.found) == set(wanted)


def test_pyright_accepts_what_is_right_and_refuses_what_is_wrong(wrong_file: WrongFile) -> None:
    """In strict mode: no cast and no narrowing in the sample, an error on just each wrong line."""
    verdict = run_pyright(wrong_file)
    assert verdict.sample == ""
    wanted = {line: (what, rule) for line, (what, _, rule) in wrong_file.expected.items()}
    assert missed(verdict, wanted) == {}
    assert set(verdict.found) == set(wanted)
