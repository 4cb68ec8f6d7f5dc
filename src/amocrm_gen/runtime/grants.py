"""The token endpoint: a code or a refresh token for a new pair of tokens."""

from collections.abc import Mapping
from typing import Final

from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.effects import Now, Response, Send, Talk
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    ApiError,
    ConfigurationError,
    OAuthError,
    RateLimited,
    ReauthorisationRequired,
    ResponseError,
    ServerError,
)
from amocrm_gen.runtime.exchange import exchange
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["content_of", "grant", "integration_of"]

_PATH: Final = "/oauth2/access_token"
_DAY: Final = 86_400.0


def grant(session: Session, account: Account, **given: str) -> Talk[Token]:
    """Ask for tokens; what is given besides the integration's credentials is used up by it."""
    integration = integration_of(session)
    kind = given["grant_type"]
    body = {
        "client_id": integration.client_id,
        "client_secret": integration.client_secret,
        "redirect_uri": integration.redirect_uri,
        **given,
    }
    headers = {**session.headers, "Content-Type": "application/json"}
    secrets = [*session.secrets, *(v for k, v in given.items() if k != "grant_type")]
    try:
        # A lost answer may have used the refresh token up: never sent again blindly.
        response = yield from exchange(
            session,
            Send("POST", account.origin + _PATH, headers, dumps(body)),
            name=f"oauth.{kind}",
            secrets=secrets,
        )
    except (RateLimited, ServerError, AccountBlocked):
        raise
    except ApiError as error:
        raise _refused(error, kind) from None
    now: float = yield Now()
    return _issued(response, now, account.domain)


def integration_of(session: Session) -> Integration:
    """Return the session's integration; an error if it has none."""
    if session.integration is None:
        raise ConfigurationError(
            "the client has no integration",
            advice="pass integration=Integration(client_id=…, client_secret=…, redirect_uri=…)",
        )
    return session.integration


def content_of(response: Response) -> Mapping[str, object]:
    """Return the JSON object that an answer holds."""
    try:
        content: object = loads(response.body)
    except JSONDecodeError:
        content = None
    if is_object(content):
        return content
    raise ResponseError("the OAuth server's answer is no JSON object", status=response.status)


def _refused(error: ApiError, kind: str) -> OAuthError:
    found: type[OAuthError] = OAuthError
    advice = "check client_id, client_secret, redirect_uri and the account's domain"
    if kind == "refresh_token" and error.hint and "parameter" not in error.hint:
        found, advice = ReauthorisationRequired, ReauthorisationRequired.advice
    elif kind == "authorization_code":
        advice += "; a code works once, for 20 minutes, in the account that granted it"
    return found(
        error.message,
        operation=error.operation,
        status=error.status,
        request_id=error.request_id,
        hint=error.hint,
        advice=advice,
    )


def _issued(response: Response, now: float, domain: str) -> Token:
    content = content_of(response)
    access, refresh = content.get("access_token"), content.get("refresh_token")
    lasts = content.get("expires_in")
    if not isinstance(access, str) or not access:
        raise ResponseError(
            "$.access_token: expected text", path="$.access_token", operation="oauth"
        )
    return Token.issued(
        access_token=access,
        refresh_token=refresh if isinstance(refresh, str) else None,
        lasts=float(lasts) if isinstance(lasts, int | float) else _DAY,
        now=now,
        domain=domain,
    )
