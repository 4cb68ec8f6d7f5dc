"""A process of several threads or tasks that call the API whenever it is told to."""

import asyncio
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.integration import Integration
from runtime.worker_store import store_of

CALLS = 3
"""Calls of each thread or task in a round."""
PATH = "/api/v4/account"


def threads(count: int, name: str, options: dict[str, Any]) -> Callable[[], None]:
    """Return what a round is with threads."""
    client = Client(name, **options)
    pool = ThreadPoolExecutor(count)

    def work() -> None:
        for _ in range(CALLS):
            client.request("GET", PATH)

    def play() -> None:
        for done in [pool.submit(work) for _ in range(count)]:
            done.result()

    return play


def tasks(count: int, name: str, options: dict[str, Any]) -> Callable[[], None]:
    """Return what a round is with tasks."""
    runner = asyncio.Runner()
    client = AsyncClient(name, **options)

    async def work() -> None:
        for _ in range(CALLS):
            await client.request("GET", PATH)

    async def play() -> None:
        await asyncio.gather(*(work() for _ in range(count)))

    return lambda: runner.run(play())


def main() -> None:
    """Play a round for each line that comes in, and say so."""
    given = json.loads(sys.argv[1])
    integration = Integration(**given["integration"])
    options = {
        "integration": integration,
        "store": store_of(given["kind"], given["place"], integration),
        "base_url": given["base_url"],
        "throttle": None,
    }
    make = tasks if given["is_async"] else threads
    play = make(given["count"], given["account"], options)
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    for _ in sys.stdin:
        play()
        print("done", flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main()
