"""Accounts that move to another name, and what is answered under the name they had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.hosts import split_port
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import ProblemError, unauthorized, unknown_route

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.world import World

__all__ = ["ANSWERS", "check_not_left", "move_account"]

ANSWERS: Final = (401, 404, 301)
"""What a host that an account has left may answer; nobody has recorded what amoCRM does."""
_LOOKUPS: Final = frozenset({"/oauth2/account/subdomain", "/oauth2/account/current/subdomain"})


def move_account(
    world: World, account: Account, subdomain: str, zone: str, *, answer: int = ANSWERS[0]
) -> None:
    """Give an account another name; its rows, tokens and integrations stay what they are."""
    before, old_host = account.subdomain, account.domain
    account.subdomain, account.zone = subdomain, zone
    account.row["subdomain"] = subdomain
    world.left.pop(account.domain, None)
    world.left[old_host] = (subdomain, answer)
    world.accounts = {each.subdomain: each for each in world.accounts.values()}
    grants = world.grants
    for kept in (grants.codes, grants.refresh, grants.access):
        for one in kept.values():
            if one.grant.subdomain == before:
                one.grant = evolve(one.grant, subdomain=subdomain)
    for client_id, integration in world.integrations.items():
        if integration.only == before:
            world.integrations[client_id] = evolve(integration, only=subdomain)
    world.disabled = {
        (subdomain if name == before else name, client_id) for name, client_id in world.disabled
    }


def check_not_left(world: World, request: Request, path: str) -> None:
    """Refuse a request for a host that an account has left, but for the question where it is."""
    name, port = split_port(request.host)
    found = world.left.get(name)
    if found is None or path in _LOOKUPS:
        return
    subdomain, answer = found
    if answer == 401:
        raise unauthorized()
    account = world.accounts.get(subdomain)
    if answer == 404 or account is None:
        zone = name.partition(".")[2]
        raise unknown_route(request.method, request.origin + request.path, zone=zone)
    query = f"?{request.query}" if request.query else ""
    there = f"{request.scheme}://{account.domain}{port}{request.path}{query}"
    raise ProblemError(Response(answer, (("Location", there),)))
