"""Makes a session of what the constructor of a client is given."""

import random
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.locks.locks import Locks
from amocrm_gen.runtime.locks.shared import shared_locks
from amocrm_gen.runtime.policy import Policy
from amocrm_gen.runtime.secret import Secret
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.throttle.shared import shared_throttle
from amocrm_gen.runtime.throttle.throttle import Throttle, Throttles
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.store import LockingTokenStore, TokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of, is_header_text
from amocrm_gen.runtime.unset import Unset, UnsetType

if TYPE_CHECKING:
    from pathlib import Path

    from amocrm_gen.runtime.channel import ChatChannel
    from amocrm_gen.runtime.ledger.ledger import Ledger
    from amocrm_gen.runtime.login import ApiKeyLogin
    from amocrm_gen.runtime.marker import Markers
    from amocrm_gen.runtime.watching import Debug, Recorder, Watch

__all__ = ["PAGES_AHEAD", "session_of", "trust_of", "watcher_of"]

PAGES_AHEAD: Final = 4
"""Pages that lists ask for ahead: 7 a second are kept up to an answer time of half a second."""


def session_of(  # noqa: PLR0913 - the names that users type
    account: str,
    *,
    token: str | None,
    integration: Integration | None,
    login: "ApiKeyLogin | None",
    store: TokenStore | None,
    base_url: str | None,
    throttle: Throttle | Throttles | Unset | None,
    locks: Locks | None,
    ledger: "Ledger | None",
    marker: "Markers | None",
    max_retries: int,
    user_agent: str | None,
    channel: "ChatChannel | None",
    success_statuses: Collection[int] | None = None,
) -> Session:
    """Check what is given and put it together; nothing is read and nothing is sent."""
    if all(way is None for way in (token, integration, store, login, channel)):
        raise ConfigurationError(
            "the client has neither a token nor an integration",
            advice='pass token="…", or integration=Integration(…) and a store',
        )
    if login is not None and (token is not None or integration is not None):
        raise ConfigurationError(
            "the client has a login besides a token or an integration",
            advice="make one client for the login and one for the token or integration",
        )
    held = None if token is None else _token(token)
    claims = claims_of("" if held is None else held.access_token)
    zone = claims.get("base_domain")
    place = Account.parse(
        account, base_url=base_url, zone=zone if isinstance(zone, str) and zone else None
    )
    client_id = claims.get("aud") if integration is None else integration.client_id
    # A stand-in for the account has limits of its own.
    counted = f"{place.domain} at {place.origin}" if place.is_elsewhere else place.domain
    if isinstance(throttle, UnsetType):
        throttle = shared_throttle(counted, str(client_id or ""))
    elif isinstance(throttle, Throttles):
        throttle = throttle.throttle_for(counted, str(client_id or ""))
    if store is None and held is None:
        store = MemoryTokenStore()
    return Session(
        account=place,
        name=counted,
        token=held,
        integration=integration,
        login=login,
        store=store,
        throttle=throttle,
        locks=locks or shared_locks,
        ledger=ledger,
        markers=_markers(marker),
        token_locks=_token_locks(store, locks),
        policy=Policy(max_retries=max_retries),
        random=random.random,
        user_agent=user_agent,
        channel=channel,
        success=None if success_statuses is None else frozenset(success_statuses),
    )


def trust_of(ca_file: str | None, *, verify_tls: bool) -> str | bool:
    """Return whose certificates are trusted: a file's, the system's, or, as False, anybody's."""
    if verify_tls:
        return True if ca_file is None else ca_file
    if ca_file is not None:
        raise ConfigurationError(
            "the client has a ca_file and verify_tls=False",
            advice="leave one of them out",
        )
    return False


def watcher_of(
    session: Session, har: "Path | str | Recorder | None", debug: "Debug | None"
) -> "Watch | None":
    """Return what is told of the traffic; None where nobody wants to know."""
    if har is None and debug is None:
        return None
    from amocrm_gen.runtime.watching import watch_of  # noqa: PLC0415 - a start can spare it

    return watch_of(session, har, debug)


def _markers(given: "Markers | None") -> "Markers":
    if not given:
        return {}
    from amocrm_gen.runtime.marker import MARKED  # noqa: PLC0415 - a start can spare it

    for name in given:
        if name not in MARKED:
            raise ConfigurationError(
                f"a marker for {name!r} is never looked up", advice=f"there are {', '.join(MARKED)}"
            )
    return dict(given)


def _token_locks(store: object, given: Locks | None) -> Locks:
    """Return locks among all who share the store, as far as can be known."""
    if isinstance(store, LockingTokenStore):
        return store.locks
    # Whoever made the store can share it among processes without saying so here.
    return given or shared_locks


def _token(text: str) -> Token:
    token = Secret(text.strip())
    if not is_header_text(token):
        raise ConfigurationError(
            "the token is empty or holds characters that no token has",
            advice="copy the long-lived token from the integration's page once more",
        )
    return Token.read(token)
