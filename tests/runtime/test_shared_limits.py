"""What amoCRM says to one sender counts for all that share its throttle: seen at the server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from amocrm_gen.runtime import exchange
from amocrm_gen.runtime.errors import AccountBlocked, RateLimited
from amocrm_gen.runtime.throttle.file import FileThrottle
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.redis import RedisThrottle
from runtime.amo import Amo

READ = "/api/v4/account"
Make = Callable[[], Any]


@pytest.fixture(
    params=[
        "threads",
        "processes",
        pytest.param("hosts", marks=pytest.mark.requires_tool("redis-server")),
    ]
)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Return what makes the throttles of one more thread, process or host."""
    if request.param == "threads":
        shared = MemoryThrottle()
        yield lambda: shared
    elif request.param == "processes":
        yield lambda: FileThrottle(folder=tmp_path)
    else:
        address = request.getfixturevalue("redis_url")
        with ExitStack() as stack:
            yield lambda: RedisThrottle(stack.enter_context(Redis.from_url(address)))


def test_a_block_stops_all(amo: Amo, make: Make) -> None:
    """After the page of the block nobody sends any more, and each is told why and how long."""
    tenant = amo.tenant()
    one, other = (amo.open(tenant, token=tenant.long_lived(), throttle=make()) for _ in "ab")
    amo.fail(path=READ, status=403, html=True, times=1)
    with pytest.raises(AccountBlocked):
        one.read()
    assert tenant.asked() == [f"GET {tenant.domain}{READ} 403"]
    for blocked in (other, one):
        with pytest.raises(AccountBlocked) as caught:
            blocked.read()
        assert 0 < (caught.value.retry_after or 0) <= 300
    assert tenant.asked() == []


def test_missing_rights_stop_nobody(amo: Amo, make: Make) -> None:
    """A 403 that is no block is the caller's alone."""
    tenant = amo.tenant()
    one, other = (amo.open(tenant, token=tenant.long_lived(), throttle=make()) for _ in "ab")
    amo.fail(path=READ, status=403, times=1)
    with pytest.raises(Exception, match="403"):
        one.read()
    assert other.read()["id"] == one.read()["id"]


def test_a_429_holds_all_back(amo: Amo, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a 429 that names no time, everybody waits as long as if it had named one."""
    monkeypatch.setattr(exchange, "_PENALTY", 600.0)
    tenant = amo.tenant()
    one = amo.open(tenant, token=tenant.long_lived(), throttle=make(), max_retries=0)
    amo.fail(path=READ, status=429, times=1)
    with pytest.raises(RateLimited):
        one.read()
    assert 500 < make().throttle_for(tenant.domain, "another").reserve().wait <= 600
