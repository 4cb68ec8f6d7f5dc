"""Keeps the garbage collector from going through what was just read, again and again.

Reading makes thousands of objects that hold no cycles, so there is nothing in them to collect; yet
the collector looks through them while they are made, and through all that was kept before: most of
the time of a long walk. So it is paused, and what was read is handed to its oldest generation.
"""

import gc
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Final

from attrs import define, field

__all__ = ["MUCH", "CollectorPause", "collector_pause"]

_LARGE: Final = 16_384
"""Answers of fewer bytes are not worth a pause."""
MUCH: Final = 64 * 2**20
"""Bytes after which everything is looked through once."""

_NO_PAUSE: Final = nullcontext()


@define
class CollectorPause:
    """Holds the collector still while a large answer is read; nothing of the caller's runs then."""

    enabled: bool = True
    """Set it to False to leave the collector alone."""
    _depth: int = field(default=0, init=False)
    _was_on: bool = field(default=False, init=False)
    _unseen: int = field(default=0, init=False)
    """Bytes read since everything was looked through."""
    _interval: int = field(default=MUCH, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def while_reading(self, size: int) -> AbstractContextManager[None]:
        """Pause for an answer of so many bytes; nested and parallel pauses end with the last."""
        return self._pause(size) if self.enabled and size >= _LARGE else _NO_PAUSE

    @contextmanager
    def _pause(self, size: int) -> Generator[None]:
        if self._depth == 0 and gc.isenabled():
            # The caller's own garbage is not to be handed over with what is read.
            gc.collect(0)
        with self._lock:
            if self._depth == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._depth += 1
        is_due = False
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                if self._depth == 0 and self._was_on:
                    is_due = self._resume(size)
            if is_due:
                self._look_through()

    def _resume(self, size: int) -> bool:
        """Switch the collector on again; tells whether a look through everything is due."""
        # Thawing would undo what the caller froze.
        if hasattr(gc, "freeze") and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        gc.enable()
        self._unseen += size
        return self._unseen >= self._interval

    def _look_through(self) -> None:
        """Do what handing over puts off: cycles of the caller's may have been handed over, too.

        It takes long where much is kept. So the next look comes later when this one finds nothing.
        """
        self._unseen = 0
        self._interval = MUCH if gc.collect() else 2 * self._interval


collector_pause: Final = CollectorPause()
"""The pause of this process."""
