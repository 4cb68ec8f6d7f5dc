"""G8: what a process costs before its first request."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from typing import Final

from attrs import frozen

from benchmarks.figure import Figure, Goal
from benchmarks.scale import Scale

__all__ = ["cold_start", "resident"]

_FLOOR: Final = "import urllib3, orjson"
_CLIENT: Final = "from amocrm_gen import AmoCRM; amo = AmoCRM('x', token='t')"
_READ: Final = """
from amocrm_gen.runtime.convert import structure
from amocrm_gen.v4.models.leads import Lead
amo.leads.find(filter={'id': 1})
structure({'id': 1}, Lead)
"""
_PROGRAMS: Final = {
    "empty": "",
    "floor": _FLOOR,
    "client": _CLIENT,
    "read": f"import logging; logging.disable()\n{_CLIENT}\n{_READ}",
}


@frozen
class _Start:
    wall: float
    cpu: float


def cold_start(scale: Scale) -> list[Figure]:
    """Start processes in turns: empty, the floor, the client, the client with a type to read.

    All have their bytecode on disk, as what is installed has.
    """
    for program in _PROGRAMS.values():
        _start(program)  # writes the .pyc files
    starts: dict[str, list[_Start]] = {name: [] for name in _PROGRAMS}
    for _ in range(scale.starts):
        for name, program in _PROGRAMS.items():
            starts[name].append(_start(program))
    return [
        _ratio("cold start: import and construct", "client", starts, Goal(1.5)),
        _ratio("cold start: and the first `leads.find` type", "read", starts, Goal(2.0)),
        *(
            Figure.of(
                "G8",
                f"memory of the process (RSS) {what}",
                [_held_by(_PROGRAMS[name]) for _ in range(min(scale.starts, 3))],
                unit="MiB",
                goal=Goal(32),
                note=f"floor {_held_by(_FLOOR):.1f} MiB",
            )
            for what, name in (("after that", "read"),)
        ),
    ]


def _ratio(what: str, name: str, starts: Mapping[str, list[_Start]], goal: Goal) -> Figure:
    rounds = zip(starts["empty"], starts["floor"], starts[name], strict=True)
    ratios = [(own.wall - empty.wall) / (floor.wall - empty.wall) for empty, floor, own in rounds]
    times = {key: 1000 * median(start.wall for start in taken) for key, taken in starts.items()}
    cpu = {key: median(start.cpu for start in taken) for key, taken in starts.items()}
    processor = (cpu[name] - cpu["empty"]) / (cpu["floor"] - cpu["empty"])
    note = (
        f"{times[name]:.0f} ms, floor {times['floor']:.0f} ms, empty {times['empty']:.0f} ms; "
        f"CPU × {processor:.2f}"
    )
    return Figure.of("G8", what, ratios, goal=goal, note=note)


def _start(program: str) -> _Start:
    before, began = os.times(), time.perf_counter()
    command = [sys.executable, "-P", "-c", program]
    subprocess.run(command, check=True, cwd=Path(__file__).parent, env=_surroundings())
    wall, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system
    return _Start(wall, cpu - before.children_user - before.children_system)


def _surroundings() -> dict[str, str]:
    """Return the environment, in which bytecode may be written."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def _held_by(program: str) -> float:
    command = [sys.executable, "-P", "-c", f"{program}\nprint(flush=True); input()"]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=_surroundings()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = resident(process.pid)
        process.communicate("\n")
    return held


def resident(pid: int) -> float:
    """Return the memory that a process holds, in MiB."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        kilobytes = status.read_text().partition("VmRSS:")[2].split()[0]
    else:
        command = ["ps", "-o", "rss=", "-p", str(pid)]
        kilobytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(kilobytes) / 1024
