"""What a place for tokens must be able to do."""

from typing import Protocol

from amocrm_gen.runtime.tokens.token import Token

__all__ = ["TokenStore"]


class TokenStore(Protocol):
    """Keeps one token for each account; accounts are named by domain.

    The asynchronous client calls it in a thread, so that it may block. What `save` has returned
    from must survive a crash: the token before it is dead.
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
