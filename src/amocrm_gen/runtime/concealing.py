"""Keeps secrets out of errors: out of their text, their causes and the frames of these."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import evolve

from amocrm_gen.runtime.effects import LONGEST_ANSWER, Response, Send
from amocrm_gen.runtime.errors import AmoError, ApiError, OAuthError, Problem, ResponseError
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.traffic import shown_request

__all__ = ["about", "bare", "concealed", "too_long"]

E = TypeVar("E", bound=BaseException)


def bare(error: E, outer: BaseException | None) -> E:
    """Take the frames off an error of a library: they hold the request with its token.

    `outer` is what the caller was handling already; that is none of the library's.
    """
    for each in _chain(error, outer):
        each.__traceback__ = None
    return error


def about(error: AmoError, asked: Send | Response | None, masks: Masks, operation: str) -> AmoError:
    """Complete an error by the request that it is about, and take out all that is secret.

    The masks know the request's secrets from then on.
    """
    send = asked.request if isinstance(asked, Response) else asked
    if error.operation is None:
        error.operation = operation
    if isinstance(asked, Response) and error.status is None:
        error.status = asked.status
        error.request_id = asked.headers.get("x-request-id")
    if send is not None:
        request = shown_request(send, masks)
        error.request = error.request or request
    error.message = masks.text(error.message)
    error.args = (error.message, *error.args[1:])
    error.request_id = _told(error.request_id, masks)
    if isinstance(error, ApiError | OAuthError):
        error.hint = _told(error.hint, masks)
    if isinstance(error, ApiError):
        error.problems = concealed(error.problems, masks)
    if isinstance(error, ResponseError):
        error.path = _told(error.path, masks)
    causes = list(_chain(error))[1:]
    if any(masks.text(said) != said for said in (f"{cause} {cause!r}" for cause in causes)):
        error.__cause__ = error.__context__ = None
    return error


def concealed(problems: Sequence[Problem], masks: Masks) -> tuple[Problem, ...]:
    """Return problems without the secrets that an answer may repeat."""
    return tuple(
        evolve(
            problem,
            detail=masks.text(problem.detail),
            code=_told(problem.code, masks),
            path=_told(problem.path, masks),
            request_id=_told(problem.request_id, masks),
        )
        for problem in problems
    )


def _told(text: str | None, masks: Masks) -> str | None:
    return None if text is None else masks.text(text)


def too_long(status: int) -> ResponseError:
    """Return the error for an answer that is longer than any of the API's."""
    return ResponseError(f"the answer is longer than {LONGEST_ANSWER >> 20} MiB", status=status)


def _chain(error: BaseException, outer: BaseException | None = None) -> Iterator[BaseException]:
    seen = {id(outer)}
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]
