"""G1, G2, G3, G7: lists read into typed objects."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson
import urllib3

from amocrm_gen.runtime.answers import answer_of
from amocrm_gen.runtime.collector import collector_pause
from amocrm_gen.runtime.effects import Response
from amocrm_gen.v4.calls.leads import find
from benchmarks.bare_server import PAGE_SIZE, bare_server
from benchmarks.contest import Contest, contest, times
from benchmarks.figure import Figure, Goal
from benchmarks.floor import Floor
from benchmarks.sample import page_bytes
from benchmarks.scale import Scale
from benchmarks.sdk import Sdk, client

if TYPE_CHECKING:
    from amocrm_gen.runtime.call import Call

__all__ = ["kept", "memory", "page", "streamed"]

_PAGES: Final = 10
"""Pages in one lap of G3: a single one is over too soon to be timed."""


@contextmanager
def _both(scale: Scale) -> Iterator[tuple[Floor, Sdk]]:
    with bare_server("--leads", str(scale.leads)) as origin, client(origin) as amo:
        floor, sdk = Floor(origin, urllib3.PoolManager()), Sdk(amo)
        assert floor.streamed() == sdk.streamed(), "both must see the same values"
        yield floor, sdk


def kept(scale: Scale) -> list[Figure]:
    """Measure G1: all leads read, kept, and looked at."""
    with _both(scale) as (floor, sdk):
        runs = {"floor": floor.kept, "paused": sdk.kept, "alone": _collected(sdk.kept)}
        ran = contest(scale.rounds, runs)
    leads = f"{scale.leads:,} leads kept"
    return [
        Figure.of(
            "G1", f"{leads}, gc {how}", ran.ratios(name), goal=Goal(most), note=_note(ran, name)
        )
        for name, how, most in (
            ("paused", "paused per page (default)", 1.0),
            ("alone", "left alone", 1.9),
        )
    ]


def _collected(run: Callable[[], object]) -> Callable[[], object]:
    """Return what does the same with the garbage collector left alone."""

    def leave_alone() -> object:
        collector_pause.enabled = False
        try:
            return run()
        finally:
            collector_pause.enabled = True

    return leave_alone


def streamed(scale: Scale) -> list[Figure]:
    """Measure G2: all leads read and looked at, none kept."""
    with _both(scale) as (floor, sdk):
        ran = contest(scale.rounds, {"floor": floor.streamed, "sdk": sdk.streamed})
    what = f"{scale.leads:,} leads streamed"
    return [Figure.of("G2", what, ran.ratios("sdk"), goal=Goal(1.6), note=_note(ran))]


def page(scale: Scale) -> list[Figure]:
    """Measure G3: the bytes of one page into objects, over the bytes into dicts."""
    answer = page_bytes(1, leads=PAGE_SIZE, size=PAGE_SIZE, origin="https://example.amocrm.ru")

    def decode() -> object:
        return orjson.loads(answer)

    call: Call[Any] = find()  # Any: what reads answers does not care what of
    response = Response(200, {}, answer)

    def read() -> object:
        return answer_of(call, response)

    ran = contest(scale.rounds, {"floor": times(_PAGES, decode), "sdk": times(_PAGES, read)})
    what = f"one page of {PAGE_SIZE}, decode and structure, over orjson.loads"
    note = _note(ran, of=_PAGES)
    return [Figure.of("G3", what, ran.ratios("sdk"), goal=Goal(2.5), note=note)]


def memory(scale: Scale) -> list[Figure]:
    """Measure G7: what Python's allocator holds for each kept lead, all values looked at."""
    with _both(scale) as (floor, sdk):
        ours = [_held(sdk.kept) / scale.leads / 1000 for _ in range(min(scale.rounds, 3))]
        theirs = _held(floor.kept) / scale.leads / 1000
    what = "memory per kept lead"
    note = f"in dicts {theirs:.1f} kB"
    return [Figure.of("G7", what, ours, unit="kB", goal=Goal(6.0), note=note)]


def _held(run: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    result = run()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return after - before


def _note(ran: Contest, name: str = "sdk", *, of: int = 1) -> str:
    own, floor = (1000 * ran.wall(shown) / of for shown in (name, "floor"))
    return f"{own:.1f} ms, floor {floor:.1f} ms; CPU × {ran.cpu(name):.2f}"
