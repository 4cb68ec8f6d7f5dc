"""The throttle in Redis does what the one in memory does, and says so when there is no Redis."""

import asyncio
import random
import sys
import threading
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from amocrm_gen.runtime.adriver import AsyncDriver
from amocrm_gen.runtime.effects import Reserve, Talk
from amocrm_gen.runtime.errors import MissingExtra, TransportError
from amocrm_gen.runtime.throttle.redis import RedisThrottle
from amocrm_gen.runtime.throttle.throttle import Slot
from runtime.crowd import Clock, Crowd, most_in_window
from runtime.kinds_of_throttles import in_memory, in_redis

needs_redis = pytest.mark.requires_tool("redis-server")
TICK = 1 / 64
"""Seconds; sums of it are exact in floats and in whole microseconds."""


@needs_redis
@given(
    chance=st.integers(0, 2**32).map(random.Random),
    rate=st.sampled_from([1, 3, 7]),
    account_rate=st.sampled_from([None, 2, 5, 50]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_both_do_the_same(
    redis_url: str, chance: random.Random, rate: int, account_rate: int | None
) -> None:
    """Whatever senders do, the script in Redis tells them what the algorithm in Python tells."""
    Redis.from_url(redis_url).flushall()
    clock = Clock()
    options = {"rate": rate, "account_rate": account_rate, "margin": TICK, "warm_up": 10 * TICK}
    kinds = in_memory(clock, **options), in_redis(redis_url, clock, **options)
    pairs = [[kind().throttle_for("a", name) for kind in kinds] for name in ("i", "j")]
    waiting: list[tuple[list[Any], list[Slot]]] = []
    for _ in range(80):
        gates = chance.choice(pairs)
        match chance.choice("rrrrcccccgpat"):
            case "r":
                slots = [gate.reserve() for gate in gates]
                assert slots[0].wait == pytest.approx(slots[1].wait, abs=1e-5)
                if slots[0].wait > 0:
                    waiting.append((gates, slots))
            case "c" if waiting:
                gates, slots = waiting.pop(chance.randrange(len(waiting)))
                clock.now += ceil(slots[0].wait * chance.choice([0, 0.5, 1, 1.2]) / TICK) * TICK
                waits = [gate.confirm(slot) for gate, slot in zip(gates, slots, strict=True)]
                assert waits[0] == pytest.approx(waits[1], abs=1e-5)
                if waits[0] > 0:
                    waiting.append((gates, slots))
            case "g" if waiting:
                gates, slots = waiting.pop()
                for gate, slot in zip(gates, slots, strict=True):
                    gate.cancel(slot)
            case "p":
                seconds = chance.randrange(64) * TICK
                for gate in gates:
                    gate.penalise(seconds)
            case _:
                clock.now += chance.randrange(64) * TICK


@needs_redis
@given(chance=st.integers(0, 2**32).map(random.Random))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=3)
def test_what_is_allowed_is_used(redis_url: str, chance: random.Random) -> None:
    """Never 8 in a second, and 97 % of 7 a second by the default margin, while hosts die."""
    Redis.from_url(redis_url).flushall()
    clock = Clock()
    make = in_redis(redis_url, clock, warm_up=0.0)
    crowd = Crowd(clock, chance, late=lambda: chance.random() * 0.005)
    crowd.think = lambda: chance.uniform(0.02, 0.25)
    hosts = [crowd.process(make()) for _ in range(8)]
    for host in hosts:
        crowd.senders(host, 4, times=1000)
    for host in hosts[:4]:
        crowd.kill(host, chance.uniform(0, 20))
    times = [one.time for one in crowd.run(20.0)]
    assert most_in_window(times, 1.0) <= 7
    assert len(times) >= 0.97 * 7 * 20


@needs_redis
def test_nothing_stays_in_redis(redis_url: str) -> None:
    """Keys go by themselves when they do not matter any more."""
    client = Redis.from_url(redis_url)
    client.flushall()
    throttle = RedisThrottle(redis_url).throttle_for("a", "b")
    throttle.reserve()
    keys = client.keys()
    assert sorted(keys) == [b"{amocrm}:throttle:a", b"{amocrm}:throttle:a b"]
    assert all(0 < client.pttl(key) <= 2_000 for key in keys)
    throttle.stop(300.0)
    assert 299_000 < client.pttl("{amocrm}:throttle:a") <= 300_000


@needs_redis
@pytest.mark.parametrize("decode", [False, True])
def test_a_client_of_the_users_own(redis_url: str, decode: bool) -> None:
    """A client may be given, however it is set."""
    client = Redis.from_url(redis_url, decode_responses=decode)
    client.flushall()
    throttles = RedisThrottle(client, rate=1)
    throttle = throttles.throttle_for("a", "b")
    assert throttle.reserve().wait == 0
    slot = throttle.reserve()
    assert 0 < slot.wait <= 1.2
    assert 0 < throttle.confirm(slot) <= 1.2
    assert throttles.throttle_for("a", "b") is throttle


def test_no_redis_is_an_error_before_anything_is_sent() -> None:
    """If the server cannot be reached, the error is one of ours and says what is to be done."""
    throttle = RedisThrottle("redis://127.0.0.1:1").throttle_for("a", "b")
    with pytest.raises(TransportError, match="needs Redis") as caught:
        throttle.reserve()
    assert not caught.value.sent
    assert "Redis" in caught.value.what_to_do


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says what to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtra, match=r"throttle over several hosts") as caught:
        RedisThrottle("redis://127.0.0.1").throttle_for("a", "b").reserve()
    assert "amocrm-gen[redis]" in str(caught.value)


@pytest.mark.parametrize("remote", [False, True])
def test_the_loop_does_not_wait_for_another_host(remote: bool) -> None:
    """A remote throttle is asked in a thread, one of this machine at once."""
    asked: list[int] = []

    class Local:
        def reserve(self) -> Slot:
            asked.append(threading.get_ident())
            return Slot(0.0, 0.0)

    throttle: Any = Local()
    throttle.remote = remote

    class Http:
        __module__ = "httpx"

    def talk() -> Talk[Slot]:
        return (yield Reserve(throttle))

    asyncio.run(AsyncDriver(Http(), 1.0).run(talk()))  # type: ignore[arg-type]
    assert (asked == [threading.get_ident()]) is not remote
