"""Walks over a slow line, on clocks that jump: no time passes, and none decides."""

import asyncio
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event
from typing import Any, Final, cast

import orjson
from attrs import define, evolve, field

from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.paging import AsyncPaginator, Paginator
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.throttle import Throttle
from amocrm_gen.runtime.walk import Walk
from runtime.sample import FIND, find

__all__ = ["SENT", "walk_async", "walk_sync"]

SENT: Final = 20.0
"""Seconds that are looked at."""
_PAGES: Final = 200
"""More than can be sent in that time."""


def _call(number: int, size: int) -> Call[Page[int]]:
    return cast("Call[Page[int]]", evolve(find(page=number, limit=size), returns=None))


def _number(call: Call[Page[int]]) -> int:
    return int(dict(call.query)["page"])


def _page(number: int) -> Response:
    links = {"next": {"href": "https://x/"}} if number < _PAGES else {}
    return Response(
        200, {}, orjson.dumps({"_links": links, "_embedded": {"leads": [number]}, "_page": number})
    )


def _plan() -> Walk:
    return Walk.plan(FIND, limit=None, page_size=1, page=1)


@define
class _Time:
    """Time for threads: it goes on when all of them sleep, to the first that is to wake.

    A thread that was asked for and has not begun yet does not sleep; neither does a loop whose next
    page is there.
    """

    now: float = 0.0
    asked: int = 0
    begun: int = 0
    ended: set[int] = field(factory=set)
    reached: int = 0
    """Pages that the loop has got."""
    is_thinking: bool = False
    """Whether the loop itself sleeps, and waits for no page."""
    sleepers: list[float] = field(factory=list)
    changed: Condition = field(factory=Condition)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Let sleepers look whether time can go on."""
        with self.changed:
            yield
            self.changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Sleep until the time has gone on."""
        with self.changed:
            until = self.now + seconds
            self.sleepers.append(until)
            self.changed.notify_all()
            while self.now < until:
                if self._all_sleep() and until == min(self.sleepers):
                    self.now = until
                else:
                    assert self.changed.wait(30), "time stands still"
            self.sleepers.remove(until)
            self.changed.notify_all()

    def _all_sleep(self) -> bool:
        busy = self.begun - len(self.ended) + self.is_thinking
        has_page = not self.is_thinking and self.reached + 1 in self.ended
        return self.asked == self.begun and not has_page and busy == len(self.sleepers)


def _throttle(clock: Any) -> Throttle:
    return MemoryThrottle(clock=clock, warm_up=0.0).throttle_for("a", "i")


def walk_sync(prefetch: int, latency: float, think: float) -> list[float]:
    """Walk through pages with threads; return when each request was sent."""
    time, times = _Time(), list[float]()
    throttle = _throttle(lambda: time.now)

    def make(number: int, size: int) -> Call[Page[int]]:
        with time.change():
            time.asked += 1
        return _call(number, size)

    def ask(call: Call[Page[int]], _: Event) -> Response:
        with time.change():
            time.begun += 1
        slot = throttle.reserve()
        wait = slot.wait
        while wait > 0:
            time.sleep(wait)
            wait = throttle.confirm(slot)
        times.append(time.now)
        time.sleep(latency)
        with time.change():
            time.ended.add(_number(call))
        return _page(_number(call))

    for page in Paginator(make, ask, _plan(), prefetch).pages():
        with time.change():
            time.reached = page.items[0]
            time.is_thinking = True
        time.sleep(think)
        if time.now > SENT:
            # What is on its way has nobody to wait for.
            time.now = float("inf")
            break
        with time.change():
            time.is_thinking = False
    return times


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: time jumps instead."""

    loop: "_Loop"

    def select(self, timeout: float | None = None) -> list[Any]:
        """Say that nothing came in until the time was over."""
        self.loop.now += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        selector = _Jumping()
        selector.loop, self.now = self, 0.0
        super().__init__(selector)

    def time(self) -> float:
        """Return the time that was jumped to."""
        return self.now


def walk_async(prefetch: int, latency: float, think: float) -> list[float]:
    """Walk through pages with tasks; return when each request was sent."""
    times = list[float]()

    async def walk() -> None:
        clock = asyncio.get_running_loop().time
        throttle = _throttle(clock)

        async def ask(call: Call[Page[int]]) -> Response:
            slot = throttle.reserve()
            wait = slot.wait
            while wait > 0:
                await asyncio.sleep(wait)
                wait = throttle.confirm(slot)
            times.append(clock())
            await asyncio.sleep(latency)
            return _page(_number(call))

        pages = AsyncPaginator(_call, ask, _plan(), prefetch).pages()
        async for _ in pages:
            await asyncio.sleep(think)
            if clock() > SENT:
                break
        await pages.aclose()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(walk())
    return times
