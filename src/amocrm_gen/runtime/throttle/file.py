"""A throttle for all processes of one user on one machine."""

import sys
import time
from binascii import crc32
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from attrs import define, field

from amocrm_gen.runtime.folder import shared_folder
from amocrm_gen.runtime.locked_file import LockedFile, locked_file
from amocrm_gen.runtime.throttle import turn
from amocrm_gen.runtime.throttle.gate import Gate
from amocrm_gen.runtime.throttle.queue import Place
from amocrm_gen.runtime.throttle.rates import Limit, Rates
from amocrm_gen.runtime.throttle.ring import Ring
from amocrm_gen.runtime.throttle.state import FORMAT, State

__all__ = ["FileThrottle"]

T = TypeVar("T")

_FILES: Final = 64
"""Accounts share files, so that files do not pile up: there are never more."""


def _shared_clock() -> Callable[[], float]:
    """Return a clock that never jumps and is the same for all processes of the machine."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        boottime = time.CLOCK_BOOTTIME
        return lambda: time.clock_gettime(boottime)
    # On Windows the monotonic clock ticks too slowly; the other one counts from the start as well.
    return time.perf_counter if sys.platform == "win32" else time.monotonic


def _path(given: Path | str | None) -> Path | None:
    return None if given is None else Path(given)


@define(kw_only=True, eq=False)
class FileThrottle(Rates):
    """Keeps the rate among all processes of one user on one machine, through small files.

    Processes that are to share must name the same folder, on a disk of the machine.
    """

    folder: Path | None = field(default=None, converter=_path)
    """Where the files are; left out, in the user's cache folder."""
    clock: Callable[[], float] = field(factory=_shared_clock, repr=False)
    _gates: "WeakValueDictionary[tuple[str, str], Gate]" = field(
        init=False, factory=WeakValueDictionary[tuple[str, str], Gate], repr=False
    )
    _files: "WeakValueDictionary[str, LockedFile]" = field(
        init=False, factory=WeakValueDictionary[str, LockedFile], repr=False
    )
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    def throttle_for(self, account: str, integration: str) -> Gate:
        """Return the throttle of an integration in an account; the same for the same names."""
        with self._lock:
            gate = self._gates.get((account, integration))
            if gate is None:
                limits = self.limits(account, integration)
                queue = _FileQueue(limits, [self._file(limit) for limit in limits], self.clock)
                gate = Gate(queue, limits[0], self.clock, self.warm_up)
                self._gates[account, integration] = gate
            return gate

    def _file(self, limit: Limit) -> LockedFile:
        folder = shared_folder() if self.folder is None else self.folder
        number = crc32(limit.group.encode()) % _FILES
        path = str(folder / f"throttle-{FORMAT}" / f"{number:02}.json")
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = locked_file(path)
        return file


@define
class _FileQueue:
    """The queue is rings in files; each step reads them, changes them and writes them."""

    limits: Sequence[Limit]
    files: Sequence[LockedFile]
    """The file of each limit; mostly one for all."""
    clock: Callable[[], float]
    _order: Sequence[LockedFile] = field(init=False)
    _homes: Sequence[tuple[int, Limit]] = field(init=False)
    """Each limit with the place of its file in the order."""
    _pause: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open files in the same order as all others: then nobody waits in a circle."""
        self._order = sorted({file.path: file for file in self.files}.values(), key=_path_of)
        pairs = zip(self.files, self.limits, strict=True)
        self._homes = [(self._order.index(file), limit) for file, limit in pairs]
        self._pause = max(limit.window for limit in self.limits)

    def ask(self, place: Place) -> float:
        return self._change(lambda rings, now: turn.ask(rings, place, now))

    def check(self) -> None:
        self._change(turn.check)

    def leave(self, place: Place) -> None:
        self._change(lambda rings, _: turn.leave(rings, place.name))

    def close(self, seconds: float) -> None:
        self._change(lambda rings, now: turn.close(rings, now + seconds))

    def stop(self, seconds: float) -> None:
        self._change(lambda rings, now: turn.stop(rings, now + seconds))

    def resume(self) -> None:
        self._change(lambda rings, _: turn.resume(rings))

    def _change(self, decide: Callable[[Sequence[Ring], float], T]) -> T:
        opened = 0
        try:
            for file in self._order:
                file.open()
                opened += 1
            return self._decide(decide)
        finally:
            for file in self._order[:opened]:
                file.close()

    def _decide(self, decide: Callable[[Sequence[Ring], float], T]) -> T:
        # Only now, when everything is held: whatever was written there was written before.
        now = self.clock()
        states = [State.read(file.read(), now, self._pause) for file in self._order]
        rings = [states[home].ring(limit) for home, limit in self._homes]
        result = decide(rings, now)
        for ring, (home, limit) in zip(rings, self._homes, strict=True):
            states[home].put(limit, ring)
        for file, state in zip(self._order, states, strict=True):
            file.write(state.text())
        return result


def _path_of(file: LockedFile) -> str:
    return file.path
