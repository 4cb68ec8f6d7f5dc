"""What throttles say to their senders, on a clock that is set by hand: the same for all kinds."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from amocrm_gen.runtime.errors import AccountBlocked, ConfigurationError
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.rates import Rates
from amocrm_gen.runtime.throttle.shared import shared_throttle
from amocrm_gen.runtime.throttle.throttle import Slot, Throttles
from runtime.crowd import Clock
from runtime.kinds_of_throttles import in_file, in_memory, in_redis

ACCOUNT = "example.amocrm.ru"
Make = Callable[..., Any]
WINDOW = 1.0 + 1 / 64
"""Seconds; a sum of it is exact in floats and in whole microseconds."""


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture(
    params=[
        "memory",
        "file",
        pytest.param("redis", marks=pytest.mark.requires_tool("redis-server")),
    ]
)
def make(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Make:
    """Return what makes the throttle of one more process for an integration in an account."""
    if request.param == "redis":
        address = request.getfixturevalue("redis_url")
        Redis.from_url(address).flushall()
    memory: dict[str, Any] = {}

    def made(integration: str = "a", account: str = ACCOUNT, **options: Any) -> Any:
        options = {"rate": 2, "account_rate": None, "margin": 1 / 64, "warm_up": 0.0, **options}
        if request.param == "redis":
            kind = in_redis(address, clock, **options)
        elif request.param == "file":
            kind = in_file(tmp_path, clock, **options)
        else:
            kind = memory.setdefault(str(options), in_memory(clock, **options))
        return kind().throttle_for(account, integration)

    return made


def test_a_free_throttle_lets_go_at_once(make: Make) -> None:
    """As many as are allowed go at once, the next one when the first no longer counts."""
    throttle, other = make(), make()
    waits = [throttle.reserve().wait, other.reserve().wait, throttle.reserve().wait]
    assert waits == pytest.approx([0.0, 0.0, WINDOW])


def test_the_line_moves_on(make: Make, clock: Clock) -> None:
    """Who waits goes when it is told, and who comes later comes later."""
    throttle, other = make(rate=1), make(rate=1)
    throttle.reserve()
    second, third = throttle.reserve(), other.reserve()
    assert second.wait == pytest.approx(WINDOW)
    clock.now += WINDOW
    # It asks again as soon as the second may have failed to come.
    assert third.wait == pytest.approx(WINDOW + 0.02)
    assert throttle.confirm(second) == 0
    clock.now += 0.02
    assert other.confirm(third) == pytest.approx(WINDOW - 0.02)
    clock.now += WINDOW
    assert other.confirm(third) == 0


def test_a_late_sender_does_not_make_the_next_ones_bunch_up(make: Make, clock: Clock) -> None:
    """What counts is when requests were really sent, not when they were planned."""
    throttle, other = make(rate=1), make(rate=1)
    throttle.reserve()
    second, third = throttle.reserve(), other.reserve()
    clock.now += WINDOW + 0.01
    assert throttle.confirm(second) == 0
    clock.now += WINDOW - 0.01
    assert other.confirm(third) == pytest.approx(0.01)


def test_the_turn_of_a_dead_one_is_used(make: Make, clock: Clock) -> None:
    """Whoever does not come in time is passed over."""
    throttle, other = make(rate=1), make(rate=1)
    throttle.reserve()
    dead, living = throttle.reserve(), other.reserve()
    clock.now += living.wait
    assert other.confirm(living) == pytest.approx(0.02)
    clock.now += 0.021
    assert other.confirm(living) == 0
    assert throttle.confirm(dead) == pytest.approx(WINDOW)


def test_new_connections_are_allowed_for(make: Make, clock: Clock) -> None:
    """The first requests of a process count as sent later, as they may be; those after do not."""
    throttle = make(rate=1, warm_up=0.25)
    throttle.reserve()
    second = throttle.reserve()
    assert second.wait == pytest.approx(WINDOW + 0.25)
    clock.now += second.wait
    assert throttle.confirm(second) == 0
    assert throttle.reserve().wait == pytest.approx(WINDOW)
    clock.now += 60.0
    throttle.reserve()
    assert throttle.reserve().wait == pytest.approx(WINDOW + 0.25)


def test_a_place_can_be_given_back(make: Make) -> None:
    """Who does not send after all does not hold up those who come later."""
    throttle = make(rate=1)
    throttle.reserve()
    throttle.cancel(throttle.reserve())
    assert throttle.reserve().wait == pytest.approx(WINDOW)


def test_a_penalty_holds_everyone_back(make: Make, clock: Clock) -> None:
    """After a 429 nobody sends for the time named, then all in their order and at the rate."""
    throttle, other = make(), make()
    throttle.reserve()
    throttle.reserve()
    waiting = throttle.reserve()
    other.penalise(5.0)
    assert throttle.confirm(waiting) == pytest.approx(5.0)
    clock.now += 1.0
    assert throttle.confirm(waiting) == pytest.approx(4.0)
    other.penalise(1.0)
    clock.now += 4.0
    assert throttle.confirm(waiting) == 0


def test_a_penalty_counts_for_the_whole_account(make: Make) -> None:
    """A 429 does not say which of the limits it is for."""
    options = {"account_rate": 50.0}
    make("a", **options).penalise(5.0)
    assert make("b", **options).reserve().wait == pytest.approx(5.0)
    assert make("a", "other.amocrm.ru", **options).reserve().wait == 0


def test_a_stop_refuses_everyone(make: Make, clock: Clock) -> None:
    """While traffic is stopped senders get an error at once, also those who wait already."""
    throttle, other = make(rate=1, account_rate=50), make("b", rate=1, account_rate=50)
    for _ in range(3):
        waiting = throttle.reserve()
    other.stop(300.0)
    for blocked in (throttle, other):
        with pytest.raises(AccountBlocked) as caught:
            blocked.reserve()
        assert caught.value.retry_after == pytest.approx(300.0)
    with pytest.raises(AccountBlocked):
        throttle.confirm(waiting)
    make("a", "elsewhere.amocrm.ru", rate=1, account_rate=50).reserve()
    clock.now += 300.5
    assert other.reserve().wait == 0


def test_a_stop_can_be_lifted(make: Make) -> None:
    """A person who knows that the block is over need not wait."""
    throttle = make()
    throttle.stop(300.0)
    make().resume()
    assert throttle.reserve().wait == 0


def test_accounts_have_limits_of_their_own(make: Make) -> None:
    """By default one integration may send at the full rate in each account."""
    make("a", "one.amocrm.ru", rate=1).reserve()
    assert make("a", "two.amocrm.ru", rate=1).reserve().wait == 0


def test_one_limit_over_all_accounts(make: Make) -> None:
    """An integration can have one rate over all its accounts, besides the rate of each account."""
    options = {"rate": 1, "account_rate": 2, "over_all_accounts": True}
    make("a", "one.amocrm.ru", **options).reserve()
    assert make("a", "two.amocrm.ru", **options).reserve().wait == pytest.approx(WINDOW)
    assert make("b", "one.amocrm.ru", **options).reserve().wait == 0
    assert make("c", "one.amocrm.ru", **options).reserve().wait == pytest.approx(WINDOW)


def test_who_waits_for_another_limit_is_not_waited_for(make: Make) -> None:
    """A place in one line is not kept for who cannot go yet because of another."""
    options = {"rate": 1, "account_rate": 1, "over_all_accounts": True}
    make("b", "one.amocrm.ru", **options).reserve()
    assert make("a", "one.amocrm.ru", **options).reserve().wait == pytest.approx(WINDOW)
    assert make("a", "two.amocrm.ru", **options).reserve().wait == 0


@pytest.mark.parametrize(("rate", "count", "window"), [(0.5, 1, 2.0), (2.5, 2, 0.8), (7, 7, 1.0)])
def test_a_rate_may_be_a_fraction(make: Make, rate: float, count: int, window: float) -> None:
    """2.5 a second is two in 0.8 seconds: over any longer time it comes to the rate."""
    throttle = make(rate=rate, margin=0.0)
    waits = [throttle.reserve().wait for _ in range(count + 1)]
    assert waits == pytest.approx([0.0] * count + [window], abs=1e-5)


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"rate": float("nan")}, {"account_rate": -1}])
def test_a_rate_that_lets_nobody_send_is_refused(wrong: dict[str, float]) -> None:
    """A rate of nothing would be a wait for ever."""
    with pytest.raises(ConfigurationError, match="requests a second"):
        MemoryThrottle(**wrong)


def test_a_margin_that_shortens_the_window_is_refused() -> None:
    """A window is never shorter than what amoCRM counts."""
    with pytest.raises(ConfigurationError, match="margin"):
        Rates(margin=-0.1)


def test_a_slot_of_another_throttle_is_refused(make: Make) -> None:
    """What was given out elsewhere has no place here."""
    with pytest.raises(TypeError, match="another throttle"):
        make().confirm(Slot(0.0, 0.0))


def test_the_defaults_are_those_of_amocrm() -> None:
    """7 a second for an integration, 50 for an account, 20 ms for the way."""
    own, account = Rates().limits(ACCOUNT, "a")
    assert (own.count, account.count) == (7, 50)
    assert own.window == account.window == pytest.approx(1.02)
    assert (own.name, account.name) == (f"{ACCOUNT} a", ACCOUNT)


def test_clients_share_the_throttle_of_their_integration() -> None:
    """The same names give the same throttle; it is found without a file being touched."""
    one = shared_throttle(ACCOUNT, "a")
    assert shared_throttle(ACCOUNT, "a") is one
    assert shared_throttle(ACCOUNT, "b") is not one


def test_a_refusal_can_be_pickled(make: Make) -> None:
    """An error of a worker process reaches its parent."""
    throttle = make()
    throttle.stop(10.0)
    with pytest.raises(AccountBlocked) as caught:
        throttle.reserve()
    assert pickle.loads(pickle.dumps(caught.value)).retry_after == pytest.approx(10.0)


@pytest.mark.parametrize("given", [MemoryThrottle()])
def test_throttles_are_told_from_a_throttle(given: MemoryThrottle) -> None:
    """The client takes both: one that serves many accounts, and one for its own."""
    assert isinstance(given, Throttles)
    assert not isinstance(given.throttle_for(ACCOUNT, "a"), Throttles)
