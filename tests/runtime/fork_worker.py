"""Uses one client in a parent and in its children; run as a program."""

import json
import os
import sys
import threading
from typing import Any

from amocrm_gen.runtime.client import Client


def read(client: Client, numbers: range, found: list[Any]) -> None:
    """Read leads, and note which ones came."""
    for number in numbers:
        lead: Any = client.request("GET", f"/api/v4/leads/{number}")
        found.append((number, lead["id"]))


def crowd(client: Client, threads: int, base: int, count: int) -> list[Any]:
    """Read in several threads."""
    found: list[Any] = []
    workers = [
        threading.Thread(
            target=read,
            args=(client, range(base + n * count, base + n * count + count), found),
        )
        for n in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


def main() -> None:
    """Fork children from a client with warm connections, in the middle of other threads' work."""
    given = json.loads(sys.argv[1])
    client = Client("example", token="long-lived", base_url=given["url"], har=given["har"])
    wrong = [pair for pair in crowd(client, 4, 1, 5) if pair[0] != pair[1]]
    children = []
    stop = threading.Event()

    def noise() -> None:
        # Connections, locks and the throttle are in use in whatever moment the process is copied.
        while not stop.is_set():
            read(client, range(1, 2), [])

    noises = [threading.Thread(target=noise) for _ in range(2)]
    for each in noises:
        each.start()
    for child in range(given["children"]):
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            seen = client.last_exchange
            pairs = crowd(client, 2, 100 * (child + 1), 5)
            os.write(writing, json.dumps([seen is None, pairs]).encode())
            os._exit(0)
        os.close(writing)
        children.append((process, reading))
    stop.set()
    for each in noises:
        each.join()
    mine = crowd(client, 4, 50, 5)
    wrong += [pair for pair in mine if pair[0] != pair[1]]
    told = []
    for process, reading in children:
        with os.fdopen(reading) as pipe:
            told.append(json.loads(pipe.read() or "null"))
        os.waitpid(process, 0)
    client.close()
    print(json.dumps({"wrong": wrong, "mine": len(mine), "children": told}))  # noqa: T201 - for the test


if __name__ == "__main__":
    main()
