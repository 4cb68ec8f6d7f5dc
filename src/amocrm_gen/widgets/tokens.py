"""Checks the JWTs that widgets and bots send to an integration's own server."""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import UTC, datetime
from time import time
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from attrs import frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_object

__all__ = [
    "BotVisit",
    "WidgetTokenError",
    "WidgetVisit",
    "read_bot_token",
    "read_widget_token",
]

Reason: TypeAlias = Literal["format", "signature", "destination", "expired"]

_ADVICE: Final[Mapping[Reason, str]] = {
    "format": "answer 401; the header X-Auth-Token holds a JWT",
    "signature": "answer 401; if the token is genuine, check the integration's secret",
    "destination": "answer 401; the token is for another redirect URI than the integration's",
    "expired": "answer 401; the widget asks amoCRM for a new token by itself",
}
_ENTITIES: Final = {2: "leads", 12: "customers"}


class WidgetTokenError(AmoError):
    """A token is not amoCRM's, not for this integration, or too old; `reason` says which."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message, advice=_ADVICE[reason])
        self.reason: Reason = reason


@frozen(kw_only=True)
class WidgetVisit:
    """A user whose browser asks."""

    id: str
    """Of the token, which is good once: keep it for half an hour and refuse it the second time."""
    account_id: int
    subdomain: str
    domain: str
    """`example.amocrm.ru`."""
    user_id: int
    is_admin: bool | None
    """None in tokens of old, which do not say it."""
    expires_at: datetime


@frozen(kw_only=True)
class BotVisit:
    """A bot that asks, and the entity it works on."""

    account_id: int
    subdomain: str
    domain: str
    entity_type: str
    """`leads` or `customers`."""
    entity_id: int
    bot_type: str
    """`salesbot` or `marketingbot`."""
    expires_at: datetime


def read_widget_token(
    token: str, integration: Integration, *, now: float | None = None
) -> WidgetVisit:
    """Check the token in the header `X-Auth-Token` of a widget's request, and return who asks.

    amoCRM docs: disposable tokens. HS256 by the integration's secret, for its redirect URI's scheme
    and host, for 30 minutes.

    Args:
        token: The header's value.
        integration: Whose widget it is.
        now: Unix seconds; the present if left out.

    Raises:
        WidgetTokenError: The signature, destination or time is wrong, in that order.
    """
    claims = _checked(token, integration, "HS256", now, _origin(integration.redirect_uri))
    admin = claims.get("is_admin")
    return WidgetVisit(
        id=_text(claims, "jti"),
        account_id=_number(claims, "account_id"),
        subdomain=_text(claims, "subdomain"),
        domain=urlsplit(_text(claims, "iss")).hostname or "",
        user_id=_number(claims, "user_id"),
        is_admin=admin if isinstance(admin, bool) else None,
        expires_at=_moment(claims),
    )


def read_bot_token(token: str, integration: Integration, *, now: float | None = None) -> BotVisit:
    """Check the `token` of a bot's request to a widget's server, and return what it works on.

    HS512 by the integration's secret.

    Args:
        token: The field `token` of the request.
        integration: Whose widget it is.
        now: Unix seconds; the present if left out.

    Raises:
        WidgetTokenError: The signature or time is wrong.
    """
    claims = _checked(token, integration, "HS512", now, None)
    kind = _number(claims, "entity_type")
    return BotVisit(
        account_id=_number(claims, "account_id"),
        subdomain=_text(claims, "subdomain"),
        domain=urlsplit(_text(claims, "iss")).hostname or "",
        entity_type=_ENTITIES.get(kind, str(kind)),
        entity_id=_number(claims, "entity_id"),
        bot_type=_text(claims, "bot_type"),
        expires_at=_moment(claims),
    )


def _checked(
    token: str,
    integration: Integration,
    algorithm: Literal["HS256", "HS512"],
    now: float | None,
    destination: str | None,
) -> Mapping[str, object]:
    head, _, rest = token.strip().partition(".")
    body, _, signature = rest.partition(".")
    if _decoded(head).get("alg") != algorithm:
        raise WidgetTokenError(f"the token is no JWT signed by {algorithm}", reason="format")
    digest = "sha256" if algorithm == "HS256" else "sha512"
    expected = hmac.new(
        integration.client_secret.encode(), f"{head}.{body}".encode(), digest
    ).digest()
    if not hmac.compare_digest(expected, _bytes(signature)):
        raise WidgetTokenError("the token is signed by another secret", reason="signature")
    claims = _decoded(body)
    if destination is not None and claims.get("aud") != destination:
        raise WidgetTokenError("the token is for another address", reason="destination")
    moment = time() if now is None else now
    begins = claims.get("nbf")
    if moment >= _number(claims, "exp") or (isinstance(begins, int) and moment < begins):
        raise WidgetTokenError("the token is over, or not good yet", reason="expired")
    return claims


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Error, ValueError):
        raise WidgetTokenError("the token is no JWT", reason="format") from None


def _decoded(part: str) -> Mapping[str, object]:
    try:
        found: object = loads(_bytes(part))
    except JSONDecodeError:
        found = None
    if not is_object(found):
        raise WidgetTokenError("the token is no JWT", reason="format")
    return found


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        raise WidgetTokenError(f"the token has no {name}", reason="format")
    return value


def _number(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise WidgetTokenError(f"the token has no {name}", reason="format")
    return value


def _moment(claims: Mapping[str, object]) -> datetime:
    return datetime.fromtimestamp(_number(claims, "exp"), UTC)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"
