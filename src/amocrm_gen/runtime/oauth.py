"""What a person or a program grants: access for a code, a code for an API key."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from orjson import dumps

from amocrm_gen.runtime.domains import find_domain
from amocrm_gen.runtime.effects import Free, Hold, Now, Send, Shield, Talk
from amocrm_gen.runtime.errors import AmoError, OAuthError
from amocrm_gen.runtime.exchange import attempt
from amocrm_gen.runtime.grants import grant, integration_of
from amocrm_gen.runtime.keeping import is_of_another, keep_new, loaded
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.moves import go_to
from amocrm_gen.runtime.renewal import can_renew, known_token, renewed, usable_token
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

__all__ = [
    "authorization_url",
    "authorize",
    "days_left",
    "exchange_api_key",
    "look_up_domain",
    "renew",
]

_EXCHANGE: Final = "/oauth2/exchange_api_key"


def authorization_url(session: Session, *, state: str | None, mode: str | None) -> str:
    """Return the page where a person grants the integration access to an account."""
    integration = integration_of(session)
    account = session.account
    origin = account.origin if account.is_elsewhere else f"https://www.{account.zone}"
    given = {"client_id": integration.client_id, "state": state, "mode": mode}
    return f"{origin}/oauth?" + urlencode({k: v for k, v in given.items() if v is not None})


def authorize(session: Session, code: str, referer: str | None) -> Talk[Token]:
    """Exchange an authorization code for tokens; `referer` is the account that granted it."""
    token: Token = yield Shield(_authorize(session, code, referer))
    return token


def _authorize(session: Session, code: str, referer: str | None) -> Talk[Token]:
    integration = integration_of(session)
    account = session.account if referer is None else session.account.moved(referer)
    held = yield Hold(session.token_locks, (f"token/{account.domain}",))
    try:
        if session.store is not None:
            kept = yield from loaded(session, session.store, account)
            if kept is not None and is_of_another(integration, kept):
                logger.warning(
                    "the store's token of %s is another integration's; it is replaced",
                    account.domain,
                )
        token = yield from grant(session, account, grant_type="authorization_code", code=code)
        session.account = account
        yield from keep_new(session, token)
        return token
    finally:
        yield Free(held)


def renew(session: Session) -> Talk[Token]:
    """Renew the tokens now, whatever their age."""
    token = yield from known_token(session)
    if not can_renew(session):
        raise OAuthError(
            f"the token of {session.account.domain} cannot be renewed",
            advice="a long-lived token lasts as long as was chosen when it was made; others need "
            "the integration that they were granted to",
        )
    return (yield from renewed(session, token))


def days_left(session: Session) -> Talk[float | None]:
    """Return how many days are left until a person has to act; None if that is not known."""
    token = yield from known_token(session)
    now: float = yield Now()
    return token.days_left(datetime.fromtimestamp(now, UTC))


def look_up_domain(session: Session) -> Talk[str]:
    """Ask where the account is now, and go on there."""
    token = yield from usable_token(session)
    domain = yield from find_domain(session, token)
    if not session.account.is_elsewhere:
        yield from go_to(session, domain)
    return domain


def exchange_api_key(session: Session, login: ApiKeyLogin, state: str | None) -> Talk[None]:
    """Ask for an authorization code in return for a user's API key."""
    integration = integration_of(session)
    body = {
        "login": login.login,
        "api_key": login.api_key,
        "client_uuid": integration.client_id,
        "client_secret": integration.client_secret,
        **({} if state is None else {"state": state}),
    }
    headers = {**session.headers, "Content-Type": "application/json"}
    request = Send("POST", session.account.origin + _EXCHANGE, headers, dumps(body))
    secrets = [*session.secrets, login.api_key]
    # Once: amoCRM takes one in five minutes.
    outcome = yield from attempt(
        session, request, name="oauth.exchange_api_key", sent=None, secrets=secrets
    )
    if isinstance(outcome, AmoError):
        raise outcome
