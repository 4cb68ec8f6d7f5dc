"""G9: how much of the rate a walk over pages uses, when each page takes 300 ms.

`python -m benchmarks.walking --worker ADDRESS` is one of the processes that walk.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from amocrm_gen import AmoCRM
from benchmarks.figure import Figure, Goal
from benchmarks.noting_server import Attempt, NotingServer, attempt
from benchmarks.sample import page_bytes
from benchmarks.scale import Scale

__all__ = ["main", "walk"]

_LATENCY: Final = 0.3
_SIZE: Final = 250
_GOAL: Final = Goal(97, at_least=True)


def walk(scale: Scale) -> list[Figure]:
    """Measure G9: with default settings, and one page after the other."""
    # There is always a next page.
    page = page_bytes(1, leads=2 * _SIZE, size=_SIZE, origin="http://127.0.0.1")
    return [
        _figure(page, processes, scale, is_serial=is_serial)
        for is_serial in (False, True)
        for processes in scale.crowds
    ]


def _figure(page: bytes, processes: int, scale: Scale, *, is_serial: bool) -> Figure:
    arguments = ["--seconds", str(scale.seconds), *(["--serial"] if is_serial else [])]
    found: list[Attempt] = []
    for _ in range(1 if is_serial else scale.walks):
        server = NotingServer(page, lambda: _LATENCY)
        found.append(
            attempt(
                server,
                "benchmarks.walking",
                arguments,
                processes=processes,
                seconds=scale.seconds,
            )
        )
    way = "one page after the other" if is_serial else "default settings"
    noun = "process" if processes == 1 else "processes"
    return Figure.of(
        "G9",
        f"rate used at 300 ms a page, {way}, {processes} {noun}",
        [100 * one.used for one in found],
        unit="%",
        goal=None if is_serial else _GOAL,
        note=(
            f"{sum(one.violations for one in found)} violations; "
            f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
        ),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Walk until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walking", description=__doc__)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--serial", action="store_true")
    options = parser.parse_args(arguments)
    amo = AmoCRM("example", token="token", base_url=options.worker)
    leads = amo.leads.find(prefetch=0) if options.serial else amo.leads.find()
    print("ready", flush=True)
    sys.stdin.read()
    end = time.monotonic() + options.seconds
    for _ in leads:
        if time.monotonic() > end:
            break


if __name__ == "__main__":
    main()
