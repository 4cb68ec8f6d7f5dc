"""The token's life: granted by a code, renewed once by each refresh token, shared by all."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.effects import Free, Hold, Load, Now, Response, Save, Send, Shield, Talk
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
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of

__all__ = ["authorization_url", "authorize", "can_renew", "domain_of", "renewed", "usable_token"]

_PATH: Final = "/oauth2/access_token"
_DAY: Final = 86_400.0


def authorization_url(session: Session, *, state: str | None, mode: str | None) -> str:
    """Return the page where a person grants the integration access to an account."""
    integration = _integration(session)
    account = session.account
    origin = account.origin if account.is_elsewhere else f"https://www.{account.zone}"
    given = {"client_id": integration.client_id, "state": state, "mode": mode}
    return f"{origin}/oauth?" + urlencode({k: v for k, v in given.items() if v is not None})


def usable_token(session: Session) -> Talk[Token]:
    """Return a token that is good for now, renewed before it ends."""
    token = session.token
    if token is None:
        token = session.token = yield from _stored(session)
    if token is None:
        raise OAuthError(
            f"there is no token for {session.account.domain}",
            advice="open client.authorization_url(), grant access and pass the code to "
            "client.authorize()",
        )
    if token.expires_at is None or not _can_renew(session, token):
        return token
    now: float = yield Now()
    if token.is_stale(now):
        return (yield from renewed(session, token))
    return token


def renewed(session: Session, stale: Token) -> Talk[Token]:
    """Return a newer token than `stale`: whoever comes first renews it, the others find it.

    A refresh token is dead as soon as it was sent: from there on nothing may stop short of keeping
    the new one, not even that the caller is cancelled.
    """
    newer: Token = yield Shield(_renew(session, stale))
    return newer


def _renew(session: Session, stale: Token) -> Talk[Token]:
    held = yield Hold(session.locks, (f"token/{session.account.domain}",))
    try:
        newer = yield from _newer(session, stale)
        if newer is None:
            newer = yield from _refresh(session, stale)
        session.token = newer
        return newer
    finally:
        yield Free(held)


def can_renew(session: Session) -> bool:
    """Tell whether a refused token can be renewed at all."""
    return session.token is not None and _can_renew(session, session.token)


def _can_renew(session: Session, token: Token) -> bool:
    return session.integration is not None and token.refresh_token is not None


def _stored(session: Session) -> Talk[Token | None]:
    if session.store is None:
        return None
    found: Token | None = yield Load(session.store, session.account.domain)
    return found


def _newer(session: Session, stale: Token) -> Talk[Token | None]:
    """Return the token that somebody else has put in the place of a stale one."""
    in_use = session.token
    if in_use is not None and in_use.access_token != stale.access_token:
        return in_use
    kept = yield from _stored(session)
    if kept is None or kept.access_token == stale.access_token:
        return None
    now: float = yield Now()
    return None if kept.is_stale(now) else kept


def _refresh(session: Session, stale: Token) -> Talk[Token]:
    kept = yield from _stored(session)
    # The refresh token works once: the one in the store is the last that was given out.
    last = kept if kept is not None and kept.refresh_token else stale
    logger.info("renewing the token of %s", session.account.domain)
    grant = {"grant_type": "refresh_token", "refresh_token": last.refresh_token or ""}
    try:
        return (yield from _grant(session, session.account, grant))
    except ReauthorisationRequired:
        # Another process or host may have been quicker; its token is in the store by now.
        newest = yield from _stored(session)
        if newest is None or newest.refresh_token == last.refresh_token:
            raise
        return newest


def authorize(session: Session, code: str, referer: str | None) -> Talk[Token]:
    """Exchange an authorization code for tokens; `referer` is the account that granted it."""
    token: Token = yield Shield(_authorize(session, code, referer))
    return token


def _authorize(session: Session, code: str, referer: str | None) -> Talk[Token]:
    account = session.account if referer is None else session.account.moved(referer)
    held = yield Hold(session.locks, (f"token/{account.domain}",))
    try:
        grant = {"grant_type": "authorization_code", "code": code}
        token = yield from _grant(session, account, grant)
        session.account, session.token = account, token
        return token
    finally:
        yield Free(held)


def _grant(session: Session, account: Account, grant: Mapping[str, str]) -> Talk[Token]:
    integration = _integration(session)
    body = {
        "client_id": integration.client_id,
        "client_secret": integration.client_secret,
        "redirect_uri": integration.redirect_uri,
        **grant,
    }
    request = Send(
        "POST",
        account.origin + _PATH,
        {**session.headers, "Content-Type": "application/json"},
        dumps(body),
    )
    secrets = [*session.secrets, *(v for k, v in grant.items() if k != "grant_type")]
    try:
        # A lost answer may have used the refresh token up: never sent again blindly.
        response = yield from exchange(
            session, request, name=f"oauth.{grant['grant_type']}", secrets=secrets
        )
    except (RateLimited, ServerError, AccountBlocked):
        raise
    except ApiError as error:
        raise _refused(error, grant["grant_type"]) from None
    now: float = yield Now()
    token = _issued(response, now, account.domain)
    if session.store is not None:
        session.token = token
        yield from _keep(session.store, account.domain, token)
    return token


def _keep(store: TokenStore, domain: str, token: Token) -> Talk[None]:
    try:
        yield Save(store, domain, token)
    except Exception as error:
        raise OAuthError(
            f"the new token of {domain} could not be stored: {error}",
            advice="repair the store while this process lives: it has the only copy, and the "
            "token before it is dead",
        ) from error


def _refused(error: ApiError, grant: str) -> OAuthError:
    kind: type[OAuthError] = OAuthError
    advice = "check client_id, client_secret, redirect_uri and the account's domain"
    if grant == "refresh_token" and error.hint and "parameter" not in error.hint:
        kind, advice = ReauthorisationRequired, ReauthorisationRequired.advice
    elif grant == "authorization_code":
        advice += "; a code works once, for 20 minutes, in the account that granted it"
    return kind(
        error.message,
        operation=error.operation,
        status=error.status,
        request_id=error.request_id,
        hint=error.hint,
        advice=advice,
    )


def _issued(response: Response, now: float, domain: str) -> Token:
    content = _content(response)
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


def _content(response: Response) -> Mapping[str, object]:
    try:
        content: object = loads(response.body)
    except JSONDecodeError:
        content = None
    if is_object(content):
        return content
    raise ResponseError("the OAuth server's answer is no JSON object", status=response.status)


def domain_of(session: Session) -> Talk[str]:
    """Ask where the account is now: it keeps its tokens when it moves to another name."""
    token = yield from usable_token(session)
    account = session.account
    host = claims_of(token.access_token).get("api_domain")
    origin = f"https://{host}"
    if account.is_elsewhere or not isinstance(host, str) or not account.trusts(origin):
        origin = account.origin if account.is_elsewhere else f"https://www.{account.zone}"
        path = "/oauth2/account/subdomain"
        headers = {"Authorization": f"Bearer {token.access_token}"}
    elif token.refresh_token:
        path = "/oauth2/account/current/subdomain"
        headers = {"X-Refresh-Token": token.refresh_token}
    else:
        path = "/oauth2/account/subdomain"
        origin = f"https://www.{account.zone}"
        headers = {"Authorization": f"Bearer {token.access_token}"}
    response = yield from exchange(
        session,
        Send("GET", origin + path, {**session.headers, **headers}),
        name="oauth.subdomain",
        secrets=session.secrets,
        retry="safe",
    )
    domain = _content(response).get("domain")
    if not isinstance(domain, str):
        raise ResponseError("$.domain: expected text", path="$.domain", operation="oauth.subdomain")
    return domain


def _integration(session: Session) -> Integration:
    if session.integration is None:
        raise ConfigurationError(
            "the client has no integration",
            advice="pass integration=Integration(client_id=…, client_secret=…, redirect_uri=…)",
        )
    return session.integration
