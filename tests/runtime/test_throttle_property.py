"""No second ever holds too many requests, whoever comes, sleeps or dies; and none is wasted."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.crowd import Clock, Crowd, most_in_window
from runtime.kinds_of_throttles import Kind, in_file, in_memory

chances = st.integers(0, 2**32).map(random.Random)
rates = st.sampled_from([0.4, 1, 2.5, 3, 7, 50])


@contextmanager
def memory(clock: Clock, **options: Any) -> Iterator[Kind]:
    """Make throttles that share memory."""
    yield in_memory(clock, **options)


@contextmanager
def file(clock: Clock, **options: Any) -> Iterator[Kind]:
    """Make throttles that share files."""
    with tempfile.TemporaryDirectory() as folder:
        yield in_file(Path(folder), clock, **options)


shared_by = pytest.mark.parametrize("shared_by", [memory, file])
Shared = Callable[..., Any]


@shared_by
@given(
    chance=chances,
    rate=rates,
    account_rate=st.none() | rates,
    processes=st.lists(
        st.tuples(st.integers(1, 12), st.floats(0, 4), st.none() | st.floats(0, 6)),
        min_size=1,
        max_size=6,
    ),
    oversleep=st.floats(0, 3),
)
@settings(max_examples=40)
def test_no_window_holds_too_many(
    *,
    shared_by: Shared,
    chance: random.Random,
    rate: float,
    account_rate: float | None,
    processes: list[tuple[int, float, float | None]],
    oversleep: float,
) -> None:
    """Whatever comes when, oversleeps and dies: both limits hold, and all that live get through."""
    clock = Clock()
    with shared_by(clock, rate=rate, account_rate=account_rate, margin=0.0, warm_up=0.0) as make:
        crowd = Crowd(
            clock, chance, late=lambda: chance.choice([0, 0, chance.random()]) * oversleep
        )
        expected = {}
        for index, (amount, after, death) in enumerate(processes):
            process = crowd.process(make(), integration=f"i{index % 2}")
            crowd.senders(process, amount, after=after)
            if death is None:
                expected[process] = amount
            else:
                crowd.kill(process, death)
        sent = crowd.run()
    lived = {process: crowd.by_process[process] for process in expected}
    assert lived == expected
    for name in ("i0", "i1"):
        own = [one.time for one in sent if one.integration == name]
        assert most_in_window(own, max(1, rate // 1) / rate) <= max(1, rate // 1)
    if account_rate is not None:
        times = [one.time for one in sent]
        assert most_in_window(times, max(1, account_rate // 1) / account_rate) <= max(
            1, account_rate // 1
        )


@shared_by
@given(
    chance=chances,
    processes=st.integers(2, 10),
    threads=st.integers(2, 6),
    deaths=st.lists(st.floats(0, 19), max_size=12),
)
@settings(max_examples=15)
def test_what_is_allowed_is_used(
    shared_by: Shared, chance: random.Random, processes: int, threads: int, deaths: list[float]
) -> None:
    """Never 8 in a second, and 97 % of 7 a second by the default margin, while processes die."""
    clock = Clock()
    with shared_by(clock, warm_up=0.0) as make:
        crowd = Crowd(clock, chance, late=lambda: chance.random() * 0.005)
        crowd.think = lambda: chance.uniform(0.02, 0.25)
        alive: list[int] = []

        def start() -> None:
            alive.append(crowd.process(make()))
            crowd.senders(alive[-1], threads, times=1000)

        # As many senders as are let go in one second could not use it while they think.
        while len(alive) < max(processes, 16 // threads) + len(deaths):
            start()
        for process, death in zip(alive, deaths, strict=False):
            crowd.kill(process, death)
        sent = crowd.run(20.0)
    times = [one.time for one in sent]
    assert most_in_window(times, 1.0) <= 7
    assert len(times) >= 0.97 * 7 * 20


@given(chance=chances, processes=st.integers(2, 8))
@settings(max_examples=15)
def test_processes_get_equal_shares(chance: random.Random, processes: int) -> None:
    """Of processes that want equally much, none gets half as much again as another."""
    clock = Clock()
    make = in_memory(clock)
    crowd = Crowd(clock, chance, late=lambda: chance.random() * 0.005)
    crowd.think = lambda: chance.uniform(0.02, 0.25)
    for _ in range(processes):
        crowd.senders(crowd.process(make()), 7, times=1000)
    crowd.run(60.0)
    shares = crowd.by_process.values()
    assert len(shares) == processes
    assert max(shares) <= 1.5 * min(shares)


@given(chance=chances, amount=st.integers(1, 7), spread=st.floats(0.01, 3))
def test_first_come_first_served(chance: random.Random, amount: int, spread: float) -> None:
    """Processes of one sender each send in the order they came, when nobody oversleeps."""
    clock = Clock()
    make = in_memory(clock, rate=2)
    crowd = Crowd(clock, chance)
    came = sorted(chance.random() * spread for _ in range(amount))
    processes = [crowd.process(make()) for _ in came]
    for process, after in zip(processes, came, strict=True):
        crowd.senders(process, 1, after=after)
    assert [one.process for one in crowd.run()] == processes


@given(chance=chances, many=st.integers(20, 400))
@settings(max_examples=15)
def test_a_crowd_does_not_keep_others_waiting(chance: random.Random, many: int) -> None:
    """However many wait in one process, one of another has its turn in three windows."""
    clock = Clock()
    make = in_memory(clock)
    crowd = Crowd(clock, chance)
    crowd.senders(crowd.process(make()), many)
    guest = crowd.process(make())
    crowd.senders(guest, 1, after=chance.uniform(0, many / 7))
    sent = crowd.run()
    assert len(sent) == many + 1
    (waited,) = (one.waited for one in sent if one.process == guest)
    assert waited <= 3 * 1.02
    # All wait, none polls: those far behind look less often.
    assert crowd.steps <= 12 * many


@given(chance=chances)
@settings(max_examples=5)
def test_both_limits_are_used(chance: random.Random) -> None:
    """Ten integrations of one account share its 50 a second equally, and use them."""
    clock = Clock()
    make = in_memory(clock)
    crowd = Crowd(clock, chance, late=lambda: chance.random() * 0.003)
    crowd.think = lambda: chance.uniform(0.02, 0.1)
    for number in range(10):
        crowd.senders(crowd.process(make(), integration=f"i{number}"), 12, times=1000)
    times = [one.time for one in crowd.run(10.0)]
    shares = crowd.by_process.values()
    assert most_in_window(times, 1.0) <= 50
    assert len(times) >= 0.97 * 50 * 10
    assert max(shares) <= 1.5 * min(shares)


def test_a_queue_of_one_integration_does_not_hold_up_another() -> None:
    """Who waits for its own limit does not block the line of the account."""
    clock = Clock()
    make = in_memory(clock)
    crowd = Crowd(clock, random.Random(0))
    crowd.senders(crowd.process(make(), integration="busy"), 100)
    other = crowd.process(make(), integration="idle")
    crowd.senders(other, 1, after=3.3)
    (waited,) = (one.waited for one in crowd.run() if one.process == other)
    assert waited == 0.0


def test_a_late_loop_gets_its_turn() -> None:
    """A process that always wakes late is not passed over for ever."""
    clock = Clock()
    make = in_memory(clock)
    crowd = Crowd(clock, random.Random(0))
    slow = crowd.process(make())
    crowd.late = lambda: 0.3 if crowd.waking == slow else 0.0
    crowd.senders(slow, 1, times=100)
    for _ in range(4):
        crowd.senders(crowd.process(make()), 8, times=1000)
    crowd.run(60.0)
    assert crowd.by_process[slow] >= 5
