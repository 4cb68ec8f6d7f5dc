"""Writes the figures as the table of RESULTS.md."""

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure

__all__ = ["RESULTS", "merged", "table"]

RESULTS: Final = Path(__file__).parent / "RESULTS.md"

_HEAD: Final = (
    "| # | Figure | Median | Lowest – highest | Goal | Verdict | Absolute, on this machine |"
)
_RULE: Final = "|---|---|---|---|---|---|---|"
_ROW: Final = re.compile(r"^\| (G\d+) \| ([^|]+) \|.*$", re.MULTILINE)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    return "\n".join([_HEAD, _RULE, *(_row(figure) for figure in figures)])


def merged(figures: Sequence[Figure], before: str) -> str:
    """Return the whole page; rows that were not measured now stay as they were before."""
    rows = {(found[1], found[2]): found[0] for found in _ROW.finditer(before)}
    measured = {figure.number for figure in figures}
    rows = {key: row for key, row in rows.items() if key[0] not in measured}
    rows |= {(figure.number, figure.what): _row(figure) for figure in figures}
    ordered = sorted(rows.items(), key=lambda item: int(item[0][0][1:]))
    body = "\n".join([_HEAD, _RULE, *(row for _, row in ordered)])
    return _PAGE.format(machine=_machine(), table=body)


def _row(figure: Figure) -> str:
    cells = (
        figure.number,
        figure.what,
        f"{_shown(figure.median)} {figure.unit}",
        f"{_shown(figure.low)} – {_shown(figure.high)}",
        str(figure.goal or "–"),
        figure.verdict,
        figure.note or "–",
    )
    return f"| {' | '.join(cells)} |"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _machine() -> str:
    names = ("attrs", "cattrs", "orjson", "urllib3", "httpx")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    python = ".".join(map(str, sys.version_info[:3]))
    system = f"{platform.system()} on {platform.machine()}"
    return (
        f"{os.cpu_count()} cores, {system}, {platform.python_implementation()} {python}; {versions}"
    )


_PAGE: Final = """\
# Speed and size

Written by `make bench`; do not edit.

Machine: {machine}.

{table}

## How to read it

- **×** is our time over the floor's. The floor is a loop of urllib3 (for G5 httpx) and orjson into
  dicts, as one writes it without an SDK, over the same bytes, which a bare server in a process of
  its own sends ready-made. 1.5 × means: half as much time again as without types.
- Both are measured in one process in turns, in several rounds of changing order. The figure is the
  median of the rounds' ratios; lowest and highest stand beside it. "CPU" in the last column is the
  ratio of processor time of the client's process, which a busy machine disturbs less.
- Ratios can be compared between machines, the last column cannot.
- Each row runs in a process of its own, so that one's garbage is not another's. Kept objects are
  freed after the clock has stopped. All custom field values are looked at, in the floor, too.
- G9 is counted by a server that takes 300 ms for each page and sends them for ever: requests over
  7 a second, for processes that share the default throttle. Its floor is the same with
  `prefetch=0`, one page after the other. Violations are requests that would have been the eighth in
  a second. It counts a minute from the first request on; where it stops, up to six of the last
  seven are cut off. The throttle's margin leaves 98 % in the long run.
- G1 keeps the list that `.all()` returns; G2 is the plain loop, which reads a lead when it comes
  to it.
- G1 is shown both ways: with Python's garbage collector left alone, and paused for each page.
- G8 is (ours − an empty process) / (floor − an empty process); the floor imports the two.
"""
