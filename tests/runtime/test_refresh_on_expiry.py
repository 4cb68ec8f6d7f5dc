"""When a token is renewed: once for many, in time, and then the call is made again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from amocrm_gen.runtime.errors import ServerError, Unauthorized
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from runtime.amo import TOKEN_PATH, Amo
from runtime.renewals import READ, Kept, posts


def ending(store: MemoryTokenStore, domain: str, seconds: float) -> None:
    """Let the access token end so many seconds from now, by this side's clock."""
    token = store.load(domain)
    assert token is not None
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    store.save(domain, evolve(token, expires_at=end, issued_at=end - timedelta(days=1)))


def test_one_renewal_for_many(amo: Amo, kept: Kept) -> None:
    """Many threads or tasks of several clients share one renewal, expiry after expiry."""
    tenant, store = kept
    driven = [amo.open(tenant, store=store) for _ in range(3)]
    for one in driven:
        one.at_once(4)
    for _ in range(3):
        tenant.server.clock.advance(86_400)
        for one in driven:
            one.at_once(4)
        assert posts(tenant) == [200]


def test_a_call_is_repeated_once(amo: Amo, kept: Kept) -> None:
    """A token that is refused right after it was renewed is an error: two calls, one renewal."""
    tenant, store = kept
    amo.fail(path=READ, status=401)
    with pytest.raises(Unauthorized):
        amo.open(tenant, store=store).read()
    assert [line.partition(" ")[0] for line in tenant.asked()] == ["GET", "POST", "GET"]


def test_a_token_of_somebody_else_that_is_over_too(amo: Amo, kept: Kept) -> None:
    """Who was idle while others renewed finds their token, and renews that if it is refused."""
    tenant, store = kept
    idle, busy = amo.open(tenant, store=store), amo.open(tenant, store=store)
    idle.read()
    tenant.server.clock.advance(86_400)
    busy.read()
    tenant.server.clock.advance(86_400)
    tenant.asked()
    assert idle.read()["id"] == tenant.inside.id
    assert [line.rpartition(" ")[2] for line in tenant.asked()] == ["401", "401", "200", "200"]


def test_a_create_is_repeated_too(amo: Amo, kept: Kept) -> None:
    """401 means that nothing was done."""
    tenant, store = kept
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    driven.do(lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "x"}]))
    leads = driven.do(lambda client: client.request("GET", "/api/v4/leads"))
    assert len(leads["_embedded"]["leads"]) == 1


def test_a_token_is_renewed_before_it_ends(amo: Amo, kept: Kept) -> None:
    """Shortly before the end the renewal comes before the call, so that no call is refused."""
    tenant, store = kept
    ending(store, tenant.domain, 200)
    amo.open(tenant, store=store).read()
    assert tenant.asked() == [
        f"POST {tenant.domain}{TOKEN_PATH} 200",
        f"GET {tenant.domain}{READ} 200",
    ]


@pytest.mark.parametrize("fault", [{"status": 503}, {"cut": "drop"}])
def test_an_early_renewal_may_fail(amo: Amo, kept: Kept, fault: dict[str, Any]) -> None:
    """While the token is good, calls go on with it; the renewal is not tried at each of them."""
    tenant, store = kept
    ending(store, tenant.domain, 200)
    amo.fail(path=TOKEN_PATH, **fault)
    driven = amo.open(tenant, store=store)
    for _ in range(3):
        driven.read()
    assert len(posts(tenant)) == 1


def test_a_renewal_that_comes_too_late(amo: Amo, kept: Kept) -> None:
    """A token that is over cannot be used meanwhile."""
    tenant, store = kept
    ending(store, tenant.domain, -1)
    amo.fail(path=TOKEN_PATH, status=503)
    with pytest.raises(ServerError):
        amo.open(tenant, store=store).read()
    assert tenant.asked() == [f"POST {tenant.domain}{TOKEN_PATH} 503"]
