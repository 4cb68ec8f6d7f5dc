"""Tokens that amoCRM gives widgets and bots, by which a server knows whom they speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.holder import Holder
    from amocrm_mockserver.integration import Integration

__all__ = ["BOT_TYPES", "ELEMENT_TYPES", "bot_token", "disposable_token"]

ELEMENT_TYPES: Final = {"leads": 2, "customers": 12}
BOT_TYPES: Final = ("salesbot", "marketingbot")
_LIFE: Final = 1800


def disposable_token(account: Account, integration: Integration, holder: Holder, now: int) -> str:
    """What a widget in a user's browser sends to its own server: good for half an hour, once."""
    claims = {
        **_common(account, integration, now),
        "aud": _origin(integration.redirect_uri),
        "jti": account.ids.uuid(),
        "user_id": holder.id,
        "is_admin": holder.is_admin,
    }
    return _sign(claims, integration, "HS256")


def bot_token(  # noqa: PLR0913 -- one for each claim that differs
    account: Account,
    integration: Integration,
    now: int,
    *,
    entity_type: str,
    entity_id: int,
    bot_type: str,
) -> str:
    """What a bot sends along when it asks a widget's server."""
    claims = {
        **_common(account, integration, now),
        "entity_id": entity_id,
        "entity_type": ELEMENT_TYPES[entity_type],
        "bot_type": bot_type,
    }
    return _sign(claims, integration, "HS512")


def _common(account: Account, integration: Integration, now: int) -> dict[str, object]:
    return {
        "iss": f"https://{account.domain}",
        "iat": now,
        "nbf": now,
        "exp": now + _LIFE,
        "account_id": account.id,
        "subdomain": account.subdomain,
        "client_uuid": integration.client_id,
    }


def _origin(url: str) -> str:
    """Scheme and host, without a port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _sign(claims: dict[str, object], integration: Integration, algorithm: str) -> str:
    import jwt  # noqa: PLC0415 -- slow to import, and not always used

    return jwt.encode(claims, integration.client_secret, algorithm=algorithm)
