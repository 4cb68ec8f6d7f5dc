"""Keeps secrets out of errors: out of their text, their causes and the frames of these."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import evolve

from amocrm_gen.runtime.effects import LONGEST_ANSWER, Response, Send
from amocrm_gen.runtime.errors import AmoError, ApiError, OAuthError, Problem, ResponseError
from amocrm_gen.runtime.log import has_secret, redact
from amocrm_gen.runtime.traffic import request_of

__all__ = ["about", "bare", "concealed", "too_long"]

E = TypeVar("E", bound=BaseException)


def bare(error: E, outer: BaseException | None) -> E:
    """Take the frames off an error of a library: they hold the request with its token.

    `outer` is what the caller was handling already; that is none of the library's.
    """
    for each in _chain(error, outer):
        each.__traceback__ = None
    return error


def about(
    error: AmoError, asked: Send | Response | None, secrets: Sequence[str], operation: str
) -> AmoError:
    """Complete an error by the request that it is about, and take out all that is secret."""
    send = asked.request if isinstance(asked, Response) else asked
    if error.operation is None:
        error.operation = operation
    if isinstance(asked, Response) and error.status is None:
        error.status = asked.status
        error.request_id = asked.headers.get("x-request-id")
    if send is not None and error.request is None:
        error.request = request_of(send, list(secrets))
    error.message = redact(error.message, *secrets)
    error.args = (error.message, *error.args[1:])
    if error.request_id is not None:
        error.request_id = redact(error.request_id, *secrets)
    if isinstance(error, ApiError | OAuthError) and error.hint is not None:
        error.hint = redact(error.hint, *secrets)
    if isinstance(error, ApiError):
        error.problems = concealed(error.problems, secrets)
    if isinstance(error, ResponseError) and error.path is not None:
        error.path = redact(error.path, *secrets)
    causes = list(_chain(error))[1:]
    if any(has_secret(f"{cause} {cause!r}", *secrets) for cause in causes):
        error.__cause__ = error.__context__ = None
    return error


def concealed(problems: Sequence[Problem], secrets: Sequence[str]) -> tuple[Problem, ...]:
    """Return problems without the secrets that an answer may repeat."""

    def text(given: str | None) -> str | None:
        return None if given is None else redact(given, *secrets)

    return tuple(
        evolve(
            problem,
            detail=redact(problem.detail, *secrets),
            code=text(problem.code),
            path=text(problem.path),
            request_id=text(problem.request_id),
        )
        for problem in problems
    )


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
