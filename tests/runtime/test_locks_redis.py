"""Locks in Redis: what is held is kept alive, and a loss is told."""

import asyncio
import logging
import sys
import threading

import pytest
from redis import Redis

from amocrm_gen.runtime.errors import ConfigurationError, MissingExtra, TransportError
from amocrm_gen.runtime.locks.redis import RedisLocks

WAIT = 30.0
"""Seconds after which a test gives up; no test waits for them to pass."""

needs_redis = pytest.mark.requires_tool("redis-server")


@pytest.fixture
def client(redis_url: str) -> Redis:
    """Return a client of an empty server."""
    made = Redis.from_url(redis_url)
    made.flushall()
    return made


@needs_redis
def test_nothing_stays_in_redis(client: Redis) -> None:
    """After a release there is no key left of it."""
    locks = RedisLocks(client)
    held = locks.acquire(["a", "b"])
    assert len(client.keys()) == 3
    held.release()
    held.release()
    assert client.keys() == []


@needs_redis
def test_first_come_first_served_on_all_hosts(client: Redis) -> None:
    """Waiters of different hosts go in the order they came, woken by who goes before them."""
    order: list[int] = []
    hosts = [RedisLocks(client) for _ in range(4)]
    held = hosts[0].acquire(["a", "b"])

    def work(number: int) -> None:
        mine = hosts[number].acquire(["b", "a"])
        order.append(number)
        mine.release()

    threads = []
    for number in (3, 1, 2):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while client.llen("{amocrm}:lock:a") < 1 + len(threads):
            pass
    held.release()
    for thread in threads:
        thread.join(WAIT)
    assert order == [3, 1, 2]


@needs_redis
def test_what_is_held_is_kept_alive(client: Redis) -> None:
    """A renewal gives a ticket its whole life again, and its queues more than that."""
    locks = RedisLocks(client, life=50)
    held = locks.acquire(["a"])
    (ticket,) = client.keys("{amocrm}:ticket:*")
    for key in (ticket, "{amocrm}:lock:a"):
        client.pexpire(key, 1000)
    assert held.renew()
    assert client.pttl(ticket) > 40_000
    assert client.pttl("{amocrm}:lock:a") > 400_000
    held.release()


@needs_redis
def test_a_loss_is_told(client: Redis, caplog: pytest.LogCaptureFixture) -> None:
    """Who stood still for too long is told that another had the lock meanwhile."""
    sleeper, other = RedisLocks(client), RedisLocks(client)
    held = sleeper.acquire(["a"])
    client.delete(*client.keys("{amocrm}:ticket:*"))
    second = other.acquire(["a"])
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        held.release()
    assert "the lock of a was lost" in caplog.text
    # What it released was not the other's.
    third = threading.Thread(target=lambda: sleeper.acquire(["a"]).release())
    third.start()
    while client.llen("{amocrm}:lock:a") < 2:
        pass
    assert client.lindex("{amocrm}:lock:a", 0) == second.name.encode()
    second.release()
    third.join(WAIT)
    assert client.keys() == []


@needs_redis
def test_a_loss_is_told_while_it_is_held(client: Redis, caplog: pytest.LogCaptureFixture) -> None:
    """The renewal sees it first, and says it once."""
    locks = RedisLocks(client)
    held = locks.acquire(["a"])
    client.flushall()
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        locks._renewal._renew(held)
        locks._renewal._renew(held)
        held.release()
    assert caplog.text.count("was lost") == 1


@needs_redis
def test_a_cancelled_task_leaves_the_queue(client: Redis) -> None:
    """Who gives up waiting does not hold up those behind it."""
    here, there = RedisLocks(client), RedisLocks(client)

    async def main() -> None:
        held = await here.acquire_async(["a"])
        impatient = asyncio.create_task(there.acquire_async(["a", "b"]))
        while client.llen("{amocrm}:lock:a") < 2:  # noqa: ASYNC110 - Redis is what it waits for
            await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        async with asyncio.timeout(WAIT):
            (await here.acquire_async(["b"])).release()
        await asyncio.to_thread(held.release)

    asyncio.run(main())
    there.acquire(["a", "b"]).release()


def test_no_redis_is_an_error_and_leaves_no_lock() -> None:
    """If the server cannot be reached nobody in this process is kept waiting either."""
    locks = RedisLocks("redis://127.0.0.1:1")
    for _ in range(2):
        with pytest.raises(TransportError, match="locks over several hosts needs Redis"):
            locks.acquire(["a"])
        with pytest.raises(TransportError):
            asyncio.run(locks.acquire_async(["a"]))
    assert not locks._near._queues


@needs_redis
def test_a_release_without_redis_is_told_and_passes(
    client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """What was done under the lock is done: the end of Redis must not make it an error."""
    locks = RedisLocks(client)
    held = locks.acquire(["a"])
    held.client._made = Redis.from_url("redis://127.0.0.1:1")
    held.client._scripts.clear()
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        held.release()
    assert "ends by itself" in caplog.text
    assert not locks._near._queues


def test_a_life_that_is_too_short_is_refused() -> None:
    """Waiters look once a second who is alive."""
    with pytest.raises(ConfigurationError, match="life"):
        RedisLocks("redis://127.0.0.1", life=0.5)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says what to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtra, match="locks over several hosts"):
        RedisLocks("redis://127.0.0.1").acquire(["a"])
