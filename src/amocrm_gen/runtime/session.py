"""What all conversations of one client share."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import Attribute, Factory, define, field

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.locks.locks import Locks
from amocrm_gen.runtime.policy import Budget, Policy
from amocrm_gen.runtime.throttle.throttle import Throttle
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token

if TYPE_CHECKING:
    from amocrm_gen.runtime.channel import ChatChannel
    from amocrm_gen.runtime.ledger.ledger import Ledger
    from amocrm_gen.runtime.login import ApiKeyLogin
    from amocrm_gen.runtime.marker import MarkedResource, Marker, Markers

__all__ = ["Session"]

_CARRIED: Final = 32

T = TypeVar("T")


def _remember(session: "Session", _: "Attribute[T]", value: T) -> T:
    if session.token is not None and session.token is not value:
        session.former.append(session.token)
    return value


@define(kw_only=True)
class Session:
    """The account, its token, and all that is shared between calls."""

    account: Account
    token: Token | None = field(default=None, repr=False, on_setattr=_remember)
    """The token in use; the store may hold a newer one."""
    integration: Integration | None = None
    login: "ApiKeyLogin | None" = None
    """What opens sessions of the old API, instead of an integration."""
    store: TokenStore | None = None
    throttle: Throttle | None = None
    locks: Locks
    token_locks: Locks = field(default=Factory(lambda self: self.locks, takes_self=True))
    """Held while the token is renewed, by all who share the store."""
    unsaved: Token | None = field(default=None, init=False, repr=False)
    """A token that the store would not take yet."""
    save_after: float = field(default=0.0, init=False)
    """When the store is tried again."""
    renew_after: float = field(default=0.0, init=False)
    """When an early renewal that failed is tried again."""
    ledger: "Ledger | None" = None
    """Remembers creates with a key; None is a file of the user's own."""
    markers: "Markers" = field(factory=dict["MarkedResource", "Marker"])
    name: str = field(default=Factory(lambda self: self.account.domain, takes_self=True))
    """The account as it was named first; it stays when the account moves."""
    policy: Policy
    budget: Budget = field(factory=Budget)
    random: Callable[[], float]
    user_agent: str | None = None
    channel: "ChatChannel | None" = None
    """What signs calls of the chats API."""
    success: frozenset[int] | None = None
    """Statuses of good answers; None is all from 200 to 299."""
    drive: str | None = field(default=None, init=False)
    """Where the account's files are, once the account was asked."""
    is_closed: bool = field(default=False, init=False)
    _headers: dict[str, str] = field(factory=dict[str, str], init=False, repr=False)
    former: "deque[Token]" = field(factory=lambda: deque[Token](maxlen=4), init=False, repr=False)
    """Tokens that were in use before: late answers can repeat them."""
    _carried: tuple[str, ...] = field(default=(), init=False, repr=False)
    """Secrets of callers' own that refused requests carried: later answers can repeat them."""

    def remember(self, secrets: Iterable[str]) -> None:
        """Keep what a refused request carried out of whatever is shown from now on."""
        # In one step, since threads share the session.
        self._carried = tuple(dict.fromkeys((*self._carried, *secrets)))[-_CARRIED:]

    @property
    def headers(self) -> dict[str, str]:
        """What is sent with every request."""
        if not self._headers:
            from amocrm_gen.runtime.agent import agent  # noqa: PLC0415 - a start can spare it

            self._headers = {
                "User-Agent": agent(self.user_agent),
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            }
        return self._headers

    @property
    def secrets(self) -> list[str]:
        """Everything that must not be shown."""
        return list(self._secrets())

    def _secrets(self) -> Iterator[str]:
        for token in (self.token, self.unsaved, *self.former):
            if token is not None:
                yield from token.secrets
        if self.integration is not None:
            yield self.integration.client_secret
        if self.login is not None:
            yield self.login.api_key
        if self.channel is not None:
            yield self.channel.secret
        yield from self._carried
