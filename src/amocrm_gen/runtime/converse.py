"""The conversation of one call: everything that is decided between asking and having the answer.

Nothing here does any I/O or reads a clock: a conversation yields what is to be done, and is sent
what came of it. Two small drivers carry it out.
"""

import re
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from typing import Final, TypeVar, cast
from urllib.parse import unquote

from amocrm_gen.runtime.answers import Answer, answer_of
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.concealing import about, concealed
from amocrm_gen.runtime.effects import Free, Hold, Response, Sleep, Talk
from amocrm_gen.runtime.errors import (
    AmoError,
    ApiError,
    Conflict,
    Problem,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.exchange import attempt, attempts_of, give_up_or_wait
from amocrm_gen.runtime.hosts import drive_in, drive_question, known_origin
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.moves import follow
from amocrm_gen.runtime.refusal import is_conflict
from amocrm_gen.runtime.renewal import can_renew, replaced, usable_token
from amocrm_gen.runtime.request import request_of
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.traffic import shown_request

__all__ = ["ask", "complaint_of", "converse", "held_keys", "respond"]

T = TypeVar("T")

_FOUND: Final = 2
"""Tokens of others that one call tries."""

held_keys: Final = ContextVar[frozenset[str]]("held_keys", default=frozenset())
"""Locks that the code around a call holds already, as inside `edit`."""


def converse(session: Session, call: Call[T]) -> Talk[T]:
    """Make a call and return what it returns."""
    answer = yield from ask(session, cast("Call[object]", call))
    if answer.problems:
        complaint = complaint_of(call.operation, answer.problems)
        complaint.saved = _saved(answer.value)
        raise about(complaint, answer.response, Masks(session.secrets), call.operation.name)
    return cast("T", answer.value)


def _saved(value: object) -> tuple[object, ...]:
    """Return the items of an answer that were saved although others were refused."""
    if is_object(value):
        embedded = value.get("_embedded")
        value = embedded.get("items") if is_object(embedded) else None
    return tuple(value) if is_list(value) else ()


def complaint_of(operation: Operation, problems: tuple[Problem, ...]) -> ApiError:
    """Return the error for what a good answer complains of."""
    outdated = all(map(is_conflict, problems))
    kind = Conflict if outdated else ValidationError
    return kind(
        "the answer refuses some items",
        operation=operation.name,
        status=200,
        problems=problems,
        advice=None if outdated else "correct the items named above; the others were saved",
    )


def ask(session: Session, call: Call[object], *, splittable: bool = False) -> Talk[Answer]:
    """Make a call under its locks, and return the answer with what it complains of."""
    keys = [key for key in _lock_keys(session, call) if key not in held_keys.get()]
    if not keys:
        response = yield from respond(session, call, splittable=splittable)
        return _read(session, call, response)
    held = yield Hold(session.locks, sorted(set(keys)))
    try:
        response = yield from respond(session, call, splittable=splittable)
    finally:
        yield Free(held)
    return _read(session, call, response)


def _read(session: Session, call: Call[object], response: Response) -> Answer:
    try:
        answer = answer_of(call, response)
    except AmoError as error:
        # Without the frames of reading: they hold the answer, and that whatever it repeats.
        raise about(error, response, Masks(session.secrets), call.operation.name).with_traceback(
            None
        ) from None
    if not answer.problems:
        return answer
    masks = Masks(session.secrets)
    if response.request is not None:
        shown_request(response.request, masks)
    return Answer(answer.value, concealed(answer.problems, masks), response)


def respond(session: Session, call: Call[object], *, splittable: bool = False) -> Talk[Response]:
    """Make a call and return the bare answer: token, throttle, retries and errors are seen to."""
    operation = call.operation
    attempts = attempts_of(session, operation.retry, splittable=splittable)
    renewed, found, was_moved = 0, 0, False
    login = session.login
    most = 1 if login is None else login.attempts
    while True:
        token = (yield from usable_token(session)) if operation.auth == "bearer" else None
        origin = known_origin(session, operation.host, token)
        if origin is None and not call.path.startswith("/"):
            origin = session.account.origin  # a whole address needs none
        if origin is None:
            origin = drive_in(session, (yield from respond(session, drive_question)))
        outcome = yield from attempt(
            session,
            (yield from request_of(session, call, token, origin)),
            name=operation.name,
            sent=call.body,
            secrets=session.secrets,
        )
        if isinstance(outcome, Response):
            return outcome
        if token is None:
            yield from give_up_or_wait(attempts, outcome)
            continue
        is_left = renewed < most and found < _FOUND
        if isinstance(outcome, Unauthorized) and is_left and can_renew(session):
            # A refused call has done nothing, so even a create is made again: once with a token
            # that somebody else has renewed, which may be over as well, once with a new one.
            if login is not None and login.pause:
                yield Sleep(login.pause)
            _, is_new = yield from replaced(session, token)
            renewed, found = (renewed + 1, found) if is_new else (renewed, found + 1)
            continue
        if 300 <= (outcome.status or 0) < 400 and not was_moved:
            was_moved = yield from follow(session, token)
            if was_moved:
                continue
        yield from give_up_or_wait(attempts, outcome)


def _lock_keys(session: Session, call: Call[object]) -> Iterator[str]:
    lock = call.operation.lock
    if lock is None:
        return
    variables = _variables(call.operation.path, call.path)
    for item in _items_of(call.body):
        known = {**(item if is_object(item) else {}), **variables}
        if all(known.get(name) is not None for name in _NAME.findall(lock)):
            yield f"{session.account.domain}/{lock.format_map(known)}"


def _items_of(body: object) -> list[object]:
    """Return what a body changes; API v2 holds it under a name of its own."""
    changed = body.get("update") if is_object(body) else body
    return changed if is_list(changed) else [body]


_NAME: Final = re.compile(r"{(\w+)}")


def _variables(template: str, path: str) -> dict[str, str]:
    found = _pattern(template).fullmatch(path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else {}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = _NAME.split(template)
    return re.compile(
        "".join(
            f"(?P<{part}>[^/]+)" if odd else re.escape(part)
            for part, odd in zip(parts, [False, True] * len(parts), strict=False)
        )
    )
