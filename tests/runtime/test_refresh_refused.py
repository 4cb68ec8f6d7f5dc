"""A renewal that is lost or refused: what is sent again, and what a person is told."""

import pytest
from attrs import evolve

from amocrm_gen.runtime.errors import OAuthError, ReauthorisationRequired, TransportError
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from runtime.amo import TOKEN_PATH, Amo
from runtime.renewals import Kept, posts


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
