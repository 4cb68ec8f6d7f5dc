"""The token's life: renewed once by each refresh token or login, and shared by all."""

from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import evolve

from amocrm_gen.runtime.effects import Free, Hold, Now, Shield, Sleep, Talk
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    AmoError,
    OAuthError,
    RateLimited,
    ReauthorisationRequired,
    TransportError,
)
from amocrm_gen.runtime.grants import grant
from amocrm_gen.runtime.keeping import keep, keep_again, keep_mark, keep_new, lock_of, stored
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.moves import follow_held
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.store import LockingTokenStore
from amocrm_gen.runtime.tokens.token import REFRESH_LIFE, Token

__all__ = ["can_renew", "known_token", "renewed", "replaced", "usable_token"]

_MOVES: Final = 4
"""Names that an account may have had while nobody looked."""
_LOOKS: Final = (0.2, 0.4, 0.8)
"""Seconds between looks for the token of another one who is just renewing it."""
_PAUSE: Final = 30.0
"""Seconds between two early renewals that fail for the moment."""
_WARN_AFTER: Final = timedelta(days=60)


def usable_token(session: Session) -> Talk[Token]:
    """Return a token that is good for now, renewed before it ends."""
    if session.unsaved is not None:
        yield Shield(keep_again(session, session.unsaved))
    token = yield from known_token(session)
    if token.expires_at is None or not _is_renewable(session, token):
        return token
    now: float = yield Now()
    if not token.is_stale(now):
        return token
    if token.is_over(now):
        return (yield from renewed(session, token))
    return (yield from _renewed_early(session, token, now))


def known_token(session: Session) -> Talk[Token]:
    """Return the token in use, whatever its age; the first one is read from the store."""
    if session.token is not None:
        return session.token
    token = yield from stored(session)
    if token is None and session.login is not None:
        return (yield from renewed(session, None))
    if token is None:
        raise no_token(session)
    session.token = token
    now: float = yield Now()
    age = _age(token, now)
    if token.refresh_token is not None and age is not None and age >= _WARN_AFTER:
        logger.warning(
            "the tokens of %s were not renewed for %d days; unused for %d days they die, and a "
            "person has to grant access again",
            session.account.domain,
            age.days,
            REFRESH_LIFE.days,
        )
    return token


def no_token(session: Session) -> OAuthError:
    """Return the error for an account to which nobody has granted access yet."""
    return OAuthError(
        f"there is no token for {session.account.domain}",
        advice="open client.authorization_url(), grant access and pass the code to "
        "client.authorize()",
    )


def _age(token: Token, now: float) -> timedelta | None:
    if token.issued_at is None:
        return None
    return datetime.fromtimestamp(now, UTC) - token.issued_at


def _renewed_early(session: Session, token: Token, now: float) -> Talk[Token]:
    """Renew a token that is still good; while that cannot be done it goes on being used."""
    if now < session.renew_after:
        return token
    try:
        return (yield from renewed(session, token))
    except AmoError as error:
        session.renew_after = now + _PAUSE
        logger.warning("the token is good yet, but was not renewed: %s", error)
        return token


def renewed(session: Session, stale: Token | None) -> Talk[Token]:
    """Return a newer token than `stale`: whoever comes first renews it, the others find it.

    A refresh token is dead as soon as it was sent: from there on nothing may stop short of keeping
    the new one, not even that the caller is cancelled.
    """
    newer, _ = yield from replaced(session, stale)
    return newer


def replaced(session: Session, stale: Token | None) -> Talk[tuple[Token, bool]]:
    """Do the same, and tell whether the newer token was issued just now."""
    newer: tuple[Token, bool] = yield Shield(_renew(session, stale))
    return newer


def can_renew(session: Session) -> bool:
    """Tell whether a refused token can be renewed at all."""
    return session.token is not None and _is_renewable(session, session.token)


def _is_renewable(session: Session, token: Token) -> bool:
    if session.login is not None:
        return True
    return session.integration is not None and token.refresh_token is not None


def _renew(session: Session, stale: Token | None) -> Talk[tuple[Token, bool]]:
    for _ in range(_MOVES):
        name = lock_of(session)
        held = yield Hold(session.token_locks, (name,))
        try:
            found = yield from _newer(session, stale)
            newer = found
            # Whoever renews it under another name of the account holds another lock.
            if newer is None and lock_of(session) == name:
                newer = yield from _renew_held(session, stale)
            if newer is not None:
                session.token = newer
                return newer, found is None
        finally:
            yield Free(held)
    raise OAuthError(
        f"{session.account.domain} is not found: the names that it moved to lead in a circle",
        advice="make the client with the domain that the account has now",
    )


def _newer(session: Session, stale: Token | None) -> Talk[Token | None]:
    """Return the token that somebody else has put in the place of a stale one."""
    in_use = session.token
    if in_use is not None and (stale is None or in_use.access_token != stale.access_token):
        return in_use
    kept = yield from stored(session)
    if kept is None or (stale is not None and kept.access_token == stale.access_token):
        return None
    if stale is not None and kept.is_older_than(stale):
        return None
    now: float = yield Now()
    return None if kept.is_stale(now) else kept


def _renew_held(session: Session, stale: Token | None) -> Talk[Token | None]:
    """Renew the token while its lock is held; None if the account was found to have moved."""
    if session.login is not None:
        from amocrm_gen.runtime.cookies import log_in  # noqa: PLC0415 - hardly ever used

        return (yield from log_in(session, session.login))
    kept = yield from stored(session)
    # The refresh token works once: the newest is the one that was not used yet.
    last = kept if kept is not None and kept.refresh_token else stale
    if last is not None and stale is not None and last.is_older_than(stale):
        last = stale
    if last is None:
        raise no_token(session)
    return (yield from _refresh(session, last))


def _refresh(session: Session, last: Token) -> Talk[Token | None]:
    """Use a refresh token up.

    Before it is sent the store is told that it will be: that shows that the store can be written
    to, and whoever finds the mark after a crash knows what happened.
    """
    logger.info("renewing the token of %s", session.account.domain)
    now: float = yield Now()
    since = last.renewing_since or datetime.fromtimestamp(now, UTC)
    begun = evolve(last, renewing_since=since)
    yield from keep(session, begun, or_else="so it was not renewed, and nothing was sent")
    try:
        token = yield from grant(
            session,
            session.account,
            grant_type="refresh_token",
            refresh_token=last.refresh_token or "",
        )
    except OAuthError as error:
        refused = error
    except (RateLimited, AccountBlocked):
        yield from keep_mark(session, last)
        raise
    except TransportError as error:
        if not error.sent:
            yield from keep_mark(session, last)
        raise
    else:
        yield from keep_new(session, token)
        return token
    newest = yield from _renewed_elsewhere(session, last)
    if newest is not None:
        return newest
    if refused.status != 400 and (yield from follow_held(session, last)):
        return None
    yield from keep_mark(session, last)
    raise _explained(refused, last, now)


def _renewed_elsewhere(session: Session, last: Token) -> Talk[Token | None]:
    """Return the token of another one who was quicker, without a lock in common with this one."""
    # Who shares the store shares its locks, if it brings any: then nobody else is at work.
    waits = () if isinstance(session.store, LockingTokenStore) else _LOOKS
    for wait in (0.0, *waits):
        if wait:
            yield Sleep(wait)
        newest = yield from stored(session)
        if newest is not None and newest.refresh_token != last.refresh_token:
            return None if newest.is_older_than(last) else newest
    return None


def _explained(error: OAuthError, last: Token, now: float) -> OAuthError:
    """Return the error with what is known about why the refresh token is dead."""
    if not isinstance(error, ReauthorisationRequired):
        return error
    age = _age(last, now)
    if last.renewing_since is not None:
        error.reason = (
            f"a renewal that began at {last.renewing_since:%Y-%m-%d %H:%M:%S} UTC was cut short: "
            "its process ended or its answer was lost after amoCRM had taken the refresh token"
        )
    elif "expired" in (error.hint or ""):
        unused = "" if age is None else f", here for {age.days} days"
        error.reason = f"the refresh token was not used for three months{unused}"
    else:
        error.reason = (
            "a program that does not share this token store has used the refresh token, or the "
            "integration was switched off in the account"
        )
    return error
