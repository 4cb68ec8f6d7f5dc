"""What is known of each operation of the inventory: in the spec, and shown by which tests."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from attrs import field, frozen

from .compile import MAIN_API
from .rows import summary
from .waist import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from .waist import Schema

__all__ = [
    "COLUMNS",
    "Entry",
    "coverage",
    "markdown",
    "read_evidence",
    "read_reasons",
    "recorded_name",
    "table",
    "unlisted",
]

COLUMNS = ("client", "mock", "golden", "stateful")
"""What tests can show of an operation."""
_CLIENT = COLUMNS[0]
_NONE_APPLIES = "–"
_HEAD = ("api", "resource", "inventory", "spec", *COLUMNS)
_NUMBERS = len(_HEAD) - 2


@frozen
class Entry:
    """One row of the inventory, and what is known of it."""

    api: str
    resource: str
    method: str
    path: str
    operation: str | None
    """The operation of the spec that is meant, as evidence names it; None when there is none."""
    tests: Mapping[str, str] = field(factory=dict[str, str])
    """By column, the test that shows it."""
    left_out: str = ""
    """Why the spec shall not have it."""
    is_unexposed: bool = False
    """The client has no method for it."""

    def misses(self, column: str) -> bool:
        """Return whether a test should show this and none does."""
        return column not in self.tests and self.applies(column)

    def applies(self, column: str) -> bool:
        """Return whether a test can show it; where the client makes the call by itself, one can."""
        return column != _CLIENT or not self.is_unexposed or column in self.tests


def read_evidence(path: Path) -> dict[str, dict[str, str]]:
    """Return the recorded tests by operation and column; nothing where nothing was recorded."""
    found: dict[str, dict[str, str]] = {}
    if not path.is_file():
        return found
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["operation"], {})[row["column"]] = row["test"]
    return found


def coverage(
    inventory: Path, documents: Iterable[Schema], evidence: Mapping[str, Mapping[str, str]]
) -> tuple[Entry, ...]:
    """Return an entry for each row of the inventory; names of path variables do not matter.

    `left_out.tsv` beside the inventory says which rows shall have no operation, and why.
    """
    specified = {key: found for document in documents for key, found in _specified(document)}
    reasons = read_reasons(inventory.parent / "left_out.tsv")
    entries: list[Entry] = []
    with inventory.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            endpoint = line["method"].lower(), _anonymous(line["path"])
            operation, is_unexposed = specified.get(endpoint, (None, False))
            entries.append(
                Entry(
                    line["api"],
                    line["resource"],
                    line["method"],
                    line["path"],
                    operation,
                    evidence.get(operation or "", {}),
                    reasons.get(endpoint, ""),
                    is_unexposed,
                )
            )
    return tuple(sorted(entries, key=lambda entry: (entry.api, entry.resource)))


def read_reasons(path: Path) -> dict[tuple[str, str], str]:
    """Return why operations are left out, by method and path; nothing where there is no file."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["method"].lower(), _anonymous(row["path"])): row["reason"]
            for row in csv.DictReader(file, delimiter="\t")
        }


def recorded_name(document: Schema, operation: Schema) -> str:
    """Return what evidence calls an operation: ids of different APIs may be the same."""
    api, name = document.get("x-amo-api", MAIN_API), str(operation["operationId"])
    return name if api == MAIN_API else f"{api}:{name}"


def unlisted(
    entries: Iterable[Entry], documents: Iterable[Schema]
) -> list[tuple[str, tuple[str, str]]]:
    """Return the operations that no row of the inventory means, with method and path."""
    listed = {(entry.method.lower(), _anonymous(entry.path)) for entry in entries}
    found = (pair for document in documents for pair in _specified(document))
    return sorted((name, key) for key, (name, _) in found if key not in listed)


def _specified(document: Schema) -> Iterator[tuple[tuple[str, str], tuple[str, bool]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                is_unexposed = bool(operation["x-amo"].get("unexposed"))
                name = recorded_name(document, operation)
                yield (method, _anonymous(path)), (name, is_unexposed)


def table(entries: tuple[Entry, ...]) -> str:
    """Return the counts of each resource as text, with totals for each API and for all."""
    lines = [_HEAD, *_lines(entries)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < len(_HEAD) - _NUMBERS else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(entries: tuple[Entry, ...], php_tests: Path) -> str:
    """Return the page of the coverage: the counts, and what is missing."""
    head = "| " + " | ".join(_HEAD) + " |\n|" + "---|" * 2 + "---:|" * _NUMBERS
    rows = "\n".join(f"| {' | '.join(line)} |" for line in _lines(entries))
    gaps = "\n".join(_gaps(entries)) or "Nothing is missing."
    return f"""<!-- Generated by amocrm-codegen; do not edit. -->
# Coverage

Each row of the inventory (`spec/inventory.tsv`) is an operation that is known to exist. The
columns count those that are in the spec, those that a test calls through the client, those by
which a test changes something in the mock server and reads it back (or reads, where it is a
read), those with a golden test (in `tests/golden` or `tests/acceptance`, where what is asked and
expected is written from the docs), and those that the stateful tests use. `–` stands where the
client has no method: only a browser makes that call. The tests behind the figures are named in
`tests/evidence.tsv`, which `make evidence` records anew.

{head}
{rows}

{summary(php_tests)}. They are the features of the PHP library that people come from; each has a
test in `tests/legacy` with its number, and a line in
[migrating-from-php.md](migrating-from-php.md).

## What is missing

{gaps}
"""


def _lines(entries: tuple[Entry, ...]) -> Iterator[tuple[str, ...]]:
    for api in dict.fromkeys(entry.api for entry in entries):
        own = [entry for entry in entries if entry.api == api]
        for resource in dict.fromkeys(entry.resource for entry in own):
            yield _line(api, resource, [entry for entry in own if entry.resource == resource])
        yield _line(api, "all", own)
    yield _line("all", "", entries)


def _line(api: str, resource: str, entries: Iterable[Entry]) -> tuple[str, ...]:
    counted = list(entries)
    shown = [_count(counted, column) for column in COLUMNS]
    specified = sum(entry.operation is not None for entry in counted)
    return api, resource, str(len(counted)), str(specified), *shown


def _count(entries: list[Entry], column: str) -> str:
    if not any(entry.applies(column) for entry in entries):
        return _NONE_APPLIES
    return str(sum(column in entry.tests for entry in entries))


def _gaps(entries: tuple[Entry, ...]) -> Iterator[str]:
    for entry in entries:
        if entry.operation is None:
            reason = f"left out: {entry.left_out}" if entry.left_out else "not in the spec"
            yield f"- `{entry.method} {entry.path}`: {reason}"
            continue
        missing = [column for column in COLUMNS if entry.misses(column)]
        if missing:
            yield f"- `{entry.method} {entry.path}` ({entry.operation}): {', '.join(missing)}"


def _anonymous(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)
