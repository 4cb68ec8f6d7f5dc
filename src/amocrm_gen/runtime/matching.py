"""Tells which item of a batch each part of its answer is about."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TypeVar, cast

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.errors import Problem
from amocrm_gen.runtime.kinds import is_list, is_object

__all__ = ["by_index", "marked", "matched"]

R = TypeVar("R")


def by_index(problems: Iterable[Problem], length: int) -> dict[int, list[Problem]]:
    """Sort complaints by the place of the item in what was sent; those of no item are left out."""
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.index is not None and problem.index < length:
            found.setdefault(problem.index, []).append(problem)
    return found


def marked(call: Call[list[R]], start: int, operation: Operation) -> Call[object]:
    """Give each item without a mark of its own one that the answer repeats."""
    plain = cast("Call[object]", call)
    if operation.batch_match != "request_id" or not is_list(call.body):
        return plain
    items = [item for item in call.body if is_object(item)]
    given = {str(mark) for item in items if (mark := item.get("request_id")) is not None}
    fresh: Iterator[str] = map(str, count(start))
    if given:
        items = [item for item in items if item.get("request_id") is None]
        fresh = filter(lambda mark: mark not in given, fresh)
    # The body was made for this call, so nobody sees the marks.
    for item, mark in zip(items, fresh, strict=False):
        item["request_id"] = mark
    return plain


def matched(body: object, results: list[R], operation: Operation) -> list[R | None]:
    """Put the results in the order of the items; None where there is none."""
    known = cast("list[R | None]", results)
    if not is_list(body):
        return known
    name = operation.batch_match
    sent = [item.get(name) if is_object(item) else None for item in body]
    if [_mark(result, name) for result in results] == sent:
        return known
    marks = _marks(results, name)
    if not marks:
        # Nothing to tell them by but their place.
        return [*known, *[None] * len(body)][: len(body)]
    return [marks.get(str(mark)) for mark in sent]


def _mark(result: object, name: str) -> object:
    """Return the mark of a model, or of what was left as JSON."""
    found: object = result.get(name) if is_object(result) else getattr(result, name, None)
    return found


def _marks(results: Iterable[R], name: str) -> dict[str, R]:
    found: dict[str, R] = {}
    for result in results:
        mark = _mark(result, name)
        if is_list(mark):
            # One lead that several items met in names the marks of all of them.
            found.update((str(single), result) for single in mark)
        elif type(mark) in {str, int}:
            found[str(mark)] = result
    return found
