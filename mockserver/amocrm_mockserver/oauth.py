"""The OAuth endpoints and which function answers at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.admission import admit
from amocrm_mockserver.api_key import exchange_api_key
from amocrm_mockserver.consent import ask, decide
from amocrm_mockserver.holder import find_holder
from amocrm_mockserver.login import log_in, log_in_by_password
from amocrm_mockserver.message import Request, Response, json_response
from amocrm_mockserver.problems import method_not_allowed, unauthorized
from amocrm_mockserver.token_endpoint import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.world import World

__all__ = ["answer", "is_oauth_path"]


def is_oauth_path(path: str) -> bool:
    """Whether a path, with one leading slash and none at the end, is for this module."""
    return path in _ROUTES


def answer(world: World, request: Request, path: str) -> Response:
    """Answer at one of the OAuth paths."""
    call = _ROUTES[path].get(request.method)
    if call is None:
        raise method_not_allowed()
    return call(world, request)


def _token(world: World, request: Request) -> Response:
    return json_response(200, exchange(world, request))


def _current_domain(world: World, request: Request) -> Response:
    value = request.headers.get("x-refresh-token", "").strip()
    token = world.grants.refresh.get(value)
    if token is None or token.revoked or token.is_expired(world.clock.now()):
        raise unauthorized()
    account = world.account_at(request.host)
    if account is not None and account.subdomain != token.grant.subdomain:
        raise unauthorized()
    return _domain_of(world.accounts[token.grant.subdomain])


def _domain(world: World, request: Request) -> Response:
    account, _ = admit(world, request)
    return _domain_of(account)


def _domain_of(account: Account) -> Response:
    body = {
        "id": account.id,
        "subdomain": account.subdomain,
        "domain": account.domain,
        "top_level_domain": account.zone.rpartition(".")[2],
    }
    return json_response(200, body)


def _owner(world: World, request: Request) -> Response:
    account, caller = admit(world, request)
    holder = find_holder(account, caller.user_id)
    if holder is None:
        raise unauthorized()
    return json_response(200, {"id": holder.id, "name": holder.name, "email": holder.email})


_ROUTES: Final[Mapping[str, Mapping[str, Callable[[World, Request], Response]]]] = {
    "/oauth": {"GET": ask, "POST": decide},
    "/oauth2/authorize": {"POST": log_in_by_password},
    "/oauth2/access_token": {"POST": _token},
    "/oauth2/account/subdomain": {"GET": _domain},
    "/oauth2/account/current/subdomain": {"GET": _current_domain},
    "/private/api/auth.php": {"POST": log_in},
    "/oauth2/exchange_api_key": {"POST": exchange_api_key},
    "/v3/user": {"GET": _owner},
}
