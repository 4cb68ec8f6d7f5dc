"""Walks a list page by page."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import evolve, frozen

from amocrm_gen.runtime.call import Page
from amocrm_gen.runtime.walk import Walk

if TYPE_CHECKING:
    from asyncio import Task
    from concurrent.futures import Future

__all__ = ["AsyncPaginator", "Paginator"]

T = TypeVar("T")


@frozen
class Paginator(Generic[T]):
    """All items of a list; pages are asked for as the loop reaches them.

    Each loop over it starts anew.
    """

    _fetch: Callable[[int, int], Page[T]]
    _start: Walk
    _prefetch: int = 0
    """Pages to ask for ahead, by threads."""
    _fetch_unread: Callable[[int, int], Page[T]] | None = None
    """Fetches pages whose items are JSON yet."""

    def __iter__(self) -> Iterator[T]:
        """Go through the items; each is read when the loop reaches it."""
        for page in self._pages(self._fetch_unread or self._fetch):
            yield from page.read()

    def pages(self) -> Iterator[Page[T]]:
        """Go through whole pages."""
        return self._pages(self._fetch)

    def first(self) -> T | None:
        """Return the first item, or None; one request."""
        size = 1 if self._start.number == 1 else self._start.size
        if self._start.is_over:
            return None
        return next(iter(self._fetch(self._start.number, size).items), None)

    def all(self) -> list[T]:
        """Return all items in a list."""
        return [item for page in self.pages() for item in page.items]

    def _pages(self, fetch: Callable[[int, int], Page[T]]) -> Iterator[Page[T]]:
        walk = evolve(self._start)
        return self._ahead(walk, fetch) if self._prefetch > 0 else _one_by_one(walk, fetch)

    def _ahead(self, walk: Walk, fetch: Callable[[int, int], Page[T]]) -> Generator[Page[T]]:
        if walk.is_over:
            return
        page = fetch(walk.number, walk.size)
        cut = _cut(walk, page)
        if not walk.goes_on_after(page):
            # Nothing is asked for ahead before a first full page.
            yield from [cut] * bool(cut.items)
            return
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only who prefetches

        pool = ThreadPoolExecutor(self._prefetch, thread_name_prefix="amocrm-pages")
        asked: deque[Future[Page[T]]] = deque()
        number = walk.number
        try:
            while True:
                while len(asked) < walk.pages_ahead(self._prefetch):
                    asked.append(pool.submit(fetch, number, walk.size))
                    number += 1
                yield cut
                if not asked:
                    return
                page = asked.popleft().result()
                cut = _cut(walk, page)
                if not walk.goes_on_after(page):
                    yield from [cut] * bool(cut.items)
                    return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _one_by_one(walk: Walk, fetch: Callable[[int, int], Page[T]]) -> Iterator[Page[T]]:
    goes_on = not walk.is_over
    while goes_on:
        page = fetch(walk.number, walk.size)
        cut = _cut(walk, page)
        goes_on = walk.goes_on_after(page)
        if cut.items:
            yield cut


@frozen
class AsyncPaginator(Generic[T]):
    """All items of a list; pages are asked for as the loop reaches them.

    Each loop over it starts anew.
    """

    _fetch: Callable[[int, int], Awaitable[Page[T]]]
    _start: Walk
    _prefetch: int = 0
    """Pages to ask for ahead, by tasks."""
    _fetch_unread: Callable[[int, int], Awaitable[Page[T]]] | None = None
    """Fetches pages whose items are JSON yet."""

    async def __aiter__(self) -> AsyncIterator[T]:
        """Go through the items; each is read when the loop reaches it."""
        async with aclosing(self._pages(self._fetch_unread or self._fetch)) as pages:
            async for page in pages:
                for item in page.read():
                    yield item

    def pages(self) -> AsyncGenerator[Page[T]]:
        """Go through whole pages."""
        return self._pages(self._fetch)

    async def first(self) -> T | None:
        """Return the first item, or None; one request."""
        size = 1 if self._start.number == 1 else self._start.size
        if self._start.is_over:
            return None
        return next(iter((await self._fetch(self._start.number, size)).items), None)

    async def all(self) -> list[T]:
        """Return all items in a list."""
        return [item async for page in self.pages() for item in page.items]

    def _pages(self, fetch: Callable[[int, int], Awaitable[Page[T]]]) -> AsyncGenerator[Page[T]]:
        walk = evolve(self._start)
        return self._ahead(walk, fetch) if self._prefetch > 0 else _async_one_by_one(walk, fetch)

    async def _ahead(
        self, walk: Walk, fetch: Callable[[int, int], Awaitable[Page[T]]]
    ) -> AsyncGenerator[Page[T]]:
        if walk.is_over:
            return
        page = await fetch(walk.number, walk.size)
        cut = _cut(walk, page)
        from asyncio import ensure_future  # noqa: PLC0415 - a start can spare it

        asked: deque[Task[Page[T]]] = deque()
        number = walk.number
        goes_on = walk.goes_on_after(page)
        try:
            while True:
                # Nothing is asked for ahead before a first full page.
                while goes_on and len(asked) < walk.pages_ahead(self._prefetch):
                    asked.append(ensure_future(fetch(number, walk.size)))
                    number += 1
                if cut.items:
                    yield cut
                if not goes_on or not asked:
                    return
                page = await asked.popleft()
                cut = _cut(walk, page)
                goes_on = walk.goes_on_after(page)
        finally:
            for task in asked:
                task.cancel()
                task.add_done_callback(_forget)


async def _async_one_by_one(
    walk: Walk, fetch: Callable[[int, int], Awaitable[Page[T]]]
) -> AsyncGenerator[Page[T]]:
    goes_on = not walk.is_over
    while goes_on:
        page = await fetch(walk.number, walk.size)
        cut = _cut(walk, page)
        goes_on = walk.goes_on_after(page)
        if cut.items:
            yield cut


def _cut(walk: Walk, page: Page[T]) -> Page[T]:
    wanted = walk.take(len(page.items))
    return page if wanted == len(page.items) else evolve(page, items=page.items[:wanted])


def _forget(task: "Task[Page[T]]") -> None:
    """Look at the error of a page that nobody wants, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()
