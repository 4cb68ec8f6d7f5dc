"""The session of the old API: opened by a login, carried by cookies, over in fifteen minutes."""

import re
from typing import Final

from orjson import dumps

from amocrm_gen.runtime.effects import Now, Send, Talk
from amocrm_gen.runtime.errors import AmoError, ApiError, ResponseError, Unauthorized
from amocrm_gen.runtime.exchange import exchange
from amocrm_gen.runtime.grants import content_of
from amocrm_gen.runtime.keeping import keep_new
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.secret import Secret
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["cookies_of", "log_in"]

_PATH: Final = "/private/api/auth.php?type=json"
_LIFE: Final = 900.0
"""Seconds, as the docs say."""
_NEXT: Final = re.compile(r",\s*(?=[^;,=\s]+=)")
"""Between two cookies that a library has put in one line; a date has a comma, too."""
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def log_in(session: Session, login: ApiKeyLogin) -> Talk[Token]:
    """Open a session; its cookies are kept like a token."""
    account = session.account
    logger.info("logging in to %s", account.domain)
    headers = {**session.headers, "Content-Type": "application/json"}
    body = {"USER_LOGIN": login.login, "USER_HASH": login.api_key}
    request = Send("POST", account.origin + _PATH, headers, dumps(body))
    try:
        response = yield from exchange(
            session, request, name="login", secrets=session.secrets, retry="idempotent"
        )
    except (ApiError, ResponseError) as error:
        raise _refused(error) if error.status in {401, 403} else error from None
    answer = content_of(response).get("response")
    if not is_object(answer) or not answer.get("auth"):
        raise _refused(None)
    cookies = Secret(cookies_of(response.headers.get("set-cookie", "")))
    if not cookies:
        raise ResponseError("the login was accepted without a cookie", operation="login")
    now: float = yield Now()
    token = Token.issued(
        access_token=cookies,
        refresh_token=None,
        lasts=_LIFE,
        now=now,
        domain=account.domain,
        scheme="cookie",
    )
    yield from keep_new(session, token)
    return token


def cookies_of(header: str) -> str:
    """Return the `Cookie` header that answers to a `Set-Cookie` header, its lines joined."""
    found: dict[str, str] = {}
    for line in _NEXT.split(header):
        name, _, value = line.partition(";")[0].partition("=")
        name, value = name.strip(), value.strip()
        is_kept = value.isascii() and value.isprintable() and value not in {"", "deleted"}
        if is_kept and _NAME.fullmatch(name):
            found[name] = value
    return "; ".join(f"{name}={value}" for name, value in found.items())


def _refused(error: AmoError | None) -> Unauthorized:
    refused = Unauthorized(
        "the login was refused" if error is None else error.message,
        operation="login",
        status=None if error is None else error.status,
        request_id=None if error is None else error.request_id,
        advice="check the user's e-mail address and API key, and that both are of this account",
    )
    refused.request = None if error is None else error.request
    return refused
