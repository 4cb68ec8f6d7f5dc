"""Where an account is now: it keeps its tokens when it gets another name."""

from collections.abc import Iterator
from typing import Final

from amocrm_gen.runtime.effects import Response, Send, Talk
from amocrm_gen.runtime.errors import ApiError, ConfigurationError, ResponseError
from amocrm_gen.runtime.exchange import exchange
from amocrm_gen.runtime.grants import content_of
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token, claims_of

__all__ = ["find_domain", "home_of"]

_BY_ACCESS: Final = "/oauth2/account/subdomain"
_BY_REFRESH: Final = "/oauth2/account/current/subdomain"


def find_domain(session: Session, token: Token) -> Talk[str]:
    """Ask for the account's domain, in every way that the token allows."""
    if token.scheme != "bearer":
        raise ConfigurationError(
            "only a token of an integration tells where its account is",
            advice="make the client with a token or an integration",
        )
    *ways, last = _ways(session, token)
    for way in ways:
        try:
            return (yield from _ask(session, way))
        except ApiError as error:
            logger.debug("%s", error)
    return (yield from _ask(session, last))


def _ways(session: Session, token: Token) -> Iterator[Send]:
    account = session.account
    bearer = {**session.headers, "Authorization": f"Bearer {token.access_token}"}
    if account.is_elsewhere:
        yield Send("GET", account.origin + _BY_ACCESS, bearer)
        return
    home = home_of(session, token)
    if home and token.refresh_token:
        headers = {**session.headers, "X-Refresh-Token": token.refresh_token}
        yield Send("GET", home + _BY_REFRESH, headers)
    yield Send("GET", f"https://www.{account.zone}{_BY_ACCESS}", bearer)


def home_of(session: Session, token: Token) -> str | None:
    """Return the address that the token itself names, if it is one of amoCRM's."""
    host = claims_of(token.access_token).get("api_domain")
    home = f"https://{host}"
    return home if isinstance(host, str) and session.account.trusts(home) else None


def _ask(session: Session, request: Send) -> Talk[str]:
    response: Response = yield from exchange(
        session, request, name="oauth.subdomain", secrets=session.secrets, retry="safe"
    )
    domain = content_of(response).get("domain")
    if not isinstance(domain, str):
        raise ResponseError("$.domain: expected text", path="$.domain", operation="oauth.subdomain")
    # An address is no secret, and errors have to show it.
    return str(domain)
