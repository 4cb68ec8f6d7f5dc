"""Creates items at most once for each key, whatever dies in between."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, cast

from attrs import define, evolve, field

from amocrm_gen.runtime.batch import is_many
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.effects import Talk
from amocrm_gen.runtime.errors import AmoError, BatchError, Problem
from amocrm_gen.runtime.keeper import Keeper, Part
from amocrm_gen.runtime.ledger.ledger import Ledger
from amocrm_gen.runtime.marker import LookUp
from amocrm_gen.runtime.options import Progress, Tell
from amocrm_gen.runtime.session import Session

__all__ = ["write_once"]

I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")
F = TypeVar("F")


def write_once(  # noqa: PLR0913, PLR0917 - as the facades hand it over
    session: Session,
    make: Callable[[Sequence[I]], Call[list[R]]],
    items: object,
    operation: Operation,
    once: object,
    progress: Tell | None,
    pages: LookUp[F] | None,
) -> Talk[R | list[R]]:
    """Create one item, or any number, each if its key was not used before.

    Of a key that was, the recorded result is returned. A key whose create was begun and not heard
    of again is looked up by its marker; else it is in doubt, and nothing is sent.
    """
    keeper = Keeper(session, make, operation, _ledger(session), pages)
    if not is_many(items):
        item = cast("I", items)
        part = Part[I, R]([item], [_key(once, item)])
        yield from keeper.write(part, is_batch=False)
        if part.error is not None:
            raise part.error
        return part.done[0]
    pairs = cast("Iterator[tuple[I, str]]", _pairs(items, once))
    return (yield from _Series(keeper, pairs, progress).run())


def _ledger(session: Session) -> Ledger:
    if session.ledger is None:
        from amocrm_gen.runtime.ledger.sqlite import SqliteLedger  # noqa: PLC0415 - loads sqlite

        session.ledger = SqliteLedger()
    return session.ledger


def _key(once: object, item: object) -> str:
    found = once(item) if callable(once) else once
    if not isinstance(found, str) or not found:
        message = f"a key must be a text that is not empty, not {found!r}"
        raise ValueError(message)
    return found


def _pairs(items: Iterable[object], once: object) -> Iterator[tuple[object, str]]:
    """Go through the items with their keys."""
    if callable(once):
        return ((item, _key(once, item)) for item in items)
    if isinstance(once, str) or not isinstance(once, Iterable):
        message = "many items need a key each: give `once` a function of an item, or a list of keys"
        raise ValueError(message)  # noqa: TRY004 - a text is of the right type, and yet no list
    keys = cast("Iterable[object]", once)
    return ((item, _key(key, item)) for item, key in zip(items, keys, strict=True))


@define
class _Series(Generic[I, R, F]):
    """Many items, so many at a time as one request takes."""

    keeper: Keeper[I, R, F]
    pairs: Iterator[tuple[I, str]]
    progress: Tell | None
    done: list[R] = field(factory=list[R], init=False)
    items: list[I] = field(factory=list[I], init=False)
    """The items of `done`."""
    taken: int = field(default=0, init=False)
    requests: int = field(default=0, init=False)

    def run(self) -> Talk[list[R]]:
        """Write all; stop after the first request after which not all is known to be written."""
        while pairs := list(islice(self.pairs, self.keeper.operation.batch_max or 250)):
            part = Part[I, R]([item for item, _ in pairs], [key for _, key in pairs])
            yield from self.keeper.write(part)
            before, self.taken = self.taken, self.taken + len(pairs)
            for index in sorted(part.done):
                self.done.append(part.done[index])
                self.items.append(part.items[index])
            if part.error is not None:
                raise self._error(part, part.error, before) from part.error
            self.requests += 1
            self._tell()
        return self.done

    def _tell(self) -> None:
        if self.progress is None:
            return
        try:
            self.progress(Progress(len(self.done), self.taken, self.requests))
        except Exception as error:
            stopped = AmoError(f"stopped by the progress callback: {error}")
            raise self._error(Part[I, R]([], []), stopped, self.taken) from error

    def _error(self, part: Part[I, R], error: AmoError, before: int) -> BatchError[R, I]:
        failed = [
            (part.items[index], _placed(problems, before + index))
            for index, problems in sorted(part.failed.items())
        ]
        return BatchError(
            error.message,
            done=self.done,
            done_items=self.items,
            failed=failed,
            in_doubt=[part.items[index] for index in sorted(part.in_doubt)],
            not_tried=[*part.not_tried(), *(item for item, _ in self.pairs)],
            operation=self.keeper.operation.name,
            status=error.status,
            request_id=error.request_id,
        )


def _placed(problems: tuple[Problem, ...], place: int) -> tuple[Problem, ...]:
    return tuple(evolve(problem, index=place) for problem in problems)
