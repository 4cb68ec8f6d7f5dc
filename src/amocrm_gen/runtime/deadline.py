"""The end of a request's time with urllib3, which by itself limits only each wait for some bytes.

When it comes, the connection is shut down under whatever waits for it: a server that sends a byte
now and then cannot hold a thread for longer.
"""

import socket
from contextlib import suppress
from contextvars import ContextVar, Token
from copy import copy
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Final, Self, cast

from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError

__all__ = ["Deadline", "bounded"]


class Deadline:
    """The time of one request; while it is entered, connections of this thread keep it."""

    def __init__(self, seconds: float, complaint: str) -> None:
        self.is_over = False
        self.complaint = complaint
        self._lock = Lock()
        # Duplicates: the connection may close its own meanwhile, and TLS takes it away.
        self._held: list[socket.socket] = []
        self._timer = Timer(seconds, self._strike)
        self._timer.daemon = True
        self._entered: Token[Deadline | None] | None = None

    def __enter__(self) -> Self:
        """Let the time run."""
        self._entered = _running.set(self)
        with suppress(RuntimeError):  # the interpreter is about to end, and starts no thread
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let it be: nothing is shut down any more."""
        self._timer.cancel()
        self.release()
        if self._entered is not None:
            _running.reset(self._entered)

    def watch(self, connected: socket.socket) -> None:
        """Shut this down as well when the time is over; that may be at once."""
        with suppress(OSError), self._lock:  # closed already: then nobody waits for it
            held = socket.fromfd(connected.fileno(), socket.AF_INET, socket.SOCK_STREAM)
            self._held.append(held)
            if self.is_over:
                self._shut()

    def release(self) -> bool:
        """Leave the connection alone from here on; returns whether it was shut down."""
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()
            return self.is_over

    def _strike(self) -> None:
        with self._lock:
            self.is_over = True
            self._shut()

    def _shut(self) -> None:
        for held in self._held:
            with suppress(OSError):  # the server was quicker
                held.shutdown(socket.SHUT_RDWR)


_running: Final = ContextVar["Deadline | None"]("running", default=None)


class _Connection(HTTPConnection):
    """A connection that tells the running deadline of its socket."""

    deadline: Deadline | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self.deadline = _running.get()
        if self.deadline is not None:
            self._check(made)
            self.deadline.watch(made)
        return made

    def _tunnel(self) -> None:
        super()._tunnel()
        # A proxy that was cut off seems to have said all, and TLS would begin on a dead socket.
        self._check(self.sock)

    def _check(self, connected: socket.socket) -> None:
        if self.deadline is not None and self.deadline.is_over:
            connected.close()
            raise ConnectTimeoutError(self, self.deadline.complaint)

    def putrequest(self, *given: Any, **named: Any) -> None:  # Any: urllib3's own parameters
        """Begin a request, perhaps over a connection that an earlier one has opened."""
        running = _running.get()
        if running is not None and running is not self.deadline and self.sock is not None:
            running.watch(self.sock)
        self.deadline = running
        super().putrequest(*given, **named)


class _Pool(HTTPConnectionPool):
    """A pool that takes no connection back that may still be shut down."""

    def _put_conn(self, conn: Any) -> None:  # Any: a connection of any kind that urllib3 knows
        deadline = getattr(conn, "deadline", None)
        if deadline is not None:
            conn.deadline = None
            if deadline.release():
                conn.close()
        super()._put_conn(conn)


def bounded(manager: PoolManager) -> PoolManager:
    """Return a pool manager like this one, with connections of its own, which keep deadlines."""
    made = copy(manager)
    made.pools = PoolManager().pools
    # urllib3 leaves the type open.
    given = cast("dict[str, type[HTTPConnectionPool]]", vars(manager)["pool_classes_by_scheme"])
    made.pool_classes_by_scheme = {scheme: _bounded(pool) for scheme, pool in given.items()}
    return made


def _bounded(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    given = pool.ConnectionCls
    connection = type(f"Bounded{given.__name__}", (_Connection, given), {})
    made = type(f"Bounded{pool.__name__}", (_Pool, pool), {"ConnectionCls": connection})
    return cast("type[HTTPConnectionPool]", made)
