"""What a place for tokens must be able to do."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from amocrm_gen.runtime.locks.locks import Locks
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["LockingTokenStore", "TokenStore", "granted"]


class TokenStore(Protocol):
    """Keeps one token for each account; accounts are named by domain.

    It is called from any thread, and may block. What `save` has returned from must survive a crash:
    the token before it is dead. So it must not be part of a transaction that may yet be rolled
    back. A token is to be kept whole, as `dump_token` writes it.
    """

    def load(self, account: str) -> Token | None:
        """Return the account's token, read anew, or None."""
        ...

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token in place of the one before."""
        ...

    def delete(self, account: str) -> None:
        """Forget the account's token; there may be none."""
        ...


@runtime_checkable
class LockingTokenStore(Protocol):
    """A store that brings the locks under which its tokens are renewed.

    All who share the store must share the locks: a refresh token works once. A store without them
    is locked by files of this host.
    """

    @property
    def locks(self) -> Locks:
        """Locks that hold among all threads, processes and hosts that share the store."""
        ...


def granted(names: Iterable[str]) -> list[str]:
    """Return the domains among the names in a store, without the sessions of logins."""
    return sorted(name for name in names if "/" not in name)
