"""What a conversation asks of its driver: values that say what to do, and do nothing."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from attrs import field, frozen

from amocrm_gen.runtime.locks.locks import Held, Locks
from amocrm_gen.runtime.sink import Sink
from amocrm_gen.runtime.throttle.throttle import Slot, Throttle
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token

__all__ = [
    "LONGEST_ANSWER",
    "Cancel",
    "Confirm",
    "Do",
    "Effect",
    "Free",
    "Hold",
    "Load",
    "Now",
    "Penalise",
    "Reserve",
    "Response",
    "Save",
    "Send",
    "Shield",
    "Sleep",
    "Stop",
    "Talk",
]


LONGEST_ANSWER: Final = 64 << 20
"""Bytes of an answer, unpacked; a page of 250 leads has some three million at most."""


@frozen
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in any case."""
    body: bytes = field(repr=False)
    request: "Send | None" = field(default=None, repr=False, eq=False)
    """What it answers."""


@frozen
class Send:
    """Send one request; gives a `Response` or raises `TransportError`."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    sink: Sink | None = field(default=None, repr=False)
    """Takes the body of a good answer, which is empty then in what comes back."""


@frozen
class Sleep:
    """Wait."""

    seconds: float


@frozen
class Now:
    """Tell the time in unix seconds."""


@frozen
class Reserve:
    """Take a place in the throttle's queue; gives a `Slot`."""

    throttle: Throttle


@frozen
class Confirm:
    """Ask whether to go now; gives the seconds to wait yet."""

    throttle: Throttle
    slot: Slot


@frozen
class Cancel:
    """Give a place back."""

    throttle: Throttle
    slot: Slot


@frozen
class Penalise:
    """Hold back all who share the throttle."""

    throttle: Throttle
    seconds: float


@frozen
class Stop:
    """Refuse all who share the throttle."""

    throttle: Throttle
    seconds: float


@frozen
class Hold:
    """Take locks; gives what holds them."""

    locks: Locks
    keys: Sequence[str]


@frozen
class Free:
    """Release locks."""

    held: Held


@frozen
class Load:
    """Read a token from its store; gives it or None."""

    store: TokenStore
    account: str


@frozen
class Save:
    """Keep a token; it is safe when this returns."""

    store: TokenStore
    account: str
    token: Token


@frozen
class Do:
    """Do what may block, such as asking a ledger; gives what it returns."""

    work: Callable[[], object]


@frozen
class Shield:
    """Carry a conversation out to its end, even if the one that waits for it is cancelled."""

    talk: "Talk[Any]"  # Any: its own result


Effect: TypeAlias = (
    Send
    | Shield
    | Sleep
    | Now
    | Reserve
    | Confirm
    | Cancel
    | Penalise
    | Stop
    | Hold
    | Free
    | Load
    | Save
    | Do
)

Result = TypeVar("Result")

Talk: TypeAlias = Generator[Effect, Any, Result]  # Any: each effect has a result of its own
"""A conversation: yields effects, is sent their results, returns what was asked for."""
