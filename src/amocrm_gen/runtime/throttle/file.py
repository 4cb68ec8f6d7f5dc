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
from amocrm_gen.runtime.locked_file import LockedFile
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
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    def throttle_for(self, account: str, integration: str) -> Gate:
        """Return the throttle of an integration in an account; the same for the same names."""
        with self._lock:
            gate = self._gates.get((account, integration))
            if gate is None:
                limits = self.limits(account, integration)
                queue = _FileQueue(limits, [self._file(limit) for limit in limits], self.clock)
                gate = self._gates[account, integration] = Gate(
                    queue, limits[0], self.clock, self.warm_up
                )
            return gate

    def _file(self, limit: Limit) -> str:
        folder = shared_folder() if self.folder is None else self.folder
        number = crc32(limit.group.encode()) % _FILES
        return str(folder / f"throttle-{FORMAT}" / f"{number:02}.json")


@define
class _FileQueue:
    """The queue is rings in files; each step reads them, changes them and writes them."""

    limits: Sequence[Limit]
    paths: Sequence[str]
    """The file of each limit; mostly one for all."""
    clock: Callable[[], float]
    _order: Sequence[str] = field(init=False)
    _pause: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open files in the same order as all others: then nobody waits in a circle."""
        self._order = sorted(set(self.paths))
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
        files: list[LockedFile] = []
        try:
            for path in self._order:
                file = LockedFile(path)
                file.open()
                files.append(file)
            return self._decide(decide, files)
        finally:
            for file in files:
                file.close()

    def _decide(self, decide: Callable[[Sequence[Ring], float], T], files: list[LockedFile]) -> T:
        # Only now, when everything is held: whatever was written there was written before.
        now = self.clock()
        states = {file.path: State.read(file.read(), now, self._pause) for file in files}
        homes = [states[path] for path in self.paths]
        rings = [home.ring(limit) for home, limit in zip(homes, self.limits, strict=True)]
        result = decide(rings, now)
        for home, limit, ring in zip(homes, self.limits, rings, strict=True):
            home.put(limit, ring)
        for file in files:
            file.write(states[file.path].text())
        return result
