"""The connections of a synchronous client and of its views, opened when something is sent."""

from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.sharing import closed_error
from amocrm_gen.runtime.timeout import Timeout, timeout_of

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from amocrm_gen.runtime.driver import Driver
    from amocrm_gen.runtime.traffic import Seen
    from amocrm_gen.runtime.watching import Watch

__all__ = ["Connections"]


@define(eq=False)
class Connections:
    """Gives out the driver, and closes what it opened itself."""

    session: Session
    timeout: Timeout = field(converter=timeout_of)
    size: int
    trust: str | bool
    transport: "PoolManager | None"
    watch: "Watch | None"
    _opened: "list[Driver]" = field(factory=list["Driver"], init=False)

    @property
    def driver(self) -> "Driver":
        """What sends; an error after `close`."""
        if self.session.is_closed:
            raise closed_error(self.session.account.domain)
        return self._opened[0] if self._opened else self._open()

    @property
    def seen(self) -> "Seen | None":
        """What this thread sent last."""
        return self._opened[0].last if self._opened else None

    def close(self) -> None:
        """Close all connections, but those of a pool that was passed in."""
        self.session.is_closed = True
        if self._opened and (self.transport is None or self.timeout.total is not None):
            self._opened[0].close()

    def _open(self) -> "Driver":
        from amocrm_gen.runtime.driver import Driver, pool_for  # noqa: PLC0415 - a start can spare it

        origin = self.session.account.origin
        pool = self.transport or pool_for(origin, trust=self.trust, size=self.size)
        if self.timeout.total is not None:
            from amocrm_gen.runtime.deadline import bounded  # noqa: PLC0415 - as above

            pool = bounded(pool)
        # Two threads may come here at once: the first one's is used. A lock would do it as well,
        # but one that another thread holds during a fork stays locked in the child.
        self._opened.append(Driver(pool, self.timeout, self.watch))
        return self._opened[0]
