"""A stale token is renewed once, by whoever comes first, and nothing stops it half way."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import define, evolve, field

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.errors import (
    OAuthError,
    ReauthorisationRequired,
    ServerError,
    TransportError,
    Unauthorized,
)
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.amo import TOKEN_PATH, Amo, Tenant

READ = "/api/v4/account"


@pytest.fixture
def kept(amo: Amo) -> tuple[Tenant, MemoryTokenStore]:
    """Return an account and a store that holds its tokens."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    tenant.asked()
    return tenant, store


def ending(store: MemoryTokenStore, domain: str, seconds: float) -> None:
    """Let the access token end so many seconds from now, by this side's clock."""
    token = store.load(domain)
    assert token is not None
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    store.save(domain, evolve(token, expires_at=end, issued_at=end - timedelta(days=1)))


def posts(tenant: Tenant) -> list[int]:
    """Return the statuses of all renewals since the last look."""
    found = [asked.status for asked in tenant.server.asked_for(TOKEN_PATH)]
    tenant.server.asked.clear()
    return found


Kept = tuple[Tenant, MemoryTokenStore]


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


def test_a_lost_answer(amo: Amo, kept: Kept) -> None:
    """The refresh token is not sent again blindly; the next try finds out, and says why."""
    tenant, store = kept
    amo.fail(path=TOKEN_PATH, cut="drop", applied=True, times=1)
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    with pytest.raises(TransportError):
        driven.read()
    assert posts(tenant) == [200]
    for client in (driven, amo.open(tenant, store=store)):
        with pytest.raises(ReauthorisationRequired, match="its answer was lost") as caught:
            client.read()
        assert caught.value.hint == "Token has been revoked"
        assert posts(tenant) == [401]


def test_a_lost_request(amo: Amo, kept: Kept) -> None:
    """If amoCRM never saw it, the next try succeeds."""
    tenant, store = kept
    amo.fail(path=TOKEN_PATH, cut="drop", times=1)
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    with pytest.raises(TransportError):
        driven.read()
    assert driven.read()["id"] == tenant.inside.id


REASONS = {
    "used": "does not share this token store",
    "revoked": "switched off in the account",
    "expired": "not used for three months",
}


@pytest.mark.parametrize("cause", REASONS)
def test_why_access_has_to_be_granted_again(amo: Amo, kept: Kept, cause: str) -> None:
    """The error says what is known about the reason, and how to go on; a new grant helps."""
    tenant, store = kept
    token = store.load(tenant.domain)
    assert token is not None
    if cause == "used":
        amo.open(tenant, store=MemoryTokenStore({tenant.domain: token})).do(
            lambda client: client.renew()
        )
        tenant.control("revoke", token=token.access_token)
    elif cause == "revoked":
        tenant.control("revoke")
    else:
        tenant.server.clock.advance(91 * 86_400)
    driven = amo.open(tenant, store=store)
    with pytest.raises(ReauthorisationRequired, match=REASONS[cause]) as caught:
        driven.read()
    assert "authorization_url" in str(caught.value)
    driven.do(lambda client: client.authorize(tenant.code()))
    assert driven.read()["id"] == tenant.inside.id


def test_wrong_credentials_are_not_the_tokens_fault(amo: Amo, kept: Kept) -> None:
    """A wrong secret uses nothing up: with the right one everything goes on."""
    tenant, store = kept
    wrong = evolve(tenant.integration, client_secret="canary-wrong")
    tenant.server.clock.advance(86_400)
    with pytest.raises(OAuthError, match="client_secret") as caught:
        amo.open(tenant, integration=wrong, store=store).read()
    assert not isinstance(caught.value, ReauthorisationRequired)
    token = store.load(tenant.domain)
    assert token is not None
    assert token.renewing_since is None
    assert amo.open(tenant, store=store).read()["id"] == tenant.inside.id


@define
class Fickle:
    """A store that fails when told to, with an error that shows what it was to save."""

    broken: bool = False
    kept: dict[str, Token] = field(factory=dict)
    locks: Any = field(factory=lambda: MemoryTokenStore().locks)
    fail_new: bool = False

    def load(self, account: str) -> Token | None:
        """Return a token."""
        return self.kept.get(account)

    def save(self, account: str, token: Token) -> None:
        """Keep a token, or fail."""
        if self.broken or (self.fail_new and token.renewing_since is None):
            raise OSError(f"cannot write {token.access_token} {token.refresh_token}")
        self.kept[account] = token

    def delete(self, account: str) -> None:
        """Forget a token."""
        del self.kept[account]


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and all that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_a_store_that_cannot_be_written_to(amo: Amo, caplog: pytest.LogCaptureFixture) -> None:
    """That is found out before the refresh token is used up; no error shows a token."""
    tenant = amo.tenant()
    store = Fickle(broken=True, kept={tenant.domain: tenant.token()})
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    with pytest.raises(OAuthError, match="nothing was sent") as caught:
        driven.read()
    assert posts(tenant) == []
    shown = caplog.text + "".join(f"{e} {e!r} {vars(e)}" for e in chain_of(caught.value))
    assert "OSError" in shown
    assert not [secret for secret in amo.secrets() if secret in shown]
    store.broken = False
    assert driven.read()["id"] == tenant.inside.id


def test_a_store_that_fails_in_between(amo: Amo, caplog: pytest.LogCaptureFixture) -> None:
    """The process keeps the new tokens, works with them, and saves them as soon as it can."""
    tenant = amo.tenant()
    store = Fickle(kept={tenant.domain: tenant.token()}, fail_new=True)
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    with pytest.raises(OAuthError, match="only copy") as caught:
        driven.read()
    shown = caplog.text + "".join(f"{e} {e!r} {vars(e)}" for e in chain_of(caught.value))
    assert not [secret for secret in amo.secrets() if secret in shown]
    driven.read()
    session = driven.client._session
    assert session.unsaved is not None
    store.fail_new = False
    session.save_after = 0.0
    driven.read()
    assert session.unsaved is None
    assert store.kept[tenant.domain] == session.token
    assert posts(tenant) == [200]
    amo.open(tenant, store=store).read()
    assert posts(tenant) == []


@define
class Lockless:
    """A store of the user's own, with nothing but the three methods."""

    kept: dict[str, Token] = field(factory=dict)

    def load(self, account: str) -> Token | None:
        """Return a token."""
        return self.kept.get(account)

    def save(self, account: str, token: Token) -> None:
        """Keep a token."""
        self.kept[account] = token

    def delete(self, account: str) -> None:
        """Forget a token."""
        del self.kept[account]


def test_a_store_without_locks_is_locked_on_this_host(amo: Amo) -> None:
    """Nobody needs to wire anything: clients that know nothing of each other renew once."""
    tenant = amo.tenant()
    store = Lockless({tenant.domain: tenant.token()})
    driven = [amo.open(tenant, store=store) for _ in range(3)]
    tenant.server.clock.advance(86_400)
    threads = [threading.Thread(target=one.at_once, args=(3,)) for one in driven]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert posts(tenant) == [200]


def test_another_host_was_quicker(amo: Amo) -> None:
    """Without a lock in common the loser looks into the store until the winner's token is there."""
    tenant = amo.tenant()
    store = Lockless({tenant.domain: tenant.token()})
    winner = amo.open(tenant, store=Lockless(dict(store.kept)))
    driven = amo.open(tenant, store=store)
    tenant.server.clock.advance(86_400)
    new = winner.do(lambda client: client.renew())
    looks = []

    def late(account: str) -> Token | None:
        looks.append(account)
        return new if len(looks) > 4 else store.kept[account]

    store_of = driven.client._session
    store_of.store = type("Late", (), {"load": staticmethod(late), "save": lambda *_: None})()
    tenant.asked()
    assert driven.read()["id"] == tenant.inside.id
    assert posts(tenant) == [401]


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """See that SIGINT raises KeyboardInterrupt: runners with several workers switch that off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_during_a_renewal(running_amo: Amo) -> None:
    """The caller is interrupted; the renewal goes on to its end and is kept."""
    with running_amo.of("sync") as amo:
        tenant, store = amo.tenant(), MemoryTokenStore()
        store.save(tenant.domain, tenant.token())
        driven = amo.open(tenant, store=store)
        tenant.server.clock.advance(86_400)
        interrupted = threading.Event()

        def interrupt(request: Any) -> None:
            if request.path == TOKEN_PATH:
                os.kill(os.getpid(), signal.SIGINT)
                assert interrupted.wait(30)

        tenant.server.during = interrupt
        with pytest.raises(KeyboardInterrupt):
            driven.read()
        interrupted.set()
        for thread in threading.enumerate():
            if thread.name == "amocrm-gen":
                thread.join(30)
        assert driven.read()["id"] == tenant.inside.id
        assert posts(tenant) == [200]
        assert amo.open(tenant, store=store).read()["id"] == tenant.inside.id


ENDS = ["cancelled", "closed", "left"]


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_a_loop_during_a_renewal(running_amo: Amo, end: str) -> None:
    """Cancelled, closed or left alone by `asyncio.run`: the renewal is kept all the same."""
    with running_amo.of("async") as amo:
        tenant, store = amo.tenant(), MemoryTokenStore()
        store.save(tenant.domain, tenant.token())
        tenant.server.clock.advance(86_400)

        async def main() -> None:
            loop, seen = asyncio.get_running_loop(), asyncio.Event()
            tenant.server.during = lambda request: (
                loop.call_soon_threadsafe(seen.set) if request.path == TOKEN_PATH else None
            )

            async def read() -> None:
                async with (
                    amo.http() as http,
                    AsyncClient(
                        tenant.domain,
                        integration=tenant.integration,
                        store=store,
                        transport=http,
                        throttle=None,
                    ) as client,
                ):
                    call = asyncio.ensure_future(client.request("GET", READ))
                    if end == "closed":
                        await seen.wait()
                        return
                    await call

            work = asyncio.create_task(read())
            await seen.wait()
            if end == "cancelled":
                work.cancel()
            if end != "left":
                with suppress(asyncio.CancelledError):
                    await work

        asyncio.run(main())
        assert posts(tenant) == [200]
        token = store.load(tenant.domain)
        assert token is not None
        with tenant.server.locked() as world:
            assert not world.grants.refresh[token.refresh_token].revoked
