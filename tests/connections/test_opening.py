"""Clients of connections."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from amocrm_gen import Integration, Token
from amocrm_gen.connections import (
    ActionRequired,
    Book,
    ConnectionFault,
    NotConnected,
    UnknownConnection,
    connect,
    select,
    state_of,
)
from amocrm_gen.connections.pending import PendingLogin
from amocrm_mockserver.testing import MockAccount

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _connected(book: Book, account: MockAccount, *, refresh: bool = True) -> str:
    """Keep the account's connection and its token."""
    made = book.ensure(
        account.domain,
        base_url=account.base_url,
        integration=_integration(account) if refresh else None,
    )
    token = Token.read(account.token, account.refresh_token if refresh else None, made.domain)
    book.store_of(made).save(made.domain, token)
    return made.id


def _integration(account: MockAccount) -> Integration:
    return Integration(
        client_id=account.integration.client_id,
        client_secret=account.integration.client_secret,
        redirect_uri=account.integration.redirect_uri,
    )


@pytest.mark.parametrize("refresh", [True, False])
def test_a_script_opens_a_connection_by_any_name(
    book: Book, amocrm_account: MockAccount, *, refresh: bool
) -> None:
    """By its id, its domain, and as the default; with OAuth and with a long-lived token."""
    name = _connected(book, amocrm_account, refresh=refresh)
    for given in (name, amocrm_account.domain, None):
        with connect(given) as amo:
            assert amo.account.get().subdomain == amocrm_account.subdomain


def test_a_renewed_token_is_kept_for_all(book: Book, amocrm_account: MockAccount) -> None:
    """A script renews, and the next one has the new token without a request."""
    name = _connected(book, amocrm_account)
    with connect(name) as amo:
        renewed = amo.renew()
    kept = book.store_of(book.get(name)).load(amocrm_account.domain)
    assert kept == renewed


def test_the_environment_is_a_connection(
    book: Book, amocrm_account: MockAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With AMOCRM_ACCOUNT and AMOCRM_TOKEN no file is read or written."""
    monkeypatch.setenv("AMOCRM_ACCOUNT", amocrm_account.domain)
    monkeypatch.setenv("AMOCRM_TOKEN", amocrm_account.token)
    monkeypatch.setenv("AMOCRM_BASE_URL", amocrm_account.base_url)
    with connect() as amo:
        assert amo.account.get().subdomain == amocrm_account.subdomain
    assert state_of(select()).is_ready
    assert not book.folder.exists()
    with pytest.raises(UnknownConnection):
        connect("another")
    monkeypatch.delenv("AMOCRM_ACCOUNT")
    with pytest.raises(ConnectionFault, match="AMOCRM_ACCOUNT"):
        connect()


def test_an_account_of_the_environment_selects(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """AMOCRM_ACCOUNT alone names a connection; an argument wins over it."""
    first, second = book.ensure("first"), book.ensure("second")
    monkeypatch.setenv("AMOCRM_ACCOUNT", "second")
    assert select() == second
    assert select("first") == first


def test_nothing_connected_says_what_to_do(book: Book) -> None:
    """Each way to begin is in the error, which can be pickled."""
    with pytest.raises(NotConnected, match="amocrm login --mock") as caught:
        connect()
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    book.ensure("example")
    with pytest.raises(ActionRequired, match="amocrm login example"):
        connect()
    with pytest.raises(UnknownConnection) as unknown:
        connect("exmple")
    copy = pickle.loads(pickle.dumps(unknown.value))
    assert copy.candidates == ("example",)


def test_a_connection_without_anything_is_a_configuration_error(book: Book) -> None:
    """Neither a token nor credentials: a person has to give some."""
    state = state_of(book.ensure("example"))
    assert state.state == "CONFIGURATION_ERROR"
    assert state.client_action is not None
    assert state.client_action.type == "provide-input"
    assert "--token -" in state.client_action.agent_instructions


def test_a_connection_with_credentials_wants_a_person(
    book: Book, amocrm_account: MockAccount
) -> None:
    """Credentials without a token: access is to be granted, at the page of a pending login."""
    made = book.ensure("example", integration=_integration(amocrm_account))
    state = state_of(made)
    assert (state.state, state.is_ready) == ("CLIENT_ACTION_REQUIRED", False)
    login = PendingLogin(
        connector=made.connector, integration=_integration(amocrm_account), account=made.domain
    )
    book.logins.add(login)
    pending = state_of(made).client_action
    assert pending is not None
    assert pending.ui_url == login.url
    assert login.url.startswith("https://www.amocrm.ru/oauth?client_id=")
    assert "login complete" in pending.agent_instructions
    assert set(pending.plain()) == {"type", "description", "uiUrl", "agentInstructions"}


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        (
            Token(access_token="t", refresh_token="r", issued_at=_NOW - timedelta(days=91)),
            "three months",
        ),
        (Token(access_token="t", expires_at=_NOW - timedelta(days=1)), "2025-12-31"),
    ],
)
def test_a_dead_token_wants_a_person(
    book: Book, amocrm_account: MockAccount, token: Token, problem: str
) -> None:
    """What is too old by its own dates is not shown to anybody as ready."""
    made = book.ensure("example", integration=_integration(amocrm_account))
    book.store_of(made).save(made.domain, token)
    state = state_of(made, now=_NOW)
    assert state.state == "CLIENT_ACTION_REQUIRED"
    assert problem in (state.problem or "")
    assert state.client_action is not None
    assert state.client_action.type == "reconnect"


def test_an_expired_access_token_is_ready(book: Book, amocrm_account: MockAccount) -> None:
    """The refresh token renews it."""
    made = book.ensure("example", integration=_integration(amocrm_account))
    token = Token(
        access_token="t", refresh_token="r", issued_at=_NOW, expires_at=_NOW + timedelta(days=1)
    )
    book.store_of(made).save(made.domain, token)
    assert state_of(made, now=_NOW + timedelta(days=80)).is_ready


def test_a_token_of_another_integration_is_a_configuration_error(
    book: Book, amocrm_account: MockAccount
) -> None:
    """It would be refused at the next renewal."""
    name = _connected(book, amocrm_account)
    other = _integration(amocrm_account)
    made = book.ensure(
        amocrm_account.domain,
        base_url=amocrm_account.base_url,
        integration=evolve(other, client_id="another"),
    )
    assert made.id == name
    state = state_of(made)
    assert state.state == "CONFIGURATION_ERROR"
    assert "another integration" in (state.problem or "")


def test_a_damaged_token_file_is_a_configuration_error(
    book: Book, amocrm_account: MockAccount
) -> None:
    """It is told by its place; nothing of its content is."""
    name = _connected(book, amocrm_account)
    made = book.get(name)
    place = book.store_of(made).path
    place.write_text(f'{{"{amocrm_account.token}')
    state = state_of(made)
    assert state.state == "CONFIGURATION_ERROR"
    assert str(place) in (state.problem or "")
    assert amocrm_account.token not in (state.problem or "")
