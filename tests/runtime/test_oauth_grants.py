"""Access that a person or a key grants: codes, long-lived tokens, API keys; ru, com and kommo."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from amocrm_gen.runtime.errors import (
    ConfigurationError,
    Forbidden,
    OAuthError,
    RateLimited,
    ReauthorisationRequired,
    Unauthorized,
)
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.amo import TOKEN_PATH, Amo

ZONES = ["amocrm.ru", "amocrm.com", "kommo.com"]


@pytest.mark.parametrize("zone", ZONES)
def test_from_the_page_of_consent_to_a_call(amo: Amo, zone: str) -> None:
    """A person agrees, the code comes back with state and referer, and the client works."""
    tenant, store = amo.tenant(zone=zone), MemoryTokenStore()
    driven = amo.open(tenant, store=store)
    page = driven.do(lambda client: client.authorization_url(state="s 1", mode="post_message"))
    assert page.startswith(f"https://www.{zone}/oauth?")
    told = amo.allow(page, tenant)
    assert told["state"] == "s 1"
    tenant.asked()
    token = driven.do(lambda client: client.authorize(told["code"], referer=told["referer"]))
    assert driven.read()["subdomain"] == tenant.inside.subdomain
    assert store.load(tenant.domain) == token
    assert token.expires_at - token.issued_at == timedelta(days=1)
    assert tenant.asked() == [
        f"POST {tenant.domain}{TOKEN_PATH} 200",
        f"GET {tenant.domain}/api/v4/account 200",
    ]


def test_an_install_of_an_account_that_was_not_known(amo: Amo) -> None:
    """Whoever installs names his account by the referer: that is all a marketplace app has."""
    tenant, store = amo.tenant(zone="kommo.com"), MemoryTokenStore()
    driven = amo.open(tenant.domain, integration=tenant.integration, store=store)
    driven.do(lambda client: client.authorize(tenant.code(), referer=tenant.domain))
    assert store.accounts() == [tenant.domain]
    assert driven.read()["id"] == tenant.inside.id


REFERERS = [
    "evil.com",
    "amocrm.ru.evil.com",
    "evil.com/.amocrm.ru",
    "evil.com#x.amocrm.ru",
    "evil@x.amocrm.ru",
    "x.amocrm.ru:8443",
    "x.kommo.com",
    "www.amocrm.ru",
    "amocrm.ru",
    "",
    "127.0.0.1",
]


@pytest.mark.parametrize("referer", REFERERS)
def test_a_referer_that_is_not_of_the_family(amo: Amo, referer: str) -> None:
    """Neither the code nor the client's secret is sent to a host that is not amoCRM's."""
    tenant = amo.tenant()
    driven = amo.open(tenant)
    with pytest.raises(ConfigurationError):
        driven.do(lambda client: client.authorize(tenant.code(), referer=referer))
    assert tenant.asked() == []


def other_client(integration: Integration) -> Integration:
    """Return an integration that nobody knows."""
    return evolve(integration, client_id="00000000-0000-4000-8000-000000000000")


CODES: dict[str, tuple[str, dict[str, str], str | None, int]] = {
    "used": ("used", {}, "Authorization code has been revoked", 400),
    "garbage": ("garbage", {}, "Cannot decrypt the authorization code", 400),
    "old": ("old", {}, "Authorization code has expired", 400),
    "foreign": ("foreign", {}, "Authorization code was not issued to this client", 400),
    "elsewhere": ("elsewhere", {}, "Invalid account", 400),
    "redirect": (
        "good",
        {"redirect_uri": "https://x"},
        "Redirect URI is not associated with client",
        400,
    ),
    "secret": ("good", {"client_secret": "canary-wrong"}, None, 401),
    "client": ("good", {"client_id": "nobody"}, None, 401),
}


@pytest.mark.parametrize("case", CODES)
def test_a_code_that_is_refused(amo: Amo, case: str) -> None:
    """The hint is told, with what to do; the code and the secret are not."""
    kind, changes, hint, status = CODES[case]
    tenant, other = amo.tenant(), amo.tenant()
    code = {
        "garbage": "canary-garbage",
        "foreign": other.code(),
        "elsewhere": tenant.code(),
    }.get(kind, tenant.code())
    place = amo.tenant() if kind == "elsewhere" else tenant
    driven = amo.open(place, integration=evolve(tenant.integration, **changes))
    if kind == "used":
        driven.do(lambda client: client.authorize(code))
    if kind == "old":
        tenant.server.clock.advance(20 * 60)
    with pytest.raises(OAuthError) as caught:
        driven.do(lambda client: client.authorize(code))
    error = caught.value
    assert (error.hint, error.status) == (hint, status)
    assert not isinstance(error, ReauthorisationRequired)
    assert "20 minutes" in error.what_to_do
    shown = f"{error} {error!r} {vars(error)}"
    for secret in (code, tenant.integration.client_secret, "canary"):
        assert secret not in shown


def test_a_wrong_secret_leaves_the_code_good(amo: Amo) -> None:
    """After a mistake in the configuration the same code can be used."""
    tenant = amo.tenant()
    code = tenant.code()
    wrong = evolve(tenant.integration, client_secret="wrong")
    with pytest.raises(OAuthError):
        amo.open(tenant, integration=wrong).do(lambda client: client.authorize(code))
    amo.open(tenant).do(lambda client: client.authorize(code))


def test_a_long_lived_token(amo: Amo) -> None:
    """It works without a store, tells how long, cannot be renewed, and 401 ends it."""
    tenant = amo.tenant()
    text = tenant.long_lived(365)
    driven = amo.open(tenant, token=text)
    assert driven.read()["id"] == tenant.inside.id
    ahead = tenant.server.clock.now() - datetime.now(UTC).timestamp()
    left = driven.do(lambda client: client.days_left())
    assert left - ahead / 86_400 == pytest.approx(365, abs=0.01)
    with pytest.raises(OAuthError, match="cannot be renewed"):
        driven.do(lambda client: client.renew())
    tenant.control("revoke", token=text)
    tenant.asked()
    with pytest.raises(Unauthorized):
        driven.read()
    assert tenant.asked() == [f"GET {tenant.domain}/api/v4/account 401"]


def test_an_api_key_for_a_code(amo: Amo) -> None:
    """The key brings a code to the redirect URI; wrong ones and impatience are typed errors."""
    tenant = amo.tenant()
    login = ApiKeyLogin(login="admin@example.com", api_key="canary-api-key")
    wrong = evolve(login, api_key="canary-wrong")
    driven = amo.open(tenant)
    with pytest.raises(Forbidden) as refused:
        driven.do(lambda client: client.exchange_api_key(wrong))
    assert driven.do(lambda client: client.exchange_api_key(login, state="s")) is None
    sent = tenant.server.world.outbox.log[-1].url
    assert "from_exchange=1" in sent
    assert "state=s" in sent
    code = sent.partition("code=")[2].partition("&")[0]
    driven.do(lambda client: client.authorize(code))
    assert driven.read()["id"] == tenant.inside.id
    with pytest.raises(RateLimited) as limited:
        driven.do(lambda client: client.exchange_api_key(login))
    for error in (refused.value, limited.value):
        assert "canary" not in f"{error} {error!r} {vars(error)}"


def login_of(**changes: str) -> ApiKeyLogin:
    """Return the login of every tenant's admin."""
    return ApiKeyLogin(**{"login": "admin@example.com", "api_key": "canary-api-key", **changes})


def test_a_login_of_the_old_api(amo: Amo) -> None:
    """The first call logs in; its cookies serve all that share the store, until they are over."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    login = login_of()
    driven = amo.open(tenant, login=login, store=store)
    driven.at_once(4)
    headers = tenant.server.asked_for("/api/v4/account")[0].request.headers
    assert "session_id=" in headers["cookie"]
    assert "authorization" not in headers
    assert amo.open(tenant, login=login, store=store).read()["id"] == tenant.inside.id
    auth = [line for line in tenant.asked() if "auth.php" in line]
    assert auth == [f"POST {tenant.domain}/private/api/auth.php 200"]
    tenant.server.clock.advance(901)
    driven.at_once(4)
    told = tenant.asked()
    assert [line for line in told if "auth.php" in line] == auth
    assert store.accounts() == []
    assert store.load(f"{tenant.domain}/login") is not None


def test_a_session_that_is_nearly_over(amo: Amo) -> None:
    """After fifteen minutes by the own clock the login comes before the call, not after a 401."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    amo.open(tenant, login=login_of(), store=store).read()
    kept = store.load(f"{tenant.domain}/login")
    assert kept is not None
    assert kept.expires_at is not None
    assert kept.issued_at is not None
    past = timedelta(seconds=850)
    aged = evolve(kept, expires_at=kept.expires_at - past, issued_at=kept.issued_at - past)
    store.save(f"{tenant.domain}/login", aged)
    tenant.asked()
    amo.open(tenant, login=login_of(), store=store).read()
    assert [line.rpartition(" ")[2] for line in tenant.asked()] == ["200", "200"]


def test_a_login_and_a_grant_share_a_store(amo: Amo) -> None:
    """A session does not take the place of tokens, which could not be had back."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    amo.open(tenant, login=login_of(), store=store).read()
    kept = store.load(tenant.domain)
    assert kept is not None
    assert kept.refresh_token is not None
    amo.open(tenant, store=store).read()


@pytest.mark.parametrize("wrong", [{"api_key": "canary-wrong"}, {"login": "nobody@example.com"}])
def test_a_login_that_is_refused(amo: Amo, wrong: dict[str, str]) -> None:
    """AmoCRM's own words are told, once, and the key is not."""
    tenant = amo.tenant()
    driven = amo.open(tenant, login=login_of(**wrong))
    with pytest.raises(Unauthorized, match="Неверный логин или пароль") as caught:
        driven.read()
    assert tenant.asked() == [f"POST {tenant.domain}/private/api/auth.php 401"]
    assert "canary" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert "API key" in caught.value.what_to_do


def test_a_login_whose_sessions_are_refused(amo: Amo) -> None:
    """A new session that is refused as well is an error, not a reason for a third one."""
    tenant = amo.tenant()
    amo.fail(path="/api/v4/account", status=401)
    with pytest.raises(Unauthorized):
        amo.open(tenant, login=login_of()).read()
    assert len(tenant.asked()) == 4


@pytest.mark.parametrize("more", [{"token": "x"}, {"integration": True}])
def test_a_login_besides_something_else(amo: Amo, more: dict[str, Any]) -> None:
    """One client is one way in."""
    tenant = amo.tenant()
    given = {name: tenant.integration if name == "integration" else "x" for name in more}
    with pytest.raises(ConfigurationError, match="login"):
        amo.open(tenant, login=login_of(), **given)


def test_a_store_of_another_integration(amo: Amo) -> None:
    """Its refresh token is not shown to this one; a grant to this one takes the place."""
    tenant, other, store = amo.tenant(), amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    driven = amo.open(tenant, integration=other.integration, store=store)
    with pytest.raises(OAuthError, match="another integration") as caught:
        driven.read()
    assert tenant.asked() == []
    assert other.integration.client_id in caught.value.what_to_do
    store.save(tenant.domain, other.token())
    driven = amo.open(tenant, store=store)
    driven.do(lambda client: client.authorize(tenant.code()))
    assert driven.read()["id"] == tenant.inside.id


def old(token: Token, days: float) -> Token:
    """Return a token as if it had been issued so many days ago."""
    then = datetime.now(UTC) - timedelta(days=days)
    return evolve(token, issued_at=then, expires_at=then + timedelta(days=1))


@pytest.mark.parametrize(("days", "warned"), [(1, False), (59.9, False), (60.1, True), (89, True)])
def test_a_refresh_token_that_nobody_uses(
    amo: Amo, days: float, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """From the sixtieth day on there is a warning, and a call tells how many days are left."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, old(tenant.token(), days))
    driven = amo.open(tenant, store=store)
    assert driven.do(lambda client: client.days_left()) == pytest.approx(90 - days, abs=0.01)
    assert ("unused for 90 days they die" in caplog.text) is warned
    assert tenant.asked() == []
    driven.do(lambda client: client.renew())
    assert driven.do(lambda client: client.days_left()) == pytest.approx(90, abs=0.01)


def test_a_token_that_does_not_tell_its_age(amo: Amo) -> None:
    """Nothing is said about what is not known."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, Token(access_token="x", refresh_token="y"))
    driven = amo.open(tenant, store=store)
    assert driven.do(lambda client: client.days_left()) is None


def test_without_anything_the_error_tells_how_to_begin(amo: Amo) -> None:
    """An empty store is an error that names the way to a token, for every question."""
    tenant = amo.tenant()
    driven = amo.open(tenant)
    for action in ("renew", "days_left", "look_up_domain"):
        with pytest.raises(OAuthError, match="authorization_url"):
            driven.do(lambda client, name=action: getattr(client, name)())
    assert tenant.asked() == []
