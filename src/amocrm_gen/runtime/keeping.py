"""Where a session's token is kept: found wherever the account has moved, shown by no error."""

from typing import Final

from attrs import evolve

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.effects import Free, Hold, Load, Now, Save, Talk
from amocrm_gen.runtime.errors import AmoError, OAuthError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.log import logger, redact
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of

__all__ = [
    "is_of_another",
    "keep",
    "keep_again",
    "keep_mark",
    "keep_move",
    "keep_new",
    "key_of",
    "loaded",
    "lock_of",
    "stored",
]

_PAUSE: Final = 30.0
"""Seconds between two attempts to save what a store would not take."""


def key_of(session: Session, account: Account) -> str:
    """Return the name under which a token is kept; a login does not take the place of a grant."""
    return account.domain if session.login is None else f"{account.domain}/login"


def lock_of(session: Session) -> str:
    """Return the name of the lock under which the token is renewed."""
    return f"token/{key_of(session, session.account)}"


def stored(session: Session) -> Talk[Token | None]:
    """Return the kept token, wherever the account has moved since; the session moves along."""
    if session.store is None:
        return None
    account, found, seen = session.account, None, set[str]()
    while account.domain not in seen:
        seen.add(account.domain)
        kept = yield from loaded(session, session.store, account)
        if kept is None:
            break
        if found is None or not kept.is_older_than(found):
            found = kept
        if kept.domain is not None:
            account = account.moved(kept.domain)
    if found is not None:
        session.account = account
        _check_owner(session, found)
    return found


def loaded(session: Session, store: TokenStore, account: Account) -> Talk[Token | None]:
    """Return what a store keeps; its error shows no token."""
    try:
        kept: Token | None = yield Load(store, key_of(session, account))
    except AmoError:
        raise
    except Exception as error:  # noqa: BLE001 - a store of the user's own raises what it likes
        said = f"{type(error).__name__}: {redact(str(error), *session.secrets)}"
    else:
        return kept
    # Outside of the handler, as in `keep`. What the store has read is not known here.
    raise OAuthError(
        f"the token of {account.domain} could not be read: {said}", advice="repair the store"
    )


def is_of_another(integration: Integration, token: Token) -> bool:
    """Tell whether a token says itself that it was granted to another integration."""
    owner = claims_of(token.access_token).get("aud")
    return isinstance(owner, str) and owner != integration.client_id


def _check_owner(session: Session, token: Token) -> None:
    # The refresh token of one integration is not to be shown as that of another.
    integration = session.integration
    if integration is not None and is_of_another(integration, token):
        raise OAuthError(
            f"the stored token of {session.account.domain} was granted to another integration",
            advice="give each integration a store of its own; or grant access to "
            f"{integration.client_id} and pass the code to client.authorize()",
        )


def keep(session: Session, token: Token, *, or_else: str) -> Talk[None]:
    """Save a token; the error of a store that fails shows neither it nor what it replaces."""
    failure = yield from _failure(session, session.account, token)
    if failure is not None:
        raise OAuthError(
            f"the token of {session.account.domain} could not be stored: {failure}; {or_else}",
            advice="repair the store",
        )


def keep_new(session: Session, token: Token) -> Talk[None]:
    """Save a token whose predecessor is dead: if the store fails, it is tried again later."""
    session.token = token
    failure = yield from _failure(session, session.account, token)
    if failure is not None:
        session.unsaved = token
        raise OAuthError(
            f"the new token of {session.account.domain} could not be stored: {failure}",
            advice="repair the store while this process lives: it has the only copy, and the "
            "token before it is dead; each call tries to store it again",
        )


def keep_again(session: Session, token: Token) -> Talk[None]:
    """Save a token that the store would not take before, unless a newer one has come meanwhile."""
    now: float = yield Now()
    if session.store is None or now < session.save_after:
        return
    held = yield Hold(session.token_locks, (lock_of(session),))
    try:
        kept = yield from loaded(session, session.store, session.account)
        failure = None
        if kept is None or not token.is_older_than(kept):
            failure = yield from _failure(session, session.account, token)
    finally:
        yield Free(held)
    if failure is None:
        session.unsaved = None
        logger.info("the token of %s is stored after all", session.account.domain)
    else:
        session.save_after = now + _PAUSE
        logger.error("the token of %s is still not stored: %s", session.account.domain, failure)


def keep_mark(session: Session, token: Token) -> Talk[None]:
    """Put a token back as it was before its renewal began: it was not used up."""
    if session.store is None:
        return
    kept = yield from loaded(session, session.store, session.account)
    if kept is None or kept.refresh_token != token.refresh_token:
        return
    failure = yield from _failure(session, session.account, token)
    if failure is not None:
        logger.warning("the token of %s is marked wrongly: %s", session.account.domain, failure)


def keep_move(session: Session, before: Account, token: Token) -> Talk[None]:
    """Let the old name of an account lead to the one it has now."""
    if session.store is None:
        return
    failure = yield from _failure(session, before, evolve(token, domain=session.account.domain))
    if failure is not None:
        logger.error("the move of %s could not be stored: %s", before.domain, failure)


def _failure(session: Session, account: Account, token: Token) -> Talk[str | None]:
    if session.store is None:
        return None
    # Under its own name the domain is always the present one, never that of a move.
    if account == session.account:
        token = evolve(token, domain=account.domain)
    try:
        yield Save(session.store, key_of(session, account), token)
    except Exception as error:  # noqa: BLE001 - a store of the user's own raises what it likes
        # Its text, not itself: errors of databases carry what was to be saved.
        secrets = [*session.secrets, token.access_token, token.refresh_token]
        return f"{type(error).__name__}: {redact(str(error), *secrets)}"
    return None
