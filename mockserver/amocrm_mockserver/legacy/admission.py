"""Who may call API v2, and how those are refused who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.admission import addressed_account, admit, bearer_token
from amocrm_mockserver.legacy.refusals import NO_ACCOUNT, OFF, WRONG_KEY, refused
from amocrm_mockserver.problems import ProblemError

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.world import World

__all__ = ["admit_to_old_api"]

_UNAUTHORIZED: Final = 401


def admit_to_old_api(world: World, request: Request) -> tuple[Account, Caller]:
    """The account and the user; who is none of them is told why by a number."""
    try:
        return admit(world, request)
    except ProblemError as problem:
        if problem.response.status != _UNAUTHORIZED:
            raise
        code = _reason(world, request)
        raise refused(_UNAUTHORIZED, code, request, world.clock.timestamp()) from None


def _reason(world: World, request: Request) -> int:
    account, token = addressed_account(world, request), bearer_token(world, request)
    if account is None:
        return NO_ACCOUNT
    if token is None or not token.is_alive(world.clock.now()):
        return WRONG_KEY
    return OFF
