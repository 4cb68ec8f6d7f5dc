"""A server that notes when each request comes, and what its notes say of the rate."""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

__all__ = ["ALLOWED", "Attempt", "NotingServer", "attempt"]

ALLOWED: Final = 7
"""Requests in a second."""
_WINDOW: Final = 1.0
_ROOT: Final = Path(__file__).parent.parent


@frozen
class Attempt:
    """What the server saw."""

    times: Sequence[float]
    """When requests came, in order."""
    seconds: float
    senders: Sequence[int]
    """How many requests came on each path."""

    @property
    def used(self) -> float:
        """The part of the allowed rate that was used, from the first request on."""
        end = self.times[0] + self.seconds
        return sum(time < end for time in self.times) / (ALLOWED * self.seconds)

    @property
    def violations(self) -> int:
        """Requests with too many others in the second that begins with them."""
        pairs = zip(self.times, self.times[ALLOWED:], strict=False)
        return sum(later - time < _WINDOW for time, later in pairs)

    @property
    def shortest(self) -> float:
        """The shortest time in which there was one more than is allowed."""
        pairs = zip(self.times, self.times[ALLOWED:], strict=False)
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
            f"any second, {ALLOWED + 1} in {self.shortest:.4f} s or more; "
            f"a thread sent {min(self.senders)} to {max(self.senders)}"
        )


@define
class NotingServer:
    """Runs in a thread of its own; its process must do nothing else."""

    answer: bytes
    """The body of each answer: JSON."""
    delay: Callable[[], float]
    """Seconds until a request is answered."""
    seen: list[tuple[float, str]] = field(factory=list)
    """When each request came, and its target."""

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve, and give the address."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(
            loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=256)
        )
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            server.close()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    def note(self, head: bytes, transport: asyncio.Transport) -> None:
        """Note a request, and answer it later."""
        self.seen.append((time.monotonic(), head.split(b" ", 2)[1].decode()))
        framed = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        ) % (len(self.answer), self.answer)
        asyncio.get_running_loop().call_later(self.delay(), transport.write, framed)


class _Connection(asyncio.Protocol):
    def __init__(self, server: NotingServer) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._server.note(head, self._transport)


def attempt(
    server: NotingServer, module: str, arguments: Sequence[str], *, processes: int, seconds: float
) -> Attempt:
    """Let processes send for a time, and return what the server saw.

    Each runs `module` with the arguments, `--worker` and the address, and `--name` and a number. It
    says "ready", and begins when its standard input is closed.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = stack.enter_context(server.running())
        command = [sys.executable, "-m", module, *arguments, "--worker", address, "--name"]
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(number)],
                    cwd=_ROOT,
                    env={**os.environ, "AMOCRM_SHARED_FOLDER": folder},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(processes)
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
    return Attempt([time for time, _ in server.seen], seconds, list(names.values()))
