"""`python -m benchmarks.prove_throttle`: the throttle, judged by the clock of a server.

Processes with several threads each send as fast as the throttle lets them, with default settings,
to a server that notes when each request comes and takes a random time to answer. Each attempt tells
how much of the allowed rate was used, and how many requests were more than 7 in any second.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from amocrm_gen import AmoCRM, AmoError
from benchmarks.noting_server import ALLOWED, Attempt, NotingServer, attempt

__all__ = ["main"]

_GOAL: Final = 0.97


def _attempt(options: argparse.Namespace, throttle: str) -> Attempt:
    chance = random.Random(1)
    server = NotingServer(b"{}", lambda: chance.uniform(0.02, options.slowest))
    arguments = ["--throttle", throttle]
    for name in ("threads", "seconds"):
        arguments += [f"--{name}", str(getattr(options, name))]
    return attempt(
        server,
        "benchmarks.prove_throttle",
        arguments,
        processes=options.processes,
        seconds=options.seconds,
    )


def work(options: argparse.Namespace) -> None:
    """Send from several threads until the time is over."""
    given: dict[str, Any] = {}  # Any: the constructor's own
    if options.throttle != "file":
        from amocrm_gen import RedisThrottle  # noqa: PLC0415 - an optional extra

        given = {"throttle": RedisThrottle(options.throttle)}
    amo = AmoCRM("example", token="token", base_url=options.worker, **given)
    print("ready", flush=True)
    sys.stdin.read()
    end = time.monotonic() + options.seconds
    failures: list[AmoError] = []

    def send(number: int) -> None:
        try:
            while time.monotonic() < end:
                amo.request("GET", f"/{options.name}/{number}")
        except AmoError as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in failures:
        raise error


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the attempts and print each; 1 if one of them missed the goal."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.prove_throttle", description=__doc__
    )
    parser.add_argument("--attempts", type=int, default=5)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2, help="in each process")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--slowest", type=float, default=0.25, help="longest time of an answer")
    parser.add_argument("--only", choices=["file", "redis"])
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--name", help=argparse.SUPPRESS)
    parser.add_argument("--throttle", default="file", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        work(options)
        return 0
    print(
        f"{options.processes} processes × {options.threads} threads, {options.seconds:g} s; goal: "
        f"0 violations of {ALLOWED} in any second, at least {100 * _GOAL:.0f} % used"
    )
    met: list[bool] = []
    for kind, throttle in _throttles(options.only):
        for number in range(1, options.attempts + 1):
            found = _attempt(options, throttle)
            print(f"{kind} {number}/{options.attempts}: {found}", flush=True)
            met.append(found.violations == 0 and found.used >= _GOAL)
    print(f"{sum(met)} of {len(met)} attempts met the goal")
    return int(not all(met))


def _throttles(only: str | None) -> Iterator[tuple[str, str]]:
    if only != "redis":
        yield "file", "file"
    if only != "file":
        from tests.redis_server import redis_server  # noqa: PLC0415 - only the tests have it

        with redis_server() as address:
            yield "Redis", address


if __name__ == "__main__":
    sys.exit(main())
