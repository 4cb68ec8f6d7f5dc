"""Writes the items of one request with an eye on the ledger: each key once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from attrs import define, field, has
from orjson import dumps, loads

from amocrm_gen.runtime.batch import Batch, may_be_written, write_one
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.effects import Do, Free, Hold, Now, Talk
from amocrm_gen.runtime.errors import AmoError, InDoubtError, Problem
from amocrm_gen.runtime.kinds import is_list
from amocrm_gen.runtime.ledger.ledger import Ledger, LedgerEntry, LockingLedger
from amocrm_gen.runtime.marker import LookUp, Marker, look_up
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.shapes import keys_of
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["Keeper", "Part"]

I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")
F = TypeVar("F")


@define
class Part(Generic[I, R]):
    """Items that one request takes, and what became of each, by its place."""

    items: list[I]
    keys: list[str]
    done: dict[int, R] = field(factory=dict[int, R], init=False)
    failed: dict[int, tuple[Problem, ...]] = field(
        factory=dict[int, tuple[Problem, ...]], init=False
    )
    in_doubt: set[int] = field(factory=set[int], init=False)
    error: AmoError | None = field(default=None, init=False)
    """What stopped it."""

    def not_tried(self) -> Iterator[I]:
        """Go through the items of which nothing became."""
        known = self.done.keys() | self.failed.keys() | self.in_doubt
        return (item for index, item in enumerate(self.items) if index not in known)


@define
class Keeper(Generic[I, R, F]):
    """Knows how to write the items of one operation."""

    session: Session
    make: Callable[[Sequence[I]], Call[list[R]]]
    operation: Operation
    ledger: Ledger
    pages: LookUp[F] | None

    def write(self, part: Part[I, R], *, is_batch: bool = True) -> Talk[None]:
        """Write what was not written before, and tell in the part what became of it all."""
        call = self.make(part.items)
        names = [f"{self.session.name}{call.path}#{key}" for key in part.keys]
        locks = self.ledger.locks if isinstance(self.ledger, LockingLedger) else self.session.locks
        # Whoever holds the lock of a key that was begun is alone with it: the other one is dead.
        held = yield Hold(locks, sorted({f"once/{name}" for name in names}))
        try:
            entries = yield from self._known(part, names, call)
            self._recall(part, names, entries, call)
            if part.error is not None:
                return
            new: dict[str, int] = {}
            for index, name in enumerate(names):
                if name not in entries:
                    new.setdefault(name, index)
            if new:
                yield from self._send(part, new, is_batch=is_batch)
            # Items that have their key in common have their result in common.
            for index, name in enumerate(names):
                if new.get(name) in part.done:
                    part.done[index] = part.done[new[name]]
        finally:
            yield Free(held)

    def _known(
        self, part: Part[I, R], names: list[str], call: Call[list[R]]
    ) -> Talk[dict[str, LedgerEntry]]:
        """Return the entries of what is done; what was begun is looked up."""
        loaded = yield Do(lambda: self.ledger.load(list(dict.fromkeys(names))))
        entries: dict[str, LedgerEntry] = dict(loaded)
        begun = {name: entry for name, entry in entries.items() if not entry.is_done}
        if not begun:
            return entries
        marker = self.session.markers.get(_resource(self.operation))
        if marker is not None and self.pages is not None:
            try:
                found = yield from self._found(part, names, begun, call, marker, self.pages)
            except AmoError as error:
                part.error = error
                part.in_doubt = {index for index, name in enumerate(names) if name in begun}
                return entries
            entries.update(found)
        now: float = yield Now()
        doubtful: list[str] = []
        for name, entry in begun.items():
            if entries[name].is_done:
                continue
            patience = None if marker is None or self.pages is None else marker.resend_after
            if patience is not None and now - entry.started_at >= patience:
                del entries[name]
            else:
                doubtful.append(name)
        if doubtful:
            part.error = self._doubt(doubtful, begun, marker)
            part.in_doubt = {index for index, name in enumerate(names) if name in doubtful}
        return entries

    def _found(  # noqa: PLR0913, PLR0917 - all that a look-up starts from
        self,
        part: Part[I, R],
        names: list[str],
        begun: dict[str, LedgerEntry],
        call: Call[list[R]],
        marker: Marker,
        pages: LookUp[F],
    ) -> Talk[dict[str, LedgerEntry]]:
        """Look up what was begun, and note what is there as done."""
        places = {name: index for index, name in enumerate(names) if name in begun}
        keys = {part.keys[index]: name for name, index in places.items()}
        bodies = _bodies(call)
        # An item may have been given a time of its own.
        times = (_seconds(bodies[index].get("created_at")) for index in places.values())
        since = min(*(entry.started_at for entry in begun.values()), *times)
        rows = yield from look_up(self.session, pages, marker, keys, since)
        found = {
            keys[key]: LedgerEntry(
                begun[keys[key]].started_at,
                _answer(row, call, bodies[places[keys[key]]].get("request_id")),
            )
            for key, row in rows.items()
        }
        if found:
            yield Do(lambda: self.ledger.save(found))
        return found

    def _send(self, part: Part[I, R], new: dict[str, int], *, is_batch: bool) -> Talk[None]:
        """Send items, and keep the ledger informed before and after."""
        items = [part.items[index] for index in new.values()]
        call = self.make(items)
        marker = self.session.markers.get(_resource(self.operation))
        if marker is not None and self.pages is not None:
            for item, index in zip(_bodies(call), new.values(), strict=True):
                marker.mark(item, part.keys[index])
        now: float = yield Now()
        yield Do(lambda: self.ledger.save(dict.fromkeys(new, LedgerEntry(now))))
        sent = Batch(self.session, lambda _: call, self.operation, iter(items))
        try:
            if is_batch:
                yield from sent.run()
            else:
                sent.done = [
                    (yield from write_one(self.session, lambda _: call, items[0], self.operation))
                ]
                sent.places = [0]
        except AmoError as error:
            if not is_batch:
                part.error = error
                sent.in_doubt = [(0, items[0])] if may_be_written(error) else []
            else:
                cause = error.__cause__
                part.error = cause if isinstance(cause, AmoError) else error
        places = list(new.values())
        for at, result in zip(sent.places, sent.done, strict=True):
            part.done[places[at]] = result
        for _, problems in sent.failed:
            part.failed[places[problems[0].index or 0]] = problems
        part.in_doubt = {places[at] for at, _ in sent.in_doubt}
        yield from self._note(part, new, now)

    def _note(self, part: Part[I, R], new: dict[str, int], now: float) -> Talk[None]:
        answers = {
            name: LedgerEntry(now, _json(part.done[index]))
            for name, index in new.items()
            if index in part.done
        }
        refused = [
            name
            for name, index in new.items()
            if index not in part.done and index not in part.in_doubt
        ]
        if answers:
            yield Do(lambda: self.ledger.save(answers))
        if refused:
            yield Do(lambda: self.ledger.forget(*refused))

    def _recall(
        self,
        part: Part[I, R],
        names: list[str],
        entries: dict[str, LedgerEntry],
        call: Call[list[R]],
    ) -> None:
        """Take the results that the ledger has."""
        from amocrm_gen.runtime.convert import structure  # noqa: PLC0415 - loads cattrs

        for index, name in enumerate(names):
            answer = entries[name].answer if name in entries else None
            if answer is not None:
                copy: JsonObject = loads(dumps(answer))  # reading takes it apart
                read: object = copy if call.returns is None else structure(copy, call.returns)
                part.done[index] = cast("R", read)

    def _doubt(
        self, names: list[str], begun: dict[str, LedgerEntry], marker: Marker | None
    ) -> InDoubtError:
        resource = _resource(self.operation)
        first = names[0]
        since = datetime.fromtimestamp(begun[first].started_at, UTC).isoformat(" ", "seconds")
        more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
        if self.pages is None:
            looked = f"{resource} cannot be looked up by a marker"
        elif marker is None:
            looked = f"no marker is configured for {resource}"
        else:
            looked = f"the look-up by {marker} does not find it, which may change within minutes"
        return InDoubtError(
            f"{first!r}{more} was begun at {since}, and nobody knows how it ended; {looked}",
            keys=names,
            operation=self.operation.name,
            advice="look for the item in amoCRM; "
            f"if it is there: ledger.settle({first!r}, its id); if not: ledger.forget({first!r}); "
            "then make the call again",
        )


def _resource(operation: Operation) -> Any:  # Any: markers are for a few names, this is any
    return operation.name.partition(".")[0]


def _bodies(call: Call[Any]) -> list[JsonObject]:  # Any: whatever it returns
    return [item for item in call.body if isinstance(item, dict)] if is_list(call.body) else []


def _seconds(value: JsonValue) -> float:
    return value if isinstance(value, int | float) else float("inf")


def _json(result: object) -> JsonObject:
    from amocrm_gen.runtime.convert import unstructure  # noqa: PLC0415 - loads cattrs

    return cast("JsonObject", unstructure(result))


def _answer(row: JsonObject, call: Call[Any], request_id: JsonValue) -> JsonObject:
    """Make the answer to a create of the item that a look-up found."""
    returns = call.returns
    known = (
        {key.wire for key in keys_of(returns)}
        if isinstance(returns, type) and has(returns)
        else {"id"}
    )
    mark = {} if call.operation.envelope == "array" else {"request_id": request_id or "0"}
    return {name: value for name, value in {**row, **mark}.items() if name in known}
