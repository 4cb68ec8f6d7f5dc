"""The end of a login: what is taken, what is refused, and what is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3
from attrs import evolve

from amocrm_gen import FileTokenStore, Integration, Token
from amocrm_gen.connections import Book, connect, connector_of, state_of
from amocrm_gen.connections.errors import LoginError
from amocrm_gen.connections.granting import accept_token, finish
from amocrm_gen.connections.pending import PENDING_LIFE, PendingLogin, PendingLogins
from amocrm_gen.connections.redirect import Redirect, loopback_port
from amocrm_mockserver.testing import MockAccount

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _login(at: MockAccount, /, **changes: Any) -> PendingLogin:  # Any: of whichever attribute
    integration = Integration(
        client_id=at.integration.client_id,
        client_secret=at.integration.client_secret,
        redirect_uri=at.integration.redirect_uri,
    )
    login = PendingLogin(
        connector=connector_of("mock"),
        integration=integration,
        account=at.domain,
        base_url=at.base_url,
    )
    return evolve(login, **changes)


def _consent(login: PendingLogin, account: MockAccount, decision: str = "allow") -> str:
    """Grant access on the mock server's own page; return where the browser is sent."""
    page = urllib3.request("GET", login.url)
    assert page.status == 200
    asked = parse_qs(urlsplit(login.url).query)
    fields = {name: values[0] for name, values in asked.items()}
    fields |= {"decision": decision, "account": account.subdomain}
    answer = urllib3.request(
        "POST", f"{account.base_url}/oauth", body=urlencode(fields), headers=_FORM, redirect=False
    )
    return answer.headers["Location"]


def test_the_answer_of_the_consent_page_makes_a_connection(
    book: Book, amocrm_account: MockAccount
) -> None:
    """The address is read, its code exchanged, and the tokens renew themselves."""
    login = _login(amocrm_account)
    redirect = Redirect.parse(_consent(login, amocrm_account))
    assert login.has_state(redirect.state or "")
    made = finish(book, login, redirect)
    assert made == book.get(amocrm_account.subdomain)
    assert state_of(made).is_ready
    with connect(made.id) as amo:
        assert amo.account.get().subdomain == amocrm_account.subdomain
        amo.renew()


def test_the_person_chooses_the_account(book: Book, amocrm_account: MockAccount) -> None:
    """Without a name the account is the one that granted access."""
    login = _login(amocrm_account, account=None)
    made = finish(book, login, Redirect.parse(_consent(login, amocrm_account)))
    assert made.domain == amocrm_account.domain


def test_logging_in_again_changes_in_place(book: Book, amocrm_account: MockAccount) -> None:
    """Its id stays, the token is another one."""
    login = _login(amocrm_account, connection_id="shop")
    first = finish(book, login, Redirect(code=amocrm_account.issue_code()))
    store = book.store_of(first)
    before = store.load(first.domain)
    again = finish(book, login, Redirect(code=amocrm_account.issue_code()))
    assert (again.id, again.created_at) == ("shop", first.created_at)
    assert store.load(first.domain) != before
    assert len(book.list()) == 1


def test_denial_is_told(book: Book, amocrm_account: MockAccount) -> None:
    """Who presses Deny connects nothing."""
    login = _login(amocrm_account)
    redirect = Redirect.parse(_consent(login, amocrm_account, "deny"))
    with pytest.raises(LoginError, match="access_denied") as caught:
        finish(book, login, redirect)
    assert caught.value.code == "login_denied"
    assert not book.list()


def test_each_refusal_of_a_code_has_its_own_name(book: Book, amocrm_account: MockAccount) -> None:
    """Garbage, used, expired, another redirect URI and a wrong secret are told apart."""
    login = _login(amocrm_account)
    used = amocrm_account.issue_code()
    finish(book, login, Redirect(code=used))
    kept = book.list(), book.store_of(book.list()[0]).load(amocrm_account.domain)
    integration = login.integration
    elsewhere = evolve(integration, redirect_uri="https://www.example.com/else/")
    secret = evolve(integration, client_secret="canary-of-a-wrong-secret")
    fresh = amocrm_account.issue_code
    cases = [
        (login, "canary-of-a-code", "login_code_wrong"),
        (login, used, "login_code_used"),
        (_login(amocrm_account, integration=elsewhere), fresh(), "login_redirect_uri_wrong"),
        (_login(amocrm_account, integration=secret), fresh(), "login_credentials_wrong"),
    ]
    for given, code, expected in cases:
        with pytest.raises(LoginError) as caught:
            finish(book, given, Redirect(code=code))
        assert caught.value.code == expected
        told = (
            f"{caught.value} {caught.value!r} {caught.value.__cause__} {caught.value.__context__}"
        )
        assert code not in told
        assert given.integration.client_secret not in told
    assert (book.list(), book.store_of(book.list()[0]).load(amocrm_account.domain)) == kept


def test_a_code_that_is_too_old_is_told(book: Book, amocrm_account: MockAccount) -> None:
    """After twenty minutes by the server's clock."""
    code = amocrm_account.issue_code()
    clock = amocrm_account.clock
    before = clock.setting
    clock.advance(21 * 60)
    try:
        with pytest.raises(LoginError) as caught:
            finish(book, _login(amocrm_account), Redirect(code=code))
    finally:
        clock.setting = before
    assert caught.value.code == "login_expired"


@pytest.mark.parametrize(
    ("asked", "connector", "referer"),
    [
        ("example.amocrm.ru", "amocrm-ru", "example.kommo.com"),
        (None, "kommo", "example.amocrm.ru"),
        (None, "amocrm-ru", "example.amocrm.ru.evil.com"),
        (None, "amocrm-ru", "evil.com"),
        ("example.amocrm.ru", "amocrm-ru", "another.amocrm.ru"),
    ],
)
def test_a_referer_of_another_family_gets_no_code(
    book: Book, amocrm_account: MockAccount, asked: str | None, connector: str, referer: str
) -> None:
    """The code and the secret are sent nowhere but to the company that was asked."""
    login = _login(amocrm_account, account=asked, connector=connector_of(connector), base_url=None)
    with pytest.raises(LoginError) as caught:
        finish(book, login, Redirect(code="c", state=login.state, referer=referer))
    assert caught.value.code == "login_other_account"


def test_a_code_alone_needs_a_named_account(book: Book, amocrm_account: MockAccount) -> None:
    """Nothing else tells where it can be exchanged."""
    login = _login(amocrm_account, account=None, connector=connector_of("amocrm-ru"), base_url=None)
    with pytest.raises(LoginError) as caught:
        finish(book, login, Redirect(code="c"))
    assert caught.value.code == "login_account_unknown"


def test_another_account_of_a_stand_in_is_refused(book: Book, amocrm_account: MockAccount) -> None:
    """Its address is the same for all accounts, so the token is asked."""
    login = _login(amocrm_account, account="quite-another.amocrm.ru")
    with pytest.raises(LoginError) as caught:
        finish(book, login, Redirect(code=amocrm_account.issue_code()))
    assert caught.value.code == "login_other_account"
    assert not book.list()


def test_a_long_lived_token_tells_its_account(book: Book, amocrm_account: MockAccount) -> None:
    """Nobody has to name the account; a second login keeps the id."""
    made = accept_token(book, f" {amocrm_account.token}\n", base_url=amocrm_account.base_url)
    assert made.domain == amocrm_account.domain
    assert made.integration is None
    with connect() as amo:
        assert amo.account.get().subdomain == amocrm_account.subdomain
    again = accept_token(
        book, amocrm_account.token, account=made.domain, base_url=amocrm_account.base_url
    )
    assert again == made


def test_a_long_lived_token_takes_the_place_of_an_integration(
    book: Book, amocrm_account: MockAccount
) -> None:
    """Credentials of the same integration stay, those of another one go."""
    login = _login(amocrm_account)
    made = finish(book, login, Redirect(code=amocrm_account.issue_code()))
    kept = accept_token(book, amocrm_account.token, base_url=amocrm_account.base_url)
    assert kept.integration == login.integration
    book.put(evolve(made, client_id="another"))
    changed = accept_token(book, amocrm_account.token, base_url=amocrm_account.base_url)
    assert changed.client_id == login.integration.client_id
    assert changed.integration is None
    assert state_of(changed).is_ready


@pytest.mark.parametrize("token", ["", "two words", "canary-of-a-token"])
def test_a_token_that_is_refused_is_not_kept(
    book: Book, amocrm_account: MockAccount, token: str
) -> None:
    """It is tried before anything is written."""
    with pytest.raises(LoginError) as caught:
        accept_token(book, token, account=amocrm_account.domain, base_url=amocrm_account.base_url)
    assert caught.value.code == "login_token_wrong"
    assert not token or token not in f"{caught.value}{caught.value!r}"
    assert not book.list()


def test_an_answer_finds_its_login(book: Book, amocrm_account: MockAccount) -> None:
    """By its state; a code alone goes to the newest, or to that of the named connection."""
    logins = book.logins
    shop = book.ensure(amocrm_account.domain, base_url=amocrm_account.base_url)
    first, second = _login(amocrm_account), _login(amocrm_account, account="b.amocrm.ru")
    logins.add(first)
    logins.add(second)
    assert logins.answered_by(Redirect(code="c", state=first.state), None) == first
    assert logins.answered_by(Redirect(code="c"), None) == second
    assert logins.answered_by(Redirect(code="c"), shop) == first
    logins.drop(second)
    assert logins.answered_by(Redirect(code="c"), None) == first
    with pytest.raises(LoginError) as caught:
        logins.answered_by(Redirect(code="c", state=second.state), None)
    assert caught.value.code == "login_state_mismatch"


def test_wrong_expired_and_unfinished_answers_are_told_apart(
    book: Book, amocrm_account: MockAccount
) -> None:
    """Each of them has a name of its own, and says what to do."""
    login = _login(amocrm_account)

    def told(redirect: Redirect, logins: PendingLogins) -> str:
        with pytest.raises(LoginError) as caught:
            logins.answered_by(redirect, None)
        assert caught.value.what_to_do
        return caught.value.code

    assert told(Redirect(code="c"), book.logins) == "login_not_started"
    book.logins.add(login)
    assert told(Redirect(code="c", state="another"), book.logins) == "login_state_mismatch"
    late = PendingLogins(book.folder, clock=lambda: login.started_at + PENDING_LIFE)
    assert told(Redirect(code="c", state=login.state), late) == "login_expired"
    assert told(Redirect(code="c"), late) == "login_expired"
    with pytest.raises(LoginError) as caught:
        Redirect.parse(login.url)
    assert caught.value.code == "login_unfinished"


def test_logins_are_remembered_for_a_day(book: Book, amocrm_account: MockAccount) -> None:
    """A newer one for the same account takes the place of an older one; old ones go."""
    old = _login(amocrm_account, started_at=datetime.now(UTC) - timedelta(days=2))
    book.logins.add(old)
    assert book.logins.all() == ()
    book.logins.add(_login(amocrm_account))
    newest = _login(amocrm_account)
    book.logins.add(newest)
    assert book.logins.all() == (newest,)
    assert book.logins.path.stat().st_mode & 0o777 == 0o600
    secrets = (newest.state, newest.integration.client_secret)
    assert not any(secret in f"{newest!r}{book.logins.all()!r}" for secret in secrets)


@pytest.mark.parametrize(
    "text", ["https://www.example.com/", "", "a b", "https://[", "x/y?state=1", "code=\n"]
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    """Nothing is sent for it."""
    with pytest.raises(LoginError) as caught:
        Redirect.parse(text)
    assert caught.value.code == "login_code_wrong"


def test_an_answer_is_read_in_each_of_its_forms() -> None:
    """The whole address, its query alone, the code alone."""
    whole = "https://www.example.com/oauth2/?code=def5&state=s&referer=example.amocrm.ru&platform=1"
    expected = Redirect(code="def5", state="s", referer="example.amocrm.ru")
    assert Redirect.parse(whole) == expected
    assert Redirect.parse(whole.partition("?")[2]) == expected
    assert Redirect.parse(" def5\n") == Redirect(code="def5")
    # An address that came without a state is no answer to a login that sent one.
    assert Redirect.parse("https://www.example.com/?code=def5").state == ""
    assert "def5" not in repr(expected)


@pytest.mark.parametrize(
    ("uri", "port"),
    [
        ("http://127.0.0.1:8910/", 8910),
        ("http://localhost/back", 80),
        ("http://[::1]:1234/", 1234),
        ("https://localhost:8910/", None),
        ("https://www.example.com/oauth2/", None),
        ("http://127.0.0.1.example.com:80/", None),
        ("http://127.0.0.1:99999/", None),
    ],
)
def test_only_plain_loopback_is_listened_at(uri: str, port: int | None) -> None:
    """No browser would trust a certificate of this machine."""
    assert loopback_port(uri) == port


def test_a_token_is_kept_under_its_own_domain(book: Book, amocrm_account: MockAccount) -> None:
    """The store names the account as the book does."""
    made = accept_token(book, amocrm_account.token, base_url=amocrm_account.base_url)
    kept = book.store_of(made).load(made.domain)
    assert isinstance(kept, Token)
    assert kept.domain == made.domain


@pytest.mark.parametrize("step", ["delete", "save"])
def test_a_login_that_is_cut_short_mixes_nothing(
    book: Book, amocrm_account: MockAccount, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A token never stands with another integration's credentials: it goes before those come."""
    login = _login(amocrm_account)
    made = finish(book, login, Redirect(code=amocrm_account.issue_code()))
    other = made.having(evolve(login.integration, client_id="another"))
    book.put(other)
    book.store_of(other).save(other.domain, Token(access_token="another"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    code = amocrm_account.issue_code()
    with monkeypatch.context() as patched:
        patched.setattr(FileTokenStore, step, die)
        with pytest.raises(KeyboardInterrupt):
            finish(book, login, Redirect(code=code))
    kept = book.store_of(other).load(other.domain)
    if step == "delete":
        assert book.get(made.id) == other
        assert kept == Token(access_token="another")
    else:
        assert book.get(made.id) == made
        assert kept is None
    finish(book, login, Redirect(code=amocrm_account.issue_code()))
    assert state_of(book.get(made.id)).is_ready
