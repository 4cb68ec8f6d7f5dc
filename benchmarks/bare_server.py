"""A server that only sends ready bytes: what is left is the cost of the client.

`python -m benchmarks.bare_server --leads 10000` prints its address and serves until its standard
input is closed. `--answer FILE` makes it send that file to whatever is asked.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.sample import created, lead_bytes, page_bytes

__all__ = ["PAGE_SIZE", "bare_server", "main"]

PAGE_SIZE: Final = 250

_Answers: TypeAlias = Callable[[bytes], bytes]
"""From the head of a request to a whole answer."""

_PAGE: Final = re.compile(rb"[?&]page=(\d+)")
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    def __init__(self, answers: _Answers) -> None:
        self._answers = answers
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        while (end := received.find(b"\r\n\r\n")) >= 0:
            head = bytes(received[:end])
            length = None if head.startswith(b"GET") else _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(received) < whole:
                break
            del received[:whole]
            self._transport.write(self._answers(head))


def _framed(body: bytes, content_type: str = "application/hal+json") -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nServer: bare\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        "X-Request-Id: 00000000-0000-0000-0000-000000000000\r\n\r\n"
    )
    return head.encode() + body


def _leads(count: int, origin: str) -> _Answers:
    numbers = range(1, -(-count // PAGE_SIZE) + 1)
    pages = {
        b"%d" % number: _framed(page_bytes(number, leads=count, size=PAGE_SIZE, origin=origin))
        for number in numbers
    }
    one = _framed(lead_bytes(0, origin))
    written = _framed(created(range(min(count, PAGE_SIZE)), origin))
    past_the_end = b"HTTP/1.1 204 No Content\r\n\r\n"

    def answer(head: bytes) -> bytes:
        method, target, _ = head.split(b" ", 2)
        if method == b"POST":
            return written
        if target.startswith(b"/api/v4/leads/"):
            return one
        page = _PAGE.search(target)
        return pages.get(page[1] if page else b"1", past_the_end)

    return answer


async def _serve(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    answers: list[_Answers] = []
    server = await loop.create_server(lambda: _Connection(answers[0]), "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    if arguments.answer is None:
        answers.append(_leads(arguments.leads, origin))
    else:
        ready = _framed(arguments.answer.read_bytes())
        answers.append(lambda _head: ready)
    print(origin, flush=True)
    await server.serve_forever()


def _leave_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve until the standard input is closed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=PAGE_SIZE)
    parser.add_argument("--answer", type=Path)
    arguments = parser.parse_args()
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    asyncio.run(_serve(arguments))


@contextmanager
def bare_server(*arguments: str) -> Iterator[str]:
    """Run the server in a process of its own; gives its address."""
    command = [sys.executable, "-m", "benchmarks.bare_server", *arguments]
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


if __name__ == "__main__":
    main()
