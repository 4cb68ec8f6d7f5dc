"""Tokens in memory: for tests and for programs that keep them elsewhere."""

from attrs import define, field

from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.tokens.store import granted
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["MemoryTokenStore"]


@define
class MemoryTokenStore:
    """Keeps tokens for as long as the process lives."""

    _tokens: dict[str, Token] = field(factory=dict[str, Token], repr=False)
    locks: MemoryLocks = field(factory=MemoryLocks, init=False, repr=False, eq=False)
    """Who renews a token holds the others of this process back."""

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        return self._tokens.get(account)

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token."""
        self._tokens[account] = token

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        self._tokens.pop(account, None)

    def accounts(self) -> list[str]:
        """Return the accounts that have granted access."""
        return granted(self._tokens)
