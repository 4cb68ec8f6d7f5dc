"""Locks for all hosts that use one Redis."""

import os
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import Attribute, define, field

from amocrm_gen.runtime.errors import AmoError, ConfigurationError
from amocrm_gen.runtime.locks.errand import fetch
from amocrm_gen.runtime.locks.locks import Held
from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.redis_client import RedisClient

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisLocks"]

_SCRIPT: Final = Path(__file__).with_name("queues.lua")
_LIFE: Final = 10.0
_LOOK: Final = 1
"""Seconds after which a waiter looks whether those before it are still alive."""


def _long_enough(_: object, attribute: "Attribute[float]", value: float) -> None:
    if not value >= 3 * _LOOK:
        raise ConfigurationError(f"{attribute.name} is {value}; it is at least {3 * _LOOK} seconds")


@define(eq=False)
class RedisLocks:
    """First come, first served, on all hosts that use one Redis, from version 5 on.

    It takes a client or an address, "redis://host:6379/0". A thread keeps alive what is held; what
    a dead process held is free after `life` seconds. A process that stands still for longer, as on
    a laptop that sleeps, loses its locks: then a warning is logged.
    """

    redis: "Redis | str" = field(repr=False)
    life: float = field(default=_LIFE, validator=_long_enough, kw_only=True)
    """Seconds that a lock outlives its holder."""
    _near: MemoryLocks = field(factory=MemoryLocks, init=False, repr=False)
    _client: RedisClient = field(init=False, repr=False)
    _renewal: "_Renewal" = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Prepare a client; nothing is sent yet."""
        self._client = RedisClient(self.redis, "locks over several hosts")
        self._renewal = _Renewal(self.life)

    def acquire(self, keys: Sequence[str]) -> "_Ticket":
        """Wait until all keys are free, and take them."""
        ticket = self._ticket(keys, self._near.acquire(keys))
        try:
            ticket.wait(Event())
        except BaseException:
            ticket.release()
            raise
        return ticket

    async def acquire_async(self, keys: Sequence[str]) -> "_Ticket":
        """Wait without blocking the loop until all keys are free, and take them."""
        ticket = self._ticket(keys, await self._near.acquire_async(keys))
        await fetch(ticket, ticket.wait)
        return ticket

    def _ticket(self, keys: Sequence[str], near: Held) -> "_Ticket":
        return _Ticket(tuple(sorted(set(keys))), near, self._client, self.life, self._renewal)


@define(eq=False)
class _Ticket:
    """One waiter or holder, on all hosts."""

    remote: ClassVar[bool] = True

    keys: tuple[str, ...]
    near: Held
    """Its place among the threads and tasks of its process."""
    client: RedisClient = field(repr=False)
    life: float
    renewal: "_Renewal" = field(repr=False)
    name: str = field(factory=lambda: token_hex(12))
    owner: int = field(factory=os.getpid)

    def wait(self, given_up: Event) -> None:
        """Wait until it is the first in all queues."""
        while not self._step("take"):
            self.client.wait(f"wake:{self.name}", _LOOK)
            if given_up.is_set():
                return
        self.renewal.add(self)

    def renew(self) -> bool:
        """Stay alive, and tell whether it still was."""
        return bool(self._step("renew"))

    def release(self) -> None:
        """Let the next one in."""
        # In a child of the holder nothing is held.
        if self.owner != os.getpid():
            return
        was_held = self.renewal.remove(self)
        try:
            if not self._step("free") and was_held:
                _warn_of_loss(self)
        except AmoError as error:
            logger.warning("%s; the lock of %s ends by itself", error.message, self.keys)
        finally:
            self.near.release()

    def _step(self, verb: str) -> Any:  # Any: what the script returns
        arguments = [verb, self.name, round(self.life * 1000)]
        prefixes = [self.client.name("ticket:"), self.client.name("wake:")]
        return self.client.run(
            _SCRIPT, [f"lock:{key}" for key in self.keys], [*arguments, *prefixes]
        )


@define(eq=False)
class _Renewal:
    """Keeps tickets alive from a thread, as long as there are any."""

    life: float
    _tickets: set[_Ticket] = field(factory=set[_Ticket], init=False)
    _thread: Thread | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _owner: int = field(factory=os.getpid, init=False)

    def add(self, ticket: _Ticket) -> None:
        """Keep one alive."""
        if self._owner != os.getpid():
            # What the parent holds is the parent's to renew.
            self._tickets, self._thread, self._lock = set(), None, Lock()
            self._owner = os.getpid()
        with self._lock:
            self._tickets.add(ticket)
            if self._thread is None:
                self._thread = Thread(target=self._run, daemon=True, name="amocrm-renewal")
                self._thread.start()

    def remove(self, ticket: _Ticket) -> bool:
        """Let one die, and tell whether it was alive."""
        with self._lock:
            if ticket not in self._tickets:
                return False
            self._tickets.remove(ticket)
            return True

    def _run(self) -> None:
        pause = Event()
        while True:
            pause.wait(self.life / 3)
            with self._lock:
                tickets = list(self._tickets)
                if not tickets:
                    self._thread = None
                    return
            for ticket in tickets:
                self._renew(ticket)

    def _renew(self, ticket: _Ticket) -> None:
        try:
            if not ticket.renew() and self.remove(ticket):
                _warn_of_loss(ticket)
        except AmoError as error:
            # Perhaps it answers again before the ticket's life is over.
            logger.warning("%s; the lock of %s was not renewed", error.message, ticket.keys)


def _warn_of_loss(ticket: _Ticket) -> None:
    logger.warning(
        "the lock of %s was lost: this process stood still or had no connection to Redis for more "
        "than %s s; another may have changed the same entity",
        ", ".join(ticket.keys),
        ticket.life,
    )
