"""Whose account a request is meant for, and who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.account import Caller
from amocrm_mockserver.chat_admission import named_account
from amocrm_mockserver.holder import find_holder
from amocrm_mockserver.hosts import LOCAL_ZONE, split_port, zone_of
from amocrm_mockserver.login import session_of
from amocrm_mockserver.problems import forbidden, unauthorized

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.grants import AccessToken
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.world import World

__all__ = [
    "account_host",
    "addressed_account",
    "admit",
    "admit_anybody",
    "bearer_token",
    "visit",
]

_OPEN = frozenset({"files.get_content", "files.get_version_content"})
_SCOPE = "crm"
"""What an integration must have been granted to use the API of an account."""


def bearer_token(world: World, request: Request) -> AccessToken | None:
    """The token or session that the request carries, dead or alive; None if it is none of ours."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return session_of(world, request)
    return world.grants.access.get(value.strip())


def addressed_account(world: World, request: Request) -> Account | None:
    """The account of the host, else that of the token or of a chat's path, else the first."""
    account = world.account_at(request.host)
    if account is not None:
        return account
    token = bearer_token(world, request)
    if token is not None:
        return world.accounts.get(token.grant.subdomain)
    return named_account(world, request) or world.first_account()


def admit(world: World, request: Request, scope: str = _SCOPE) -> tuple[Account, Caller]:
    """The account and the user in whose name the request is made; raises 401 or 403 otherwise.

    The token must have been granted `scope`.
    """
    token = bearer_token(world, request)
    account = addressed_account(world, request)
    if token is None or account is None or not token.is_alive(world.clock.now()):
        raise unauthorized()
    grant = token.grant
    if grant.subdomain != account.subdomain:
        raise unauthorized()
    if scope not in token.scopes:
        raise forbidden("Client doesn't have the required scope")
    holder = find_holder(account, grant.user_id)
    is_admin = grant.by_admin
    if not is_admin and (holder is None or not holder.is_active):
        raise unauthorized()
    user_id = grant.user_id
    context = request.headers.get("x-context-user-id")
    if context is not None:
        holder = find_holder(account, int(context)) if context.isdecimal() else None
        if not is_admin or holder is None or not holder.is_active or holder.is_free:
            unknown = account.guesses["context_user.unknown"]
            raise forbidden() if unknown == "403" else unauthorized()
        user_id, is_admin = holder.id, holder.is_admin
    caller = Caller(
        user_id=user_id, is_admin=is_admin, client_id=grant.client_id, origin=request.origin
    )
    return account, caller


def admit_anybody(world: World, request: Request) -> tuple[Account, Caller]:
    """The account that a request without any proof is meant for; nobody in particular sends it."""
    account = addressed_account(world, request)
    if account is None:
        raise unauthorized()
    return account, Caller(user_id=0, is_admin=False, client_id=None, origin=request.origin)


def visit(world: World, request: Request, operation: Operation) -> tuple[Account, Caller] | None:
    """The account that a download's address names, for those who come without a token.

    Whether amoCRM wants a token there is not known, so that nobody is refused for want of it.
    """
    if operation.action not in _OPEN or "authorization" in request.headers:
        return None
    path = request.path.strip("/").split("/")
    for account in world.accounts.values():
        if account.uuid in path:
            if account.guesses.refuses("files.download_without_token"):
                return None
            origin = request.origin
            return account, Caller(user_id=0, is_admin=False, client_id=None, origin=origin)
    return None


def account_host(account: Account, request: Request) -> str:
    """The host by which this client reaches the account.

    A client that came by amoCRM's names is given the account's own, with the same port;
    any other is sent where it came from.
    """
    name, port = split_port(request.host)
    zone = zone_of(name)
    if zone is None:
        return request.host
    return f"{account.subdomain}.{zone if zone == LOCAL_ZONE else account.zone}{port}"
