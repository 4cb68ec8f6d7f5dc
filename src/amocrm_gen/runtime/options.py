"""What a call that writes many items can be told besides the items."""

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias, TypeVar

from attrs import frozen

__all__ = ["Keys", "OnGatewayTimeout", "Progress", "Tell"]

I = TypeVar("I")  # noqa: E741 - what goes in

Keys: TypeAlias = Callable[[I], str] | Iterable[str]
"""The keys of many items for `once`: what makes a key of an item, or a key for each, in order."""

OnGatewayTimeout: TypeAlias = Literal["in_doubt", "split"]
"""What a 504 does to a create: its items are in doubt, or they are sent again in two halves by
those who would rather have items twice than not at all."""


@frozen
class Progress:
    """How far a call with many items has come."""

    done: int
    """Items that are written."""
    taken: int
    """Items that were taken from the iterable."""
    requests: int
    """Requests that were answered; those that were cut in two after a 504 count, too."""


Tell: TypeAlias = Callable[[Progress], object]
"""Is called after each request; what it raises stops the call with a `BatchError`."""
