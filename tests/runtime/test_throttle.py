"""No window of time ever holds more sends than are allowed."""

from heapq import heappop, heappush
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.errors import AccountBlocked
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.ring import Ring
from amocrm_gen.runtime.throttle.shared import shared_throttle


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def throttle(*limits: int, clock: Clock, window: float = 1.0) -> MemoryThrottle:
    """Return a throttle with a ring for each limit."""
    return MemoryThrottle(tuple(Ring(limit, window) for limit in limits), clock)


def play(
    gate: MemoryThrottle, clock: Clock, arrivals: list[float], lateness: list[float]
) -> list[tuple[int, float]]:
    """Let senders come, sleep (some too long) and send; return who sent when."""
    order = count()
    events = [(at, next(order), who, None) for who, at in enumerate(arrivals)]
    events.sort()
    late = iter(lateness)
    sent: list[tuple[int, float]] = []
    while events:
        at, _, who, slot = heappop(events)
        clock.now = max(clock.now, at)
        if slot is None:
            slot = gate.reserve()
            wait = slot.wait
        else:
            wait = gate.confirm(slot)
        if wait <= 0:
            sent.append((who, clock.now))
        else:
            wake = clock.now + wait + next(late, 0.0)
            heappush(events, (wake, next(order), who, slot))
    return sent


def most_in_window(times: list[float], window: float) -> int:
    """Return the largest number of sends in any window."""
    return max((sum(t <= other < t + window - 1e-9 for other in times) for t in times), default=0)


arrivals = st.lists(st.floats(0, 5), min_size=1, max_size=40)
lateness = st.lists(st.floats(0, 0.7), max_size=60)


@given(arrivals, lateness, st.integers(1, 7), st.integers(1, 7))
def test_no_window_holds_too_many(
    arrivals: list[float], lateness: list[float], few: int, many: int
) -> None:
    """However they come and oversleep, senders keep both limits, and everyone sends."""
    clock = Clock()
    sent = play(throttle(few, many, clock=clock), clock, arrivals, lateness)
    assert sorted(who for who, _ in sent) == list(range(len(arrivals)))
    assert most_in_window([at for _, at in sent], 1.0) <= min(few, many)


@given(arrivals)
def test_first_come_first_served(arrivals: list[float]) -> None:
    """Whoever comes first sends first, when nobody oversleeps."""
    clock = Clock()
    arrivals.sort()
    sent = play(throttle(3, clock=clock), clock, arrivals, [])
    assert [who for who, _ in sent] == list(range(len(arrivals)))


def test_the_allowed_rate_is_used() -> None:
    """A full queue sends exactly the limit in each window."""
    clock = Clock()
    sent = play(throttle(7, clock=clock), clock, [0.0] * 70, [])
    assert sent[-1][1] == pytest.approx(9.0)


def test_a_late_sender_does_not_make_the_next_ones_bunch_up() -> None:
    """What counts is when requests were really sent, not when they were planned."""
    clock = Clock()
    gate = throttle(1, clock=clock)
    first, second, third = gate.reserve(), gate.reserve(), gate.reserve()
    assert (first.wait, second.wait, third.wait) == (0.0, 1.0, 2.0)
    clock.now = 1.9
    assert gate.confirm(second) == 0
    clock.now = 2.0
    assert gate.confirm(third) == pytest.approx(0.9)
    clock.now = 2.9
    assert gate.confirm(third) == 0


def test_a_place_can_be_given_back() -> None:
    """Who does not send after all does not hold up those who come later."""
    clock = Clock()
    gate = throttle(1, clock=clock)
    gate.reserve()
    gate.cancel(gate.reserve())
    assert gate.reserve().wait == pytest.approx(1.0)


def test_a_penalty_holds_everyone_back() -> None:
    """After a 429 nobody sends for the time named, then all in their order and at the rate."""
    clock = Clock()
    gate = throttle(2, clock=clock)
    gate.reserve()
    gate.reserve()
    waiting = gate.reserve()
    gate.penalise(5.0)
    assert gate.reserve().wait == pytest.approx(5.0)
    clock.now = 1.0
    assert gate.confirm(waiting) == pytest.approx(4.0)
    clock.now = 5.0
    assert gate.confirm(waiting) == 0


def test_a_stop_refuses_everyone() -> None:
    """While traffic is stopped senders get an error at once, also those who wait already."""
    clock = Clock()
    gate = throttle(1, clock=clock)
    gate.reserve()
    waiting = gate.reserve()
    gate.stop(300.0)
    with pytest.raises(AccountBlocked) as caught:
        gate.reserve()
    assert caught.value.retry_after == 300.0
    clock.now = 1.0
    with pytest.raises(AccountBlocked):
        gate.confirm(waiting)
    gate.resume()
    assert gate.confirm(waiting) == 0


def test_a_ring_forgets_what_no_longer_counts() -> None:
    """The memory of a ring does not grow with the traffic."""
    clock = Clock()
    gate = throttle(7, clock=clock)
    play(gate, clock, [number * 0.2 for number in range(500)], [])
    (ring,) = gate.rings
    assert len(ring.booked) < 20
    assert len(ring.sent) <= 7


def test_clients_of_one_account_share_its_limit() -> None:
    """Integrations have rings of their own and share the ring of the account."""
    one, two = shared_throttle("shared.amocrm.ru", "a"), shared_throttle("shared.amocrm.ru", "b")
    assert shared_throttle("shared.amocrm.ru", "a") is one
    assert one.rings[1] is two.rings[1]
    assert one.rings[0] is not two.rings[0]
    assert (one.rings[0].limit, one.rings[1].limit) == (7, 50)
    assert one.rings[0].window == pytest.approx(1.02)
