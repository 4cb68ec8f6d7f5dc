"""The end of a login: what came back is checked, exchanged for tokens, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from amocrm_gen.connections.errors import LoginError
from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.errors import AmoError, ConfigurationError, OAuthError, Unauthorized
from amocrm_gen.runtime.secret import conceal
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of

if TYPE_CHECKING:
    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.connections.errors import LoginCode
    from amocrm_gen.connections.pending import PendingLogin
    from amocrm_gen.connections.redirect import Redirect
    from amocrm_gen.v4.client import AmoCRM

# ruff: noqa: PLC0415 - the client is loaded when something is sent

__all__ = ["Owner", "accept_token", "finish", "owner_of"]

_UNKNOWN: Final = "unknown"
"""Stands for an account of which only the token knows the name; nothing is ever sent there."""
_AGAIN: Final = "run `amocrm login` again"
_SAID: Final[tuple[tuple[str, LoginCode], ...]] = (
    ("code has expired", "login_expired"),
    ("code has been revoked", "login_code_used"),
    ("Redirect URI", "login_redirect_uri_wrong"),
    ("Invalid account", "login_other_account"),
    ("authorization code", "login_code_wrong"),
    ("Authorization code", "login_code_wrong"),
    ("`client_", "login_credentials_wrong"),
)
"""What the OAuth server says, and what it means."""


@frozen(kw_only=True)
class Owner:
    """Whose account it is, and who has granted access to it."""

    account: str
    account_id: int
    user: str | None = None
    email: str | None = None


def finish(book: Book, login: PendingLogin, redirect: Redirect) -> Connection:
    """Exchange the code for tokens, and keep them with the connection."""
    place = _place_of(login, redirect)
    from amocrm_gen.v4.client import AmoCRM

    with AmoCRM(
        place.domain,
        integration=login.integration,
        store=MemoryTokenStore(),
        base_url=login.base_url,
    ) as amo:
        try:
            token = amo.authorize(conceal(redirect.code or ""))
        except OAuthError as error:
            refused = error
        else:
            if place.is_elsewhere:
                place = _place_at_stand_in(amo, login, place)
            before = book.draft(place.domain, id=login.connection_id, base_url=login.base_url)
            return _replace(book, before, before.having(login.integration), token)
    raise _explained(refused)


def accept_token(  # noqa: PLR0913 - what is known of an account
    book: Book,
    token: str,
    *,
    account: str | None = None,
    connection_id: str | None = None,
    zone: str | None = None,
    base_url: str | None = None,
) -> Connection:
    """Try a long-lived token, and keep it; the token itself tells which account it is for."""
    from amocrm_gen.v4.client import AmoCRM

    token = conceal(token.strip())
    try:
        kept = Token.read(token)
        claims = claims_of(token)
        known = claims.get("base_domain")
        place = Account.parse(
            account or _UNKNOWN,
            base_url=base_url,
            zone=str(known) if isinstance(known, str) and known else zone,
        )
        amo = AmoCRM(place.domain, token=token, base_url=base_url)
    except ConfigurationError as error:
        raise LoginError("login_token_wrong", error.message, advice=error.what_to_do) from None
    with amo:
        try:
            if account is None:
                place = Account.parse(amo.look_up_domain(), base_url=base_url)
            found = amo.account.get()
        except Unauthorized as error:
            raise LoginError(
                "login_token_wrong",
                f"the token was refused: {error.message}",
                advice="copy the long-lived token from the integration's page once more; it is "
                "shown only once, and of one account",
            ) from None
    if found.subdomain != place.domain.partition(".")[0]:
        raise _other_account(place.domain, found.subdomain)
    before, owner = book.draft(place.domain, id=connection_id, base_url=base_url), claims.get("aud")
    after = before
    if before.client_id is None or before.client_id != owner:
        # The credentials of another integration would be of no use to this token.
        client_id = str(owner) if isinstance(owner, str) else None
        after = evolve(before, client_id=client_id, client_secret=None, redirect_uri=None)
    return _replace(book, before, after, kept)


def owner_of(amo: AmoCRM) -> Owner:
    """Ask whose account it is; the user stays unknown where amoCRM does not tell him."""
    account = amo.account.get()
    try:
        user = amo.oauth.get_user()
    except AmoError:
        return Owner(account=account.name, account_id=account.id)
    return Owner(
        account=account.name, account_id=account.id, user=user.name or None, email=user.email
    )


def _place_of(login: PendingLogin, redirect: Redirect) -> Account:
    """Return the account that granted access, if that is one that may have."""
    if redirect.error is not None:
        raise LoginError(
            "login_denied",
            f"access was not granted: {redirect.error}",
            advice=f"{_AGAIN}, and allow access on the page",
        )
    asked = Account.parse(
        login.account or _UNKNOWN, base_url=login.base_url, zone=login.connector.zone
    )
    if redirect.referer is None:
        if login.account is None and login.base_url is None:
            raise LoginError(
                "login_account_unknown",
                "the code alone does not tell which account it is for",
                advice="give the whole address that the browser was sent to, or begin with "
                "`amocrm login ACCOUNT`",
            )
        return asked
    try:
        found = asked.moved(redirect.referer)
    except ConfigurationError as error:
        raise LoginError(
            "login_other_account",
            f"the answer comes from a foreign place: {error.message}",
            advice=f"{_AGAIN} for the account that you want to connect",
        ) from None
    if login.account is not None and found.domain != login.account:
        raise _other_account(login.account, found.domain)
    return found


def _place_at_stand_in(amo: AmoCRM, login: PendingLogin, place: Account) -> Account:
    """Ask a stand-in, which has one address for all accounts, whose token it has given."""
    found = Account.parse(amo.look_up_domain(), base_url=login.base_url)
    if login.account is not None and found.domain != place.domain:
        raise _other_account(login.account, found.domain)
    return found


def _other_account(asked: str, found: str) -> LoginError:
    return LoginError(
        "login_other_account",
        f"access was granted by {found}, and not by {asked}",
        advice=f"{_AGAIN} and choose {asked} on the page; or run `amocrm login {found}`",
    )


def _replace(book: Book, before: Connection, after: Connection, token: Token) -> Connection:
    """Put credentials and token in the place of others, so that a crash leaves no mixture.

    The lock keeps out whoever is just renewing the token that is replaced.
    """
    store = book.store_of(after)
    held = store.locks.acquire((f"token/{after.domain}",))
    try:
        if after.client_id != before.client_id:
            # Between the two the connection has no token, rather than one of another integration.
            store.delete(after.domain)
        book.put(after)
        store.save(after.domain, evolve(token, domain=after.domain))
    finally:
        held.release()
    return after


def _explained(error: OAuthError) -> LoginError:
    """Return what the OAuth server's refusal of a code means."""
    hint = error.hint or ""
    code: LoginCode = "login_credentials_wrong" if error.status == 401 else "login_failed"
    for said, meaning in _SAID:
        if said in hint:
            code = meaning
            break
    advice = {
        "login_expired": f"a code lives for 20 minutes: {_AGAIN}",
        "login_code_used": f"a code works once: {_AGAIN}",
        "login_redirect_uri_wrong": "give --redirect-uri exactly as it is registered in the "
        "integration's settings",
        "login_credentials_wrong": "check --client-id and the client secret against the "
        "integration's page",
        "login_other_account": f"{_AGAIN} for the account that granted access",
        "login_code_wrong": "copy the whole address that the browser was sent to; the code is "
        "that of the integration whose client id was given",
    }.get(code, error.what_to_do)
    said = f"{error.message} ({hint})" if hint else error.message
    return LoginError(code, f"the code was not accepted: {said}", advice=advice)
