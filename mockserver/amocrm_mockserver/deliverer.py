"""Sends webhook messages in the background; each address gets them in their order."""

from __future__ import annotations

import logging
from collections import deque
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from amocrm_mockserver.delivery import is_on_this_machine, send

if TYPE_CHECKING:
    from amocrm_mockserver.post import Delivery
    from amocrm_mockserver.server import MockServer

__all__ = ["Deliverer"]

_LOOK_AGAIN: Final = 0.25
"""Real seconds."""
_log = logging.getLogger("amocrm_mockserver")


class Deliverer:
    """One thread that looks what is due, and one for each address that is being told."""

    def __init__(self, server: MockServer) -> None:
        self._server = server
        self._woken = Event()
        self._ended = Event()
        self._lock = Lock()
        self._lanes: dict[str, deque[Delivery]] = {}
        self._thread: Thread | None = None

    def wake(self) -> None:
        """Look what is due, since something may have changed; starts with the first message."""
        if self._thread is None:
            if self._server.world.post.next_due is None:
                return
            self._thread = Thread(target=self._run, name="amocrm-mockserver-hooks", daemon=True)
            self._thread.start()
        self._woken.set()

    def stop(self) -> None:
        """Send nothing more."""
        self._ended.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            for delivery in self._server.take_due():
                if is_on_this_machine(delivery.outgoing.url):
                    self._enqueue(delivery)
                else:
                    _log.info("Not sent, since it would leave this machine: a webhook")
                    self._server.keep(delivery)
            seconds = self._server.seconds_to_next()
            # The clock may also be moved without a request.
            self._woken.wait(None if seconds is None else min(seconds, _LOOK_AGAIN))

    def _enqueue(self, delivery: Delivery) -> None:
        place = urlsplit(delivery.outgoing.url).netloc
        with self._lock:
            lane = self._lanes.get(place)
            if lane is not None:
                lane.append(delivery)
                return
            self._lanes[place] = deque([delivery])
        name = "amocrm-mockserver-delivery"
        Thread(target=self._empty, args=(place,), name=name, daemon=True).start()

    def _empty(self, place: str) -> None:
        while True:
            with self._lock:
                lane = self._lanes[place]
                if not lane or self._ended.is_set():
                    del self._lanes[place]
                    return
                delivery = lane.popleft()
            self._server.answered(delivery, send(delivery.outgoing))
            self._woken.set()
