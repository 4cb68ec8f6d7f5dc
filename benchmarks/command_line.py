"""G13: what the command line costs before it does anything."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figure import Figure, Goal
from benchmarks.scale import Scale

__all__ = ["command_line"]

_FLOOR: Final = """
import click
@click.group()
def main(): pass
@main.command()
def one(): pass
@main.command()
def two(): pass
main()
"""
_OURS: Final = "from amocrm_gen.cli.__main__ import main; main(['--help'])"
_ENVIRONMENT: Final = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def command_line(scale: Scale) -> list[Figure]:
    """Start `--help` of a click program of two commands and of ours, in turns."""
    programs = {"floor": (_FLOOR, "--help"), "ours": (_OURS,)}
    for program in programs.values():
        _start(*program)  # writes the .pyc files
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(scale.starts):
        for name, program in programs.items():
            taken[name].append(_start(*program))
    ratios = [ours / floor for ours, floor in zip(taken["ours"], taken["floor"], strict=True)]
    times = {name: 1000 * median(each) for name, each in taken.items()}
    note = f"{times['ours']:.0f} ms, floor {times['floor']:.0f} ms"
    return [Figure.of("G13", "`amocrm --help`", ratios, goal=Goal(2.0), note=note)]


def _start(program: str, *arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parent,
        env=_ENVIRONMENT,
    )
    return time.perf_counter() - began
