"""A process that edits one lead so often as it is told: each edit raises the price by 1."""

import argparse
import asyncio
import sys
from typing import Any

from amocrm_gen import AmoCRM, AsyncAmoCRM
from amocrm_gen.runtime.locks.redis import RedisLocks


def main() -> None:
    """Wait for a line, then edit."""
    parser = argparse.ArgumentParser()
    for name in ("kind", "domain", "token", "origin", "locks"):
        parser.add_argument(name)
    parser.add_argument("lead", type=int)
    parser.add_argument("times", type=int)
    given = parser.parse_args()
    locks = RedisLocks(given.locks) if given.locks.startswith("unix:") else None
    options: dict[str, Any] = {
        "token": given.token,
        "base_url": given.origin,
        "throttle": None,
        "locks": locks,
    }
    sys.stdin.readline()
    if given.kind == "sync":
        with AmoCRM(given.domain, **options) as amo:
            for _ in range(given.times):
                with amo.leads.edit(given.lead) as lead:
                    lead.price += 1
    else:
        asyncio.run(_edit(given, options))


async def _edit(given: argparse.Namespace, options: dict[str, Any]) -> None:
    """Edit from several tasks at once."""
    async with AsyncAmoCRM(given.domain, **options) as amo:

        async def work() -> None:
            for _ in range(given.times // 5):
                async with amo.leads.edit(given.lead) as lead:
                    lead.price += 1

        await asyncio.gather(*(work() for _ in range(5)))


if __name__ == "__main__":
    main()
