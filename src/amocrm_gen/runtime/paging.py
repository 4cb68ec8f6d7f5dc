"""Walks a list page by page, and asks for pages before they are reached."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing, closing
from contextvars import copy_context
from threading import Event
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from attrs import evolve, frozen

from amocrm_gen.runtime.answers import answer_of
from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.walk import Walk

if TYPE_CHECKING:
    from asyncio import Task
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["AsyncPaginator", "Paginator"]

T = TypeVar("T")


@frozen
class Paginator(Generic[T]):
    """All items of a list; pages are asked for shortly before the loop reaches them.

    Each loop over it starts anew. When a loop is left, nothing more is sent for it.
    """

    _make: Callable[[int, int], Call[Page[T]]]
    """Gives the call of a page by its number and size."""
    _ask: Callable[[Call[Page[T]], Event], Response]
    """Sends a call; it must not send any more once the event is set."""
    _start: Walk
    _prefetch: int = 0
    """Pages to ask for ahead, by threads."""

    def __iter__(self) -> Iterator[T]:
        """Go through the items; each is read when the loop reaches it."""
        with closing(self._pages(is_lazy=True)) as pages:
            for page in pages:
                yield from page.read()

    def pages(self) -> Generator[Page[T]]:
        """Go through whole pages."""
        return self._pages(is_lazy=False)

    def first(self) -> T | None:
        """Return the first item, or None; one request."""
        found = next(self._first().pages(), None)
        return None if found is None else found.items[0]

    def all(self) -> list[T]:
        """Return all items in a list."""
        return [item for page in self.pages() for item in page.items]

    def _first(self) -> "Paginator[T]":
        return evolve(self, start=self._start.to_first(), prefetch=0)

    def _pages(self, *, is_lazy: bool) -> Generator[Page[T]]:
        walk = evolve(self._start)
        # Answers wait as bytes: a page that was decoded takes ten times the memory, and is cold
        # when the loop gets to it.
        asked: deque[tuple[Call[Page[T]], Future[Response]]] = deque()
        following, goes_on = walk.number, not walk.is_over
        with _Threads(self._prefetch) as threads:
            while goes_on:
                if asked:
                    call, answer = asked.popleft()
                    response = answer.result()
                else:
                    call = self._call(following, walk.size, is_lazy=is_lazy)
                    response = self._ask(call, threads.given_up)
                    following += 1
                page = _page_of(call, response)
                cut = walk.take(page)
                goes_on = walk.goes_on_after(page)
                for _ in range(len(asked), walk.pages_ahead(self._prefetch, page) * goes_on):
                    call = self._call(following, walk.size, is_lazy=is_lazy)
                    asked.append((call, threads.start(self._ask, call)))
                    following += 1
                if not goes_on:
                    threads.give_up()
                if cut.items:
                    yield cut

    def _call(self, number: int, size: int, *, is_lazy: bool) -> Call[Page[T]]:
        call = self._make(number, size)
        return evolve(call, is_lazy=True) if is_lazy else call


class _Threads:
    """The threads of one loop; none is there before a page is asked for ahead."""

    def __init__(self, most: int) -> None:
        self.given_up = Event()
        self._most = most
        self._pool: ThreadPoolExecutor | None = None

    def start(
        self, ask: Callable[[Call[Page[T]], Event], Response], call: Call[Page[T]]
    ) -> "Future[Response]":
        """Ask for a page."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a start spares it

            self._pool = ThreadPoolExecutor(self._most, thread_name_prefix="amocrm-pages")
        return self._pool.submit(copy_context().run, ask, call, self.given_up)

    def give_up(self) -> None:
        """Send nothing more; what is on its way comes to its end by itself."""
        self.given_up.set()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_up()


@frozen
class AsyncPaginator(Generic[T]):
    """All items of a list; pages are asked for shortly before the loop reaches them.

    Each loop over it starts anew. When a loop is left, nothing more is sent for it.
    """

    _make: Callable[[int, int], Call[Page[T]]]
    """Gives the call of a page by its number and size."""
    _ask: Callable[[Call[Page[T]]], Awaitable[Response]]
    """Sends a call."""
    _start: Walk
    _prefetch: int = 0
    """Pages to ask for ahead, by tasks."""

    async def __aiter__(self) -> AsyncIterator[T]:
        """Go through the items; each is read when the loop reaches it."""
        async with aclosing(self._pages(is_lazy=True)) as pages:
            async for page in pages:
                for item in page.read():
                    yield item

    def pages(self) -> AsyncGenerator[Page[T]]:
        """Go through whole pages."""
        return self._pages(is_lazy=False)

    async def first(self) -> T | None:
        """Return the first item, or None; one request."""
        async with aclosing(self._first().pages()) as pages:
            found = await anext(pages, None)
        return None if found is None else found.items[0]

    async def all(self) -> list[T]:
        """Return all items in a list."""
        async with aclosing(self.pages()) as pages:
            return [item async for page in pages for item in page.items]

    def _first(self) -> "AsyncPaginator[T]":
        return evolve(self, start=self._start.to_first(), prefetch=0)

    async def _pages(self, *, is_lazy: bool) -> AsyncGenerator[Page[T]]:
        walk = evolve(self._start)
        asked: deque[tuple[Call[Page[T]], Task[Response]]] = deque()
        following, goes_on = walk.number, not walk.is_over
        try:
            while goes_on:
                if asked:
                    call, task = asked[0]
                    response = await task
                    asked.popleft()
                else:
                    call = self._call(following, walk.size, is_lazy=is_lazy)
                    response = await self._ask(call)
                    following += 1
                page = _page_of(call, response)
                cut = walk.take(page)
                goes_on = walk.goes_on_after(page)
                for _ in range(len(asked), walk.pages_ahead(self._prefetch, page) * goes_on):
                    call = self._call(following, walk.size, is_lazy=is_lazy)
                    asked.append((call, _started(self._ask(call))))
                    following += 1
                if not goes_on:
                    _cancel(asked)
                if cut.items:
                    yield cut
        finally:
            _cancel(asked)

    def _call(self, number: int, size: int, *, is_lazy: bool) -> Call[Page[T]]:
        call = self._make(number, size)
        return evolve(call, is_lazy=True) if is_lazy else call


def _page_of(call: Call[Page[T]], response: Response) -> Page[T]:
    return cast("Page[T]", answer_of(cast("Call[object]", call), response).value)


def _started(asking: Awaitable[Response]) -> "Task[Response]":
    from asyncio import ensure_future  # noqa: PLC0415 - a start can spare it

    return ensure_future(asking)


def _cancel(asked: "deque[tuple[Call[Page[T]], Task[Response]]]") -> None:
    for _, task in asked:
        task.cancel()
        task.add_done_callback(_forget)
    asked.clear()


def _forget(task: "Task[Response]") -> None:
    """Look at the error of a page that nobody wants, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()
