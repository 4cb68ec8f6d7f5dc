"""Typed client of the amoCRM (Kommo) API.

```python
from amocrm_gen import AmoCRM

amo = AmoCRM("example", token="…")
for lead in amo.leads.find(limit=60):
    print(lead.id, lead.name)
```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from amocrm_gen.runtime.casting import RawResponse
    from amocrm_gen.runtime.changes import AsyncChanges, Changes, Deletion
    from amocrm_gen.runtime.channel import ChatChannel
    from amocrm_gen.runtime.errors import (
        AccountBlocked,
        AmoError,
        ApiError,
        BatchError,
        ConfigurationError,
        Conflict,
        EditError,
        Forbidden,
        InDoubtError,
        MissingExtra,
        NotFound,
        OAuthError,
        PaymentRequired,
        Problem,
        RateLimited,
        ReauthorisationRequired,
        ResponseError,
        ServerError,
        TransportError,
        Unauthorized,
        ValidationError,
    )
    from amocrm_gen.runtime.files.error import UploadError
    from amocrm_gen.runtime.files.state import FileProgress, UploadState
    from amocrm_gen.runtime.integration import Integration
    from amocrm_gen.runtime.ledger.ledger import Ledger, LedgerEntry
    from amocrm_gen.runtime.ledger.memory import MemoryLedger
    from amocrm_gen.runtime.ledger.sqlite import SqliteLedger
    from amocrm_gen.runtime.locks.file import FileLocks
    from amocrm_gen.runtime.locks.memory import MemoryLocks
    from amocrm_gen.runtime.locks.redis import RedisLocks
    from amocrm_gen.runtime.login import ApiKeyLogin
    from amocrm_gen.runtime.marker import FieldMarker, TagMarker
    from amocrm_gen.runtime.options import Progress
    from amocrm_gen.runtime.refusal import conflicts_in
    from amocrm_gen.runtime.throttle.file import FileThrottle
    from amocrm_gen.runtime.throttle.memory import MemoryThrottle
    from amocrm_gen.runtime.throttle.redis import RedisThrottle
    from amocrm_gen.runtime.timeout import Timeout
    from amocrm_gen.runtime.tokens.file import FileTokenStore
    from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
    from amocrm_gen.runtime.tokens.php import PhpTokenStore
    from amocrm_gen.runtime.tokens.plain import dump_token, load_token
    from amocrm_gen.runtime.tokens.redis import RedisTokenStore
    from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore
    from amocrm_gen.runtime.tokens.store import TokenStore
    from amocrm_gen.runtime.tokens.token import Token
    from amocrm_gen.runtime.traffic import Exchange, Request
    from amocrm_gen.runtime.unset import UNSET, Unset
    from amocrm_gen.v4.aclient import AsyncAmoCRM
    from amocrm_gen.v4.client import AmoCRM

    __version__: str

__all__ = [
    "UNSET",
    "AccountBlocked",
    "AmoCRM",
    "AmoError",
    "ApiError",
    "ApiKeyLogin",
    "AsyncAmoCRM",
    "AsyncChanges",
    "BatchError",
    "Changes",
    "ChatChannel",
    "ConfigurationError",
    "Conflict",
    "Deletion",
    "EditError",
    "Exchange",
    "FieldMarker",
    "FileLocks",
    "FileProgress",
    "FileThrottle",
    "FileTokenStore",
    "Forbidden",
    "InDoubtError",
    "Integration",
    "Ledger",
    "LedgerEntry",
    "MemoryLedger",
    "MemoryLocks",
    "MemoryThrottle",
    "MemoryTokenStore",
    "MissingExtra",
    "NotFound",
    "OAuthError",
    "PaymentRequired",
    "PhpTokenStore",
    "Problem",
    "Progress",
    "RateLimited",
    "RawResponse",
    "ReauthorisationRequired",
    "RedisLocks",
    "RedisThrottle",
    "RedisTokenStore",
    "Request",
    "ResponseError",
    "ServerError",
    "SqliteLedger",
    "SqliteTokenStore",
    "TagMarker",
    "Timeout",
    "Token",
    "TokenStore",
    "TransportError",
    "Unauthorized",
    "Unset",
    "UploadError",
    "UploadState",
    "ValidationError",
    "__version__",
    "conflicts_in",
    "dump_token",
    "load_token",
]

_ELSEWHERE: Final = {
    "AmoCRM": "v4.client",
    "ApiKeyLogin": "runtime.login",
    "AsyncAmoCRM": "v4.aclient",
    "AsyncChanges": "runtime.changes",
    "Changes": "runtime.changes",
    "Deletion": "runtime.changes",
    "ChatChannel": "runtime.channel",
    "Exchange": "runtime.traffic",
    "FieldMarker": "runtime.marker",
    "FileLocks": "runtime.locks.file",
    "FileProgress": "runtime.files.state",
    "FileThrottle": "runtime.throttle.file",
    "FileTokenStore": "runtime.tokens.file",
    "Integration": "runtime.integration",
    "Ledger": "runtime.ledger.ledger",
    "LedgerEntry": "runtime.ledger.ledger",
    "MemoryLedger": "runtime.ledger.memory",
    "MemoryLocks": "runtime.locks.memory",
    "MemoryThrottle": "runtime.throttle.memory",
    "MemoryTokenStore": "runtime.tokens.memory",
    "PhpTokenStore": "runtime.tokens.php",
    "Progress": "runtime.options",
    "RawResponse": "runtime.casting",
    "RedisLocks": "runtime.locks.redis",
    "RedisThrottle": "runtime.throttle.redis",
    "RedisTokenStore": "runtime.tokens.redis",
    "Request": "runtime.traffic",
    "SqliteLedger": "runtime.ledger.sqlite",
    "SqliteTokenStore": "runtime.tokens.sqlite",
    "TagMarker": "runtime.marker",
    "Timeout": "runtime.timeout",
    "Token": "runtime.tokens.token",
    "TokenStore": "runtime.tokens.store",
    "UNSET": "runtime.unset",
    "Unset": "runtime.unset",
    "UploadError": "runtime.files.error",
    "UploadState": "runtime.files.state",
    "conflicts_in": "runtime.refusal",
    "dump_token": "runtime.tokens.plain",
    "load_token": "runtime.tokens.plain",
}
"""Where the public names live that are no errors."""


if not TYPE_CHECKING:  # else a misspelt import would be no error for type checkers

    def __getattr__(name: str) -> Any:  # Any: whichever name it is
        """Import a public name when it is first used."""
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - a start can spare it

            return version("amocrm-gen")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'runtime.errors')}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
