"""G4, G5, G6: what one request costs on top of the transport."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
import orjson
import urllib3

from amocrm_gen.v4.models.leads import LeadCreate
from benchmarks.bare_server import PAGE_SIZE, bare_server
from benchmarks.contest import Contest, contest, times
from benchmarks.figure import Figure, Goal
from benchmarks.floor import HEADERS, Floor
from benchmarks.sample import Json, lead_to_create
from benchmarks.scale import Scale
from benchmarks.sdk import Sdk, async_client, client, leads_to_create

__all__ = ["async_get", "create", "get"]


def get(scale: Scale) -> list[Figure]:
    """Measure G4: one lead by its id."""
    with bare_server() as origin, client(origin) as amo:
        floor, sdk = Floor(origin, urllib3.PoolManager()), Sdk(amo)
        runs = {"floor": times(scale.gets, floor.get), "sdk": times(scale.gets, sdk.get)}
        ran = contest(scale.turns, runs)
    note = _note(ran, scale.gets)
    return [Figure.of("G4", "single GET", ran.ratios("sdk"), goal=Goal(1.25), note=note)]


def async_get(scale: Scale) -> list[Figure]:
    """Measure G5: the same, asynchronously, over httpx by itself."""
    with bare_server() as origin, asyncio.Runner() as runner:
        http, amo = httpx.AsyncClient(headers=HEADERS), async_client(origin)

        async def raw() -> object:
            return orjson.loads((await http.get(f"{origin}/api/v4/leads/2000001")).content)

        async def own() -> object:
            return await amo.leads.get(2000001)

        def lap(run: Callable[[], Awaitable[object]]) -> Callable[[], None]:
            async def repeat() -> None:
                for _ in range(scale.gets):
                    await run()

            return lambda: runner.run(repeat())

        ran = contest(scale.turns, {"floor": lap(raw), "sdk": lap(own)})
        runner.run(http.aclose())
        runner.run(amo.aclose())
    what = "single GET, async, over httpx"
    note = _note(ran, scale.gets)
    return [Figure.of("G5", what, ran.ratios("sdk"), goal=Goal(1.1), note=note)]


def create(scale: Scale) -> list[Figure]:
    """Measure G6: one POST of as many leads as the API takes at once, bare and with fields."""
    bare: list[Json] = [
        {"name": f"Lead {number}", "price": number, **_STAGE} for number in range(PAGE_SIZE)
    ]
    full = [lead_to_create(number) for number in range(PAGE_SIZE)]
    with bare_server() as origin, client(origin) as amo:
        floor, sdk = Floor(origin, urllib3.PoolManager()), Sdk(amo)

        def measure(dicts: list[Json], models: list[LeadCreate]) -> Contest:
            runs = {
                "floor": times(scale.creates, lambda: floor.create(dicts)),
                "sdk": times(scale.creates, lambda: sdk.create(models)),
            }
            return contest(scale.turns, runs)

        rows = (
            ("name, price, stage", measure(bare, [LeadCreate(**lead) for lead in bare]), Goal(1.8)),
            ("with 8 custom fields each", measure(full, leads_to_create(PAGE_SIZE)), None),
        )
    return [
        Figure.of(
            "G6",
            f"POST of {PAGE_SIZE} leads, {what}",
            ran.ratios("sdk"),
            goal=goal,
            note=_note(ran, scale.creates),
        )
        for what, ran, goal in rows
    ]


_STAGE: Final = {"pipeline_id": 7100001, "status_id": 58210001}


def _note(ran: Contest, of: int) -> str:
    own, floor = (1e6 * ran.wall(name) / of for name in ("sdk", "floor"))
    return f"{own:,.0f} µs, floor {floor:,.0f} µs; CPU × {ran.cpu('sdk'):.2f}"
