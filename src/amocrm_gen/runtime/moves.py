"""Goes after an account that has moved to another name."""

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.domains import find_domain, home_of
from amocrm_gen.runtime.effects import Free, Hold, Shield, Talk
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.keeping import keep_move, loaded, lock_of
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["follow", "follow_held", "go_to"]


def follow(session: Session, token: Token) -> Talk[bool]:
    """Look for the account elsewhere, and go there; False if it is where it was thought to be."""
    before = session.account
    there = yield from _place(session, token)
    if there is not None:
        yield Shield(_go(session, before, there))
    return there is not None


def follow_held(session: Session, token: Token) -> Talk[bool]:
    """Do the same while the lock of the token is held; `token` is what the store keeps."""
    before = session.account
    there = yield from _place(session, token)
    if there is None:
        return False
    session.account = there
    yield from keep_move(session, before, token)
    return True


def go_to(session: Session, domain: str) -> Talk[None]:
    """Go on at another domain of the family."""
    before = session.account
    there = before.moved(domain)
    if there != before:
        yield Shield(_go(session, before, there))


def _place(session: Session, token: Token) -> Talk[Account | None]:
    account = session.account
    # A token that names no home is not amoCRM's own, and an explicit base URL does not move.
    if account.is_elsewhere or home_of(session, token) is None:
        return None
    try:
        there = account.moved((yield from find_domain(session, token)))
    except AmoError as error:
        logger.info("%s was not found anywhere else: %s", account.domain, error.message)
        return None
    return None if there == account else there


def _go(session: Session, before: Account, there: Account) -> Talk[None]:
    held = yield Hold(session.token_locks, (lock_of(session),))
    try:
        logger.warning("the account %s has moved to %s", before.domain, there.domain)
        session.account = there
        if session.store is not None:
            kept = yield from loaded(session, session.store, before)
            if kept is not None:
                yield from keep_move(session, before, kept)
    finally:
        yield Free(held)
