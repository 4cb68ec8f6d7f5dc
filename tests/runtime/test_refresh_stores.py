"""Renewals with stores that fail, that have no locks, or that other hosts write to."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import define, field

from amocrm_gen.runtime.errors import OAuthError
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.amo import Amo
from runtime.renewals import posts


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
