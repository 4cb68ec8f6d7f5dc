"""The exchange of a user's API key for an authorization code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.consent import callback
from amocrm_mockserver.form import read_parameters
from amocrm_mockserver.grants import Grant
from amocrm_mockserver.holder import Holder, holders
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.oauth_problem import bad_parameter
from amocrm_mockserver.outbox import Outgoing
from amocrm_mockserver.problems import bad_request, forbidden, too_many_requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.world import World

__all__ = ["exchange_api_key"]

_PAUSE: Final = 300.0
"""Seconds between two exchanges by the same user for the same integration."""


def exchange_api_key(world: World, request: Request) -> Response:
    """Accept the key; the code goes to the integration's redirect URI, not into the answer."""
    parameters = read_parameters(request)
    for name in ("login", "api_key", "client_uuid", "client_secret"):
        if not parameters.get(name):
            raise bad_parameter(name)
    integration = world.integrations.get(parameters["client_uuid"])
    if integration is None or integration.client_secret != parameters["client_secret"]:
        raise bad_request("Client credentials are invalid")
    account, holder = _owner_of_key(world, request, parameters)
    client = (account.subdomain, integration.client_id)
    if client in world.disabled or not integration.is_open_to(account.subdomain):
        raise forbidden("Integration is not installed")
    _wait_between(world, (account.subdomain, holder.id, integration.client_id))
    grant = Grant(
        subdomain=account.subdomain,
        client_id=integration.client_id,
        user_id=holder.id,
        by_admin=holder.is_admin,
    )
    more = {"from_exchange": "1"}
    if "state" in parameters:
        more["state"] = parameters["state"]
    url = callback(world, world.issue_code(grant), request, more=more)
    world.outbox.put(Outgoing(method="GET", url=url))
    return Response(202)


def _owner_of_key(
    world: World, request: Request, parameters: Mapping[str, str]
) -> tuple[Account, Holder]:
    at_host = world.account_at(request.host)
    for account in world.accounts.values() if at_host is None else (at_host,):
        for holder in holders(account):
            if (holder.email, holder.api_key) == (parameters["login"], parameters["api_key"]):
                return account, holder
    raise forbidden("Login or API key is wrong")


def _wait_between(world: World, key: tuple[str, int, str]) -> None:
    now = world.clock.now()
    last = world.exchanged_at.get(key)
    if last is not None and now - last < _PAUSE:
        raise too_many_requests()
    world.exchanged_at[key] = now
