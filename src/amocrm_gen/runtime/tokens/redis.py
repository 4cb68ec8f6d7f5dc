"""Tokens in Redis, for programs on several hosts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, field

from amocrm_gen.runtime.errors import MissingExtra, TransportError
from amocrm_gen.runtime.locks.redis import RedisLocks
from amocrm_gen.runtime.tokens.plain import dump_token, load_token
from amocrm_gen.runtime.tokens.store import granted
from amocrm_gen.runtime.tokens.token import Token

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisTokenStore"]


def _client(given: "Redis | str") -> "Redis":
    if not isinstance(given, str):
        return given
    try:
        from redis import Redis  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtra("a token store in Redis", "redis") from error
    kind: Any = Redis  # Any: redis types its options and answers loosely
    made: Redis = kind.from_url(given)
    return made


@define
class RedisTokenStore:
    """Keeps the tokens of any number of accounts in one Redis that all hosts share.

    It takes a client or an address, "redis://host:6379/0". The server must write to its disk before
    it answers (`appendonly yes`, `appendfsync always`) and must evict nothing: a token that it
    forgets cannot be renewed any more.
    """

    redis: "Redis" = field(converter=_client, repr=False)
    prefix: str = field(default="amocrm:token:", kw_only=True)
    locks: RedisLocks = field(
        init=False, repr=False, default=Factory(lambda self: RedisLocks(self.redis), True)
    )
    """Locks among all hosts that share the server."""

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        found = self._ask(lambda redis: redis.get(self.prefix + account))
        return None if found is None else load_token(found, place="the token store in Redis")

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token."""
        self._ask(lambda redis: redis.set(self.prefix + account, dump_token(token)))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        self._ask(lambda redis: redis.delete(self.prefix + account))

    def accounts(self) -> list[str]:
        """Return the accounts that have granted access."""
        found: list[str | bytes] = self._ask(
            lambda redis: list(redis.scan_iter(match=f"{self.prefix}*"))
        )
        names = (name.decode() if isinstance(name, bytes) else name for name in found)
        return granted(name.removeprefix(self.prefix) for name in names)

    def _ask(self, action: Callable[[Any], Any]) -> Any:  # Any: as in `_client`
        from redis.exceptions import RedisError  # noqa: PLC0415 - an optional extra

        try:
            return action(self.redis)
        except RedisError as error:
            failure = TransportError(f"the token store in Redis failed: {error}", sent=False)
            failure.what_to_do = "check that the Redis server runs and lets this host in"
            raise failure from error
