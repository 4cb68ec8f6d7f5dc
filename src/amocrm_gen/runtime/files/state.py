"""How far the way of a file has got."""

from collections.abc import Callable
from typing import TypeAlias

from attrs import asdict, field, fields, frozen
from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_object

__all__ = ["FileProgress", "Listener", "UploadState"]


@frozen(kw_only=True)
class UploadState:
    """Where an upload goes on; it can be kept as text and taken up by another process.

    amoCRM keeps an unfinished upload for 24 hours. The address in it lets anybody who has a token
    of the account go on, so keep the text where you keep tokens.
    """

    session_id: int
    url: str = field(repr=False)
    """Where the next part goes."""
    name: str
    """The file's name, with its extension."""
    content_type: str
    size: int
    """Bytes of the whole file."""
    done: int = 0
    """Bytes that amoCRM has."""
    part_size: int

    def dump(self) -> str:
        """Return it as text."""
        return dumps(asdict(self)).decode()

    @classmethod
    def load(cls, text: str) -> "UploadState":
        """Read what `dump` returned; anything else is a `ConfigurationError`."""
        try:
            given: object = loads(text)
        except JSONDecodeError:
            given = None
        wanted = {each.name: each.type for each in fields(cls)}
        if not is_object(given) or given.keys() != wanted.keys():
            raise _unreadable()
        if any(type(value) is not wanted[name] for name, value in given.items()):
            raise _unreadable()
        return cls(**given)  # type: ignore[arg-type]  # checked above


def _unreadable() -> ConfigurationError:
    return ConfigurationError(
        "this is no state of an upload", advice="give the text that UploadState.dump returned"
    )


@frozen(kw_only=True)
class FileProgress:
    """How much of a file is on the other side."""

    done: int
    """Bytes."""
    total: int | None
    """Bytes of the whole file, if that is known."""
    state: UploadState | None = None
    """Where an upload would go on; None for downloads, and when all is done."""


Listener: TypeAlias = Callable[[FileProgress], object]
"""Is told of progress, at the begin and after each part; what it returns does not matter."""
