"""Measures several ways of doing one thing in turns, so that a busy machine slows all alike."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

from attrs import field, frozen

__all__ = ["Contest", "Lap", "contest", "times"]


@frozen
class Lap:
    """What one turn took, in seconds."""

    wall: float
    cpu: float
    """Of this process, all threads; what the server spends is not in it."""


@frozen
class Contest:
    """The laps of all contestants; lap n of each was run next to lap n of the others."""

    laps: Mapping[str, list[Lap]] = field(factory=dict)

    def ratios(self, name: str, floor: str = "floor") -> list[float]:
        """Return one contestant's time over the floor's, round by round."""
        pairs = zip(self.laps[name], self.laps[floor], strict=True)
        return [lap.wall / base.wall for lap, base in pairs]

    def cpu(self, name: str, floor: str = "floor") -> float:
        """Return the median ratio of CPU time, which other processes disturb less."""
        pairs = zip(self.laps[name], self.laps[floor], strict=True)
        return median(lap.cpu / base.cpu for lap, base in pairs)

    def wall(self, name: str) -> float:
        """Return the median time of one contestant."""
        return median(lap.wall for lap in self.laps[name])


def contest(rounds: int, contestants: Mapping[str, Callable[[], object]]) -> Contest:
    """Let each contestant run once to warm up, then in `rounds` rounds of changing order."""
    for run in contestants.values():
        run()
    laps: dict[str, list[Lap]] = {name: [] for name in contestants}
    order = list(contestants)
    for _ in range(rounds):
        for name in order:
            laps[name].append(_lap(contestants[name]))
        order.append(order.pop(0))
    return Contest(laps)


def _lap(run: Callable[[], object]) -> Lap:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    result = run()
    lap = Lap(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)
    # What was read is freed after the clock has stopped: keeping it is the point of some figures.
    del result
    return lap


def times(count: int, run: Callable[[], object]) -> Callable[[], None]:
    """Return what does a thing so many times and keeps nothing."""

    def repeat() -> None:
        for _ in range(count):
            run()

    return repeat
