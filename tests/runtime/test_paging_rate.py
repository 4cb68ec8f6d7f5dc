"""Latency does not eat the rate: pages are asked for before the loop reaches them."""

from collections.abc import Callable

import pytest

from amocrm_gen.runtime.assembly import PAGES_AHEAD
from runtime.crowd import most_in_window
from runtime.latency import SENT, walk_async, walk_sync

RATE = 7
Walking = Callable[[int, float, float], list[float]]
both = pytest.mark.parametrize("walk", [walk_sync, walk_async])


def used(times: list[float], since: float = 0.0) -> float:
    """Return the part of the rate that was used from some time on; the first is sent at 0."""
    return sum(since <= time < SENT for time in times) / (RATE * (SENT - since))


@both
@pytest.mark.parametrize(("latency", "since"), [(0.02, 0.0), (0.3, 0.0), (0.5, 2.0)])
def test_the_rate_is_used_by_default(walk: Walking, latency: float, since: float) -> None:
    """At 300 ms a page 97 % of 7 a second are used; at 500 ms, when the walk has set in."""
    times = walk(PAGES_AHEAD, latency, 0.03)
    assert used(times, since) >= 0.97
    assert most_in_window(times, 1.0) <= RATE


@both
def test_one_after_the_other_loses_half_of_it(walk: Walking) -> None:
    """Without asking ahead the answer time decides: this is what it is for."""
    assert used(walk(0, 0.3, 0.0)) == pytest.approx(1 / 0.3 / RATE, rel=0.02)


@both
def test_a_slow_loop_is_not_overtaken(walk: Walking) -> None:
    """However slow the loop is, no more than the pages ahead wait for it."""
    times = walk(PAGES_AHEAD, 0.3, 1.0)
    # One page in a second, and those ahead.
    assert sum(time < SENT for time in times) <= SENT + PAGES_AHEAD + 1
