"""How throttles and locks reach their Redis."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from amocrm_gen.runtime.errors import MissingExtra, TransportError

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisClient"]

_PREFIX: Final = "{amocrm}:"
"""The braces keep all keys on one server of a cluster, as scripts with several keys need it."""


@define(eq=False)
class RedisClient:
    """A client of the user's own, or one that is made when it is first used."""

    given: "Redis | str" = field(repr=False)
    """A client or an address: "redis://host:6379/0"."""
    feature: str
    """What is done with it, for errors."""
    _made: Any = field(init=False, default=None, repr=False)  # Any: redis types its answers loosely
    _scripts: dict[str, Callable[..., Any]] = field(  # Any: as above
        init=False, factory=dict[str, Callable[..., Any]], repr=False
    )

    def run(self, script: Path, keys: list[str], arguments: list[object]) -> Any:  # Any: as above
        """Run a Lua script as one step."""
        return self._call(
            lambda: self._script(script)(keys=[self.name(key) for key in keys], args=arguments)
        )

    def wait(self, key: str, seconds: int) -> None:
        """Wait until something is put into a list, for a time at most."""
        from redis.exceptions import TimeoutError as Impatience  # noqa: PLC0415 - as below

        def pop() -> None:
            # A user's client may have less patience than that.
            with suppress(Impatience):
                self._client().blpop([self.name(key)], timeout=seconds)

        self._call(pop)

    def name(self, key: str) -> str:
        """Return a key as the server has it."""
        return _PREFIX + key

    def _script(self, path: Path) -> Callable[..., Any]:  # Any: as above
        if path.name not in self._scripts:
            text = path.read_text("utf-8")
            self._scripts[path.name] = self._client().register_script(text)
        return self._scripts[path.name]

    def _client(self) -> Any:  # Any: as above
        if self._made is None:
            self._made = _made_of(self.given, self.feature)
        return self._made

    def _call(self, action: Callable[[], Any]) -> Any:  # Any: as above
        self._client()
        from redis.exceptions import RedisError  # noqa: PLC0415 - there is a client, so it is there

        try:
            return action()
        except RedisError as error:
            failure = TransportError(f"{self.feature} needs Redis: {error}", sent=False)
            failure.what_to_do = "check that the Redis server runs and lets this host in"
            raise failure from error


def _made_of(given: "Redis | str", feature: str) -> Any:  # Any: as above
    if not isinstance(given, str):
        return given
    try:
        from redis import Redis  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtra(feature, "redis") from error
    made: Any = Redis
    return made.from_url(given)
