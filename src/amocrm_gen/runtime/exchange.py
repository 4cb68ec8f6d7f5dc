"""One request until it is answered: throttled, repeated where that is safe, errors told apart."""

from collections.abc import Sequence
from logging import DEBUG
from typing import Final

from amocrm_gen.runtime.call import Retry
from amocrm_gen.runtime.concealing import about
from amocrm_gen.runtime.effects import (
    Cancel,
    Confirm,
    Penalise,
    Reserve,
    Response,
    Send,
    Sleep,
    Stop,
    Talk,
)
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    AmoError,
    ApiError,
    RateLimited,
    ResponseError,
    TransportError,
)
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.policy import Attempts
from amocrm_gen.runtime.refusal import refusal_of
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.throttle.throttle import Throttle
from amocrm_gen.runtime.traffic import shown_request

__all__ = ["attempt", "attempts_of", "exchange", "give_up_or_wait"]

_BLOCKED: Final = 300.0
"""Seconds without traffic after the page of the block; then one call may look whether it lasts."""
_PENALTY: Final = 1.0
"""Seconds for all after a 429 that names none."""


def attempts_of(session: Session, retry: Retry, *, splittable: bool = False) -> Attempts:
    """Return the attempts that a call has."""
    return Attempts(session.policy, retry, session.budget, session.random, splittable)


def exchange(
    session: Session,
    request: Send,
    *,
    name: str,
    secrets: Sequence[str],
    retry: Retry = "refused_only",
) -> Talk[Response]:
    """Send a request that carries its own credentials."""
    attempts = attempts_of(session, retry)
    while True:
        outcome = yield from attempt(session, request, name=name, sent=None, secrets=secrets)
        if isinstance(outcome, Response):
            return outcome
        yield from give_up_or_wait(attempts, outcome)


def attempt(
    session: Session, request: Send, *, name: str, sent: object, secrets: Sequence[str]
) -> Talk[Response | AmoError]:
    """Send a request once, when the throttle lets it; an error is returned, not raised."""
    if session.throttle is not None:
        yield from _turn(session.throttle)
    try:
        response: Response = yield request
    except (TransportError, ResponseError) as error:
        about(error, request, Masks(secrets), name)
        _log(request, secrets, error.message)
        return error
    response = Response(response.status, response.headers, response.body, request)
    _log(request, secrets, response)
    good = session.success
    if 200 <= response.status < 300 if good is None else response.status in good:
        session.budget.earn()
        return response
    refusal = refusal_of(response, operation=name, sent=sent, secrets=secrets)
    masks = Masks(secrets)
    about(refusal, request, masks, name)
    session.remember(masks.beside(secrets))
    yield from _tell_others(session.throttle, refusal)
    return refusal


def _log(request: Send, secrets: Sequence[str], outcome: Response | str) -> None:
    if not logger.isEnabledFor(DEBUG):
        return
    masks = Masks(secrets)
    shown = shown_request(request, masks)
    said, mark = outcome, ""
    if isinstance(outcome, Response):
        request_id = outcome.headers.get("x-request-id")
        said = str(outcome.status)
        mark = "" if request_id is None else f", request id {request_id}"
    logger.debug("%s %s: %s%s", shown.method, shown.url, said, masks.text(mark))


def give_up_or_wait(attempts: Attempts, error: AmoError) -> Talk[None]:
    """Wait for the next attempt, or raise when there is none."""
    delay = attempts.delay_after(error)
    if delay is None:
        raise error
    logger.info("%s; again in %.1f s", error.message, delay)
    yield Sleep(delay)


def _turn(throttle: Throttle) -> Talk[None]:
    slot = yield Reserve(throttle)
    wait: float = slot.wait
    try:
        while wait > 0:
            yield Sleep(wait)
            wait = yield Confirm(throttle, slot)
    except BaseException:
        yield Cancel(throttle, slot)
        raise


def _tell_others(throttle: Throttle | None, error: ApiError) -> Talk[None]:
    if throttle is None:
        return
    if isinstance(error, RateLimited):
        yield Penalise(throttle, error.retry_after or _PENALTY)
    elif isinstance(error, AccountBlocked):
        logger.error("amoCRM blocks %s; traffic stops for %.0f s", error.operation, _BLOCKED)
        yield Stop(throttle, _BLOCKED)
