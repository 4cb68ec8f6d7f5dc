"""Accounts that get another name are followed, within their family, and the move is noted."""

from pathlib import Path

import pytest

from amocrm_gen.runtime.errors import AmoError, ApiError, OAuthError
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.amo import TOKEN_PATH, Amo, Tenant
from runtime.stores import KINDS, Place

CURRENT = "/oauth2/account/current/subdomain"
BY_ACCESS = "/oauth2/account/subdomain"
READ = "/api/v4/account"


def moved(tenant: Tenant, answer: int = 401, zone: str | None = None) -> tuple[str, str]:
    """Move an account, and return its old and its new domain."""
    before = tenant.domain
    name = f"{tenant.inside.subdomain}-new"
    where = {"subdomain": name} if zone is None else {"zone": zone}
    tenant.control("move", answer=answer, **where)
    tenant.asked()
    return before, tenant.domain


@pytest.mark.parametrize("answer", [401, 404, 301])
def test_a_renewal_goes_after_the_account(amo: Amo, answer: int) -> None:
    """Whatever the old host says of the refresh token: the account is looked for, once."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    token = tenant.token()
    store.save(tenant.domain, token)
    driven = amo.open(tenant, store=store)
    old, new = moved(tenant, answer)
    driven.do(lambda client: client.renew())
    assert tenant.asked() == [
        f"POST {old}{TOKEN_PATH} {answer}",
        f"GET {old}{CURRENT} 200",
        f"POST {new}{TOKEN_PATH} 200",
    ]
    assert driven.do(lambda client: client.domain) == new
    assert driven.read()["subdomain"] == tenant.inside.subdomain


@pytest.mark.parametrize("kind", KINDS)
def test_the_move_is_noted(
    amo: Amo, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The next start finds the tokens by the old name as well as by the new one."""
    tenant = amo.tenant()
    place = Place.make(kind, tmp_path, request, tenant.integration)
    place.open().save(tenant.domain, tenant.token())
    driven = amo.open(tenant, store=place.open())
    old, new = moved(tenant)
    assert driven.read()["id"] == tenant.inside.id
    for name in (old, new, old):
        driven = amo.open(name, integration=tenant.integration, store=place.open())
        tenant.asked()
        assert driven.read()["id"] == tenant.inside.id
        assert tenant.asked() == [f"GET {new}{READ} 200"]
        driven.do(lambda client: client.renew())
    one, other = (
        amo.open(name, integration=tenant.integration, store=place.open()) for name in (old, new)
    )
    for driven in (one, other):
        driven.read()
    tenant.server.clock.advance(90_000)
    tenant.asked()
    for driven in (one, other):
        driven.read()
    assert sum(TOKEN_PATH in line for line in tenant.asked()) == 1


def test_a_redirect_of_a_call(amo: Amo) -> None:
    """A call that is redirected has done nothing: it is made again at the new name, once."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    driven = amo.open(tenant, store=store)
    old, new = moved(tenant, 301)
    made = driven.do(
        lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "once"}])
    )
    assert len(made["_embedded"]["leads"]) == 1
    assert tenant.asked() == [
        f"POST {old}/api/v4/leads 301",
        f"GET {old}{CURRENT} 200",
        f"POST {new}/api/v4/leads 200",
    ]
    kept = store.load(old)
    assert kept is not None
    assert kept.domain == new


def test_a_long_lived_token_follows_a_redirect(amo: Amo) -> None:
    """Without a refresh token the account is asked for with the access token."""
    tenant = amo.tenant()
    driven = amo.open(tenant, token=tenant.long_lived())
    _, new = moved(tenant, 301)
    assert driven.read()["id"] == tenant.inside.id
    assert tenant.asked()[1:] == [f"GET www.amocrm.ru{BY_ACCESS} 200", f"GET {new}{READ} 200"]


def test_a_redirect_without_a_move(amo: Amo) -> None:
    """A redirect of an account that is where it was is an error; its target sees nothing."""
    tenant = amo.tenant()
    driven = amo.open(tenant, token=tenant.long_lived())
    amo.fail(path=READ, status=302)
    with pytest.raises(ApiError, match="redirects are never followed"):
        driven.read()
    assert tenant.asked() == [f"GET {tenant.domain}{READ} 302", f"GET www.amocrm.ru{BY_ACCESS} 200"]


def test_asking_where_the_account_is(amo: Amo) -> None:
    """The question can be asked at any time, and its answer is followed and noted."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    driven = amo.open(tenant, store=store)
    assert driven.do(lambda client: client.look_up_domain()) == tenant.domain
    old, new = moved(tenant)
    assert driven.do(lambda client: client.look_up_domain()) == new
    assert driven.do(lambda client: client.domain) == new
    kept = store.load(old)
    assert kept is not None
    assert kept.domain == new
    assert driven.read()["id"] == tenant.inside.id


def test_within_kommo(amo: Amo) -> None:
    """amocrm.com and kommo.com are one family: accounts went from the one to the other."""
    tenant, store = amo.tenant(zone="amocrm.com"), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    driven = amo.open(tenant, store=store)
    moved(tenant, zone="kommo.com")
    assert driven.read()["id"] == tenant.inside.id
    assert driven.do(lambda client: client.domain).endswith(".kommo.com")


def test_not_to_another_family(amo: Amo) -> None:
    """Nothing is sent to a host of the other company, whatever a lookup says."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    token = tenant.token()
    store.save(tenant.domain, token)
    driven = amo.open(tenant, store=store)
    old, new = moved(tenant, zone="kommo.com")
    with pytest.raises(OAuthError):
        driven.do(lambda client: client.renew())
    with pytest.raises(AmoError):
        driven.do(lambda client: client.look_up_domain())
    assert {asked.host for asked in tenant.server.asked} <= {old, "www.amocrm.ru"}
    assert new not in str(tenant.asked())
    kept = store.load(old)
    assert kept == token
    assert kept.renewing_since is None


@pytest.mark.parametrize("home", ["evil.com", "amocrm.ru.evil.com", "x.kommo.com", "a/b.amocrm.ru"])
def test_a_token_that_names_a_foreign_home(amo: Amo, home: str) -> None:
    """The claim `api_domain` is checked before anything is sent there."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    token = tenant.token(api_domain=home)
    store.save(tenant.domain, token)
    driven = amo.open(tenant, store=store)
    moved(tenant)
    with pytest.raises(AmoError):
        driven.do(lambda client: client.renew())
    assert {asked.host for asked in tenant.server.asked} == {store.accounts()[0]}


def test_back_to_the_first_name(amo: Amo) -> None:
    """A circle of moves in the store leads to the newest tokens, not round and round."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    first = tenant.inside.subdomain
    store.save(tenant.domain, tenant.token())
    driven = amo.open(tenant, store=store)
    old, new = moved(tenant)
    driven.read()
    tenant.server.clock.advance(90_000)
    tenant.control("move", subdomain=first)
    driven.read()
    assert driven.do(lambda client: client.domain) == old
    for name in (old, new):
        again = amo.open(name, integration=tenant.integration, store=store)
        tenant.asked()
        assert again.read()["id"] == tenant.inside.id
        assert tenant.asked() == [f"GET {old}{READ} 200"]


def test_a_stored_domain_outside_the_family(amo: Amo) -> None:
    """Whoever can write to the store cannot send the tokens elsewhere."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    for domain in ("evil.com", "x.kommo.com"):
        store.save(
            tenant.domain, Token(access_token="canary", refresh_token="canary", domain=domain)
        )
        with pytest.raises(AmoError) as caught:
            amo.open(tenant, store=store).read()
        assert "canary" not in str(caught.value)
    assert tenant.asked() == []
