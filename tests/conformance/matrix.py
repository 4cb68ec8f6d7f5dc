"""The matrix of steps and clients, for a terminal and for the documentation."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from string import ascii_uppercase
from typing import Final

from .client import Client
from .runner import Column
from .step import Outcome, Result
from .steps import STEPS

__all__ = ["Matrix", "as_page", "as_text"]

Matrix = Mapping[Client, Column]

_WORDS: Final[Mapping[Result, str]] = {
    "yes": "yes",
    "generic": "by request",
    "not offered": "–",
    "failed": "FAILED",
}

_INTRODUCTION: Final = """\
# Conformance

<!-- Written by `python -m tests.conformance --write`; do not edit. -->

`make conformance` installs clients that other people wrote, each in an environment of its own,
and lets them work on the mock server: unmodified, over https, with their own hard-coded hosts.
Only the connection is mapped to the local port; every client checks the server's certificate,
and the first step proves it. After each step the state of the server is read by plain HTTP with
a token of its own and compared; what a client says of itself counts only where the step asks
what it read.

The clients are pinned by hash in `tests/conformance/clients/`, installed into `.conformance/`
and driven by one script each. Without Node.js the npm columns do not run: a line says so, and
`AMOCRM_REQUIRE_TOOLS=1` makes it a failure. A step that fails makes the run fail.

"""

_LEGEND: Final = """\
*yes*: done by the client's own call and found on the server. *by request*: the client has no
call of its own for it; done by its documented call for any route. A number: not offered, for
the reason below; never counted as done.

"""


def as_text(matrix: Matrix) -> str:
    """A column for each client, the reasons, and one line that sums up."""
    clients = list(matrix)
    letters = ascii_uppercase[: len(clients)]
    width = max(len(step.title) for step in STEPS) + 2
    lines = [f"{letter}  {_head(client)}" for letter, client in zip(letters, clients, strict=True)]
    lines += ["", _row("", width, letters)]
    for group, steps in groupby(STEPS, key=lambda step: step.group):
        lines.append(group)
        for step in steps:
            words = [_WORDS[matrix[client][step.name].result] for client in clients]
            lines.append(_row(f"  {step.title}", width, words))
    lines += ["", "–  not offered:"]
    lines += [f"   {reason}" for reason in _reasons(matrix)]
    return "\n".join([*lines, "", _summary(matrix)])


def as_page(matrix: Matrix) -> str:
    """The page of the documentation. It holds no date, so that equal results are equal bytes."""
    clients = list(matrix)
    reasons = _reasons(matrix)
    heads = [_head(client) for client in clients]
    parts = [_INTRODUCTION, _table_line(["", *heads]), _table_line(["---"] * (len(heads) + 1))]
    for group, steps in groupby(STEPS, key=lambda step: step.group):
        parts.append(_table_line([f"**{group}**", *[""] * len(heads)]))
        for step in steps:
            cells = [_cell(client, matrix[client][step.name], reasons) for client in clients]
            parts.append(_table_line([step.title, *cells]))
    parts += ["\n", _LEGEND]
    parts += [f"{number}. {reason}\n" for number, reason in enumerate(reasons, 1)]
    return "".join(parts)


def _reasons(matrix: Matrix) -> list[str]:
    found = {
        _reason(client, outcome)
        for client, column in matrix.items()
        for outcome in column.values()
        if outcome.result == "not offered"
    }
    return sorted(found)


def _reason(client: Client, outcome: Outcome) -> str:
    return f"{client.name} {outcome.reason}."


def _cell(client: Client, outcome: Outcome, reasons: Sequence[str]) -> str:
    if outcome.result == "not offered":
        return f"– ({reasons.index(_reason(client, outcome)) + 1})"
    return _WORDS[outcome.result]


def _summary(matrix: Matrix) -> str:
    results = [outcome.result for column in matrix.values() for outcome in column.values()]
    passed = results.count("yes") + results.count("generic")
    return (
        f"conformance: {passed} passed, {results.count('failed')} failed, "
        f"{results.count('not offered')} not offered, {len(matrix)} clients"
    )


def _head(client: Client) -> str:
    return f"{client.name} {client.version} ({client.registry})"


def _row(head: str, width: int, words: Iterable[str]) -> str:
    cells = (f"{word:<12}" for word in words)
    return f"{head:<{width}}  {''.join(cells)}".rstrip()


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
