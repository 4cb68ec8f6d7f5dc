"""Waiting for locks in a thread, on behalf of a task."""

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_gen.runtime.locks.locks import Held

if TYPE_CHECKING:
    import asyncio

__all__ = ["fetch"]


async def fetch(held: Held, work: Callable[[Event], None]) -> None:
    """Let `work` take in a thread what is missing; on failure everything is released.

    When the task gives up, its thread cannot be woken: it keeps what it has, comes to its turn,
    sees the event and gives everything back. It does not keep the process from ending.
    """
    import asyncio  # noqa: PLC0415 - whoever gets here has loaded it, others need not

    loop = asyncio.get_running_loop()
    errand = _Errand(held, work, loop, loop.create_future())
    Thread(target=errand.run, daemon=True, name="amocrm-locks").start()
    try:
        await errand.end
    except asyncio.CancelledError:
        errand.given_up.set()
        if errand.end.done() and not errand.end.cancelled():
            # It was cancelled in the moment when it had everything.
            held.release()
        raise


@define
class _Errand:
    """One wait."""

    held: Held
    work: Callable[[Event], None]
    loop: "asyncio.AbstractEventLoop"
    end: "asyncio.Future[None]"
    given_up: Event = field(factory=Event)

    def run(self) -> None:
        """Work, and tell the task."""
        failure: BaseException | None = None
        try:
            self.work(self.given_up)
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits
            failure = error
        if failure is not None or self.given_up.is_set():
            self.held.release()
        try:
            self.loop.call_soon_threadsafe(self._arrive, failure)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            self.held.release()

    def _arrive(self, failure: BaseException | None) -> None:
        if self.end.done():
            self.held.release()
        elif failure is None:
            self.end.set_result(None)
        else:
            self.end.set_exception(failure)
