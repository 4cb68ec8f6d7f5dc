"""Rows 1 to 20: logging in, tokens, accounts and their names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from php_crowd import crowd
from php_stage import KEY, MAIL, TOKEN_PATH, Messages, Place, Tenant, sent

from amocrm_gen import (
    ApiKeyLogin,
    ConfigurationError,
    OAuthError,
    PhpTokenStore,
    ReauthorisationRequired,
    Token,
    TokenStore,
    Unauthorized,
)
from amocrm_gen.legacy import Settings, full_domain
from amocrm_gen.objects import Lead

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ["client_id", "client_secret", "redirect_uri", "access_token", "refresh_token"]
DAY = 86_400
LOGIN_PATH = "/private/api/auth.php"


def store_in(folder: Path, tenant: Tenant) -> PhpTokenStore:
    """Return a folder of the PHP library in which the account is logged in."""
    store = PhpTokenStore(folder / "tokens", tenant.integration)
    store.save(tenant.domain, tenant.token())
    return PhpTokenStore(folder / "tokens")


def content_of(folder: Path, tenant: Tenant) -> dict[str, str]:
    """Return what the account's file holds."""
    found: dict[str, str] = json.loads((folder / "tokens" / f"{tenant.domain}.json").read_text())
    return found


def test_a01_first_login_by_code(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """The five keys are stored; a code works once."""
    code = tenant.code()
    accounts = place.accounts(store=PhpTokenStore(tmp_path / "tokens", tenant.integration))
    amo = accounts.log_in(tenant.domain, tenant.integration, code=code)
    assert amo.account.get().id == tenant.inside.id
    held = content_of(tmp_path, tenant)
    assert list(held) == KEYS
    assert held["client_id"] == tenant.integration.client_id
    with pytest.raises(OAuthError):
        accounts.log_in(tenant.domain, tenant.integration, code=code)


def test_a02_later_login_by_subdomain_only(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """Nothing is sent; id, secret and redirect come from the file."""
    accounts = place.accounts(store=store_in(tmp_path, tenant))
    place.asked()
    amo = accounts.log_in(tenant.inside.subdomain)
    assert place.asked() == []
    place.server.clock.advance(DAY + 1)
    assert amo.account.get().id == tenant.inside.id
    [renewal] = place.server.asked_for(TOKEN_PATH)
    assert sent(renewal.request)["client_id"] == tenant.integration.client_id


def test_a03_login_without_stored_tokens(place: Place, tmp_path: Path) -> None:
    """The error says what to do, and nothing is sent."""
    accounts = place.accounts(store=PhpTokenStore(tmp_path))
    with pytest.raises(ConfigurationError, match=r"no tokens of nobody\.amocrm\.ru"):
        accounts.log_in("nobody")
    assert place.asked() == []


@pytest.mark.parametrize("key", KEYS)
def test_a04_incomplete_token_set(key: str, place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """The error names what is missing, and only that."""
    store = store_in(tmp_path, tenant)
    held = content_of(tmp_path, tenant)
    (tmp_path / "tokens" / f"{tenant.domain}.json").write_text(json.dumps({**held, key: ""}))
    with pytest.raises(ConfigurationError, match=rf"lacks {key}\b") as caught:
        place.accounts(store=store).log_in(tenant.domain)
    assert not [other for other in KEYS if other != key and other in str(caught.value)]


def test_a05_refresh_on_401(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """The caller gets the answer, the file holds a new pair."""
    amo = place.accounts(store=store_in(tmp_path, tenant)).log_in(tenant.domain)
    before = content_of(tmp_path, tenant)
    place.server.clock.advance(DAY + 1)
    assert amo.v2.account.get().id == tenant.inside.id
    after = content_of(tmp_path, tenant)
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


def test_a06_repeat_after_refresh(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """A write that a 401 interrupts is done once."""
    amo = place.accounts(store=store_in(tmp_path, tenant)).log_in(tenant.domain)
    place.server.clock.advance(DAY + 1)
    number = Lead(amo, name="once").save()
    assert [lead.id for lead in amo.leads.find()] == [number]
    posts = [asked.status for asked in place.server.asked_for("/api/v2/leads")]
    assert posts == [401, 200]


def test_a07_refresh_refused(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """An error without a loop; a later login in this process works again."""
    store = store_in(tmp_path, tenant)
    accounts = place.accounts(store=store)
    amo = accounts.log_in(tenant.domain)
    place.server.clock.advance(DAY * 120)
    place.asked()
    with pytest.raises(ReauthorisationRequired) as caught:
        amo.account.get()
    assert caught.value.status in {400, 401}
    assert [asked.path for asked in place.asked()].count(TOKEN_PATH) == 1
    again = accounts.log_in(tenant.domain, code=tenant.code())
    assert again.account.get().id == tenant.inside.id
    place.server.clock.advance(DAY + 1)
    assert again.account.get().id == tenant.inside.id


@pytest.mark.processes
def test_a08_parallel_refresh(tmp_path: Path) -> None:
    """Two processes with one stale token go on; the token is renewed once."""
    with crowd(tmp_path) as shared:
        workers = [shared.start(), shared.start()]
        for worker in workers:
            worker.tell("read")
            assert worker.hear() == shared.inside.id
        shared.server.clock.advance(DAY + 1)
        for worker in workers:
            worker.tell("read")
        assert [worker.hear() for worker in workers] == [shared.inside.id] * 2
        assert [asked.status for asked in shared.server.asked_for(TOKEN_PATH)] == [200]


def test_a09_file_token_storage(tenant: Tenant, tmp_path: Path) -> None:
    """One file for each domain, the folder is made."""
    store = PhpTokenStore(tmp_path / "deep" / "tokens", tenant.integration)
    store.save(tenant.domain, tenant.token())
    text = (tmp_path / "deep" / "tokens" / f"{tenant.domain}.json").read_text()
    assert list(json.loads(text)) == KEYS


def test_a10_reads_the_files_of_php(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """A file that PHP has written loads; one of ours is what PHP would write, byte for byte."""
    token = tenant.token()
    values = (
        tenant.integration.client_id,
        str(tenant.integration.client_secret),
        tenant.integration.redirect_uri.replace("/", "\\/"),
        str(token.access_token),
        str(token.refresh_token),
    )
    lines = ",\n".join(f'    "{key}": "{value}"' for key, value in zip(KEYS, values, strict=True))
    file = tmp_path / f"{tenant.domain}.json"
    file.write_text(f"{{\n{lines}\n}}")
    amo = place.accounts(store=PhpTokenStore(tmp_path)).log_in(tenant.domain)
    assert amo.account.get().id == tenant.inside.id
    before = file.read_bytes()
    store = PhpTokenStore(tmp_path / "ours", tenant.integration)
    store.save(tenant.domain, token)
    assert (tmp_path / "ours" / f"{tenant.domain}.json").read_bytes() == before


def test_a11_storage_errors(tenant: Tenant, tmp_path: Path) -> None:
    """Broken JSON, and a folder that cannot be written, are errors of the settings."""
    (tmp_path / f"{tenant.domain}.json").write_text("{")
    with pytest.raises(ConfigurationError):
        PhpTokenStore(tmp_path).load(tenant.domain)
    (tmp_path / "file").write_text("")
    with pytest.raises((ConfigurationError, OSError)):
        PhpTokenStore(tmp_path / "file" / "tokens", tenant.integration).save(
            tenant.domain, tenant.token()
        )


def test_a12_pluggable_storage(place: Place, tenant: Tenant) -> None:
    """Any object with three methods will do."""

    class Own:
        def __init__(self) -> None:
            self.held: dict[str, Token] = {}

        def load(self, account: str) -> Token | None:
            return self.held.get(account)

        def save(self, account: str, token: Token) -> None:
            self.held[account] = token

        def delete(self, account: str) -> None:
            del self.held[account]

    own = Own()
    store: TokenStore = own
    accounts = place.accounts(store=store)
    accounts.log_in(tenant.domain, tenant.integration, code=tenant.code())
    first = own.held[tenant.domain]
    amo = place.accounts(store=store).log_in(tenant.domain, tenant.integration)
    place.server.clock.advance(DAY + 1)
    assert amo.account.get().id == tenant.inside.id
    assert own.held[tenant.domain].access_token != first.access_token


def test_a13_is_a_first_login_needed(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """Until the first one."""
    store = PhpTokenStore(tmp_path, tenant.integration)
    accounts = place.accounts(store=store)
    assert (store.has_tokens(tenant.domain), accounts.has_tokens(tenant.domain)) == (False, False)
    accounts.log_in(tenant.domain, tenant.integration, code=tenant.code())
    assert (store.has_tokens(tenant.domain), accounts.has_tokens(tenant.domain)) == (True, True)
    assert accounts.has_tokens(tenant.inside.subdomain)


def test_a14_account_domain_info(tenant: Tenant) -> None:
    """By the token."""
    with tenant.client() as amo:
        found = amo.request("GET", "/oauth2/account/subdomain")
        assert isinstance(found, dict)
        assert found["id"] == tenant.inside.id
        assert found["domain"] == tenant.domain == amo.look_up_domain()
        assert found["subdomain"] == tenant.inside.subdomain


def test_a15_api_key_login(place: Place) -> None:
    """Each account has a session of its own."""
    one, two = place.tenant(), place.tenant()
    accounts = place.accounts()
    first = accounts.log_in_by_key(one.domain, MAIL, KEY)
    second = accounts.log_in_by_key(two.domain, MAIL, KEY)
    assert first.v2.account.get().id == one.inside.id
    assert second.v2.account.get().id == two.inside.id
    cookies = {
        asked.host: asked.request.headers["cookie"]
        for asked in place.server.asked_for("/api/v2/account")
    }
    assert len(set(cookies.values())) == 2
    with pytest.raises(Unauthorized):
        accounts.log_in_by_key(one.domain, MAIL, "wrong-key")


def test_a16_api_key_login_again(place: Place, tenant: Tenant) -> None:
    """A session that is lost is opened once more; who is refused for ever does not go on."""
    amo = tenant.client(login=ApiKeyLogin(login=MAIL, api_key=KEY))
    Lead(amo, name="one").save()
    place.server.clock.advance(20 * 60)
    place.asked()
    Lead(amo, name="two").save()
    assert [asked.path for asked in place.asked()].count(LOGIN_PATH) == 1
    assert sorted(lead.name for lead in amo.v2.leads.find()) == ["one", "two"]
    place.fail(path="/api/v2/*", status=401)
    place.asked()
    with pytest.raises(Unauthorized):
        amo.v2.account.get()
    assert [asked.path for asked in place.asked()].count(LOGIN_PATH) <= 3


@pytest.mark.parametrize("attempts", [0, 1, 3])
def test_a16_so_many_attempts(attempts: int, place: Place, tenant: Tenant) -> None:
    """`$reAuthAttempts`: a call logs in again so often, and no oftener; a write is done once."""
    accounts = place.accounts(login_attempts=attempts)
    amo = accounts.log_in_by_key(tenant.domain, MAIL, KEY)
    place.asked()
    if attempts:
        place.fail(path="/api/v2/leads", status=401, times=attempts)
    number = Lead(amo, name="once").save()
    told = [asked.path for asked in place.asked()]
    assert told == [*["/api/v2/leads", LOGIN_PATH] * attempts, "/api/v2/leads"]
    assert [lead.id for lead in amo.v2.leads.find()] == [number]
    place.fail(path="/api/v2/leads", status=401, times=attempts + 1)
    place.asked()
    with pytest.raises(Unauthorized):
        Lead(amo, name="never").save()
    assert [asked.path for asked in place.asked()].count(LOGIN_PATH) == attempts


def test_a16_the_new_login_is_told(place: Place, tenant: Tenant) -> None:
    """As the PHP library tells of it; the first one is none."""
    messages = Messages()
    amo = place.accounts(debug=messages).log_in_by_key(tenant.domain, MAIL, KEY)
    told = [text.split("\n")[1] for text in messages.all]
    assert not [text for text in told if "RE AUTH" in text]
    place.fail(path="/api/v2/account", status=401, times=1)
    amo.v2.account.get()
    again = [text.split("\n")[1] for text in messages.all[len(told) :]]
    assert [text for text in again if "RE AUTH" in text] == [
        next(text for text in again if text.endswith(" RE AUTH (0s)"))
    ]
    assert KEY not in "".join(messages.all)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attempts", -1),
        ("attempts", 1.5),
        ("attempts", True),
        ("attempts", "3"),
        ("pause", -0.1),
        ("pause", float("nan")),
        ("pause", "5"),
        ("pause", None),
    ],
)
def test_a16_bad_settings(name: str, value: Any) -> None:
    """What is no number of attempts and no time is refused by its name."""
    given: Any = {name: value}
    with pytest.raises(ConfigurationError, match=rf"^{name} is "):
        ApiKeyLogin(login=MAIL, api_key=KEY, **given)
    given = {f"login_{name}": value}
    with pytest.raises(ConfigurationError, match=rf"^login_{name} is "):
        Settings(**given)


def test_a17_several_accounts(place: Place) -> None:
    """Each call reaches the account that is named; the last one is the default."""
    one, two = place.tenant(), place.tenant()
    accounts = place.accounts()
    accounts.log_in_by_key(one.domain, MAIL, KEY)
    accounts.log_in_by_key(two.domain, MAIL, KEY)
    assert accounts[one.domain].v2.account.get().id == one.inside.id
    assert accounts[two.inside.subdomain].v2.account.get().id == two.inside.id
    assert accounts.get().v2.account.get().id == two.inside.id
    place.asked()
    Lead(accounts[one.domain], name="of one").save()
    [asked] = place.asked()
    assert asked.host == one.domain


def test_a18_unknown_account(place: Place) -> None:
    """An error, and nothing is sent."""
    accounts = place.accounts()
    with pytest.raises(ConfigurationError, match="not logged in"):
        accounts["nobody"]
    with pytest.raises(ConfigurationError, match="no account"):
        accounts.get()
    assert place.asked() == []


def test_a19_subdomain_or_domain(place: Place) -> None:
    """All forms give the host; the zone is a setting."""
    for zone in ("amocrm.ru", "amocrm.com"):
        tenant = place.tenant(zone=zone)
        for name in (tenant.inside.subdomain, tenant.domain):
            place.asked()
            amo = place.accounts(zone=zone).log_in_by_key(name, MAIL, KEY)
            assert {asked.host for asked in place.asked()} == {tenant.domain} == {amo.domain}


def test_a20_domain_helper() -> None:
    """A short name becomes a domain, a domain stays."""
    assert full_domain("example") == "example.amocrm.ru"
    assert full_domain("example", zone="amocrm.com") == "example.amocrm.com"
    assert full_domain("example.amocrm.com") == "example.amocrm.com"
    with pytest.raises(ConfigurationError):
        full_domain("example.com")
