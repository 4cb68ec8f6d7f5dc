"""Writes any number of items in batches, and knows at every moment what became of each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Generic, TypeGuard, TypeVar, cast

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
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.session import Session

__all__ = ["write"]

I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")


def write(
    session: Session,
    make: Callable[[Sequence[I]], Call[list[R]]],
    items: object,
    operation: Operation,
) -> Talk[R | list[R]]:
    """Write one item, or any number of them in as many requests as that takes.

    One item raises the error of its request; an iterable raises `BatchError`.
    """
    if not _is_many(items):
        return (yield from _write_one(session, make, cast("I", items), operation))
    batch = _Batch(session, make, operation, cast("Iterator[I]", iter(items)))
    return (yield from batch.run())


def _is_many(items: object) -> TypeGuard[Iterable[object]]:
    return isinstance(items, Iterable) and not isinstance(items, Mapping | str)


def _write_one(
    session: Session,
    make: Callable[[Sequence[I]], Call[list[R]]],
    item: I,
    operation: Operation,
) -> Talk[R]:
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


@define
class _Batch(Generic[I, R]):
    session: Session
    make: Callable[[Sequence[I]], Call[list[R]]]
    operation: Operation
    items: Iterator[I]
    done: list[R] = field(factory=list[R])
    failed: list[tuple[I, tuple[Problem, ...]]] = field(factory=list[tuple[I, tuple[Problem, ...]]])
    _ahead: deque[_Chunk[I]] = field(factory=deque[_Chunk[I]])
    _taken: int = 0

    def run(self) -> Talk[list[R]]:
        """Send all chunks; stop at the first that is not written whole."""
        while (chunk := self._next()) is not None:
            marked = _marked(self.make(chunk.items), chunk.start, self.operation)
            try:
                answer = yield from ask(self.session, marked, splittable=len(chunk.items) > 1)
            except AmoError as error:
                if self._halve(chunk, error):
                    continue
                raise self._stopped(chunk, error) from error
            self._take(chunk, marked, answer)
            if self.failed:
                raise self._error("some items were not written", not_tried=self._rest())
        return self.done

    def _next(self) -> _Chunk[I] | None:
        if self._ahead:
            return self._ahead.popleft()
        items = list(islice(self.items, self.operation.batch_max or 250))
        chunk = _Chunk(items, self._taken)
        self._taken += len(items)
        return chunk if items else None

    def _halve(self, chunk: _Chunk[I], error: AmoError) -> bool:
        """Cut a chunk that took the server too long, where sending again does no harm."""
        too_much = isinstance(error, ServerError) and error.status == 504
        if not too_much or self.operation.retry == "refused_only" or len(chunk.items) < 2:
            return False
        half = len(chunk.items) // 2
        self._ahead.appendleft(_Chunk(chunk.items[half:], chunk.start + half))
        self._ahead.appendleft(_Chunk(chunk.items[:half], chunk.start))
        return True

    def _take(self, chunk: _Chunk[I], call: Call[object], answer: Answer) -> None:
        results = _matched(call.body, cast("list[R]", answer.value), self.operation)
        complaints = _by_index(answer.problems, len(chunk.items))
        for index, (item, result) in enumerate(zip(chunk.items, results, strict=True)):
            if index in complaints:
                self._fail(chunk, index, complaints[index])
            elif result is None:
                missing = Problem("the answer says nothing of it; it may have been written")
                self._fail(chunk, index, [missing])
            else:
                self.done.append(result)
            del item

    def _fail(self, chunk: _Chunk[I], index: int, problems: Iterable[Problem]) -> None:
        place = chunk.start + index
        named = tuple(evolve(problem, index=place) for problem in problems)
        self.failed.append((chunk.items[index], named))

    def _stopped(self, chunk: _Chunk[I], error: AmoError) -> BatchError[R, I]:
        in_doubt: list[I] = []
        not_tried: list[I] = []
        if isinstance(error, ValidationError | Conflict | NotFound):
            # Refused as a whole: what is not at fault was not written either.
            complaints = _by_index(error.problems, len(chunk.items))
            if not complaints:
                problem = Problem(error.message)
                complaints = {index: [problem] for index in range(len(chunk.items))}
            for index, item in enumerate(chunk.items):
                if index in complaints:
                    self._fail(chunk, index, complaints[index])
                else:
                    not_tried.append(item)
        elif _may_be_written(error):
            in_doubt = chunk.items
        else:
            not_tried = chunk.items
        return self._error(
            error.message,
            in_doubt=in_doubt,
            not_tried=[*not_tried, *self._rest()],
            status=error.status,
            request_id=error.request_id,
        )

    def _rest(self) -> list[I]:
        ahead = [item for chunk in self._ahead for item in chunk.items]
        return [*ahead, *self.items]

    def _error(
        self,
        message: str,
        *,
        not_tried: Sequence[I],
        in_doubt: Sequence[I] = (),
        status: int | None = None,
        request_id: str | None = None,
    ) -> BatchError[R, I]:
        return BatchError(
            message,
            done=self.done,
            failed=self.failed,
            in_doubt=in_doubt,
            not_tried=not_tried,
            operation=self.operation.name,
            status=status,
            request_id=request_id,
        )


def _may_be_written(error: AmoError) -> bool:
    if isinstance(error, TransportError):
        return error.sent
    return isinstance(error, ServerError | ResponseError) or type(error) is ApiError


def _by_index(problems: Iterable[Problem], length: int) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.index is not None and problem.index < length:
            found.setdefault(problem.index, []).append(problem)
    return found


def _marked(call: Call[list[R]], start: int, operation: Operation) -> Call[object]:
    """Give each item without a mark of its own one that the answer repeats."""
    plain = cast("Call[object]", call)
    if operation.batch_match != "request_id" or not is_list(call.body):
        return plain
    items = [item for item in call.body if is_object(item)]
    bare = [item for item in items if item.get("request_id") is None]
    given = {str(item.get("request_id")) for item in items} if len(bare) < len(items) else ()
    fresh = (mark for mark in map(str, count(start)) if mark not in given)
    # The body was made for this call, so nobody sees the marks.
    for item, mark in zip(bare, fresh, strict=False):
        item["request_id"] = mark
    return plain


def _matched(body: object, results: list[R], operation: Operation) -> list[R | None]:
    """Put the results in the order of the items; None where there is none."""
    if not is_list(body):
        return list[R | None](results)
    name = operation.batch_match
    sent = [item.get(name) if is_object(item) else None for item in body]
    if [getattr(result, name, None) for result in results] == sent:
        return list[R | None](results)
    marks = _marks(results, name)
    if not marks:
        # Nothing to tell them by but their place.
        return [*results, *[None] * len(body)][: len(body)]
    return [marks.get(str(mark)) for mark in sent]


def _marks(results: Iterable[R], name: str) -> dict[str, R]:
    found: dict[str, R] = {}
    for result in results:
        mark: object = getattr(result, name, None)
        if is_list(mark):
            # One lead that several items met in names the marks of all of them.
            found.update((str(single), result) for single in mark)
        elif type(mark) in {str, int}:
            found[str(mark)] = result
    return found
