"""The token endpoint: a code or a refresh token for a new pair of tokens."""

from collections.abc import Mapping
from typing import Final

from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.concealing import about
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
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.secret import Secret, sealed
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token, is_header_text

__all__ = ["content_of", "grant", "integration_of"]

_PATH: Final = "/oauth2/access_token"
_DAY: Final = 86_400.0
_LONGEST: Final = 10 * 366 * _DAY


def grant(session: Session, account: Account, **given: str) -> Talk[Token]:
    """Ask for tokens; what is given besides the integration's credentials is used up by it."""
    integration = integration_of(session)
    kind = given["grant_type"]
    given = {
        name: value if name == "grant_type" else Secret(value) for name, value in given.items()
    }
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
    try:
        return _issued(response, now, account.domain)
    except ResponseError as error:
        raise about(error, response, Masks(secrets), f"oauth.{kind}") from None


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
        content = sealed(loads(response.body))
    except (JSONDecodeError, RecursionError):
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
    refused = found(
        error.message,
        operation=error.operation,
        status=error.status,
        request_id=error.request_id,
        hint=error.hint,
        advice=advice,
    )
    refused.request = error.request
    return refused


def _issued(response: Response, now: float, domain: str) -> Token:
    content = content_of(response)
    access, refresh = content.get("access_token"), content.get("refresh_token")
    lasts = content.get("expires_in")
    if not isinstance(access, str) or not is_header_text(access):
        raise ResponseError("$.access_token: expected a token", path="$.access_token")
    return Token.issued(
        access_token=access,
        refresh_token=refresh if isinstance(refresh, str) and refresh else None,
        lasts=_life(lasts),
        now=now,
        domain=domain,
    )


def _life(lasts: object) -> float:
    if isinstance(lasts, bool) or not isinstance(lasts, int | float):
        return _DAY
    return min(max(0.0, float(lasts)), _LONGEST)
