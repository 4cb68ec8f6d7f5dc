"""Reads what has changed since the last time, while it goes on changing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar, cast

from attrs import evolve, frozen

from amocrm_gen.runtime.call import Call, Operation, Page
from amocrm_gen.runtime.cursor import Cursor, Track, mark_of
from amocrm_gen.runtime.encode import encode_query
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.types import JsonObject
from amocrm_gen.runtime.walk import Walk

__all__ = ["AsyncChanges", "Changes", "Deletion"]

T = TypeVar("T")
E = TypeVar("E")

Make = Callable[[int, int], Call[Page[T]]]
_UPDATED: Final = "updated_at"
_CREATED: Final = "created_at"


@frozen
class Deletion:
    """An item that was deleted."""

    id: int
    at: datetime


@frozen
class _Found(Generic[T]):
    """What a page has that was not handed out before, with what is to be noted of each."""

    page: Page[T]
    notes: list[tuple[str, int, str]]


Steps = Generator[Call[Page[T]] | _Found[T], Any, None]
"""Asks for pages, and is sent them; hands out what is found."""


class _Reader(Generic[T, E]):
    """Decides what is asked for next; without any I/O."""

    def __init__(
        self,
        make: Make[T],
        operation: Operation,
        since: str | datetime | None,
        overlap: int,
        deletions: Make[E] | None,
    ) -> None:
        self.cursor = Cursor.starting(since, overlap)
        self._make = make
        self._size = operation.page_max or 250
        self._operation = operation
        self._deletions = deletions

    def rows(self) -> Steps[T]:
        """Go through the rows from the older change to the newer.

        Each request begins at the second in which the last one ended, and never at a page number:
        a row that changes meanwhile goes to the end, and would pull the others across the border
        of a page.
        """
        track = self.cursor.rows
        start = track.start(self.cursor.overlap)
        page: Page[T] = yield self._call(start, 1)
        # What is shown late may have come behind this loop; the next one reads it again.
        began = page.served_at
        while True:
            seconds = _seconds(page, _UPDATED)
            is_last = self._is_last(page)
            yield self._found(page, track)
            if is_last:
                break
            if start is not None and seconds[-1] <= start:
                # More rows of one second than fit on a page.
                if not (yield from self._crowd(start)):
                    break
                start += 1
            else:
                start = seconds[-1]
            track.pass_to(start if began is None else min(start, began))
            page = yield self._call(start, 1)
        track.pass_to(track.newest if began is None else min(track.newest, began))
        track.forget_before(self.cursor.overlap)

    def _crowd(self, second: int) -> Generator[Call[Page[T]] | _Found[T], Any, bool]:
        """Go through all rows of a second; tell whether there are later ones.

        Rows only leave a second that is over, and those behind them move up: so reading its pages
        once more from the last to the first meets each row that stays.
        """
        number, is_beyond, is_last = 1, False, False
        while not is_beyond and not is_last:
            number += 1
            page: Page[T] = yield self._call(second, number)
            is_last = self._is_last(page)
            is_beyond = any(found > second for found in _seconds(page, _UPDATED))
            yield self._found(page, self.cursor.rows)
        for again in range(number - 1, 0, -1):
            page = yield self._call(second, again)
            yield self._found(page, self.cursor.rows)
        return is_beyond

    def deletions(self) -> Steps[E]:
        """Go through the events of deletion, from the newest to the oldest."""
        if self._deletions is None:
            raise ConfigurationError(f"amoCRM keeps no log of deletions for {self._operation.name}")
        track = self.cursor.deletions
        start = track.start(self.cursor.overlap)
        if start is None and self.cursor.rows.at is not None:
            start = track.floor = self.cursor.rows.start(self.cursor.overlap) or 0
        if start is None:
            # Whoever begins has nothing that could have been deleted.
            page: Page[E] = yield evolve(self._deletions(1, 1), is_lazy=True)
            for note in self._found(page, track, _CREATED).notes:
                track.note(*note)
            track.at = track.floor = track.newest
            return
        number, is_last = 0, False
        while not is_last:
            number += 1
            call = self._deletions(number, 100)
            page = yield _since(call, _CREATED, start)
            is_last = len(page.items) < 100 or page.next_href is None
            yield self._found(page, track, _CREATED)
        track.pass_to(max(track.newest, start))
        track.forget_before(self.cursor.overlap)

    def _call(self, start: int | None, number: int) -> Call[Page[T]]:
        return _since(self._make(number, self._size), _UPDATED, start)

    def _is_last(self, page: Page[T]) -> bool:
        return not Walk(1, self._size, None).goes_on_after(page)

    @staticmethod
    def _found(page: Page[Any], track: Track, time: str = _UPDATED) -> _Found[Any]:
        # Any: rows, or events
        rows: list[JsonObject] = []
        notes: list[tuple[str, int, str]] = []
        for row, second in zip(_rows(page), _seconds(page, time), strict=True):
            key, mark = str(row.get("id")), mark_of(row)
            if track.seen.get(key) != (second, mark):
                rows.append(row)
                notes.append((key, second, mark))
        return _Found(evolve(page, items=rows), notes)


class Changes(Generic[T]):
    """Rows that were made or changed since the last time, the oldest change first.

    A loop ends when nothing newer is there; the next loop goes on from there. `cursor` can be kept,
    and given to `changes()` in another process. A row counts as read when the loop asks for the one
    behind it.
    """

    def __init__(  # noqa: PLR0913 - what the facades hand over
        self,
        send: Callable[[Call[Page[Any]]], Page[Any]],  # Any: of rows and of events
        make: Make[T],
        *,
        operation: Operation,
        since: str | datetime | None,
        overlap: int,
        deletions: Make[E] | None = None,
    ) -> None:
        self._send = send
        self._reader = _Reader(make, operation, since, overlap, deletions)

    @property
    def cursor(self) -> str:
        """What has been read so far, as a text to keep."""
        return self._reader.cursor.dump()

    def __iter__(self) -> Iterator[T]:
        """Go through what has changed."""
        return self._run(self._reader.rows(), self._reader.cursor.rows)

    def deleted(self) -> Iterator[Deletion]:
        """Go through what was deleted, by the log of events; call it before the rows.

        A row that was deleted and restored is then deleted first, and comes back as a row.
        Needs the right to read events.
        """
        track = self._reader.cursor.deletions
        for event in self._run(self._reader.deletions(), track):
            yield _deletion(event)

    def _run(self, steps: Steps[E], track: Track) -> Iterator[E]:
        page: Page[E] | None = None
        while (step := _next(steps, page)) is not None:
            if isinstance(step, Call):
                page = self._send(step)
                continue
            page = None
            for note, item in zip(step.notes, step.page.read(), strict=True):
                yield item
                track.note(*note)


class AsyncChanges(Generic[T]):
    """Rows that were made or changed since the last time, the oldest change first.

    A loop ends when nothing newer is there; the next loop goes on from there. `cursor` can be kept,
    and given to `changes()` in another process. A row counts as read when the loop asks for the one
    behind it.
    """

    def __init__(  # noqa: PLR0913 - what the facades hand over
        self,
        send: Callable[[Call[Page[Any]]], Awaitable[Page[Any]]],  # Any: of rows and of events
        make: Make[T],
        *,
        operation: Operation,
        since: str | datetime | None,
        overlap: int,
        deletions: Make[E] | None = None,
    ) -> None:
        self._send = send
        self._reader = _Reader(make, operation, since, overlap, deletions)

    @property
    def cursor(self) -> str:
        """What has been read so far, as a text to keep."""
        return self._reader.cursor.dump()

    def __aiter__(self) -> AsyncIterator[T]:
        """Go through what has changed."""
        return self._run(self._reader.rows(), self._reader.cursor.rows)

    async def deleted(self) -> AsyncIterator[Deletion]:
        """Go through what was deleted, by the log of events; call it before the rows.

        A row that was deleted and restored is then deleted first, and comes back as a row.
        Needs the right to read events.
        """
        track = self._reader.cursor.deletions
        async for event in self._run(self._reader.deletions(), track):
            yield _deletion(event)

    async def _run(self, steps: Steps[E], track: Track) -> AsyncIterator[E]:
        page: Page[E] | None = None
        while (step := _next(steps, page)) is not None:
            if isinstance(step, Call):
                page = await self._send(step)
                continue
            page = None
            for note, item in zip(step.notes, step.page.read(), strict=True):
                yield item
                track.note(*note)


def _next(steps: Steps[E], page: Page[E] | None) -> Call[Page[E]] | _Found[E] | None:
    try:
        return steps.send(page)
    except StopIteration:
        return None


def _since(call: Call[Page[E]], name: str, start: int | None) -> Call[Page[E]]:
    if any(key.startswith(f"filter[{name}]") for key, _ in call.query):
        message = f"{call.operation.name}: {name} is what the cursor filters by; give it as `since`"
        raise ValueError(message)
    which = {} if start is None else {name: {"from": start}}
    return evolve(call, query=(*encode_query(filter=which), *call.query), is_lazy=True)


def _rows(page: Page[Any]) -> list[JsonObject]:  # Any: JSON yet, as the call is lazy
    return cast("list[JsonObject]", page.items)


def _seconds(page: Page[Any], name: str) -> list[int]:  # Any: as above
    return [second if isinstance(second := row.get(name), int) else 0 for row in _rows(page)]


def _deletion(event: Any) -> Deletion:  # Any: an event's model, which generated code defines
    at: datetime | int = event.created_at
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return Deletion(event.entity_id, moment)
