"""How long a client waits for the answer to a request."""

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, frozen

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_number

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["Timeout", "TimeoutLike", "timeout_of"]


# Any: mypy's plugin takes the type of a default for that of the field
def _seconds(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if value is not None and not (is_number(value) and value > 0):
        raise ConfigurationError(
            f"the timeout {attribute.name} is {value!r}; it is a number of seconds above 0",
            advice="to wait for ever, give None",
        )


@frozen(kw_only=True)
class Timeout:
    """Seconds that one request may take; None is no limit.

    A request that is sent again has all of its time again, and what comes before it, such as the
    throttle's wait, does not count.
    """

    connect: float | None = field(default=30.0, validator=_seconds)
    """Until there is a connection."""
    read: float | None = field(default=30.0, validator=_seconds)
    """Until each next part of the answer comes."""
    total: float | None = field(default=None, validator=_seconds)
    """From the begin to the last byte of the answer; a file of any size has to come in it, too.

    The look-up of a host's name cannot be stopped; the request ends after it.
    """

    def within_total(self, part: float | None) -> float | None:
        """Return how long one part may take, which is never more than all of it."""
        limits = [limit for limit in (part, self.total) if limit is not None]
        return min(limits, default=None)

    def is_over(self, elapsed: float) -> bool:
        """Tell whether so many seconds are too many for a whole request."""
        return self.total is not None and elapsed >= self.total

    def __str__(self) -> str:
        """Say what a request that ran out of its total time has done."""
        return f"the request took longer than {self.total:g} s, its total timeout"


TimeoutLike: TypeAlias = float | tuple[float, float] | Timeout
"""What clients take: seconds to connect and for each part of an answer; both apart; or a
`Timeout`."""


def timeout_of(given: TimeoutLike) -> Timeout:
    """Read what a client is given."""
    if isinstance(given, Timeout):
        return given
    if not isinstance(given, tuple):
        return Timeout(connect=given, read=given)
    if len(given) != 2:
        raise ConfigurationError(
            f"the timeout is {given!r}; as a pair it is (connect, read)",
            advice="for a limit to all of it, give Timeout(connect=…, read=…, total=…)",
        )
    connect, read = given
    return Timeout(connect=connect, read=read)
