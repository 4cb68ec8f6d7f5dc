"""`POST /oauth2/access_token`: a code or a refresh token for a pair of tokens.

The order of the checks is that of the open-source PHP server whose texts amoCRM answers with:
grant type, client, redirect URI, then the code or token itself. So a wrong secret uses up no code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.form import read_parameters
from amocrm_mockserver.oauth_problem import bad_client, bad_code, bad_parameter, bad_refresh_token
from amocrm_mockserver.tokens import issue_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.grants import Grant
    from amocrm_mockserver.integration import Integration
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.world import World

__all__ = ["exchange"]


def exchange(world: World, request: Request) -> dict[str, object]:
    """The new pair; raises the refusal otherwise."""
    parameters = read_parameters(request)
    grant_type = parameters.get("grant_type")
    if grant_type not in {"authorization_code", "refresh_token"}:
        raise bad_parameter("grant_type")
    integration = _client(world, parameters)
    _check_redirect(integration, parameters, needed=grant_type == "authorization_code")
    take = _take_code if grant_type == "authorization_code" else _take_refresh_token
    grant = take(world, request, integration, parameters)
    return issue_pair(world, grant, api_domain=request.host)


def _client(world: World, parameters: Mapping[str, str]) -> Integration:
    for name in ("client_id", "client_secret"):
        if not parameters.get(name):
            raise bad_parameter(name)
    integration = world.integrations.get(parameters["client_id"])
    if integration is None or integration.client_secret != parameters["client_secret"]:
        raise bad_client()
    return integration


def _check_redirect(
    integration: Integration, parameters: Mapping[str, str], *, needed: bool
) -> None:
    # A refresh without a redirect URI is let through: nobody has seen it refused.
    uri = parameters.get("redirect_uri")
    if uri is None and not needed:
        return
    if uri != integration.redirect_uri:
        raise bad_code("Redirect URI is not associated with client")


def _take_code(
    world: World, request: Request, integration: Integration, parameters: Mapping[str, str]
) -> Grant:
    value = parameters.get("code")
    if not value:
        raise bad_parameter("code")
    code = world.grants.codes.get(value)
    if code is None:
        raise bad_code("Cannot decrypt the authorization code")
    if code.is_expired(world.clock.now()):
        raise bad_code("Authorization code has expired")
    if code.spent:
        raise bad_code("Authorization code has been revoked")
    if code.grant.client_id != integration.client_id:
        raise bad_code("Authorization code was not issued to this client")
    if not _fits_host(world, request, code.grant):
        raise bad_code("Invalid account")
    code.spent = True
    return code.grant


def _take_refresh_token(
    world: World, request: Request, integration: Integration, parameters: Mapping[str, str]
) -> Grant:
    value = parameters.get("refresh_token")
    if not value:
        raise bad_parameter("refresh_token")
    token = world.grants.refresh.get(value)
    if token is None:
        raise bad_refresh_token("Cannot decrypt the refresh token")
    if token.grant.client_id != integration.client_id:
        raise bad_refresh_token("Token is not linked to client")
    if token.is_expired(world.clock.now()):
        raise bad_refresh_token("Token has expired")
    if token.revoked:
        raise bad_refresh_token("Token has been revoked")
    if not _fits_host(world, request, token.grant):
        raise bad_refresh_token("Invalid account")
    token.revoked = True
    return token.grant


def _fits_host(world: World, request: Request, grant: Grant) -> bool:
    account = world.account_at(request.host)
    return account is None or account.subdomain == grant.subdomain
