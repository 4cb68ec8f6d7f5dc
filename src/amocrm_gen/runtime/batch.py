"""Writes any number of items in batches, and knows at every moment what became of each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeGuard, TypeVar, cast

from attrs import define, evolve, field

from amocrm_gen.runtime.answers import Answer
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import ask, complaint_of
from amocrm_gen.runtime.effects import Talk
from amocrm_gen.runtime.errors import (
    AmoError,
    ApiError,
    BatchError,
    Conflict,
    NotFound,
    Problem,
    ResponseError,
    ServerError,
    TransportError,
    ValidationError,
)
from amocrm_gen.runtime.matching import by_index, marked, matched
from amocrm_gen.runtime.options import OnGatewayTimeout, Progress, Tell
from amocrm_gen.runtime.session import Session

if TYPE_CHECKING:
    from amocrm_gen.runtime.marker import LookUp

__all__ = ["Batch", "is_many", "may_be_written", "write", "write_one"]

I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")
F = TypeVar("F")


def write(  # noqa: PLR0913, PLR0917 - as the facades hand it over
    session: Session,
    make: Callable[[Sequence[I]], Call[list[R]]],
    items: object,
    operation: Operation,
    once: object = None,
    progress: Tell | None = None,
    on_gateway_timeout: OnGatewayTimeout = "in_doubt",
    look_up: "LookUp[F] | None" = None,
) -> Talk[R | list[R]]:
    """Write one item, or any number of them in as many requests as that takes.

    One item raises the error of its request; an iterable raises `BatchError`.
    """
    if once is not None:
        from amocrm_gen.runtime.once import write_once  # noqa: PLC0415 - it imports this

        return (yield from write_once(session, make, items, operation, once, progress, look_up))
    if not is_many(items):
        return (yield from write_one(session, make, cast("I", items), operation))
    batch = Batch(
        session,
        make,
        operation,
        cast("Iterator[I]", iter(items)),
        progress,
        splits=operation.retry != "refused_only" or on_gateway_timeout == "split",
    )
    return (yield from batch.run())


def is_many(items: object) -> TypeGuard[Iterable[object]]:
    """Tell whether it is an iterable of items, and not one item."""
    return isinstance(items, Iterable) and not isinstance(items, Mapping | str)


def write_one(
    session: Session,
    make: Callable[[Sequence[I]], Call[list[R]]],
    item: I,
    operation: Operation,
) -> Talk[R]:
    """Write one item; raises the error of its request."""
    call = make([item])
    answer = yield from ask(session, cast("Call[object]", call))
    found = cast("list[R]", answer.value)
    if answer.problems:
        raise complaint_of(operation, answer.problems)
    if not found:
        raise ResponseError(
            "the answer says nothing of the item; it may have been written",
            operation=operation.name,
        )
    return found[0]


@define
class _Chunk(Generic[I]):
    """Items that go out together."""

    items: list[I]
    start: int
    """The place of the first of them in all."""
    was_sent: bool = False
    """Whether they went out before, in a request that the server did not answer in time."""


@define
class Batch(Generic[I, R]):
    """Items on their way."""

    session: Session
    make: Callable[[Sequence[I]], Call[list[R]]]
    operation: Operation
    items: Iterator[I]
    progress: Tell | None = None
    splits: bool = field(default=False, kw_only=True)
    """Whether what took the server too long is sent again in halves."""
    done: list[R] = field(factory=list[R], init=False)
    places: list[int] = field(factory=list[int], init=False)
    """The place of each of `done` among the items."""
    failed: list[tuple[I, tuple[Problem, ...]]] = field(
        factory=list[tuple[I, tuple[Problem, ...]]], init=False
    )
    in_doubt: list[tuple[int, I]] = field(factory=list[tuple[int, I]], init=False)
    """Items with their places."""
    _written: list[I] = field(factory=list[I], init=False)
    _ahead: deque[_Chunk[I]] = field(factory=deque[_Chunk[I]], init=False)
    _taken: int = field(default=0, init=False)
    _requests: int = field(default=0, init=False)

    def run(self) -> Talk[list[R]]:
        """Send all chunks; stop at the first that is not written whole."""
        while (chunk := self._next()) is not None:
            call = marked(self.make(chunk.items), chunk.start, self.operation)
            splittable = self.splits and len(chunk.items) > 1
            try:
                answer = yield from ask(self.session, call, splittable=splittable)
            except AmoError as error:
                if splittable and isinstance(error, ServerError) and error.status == 504:
                    self._halve(chunk)
                    self._tell()
                    continue
                raise self._stopped(chunk, error) from error
            self._take(chunk, call, answer)
            if self.failed or self.in_doubt:
                raise self._error("some items were not written")
            self._tell()
        return self.done

    def _next(self) -> _Chunk[I] | None:
        if self._ahead:
            return self._ahead.popleft()
        items = list(islice(self.items, self.operation.batch_max or 250))
        chunk = _Chunk(items, self._taken)
        self._taken += len(items)
        return chunk if items else None

    def _halve(self, chunk: _Chunk[I]) -> None:
        half = len(chunk.items) // 2
        parts = ((chunk.items[half:], chunk.start + half), (chunk.items[:half], chunk.start))
        self._ahead.extendleft(_Chunk(*part, was_sent=True) for part in parts)

    def _tell(self) -> None:
        self._requests += 1
        if self.progress is None:
            return
        try:
            self.progress(Progress(len(self.done), self._taken, self._requests))
        except Exception as error:
            raise self._error(f"stopped by the progress callback: {error}") from error

    def _take(self, chunk: _Chunk[I], call: Call[object], answer: Answer) -> None:
        results = matched(call.body, cast("list[R]", answer.value), self.operation)
        complaints = by_index(answer.problems, len(chunk.items))
        if not complaints and all(result is not None for result in results):
            self.done += cast("list[R]", results)
            self.places += range(chunk.start, chunk.start + len(results))
            self._written += chunk.items
            return
        for index, (item, result) in enumerate(zip(chunk.items, results, strict=True)):
            if index in complaints:
                self._fail(chunk, index, complaints[index])
            elif result is None:
                # The answer says nothing of it.
                self.in_doubt.append((chunk.start + index, item))
            else:
                self.done.append(result)
                self.places.append(chunk.start + index)
                self._written.append(item)

    def _fail(self, chunk: _Chunk[I], index: int, problems: Iterable[Problem]) -> None:
        place = chunk.start + index
        named = tuple(evolve(problem, index=place) for problem in problems)
        self.failed.append((chunk.items[index], named))

    def _stopped(self, chunk: _Chunk[I], error: AmoError) -> BatchError[R, I]:
        left = list(enumerate(chunk.items, chunk.start))
        if isinstance(error, ValidationError | Conflict | NotFound):
            # Refused as a whole: what is not at fault was not written either.
            complaints = by_index(error.problems, len(chunk.items))
            if not complaints:
                problem = Problem(error.message)
                complaints = {index: [problem] for index in range(len(chunk.items))}
            for index in sorted(complaints):
                self._fail(chunk, index, complaints[index])
            left = [part for part in left if part[0] - chunk.start not in complaints]
        if may_be_written(error) or chunk.was_sent:
            self.in_doubt.extend(left)
            left = []
        return self._error(
            error.message,
            [item for _, item in left],
            status=error.status,
            request_id=error.request_id,
        )

    def _error(
        self,
        message: str,
        not_tried: Sequence[I] = (),
        *,
        status: int | None = None,
        request_id: str | None = None,
    ) -> BatchError[R, I]:
        # Halves that wait for their turn went out before.
        sent = [item for chunk in self._ahead for item in chunk.items]
        return BatchError(
            message,
            done=self.done,
            done_items=self._written,
            failed=self.failed,
            in_doubt=[*(item for _, item in self.in_doubt), *sent],
            not_tried=[*not_tried, *self.items],
            operation=self.operation.name,
            status=status,
            request_id=request_id,
        )


def may_be_written(error: AmoError) -> bool:
    """Tell whether an error leaves open what became of a write."""
    if isinstance(error, TransportError):
        return error.sent
    return isinstance(error, ServerError | ResponseError) or type(error) is ApiError
