"""`python -m benchmarks.prove_throttle`: the throttle, judged by the clock of a server.

Processes with several threads each send as fast as the throttle lets them, with default settings,
to a server that notes when each request comes and takes a random time to answer. Each attempt tells
how much of the allowed rate was used, and how many requests were more than 7 in any second.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from amocrm_gen import AmoCRM, AmoError

__all__ = ["Attempt", "main"]

_ALLOWED: Final = 7
_WINDOW: Final = 1.0
_GOAL: Final = 0.97
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_ROOT: Final = Path(__file__).parent.parent


@frozen
class Attempt:
    """What the server saw."""

    times: Sequence[float]
    """When requests came, in order."""
    seconds: float
    senders: Sequence[int]
    """How many requests each sender made."""

    @property
    def used(self) -> float:
        """The part of the allowed rate that was used, from the first request on."""
        end = self.times[0] + self.seconds
        return sum(time < end for time in self.times) / (_ALLOWED * self.seconds)

    @property
    def violations(self) -> int:
        """Requests with too many others in the second that begins with them."""
        pairs = zip(self.times, self.times[_ALLOWED:], strict=False)
        return sum(later - time < _WINDOW for time, later in pairs)

    @property
    def shortest(self) -> float:
        """The shortest time in which there was one more than is allowed."""
        pairs = zip(self.times, self.times[_ALLOWED:], strict=False)
        return min(later - time for time, later in pairs)

    @property
    def most(self) -> int:
        """The most requests in any second."""
        return max(
            sum(time <= other < time + _WINDOW for other in self.times) for time in self.times
        )

    def __str__(self) -> str:
        return (
            f"{100 * self.used:5.1f} % used, {self.violations} violations, at most {self.most} in "
            f"any second, {_ALLOWED + 1} in {self.shortest:.4f} s or more; "
            f"a thread sent {min(self.senders)} to {max(self.senders)}"
        )


@define
class _Server:
    """Notes when requests come; runs in a thread of its own, and its process does nothing else."""

    slowest: float
    seen: list[tuple[float, str]] = field(factory=list)
    _random: random.Random = field(factory=lambda: random.Random(1))

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve, and give the address."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(loop.create_server(self._connection, "127.0.0.1", 0))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _connection(self) -> asyncio.Protocol:
        return _Connection(self)

    def answer(self, head: bytes, transport: asyncio.Transport) -> None:
        """Note a request, and answer it later."""
        self.seen.append((time.monotonic(), head.split(b" ", 2)[1].decode()))
        delay = self._random.uniform(0.02, self.slowest)
        asyncio.get_running_loop().call_later(delay, transport.write, _ANSWER)


class _Connection(asyncio.Protocol):
    def __init__(self, server: _Server) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._server.answer(head, self._transport)


def attempt(options: argparse.Namespace, throttle: str) -> Attempt:
    """Let the processes send, and return what the server saw."""
    server = _Server(options.slowest)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = stack.enter_context(server.running())
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [
                        *_command(options),
                        "--worker",
                        address,
                        "--name",
                        str(number),
                        "--throttle",
                        throttle,
                    ],
                    cwd=_ROOT,
                    env={**os.environ, "AMOCRM_SHARED_FOLDER": folder},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(options.processes)
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
        for worker in workers:
            if worker.wait():
                raise RuntimeError(f"a worker failed with exit code {worker.returncode}")
    names = Counter(name for _, name in server.seen)
    return Attempt([time for time, _ in server.seen], options.seconds, list(names.values()))


def _command(options: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "benchmarks.prove_throttle"]
    for name in ("threads", "seconds"):
        command += [f"--{name}", str(getattr(options, name))]
    return command


def work(options: argparse.Namespace) -> None:
    """Send from several threads until the time is over."""
    given = {}
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
        f"0 violations of {_ALLOWED} in any second, at least {100 * _GOAL:.0f} % used"
    )
    met: list[bool] = []
    for kind, throttle in _throttles(options.only):
        for number in range(1, options.attempts + 1):
            found = attempt(options, throttle)
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
