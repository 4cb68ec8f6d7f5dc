"""Tokens that the mock server hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.grants import ACCESS_LIFE, AccessToken, Grant, RefreshToken
from amocrm_mockserver.integration import ALL_SCOPES
from amocrm_mockserver.signing import sign

if TYPE_CHECKING:
    from amocrm_mockserver.world import World

__all__ = ["issue_access_token", "issue_pair"]


def issue_pair(world: World, grant: Grant, *, api_domain: str) -> dict[str, object]:
    """A new access token and the refresh token beside it, as the token endpoint gives them."""
    access = issue_access_token(world, grant, api_domain=api_domain, life=ACCESS_LIFE)
    refresh = RefreshToken(
        value=world.accounts[grant.subdomain].ids.token("def502"),
        grant=grant,
        issued_at=world.clock.now(),
    )
    world.grants.refresh[refresh.value] = refresh
    return {
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE,
        "server_time": world.clock.timestamp(),
        "access_token": access.value,
        "refresh_token": refresh.value,
    }


def issue_access_token(
    world: World, grant: Grant, *, api_domain: str, life: int, long_lived: bool = False
) -> AccessToken:
    """A JWT that opens the account for `life` seconds.

    `api_domain` is the host and port by which the client came: there it asks for its account.
    """
    account = world.accounts[grant.subdomain]
    integration = world.integrations.get(grant.client_id)
    scopes = ALL_SCOPES if integration is None else integration.scopes
    now = world.clock.timestamp()
    token_id = account.ids.hex(80)
    claims: dict[str, object] = {
        "aud": grant.client_id,
        "jti": token_id,
        "iat": now,
        "nbf": now,
        "exp": now + life,
        "sub": str(grant.user_id),
        "grant_type": "",
        "account_id": account.id,
        "base_domain": account.zone,
        "version": 2,
        "scopes": list(scopes),
        "hash_uuid": account.ids.uuid(),
        "api_domain": api_domain,
    }
    token = AccessToken(
        value=sign(claims, token_id=token_id),
        grant=grant,
        expires_at=now + life,
        scopes=scopes,
        long_lived=long_lived,
    )
    world.grants.access[token.value] = token
    return token
