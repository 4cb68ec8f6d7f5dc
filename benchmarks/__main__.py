"""`python -m benchmarks [--write] [NAME…]`: measure and print, or write RESULTS.md as well."""

import argparse
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from benchmarks.figure import Figure, Goal
from benchmarks.report import RESULTS, merged, table
from benchmarks.scale import FULL, TINY, Scale

__all__ = ["BENCHMARKS", "main", "measure"]

_Benchmark: TypeAlias = Callable[[Scale], list[Figure]]

BENCHMARKS: Final = {
    "kept": "benchmarks.reading:kept",
    "streamed": "benchmarks.reading:streamed",
    "page": "benchmarks.reading:page",
    "get": "benchmarks.calls:get",
    "async-get": "benchmarks.calls:async_get",
    "create": "benchmarks.calls:create",
    "walk": "benchmarks.walking:walk",
    "memory": "benchmarks.reading:memory",
    "cold": "benchmarks.cold:cold_start",
    "cli": "benchmarks.command_line:command_line",
    "generate": "benchmarks.generator:generate",
    "mock": "benchmarks.mockserver:server",
    "handle": "benchmarks.mockserver:handle",
}
"""The names to ask for, and where each is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; 0 even if a goal is missed, since no timing decides."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    parser.add_argument("--tiny", action="store_true", help="only see that everything runs")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(
            f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}"
        )
    names = asked.names or list(BENCHMARKS)
    if asked.here:
        figures = measure(names, TINY if asked.tiny else FULL)
        print(json.dumps([attrs.asdict(figure) for figure in figures]))
        return 0
    figures = []
    for name in names:
        measured = _apart(name, tiny=asked.tiny)
        print(table(measured), flush=True)
        figures += measured
    if asked.write:
        before = RESULTS.read_text() if RESULTS.exists() else ""
        RESULTS.write_text(merged(figures, before))
    return 0


def measure(names: Sequence[str], scale: Scale) -> list[Figure]:
    """Measure in this process."""
    figures: list[Figure] = []
    for name in names:
        module, _, function = BENCHMARKS[name].partition(":")
        benchmark: _Benchmark = getattr(importlib.import_module(module), function)
        figures += benchmark(scale)
    return figures


def _apart(name: str, *, tiny: bool) -> list[Figure]:
    """Measure in a process of its own, which starts with a clean heap."""
    command = [sys.executable, "-m", "benchmarks", "--here", name, *(["--tiny"] if tiny else [])]
    root = Path(__file__).parent.parent
    output = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = json.loads(output.splitlines()[-1])
    return [Figure(**{**row, "goal": row["goal"] and Goal(**row["goal"])}) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
