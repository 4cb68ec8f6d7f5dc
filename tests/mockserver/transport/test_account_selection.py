"""Whose account a request is, and in whose name it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .asking import Asker

HOSTS_OF_NOBODY = [
    "127.0.0.1:8080",
    "[::1]:8080",
    "localhost",
    "www.amocrm.ru",
    "api-b.amocrm.ru",
    "drive-b.amocrm.ru",
    "acc1.kommo.com",
    "unknown.amocrm.ru",
    "example.org",
]


def account_seen(ask: Asker, token: str, host: str) -> object:
    """The id of the account that answers, or the status."""
    answer = ask("GET", "/api/v4/account", host=host, token=token)
    return answer.json["id"] if answer.status == 200 else answer.status


@pytest.fixture
def tokens(ask: Asker) -> tuple[str, str]:
    """A token of each account."""
    first = ask.log_in("code-1", host="127.0.0.1").json["access_token"]
    return first, ask.log_in("code-3", host="127.0.0.1").json["access_token"]


@pytest.mark.parametrize(
    "host", ["acc1.amocrm.ru", "ACC1.amocrm.ru:443", "acc1.amocrm.localhost:8443"]
)
def test_account_host(ask: Asker, tokens: tuple[str, str], host: str) -> None:
    """An account's host takes the tokens of that account only."""
    first, second = tokens
    assert account_seen(ask, first, host) == ask.server.world.accounts["acc1"].id
    assert account_seen(ask, second, host) == 401


@pytest.mark.parametrize("host", HOSTS_OF_NOBODY)
def test_other_host(ask: Asker, tokens: tuple[str, str], host: str) -> None:
    """At every other host the token says which account is meant."""
    accounts = ask.server.world.accounts
    assert [account_seen(ask, token, host) for token in tokens] == [
        accounts["acc1"].id,
        accounts["acc2"].id,
    ]


def test_ids_do_not_overlap(ask: Asker) -> None:
    """No user of one account has the id of a user of another."""
    accounts = ask.server.world.accounts.values()
    users = [set(account.users) for account in accounts]
    assert users[0].isdisjoint(users[1])
    assert len({account.id for account in accounts}) == 2


def current_user(ask: Asker, token: str, context: str) -> object:
    """The user in whose name a call is made, or the status."""
    headers = {"X-Context-User-ID": context}
    answer = ask("GET", "/v3/user", token=token, headers=headers)
    return answer.json["id"] if answer.status == 200 else answer.status


def test_context_user(ask: Asker, tokens: tuple[str, str]) -> None:
    """An admin's token can act for another user of the account, and for nobody else."""
    world = ask.server.world
    admin, seller = world.accounts["acc1"].users
    (stranger, *_) = world.accounts["acc2"].users
    assert current_user(ask, tokens[0], str(seller)) == seller
    assert current_user(ask, tokens[0], str(admin)) == admin
    for nobody in ("1", "-1", "x", "", str(stranger), "²"):
        assert current_user(ask, tokens[0], nobody) == 401


def test_context_needs_admin(ask: Asker) -> None:
    """The token of an ordinary user acts for that user alone."""
    _, seller = ask.server.world.accounts["acc1"].users
    token = ask.control("POST", "accounts/acc1/tokens", {"user_id": seller})["access_token"]
    assert ask("GET", "/v3/user", token=token).json["id"] == seller
    assert current_user(ask, token, str(seller)) == 401


@pytest.mark.parametrize("right", ["is_free", "is_active"])
def test_context_of_idle_user(ask: Asker, tokens: tuple[str, str], right: str) -> None:
    """Nobody acts for a free or inactive user."""
    users = ask.server.world.accounts["acc1"].users
    _, seller = users
    users[seller]["rights"][right] = right == "is_free"
    assert current_user(ask, tokens[0], str(seller)) == 401


def test_idle_user(ask: Asker) -> None:
    """What an ordinary user granted ends with him; what an admin granted survives."""
    users = ask.server.world.accounts["acc1"].users
    tokens = [
        ask.control("POST", "accounts/acc1/tokens", {"user_id": user})["access_token"]
        for user in users
    ]
    for row in users.values():
        row["rights"]["is_active"] = False
    assert [ask("GET", "/api/v4/account", token=t).status for t in tokens] == [200, 401]


def test_no_account(ask: Asker) -> None:
    """A server whose last account was dropped refuses, and still can be given another."""
    ask.control("DELETE", "accounts/acc1")
    ask.control("DELETE", "accounts/acc2")
    assert ask("GET", "/api/v4/account").status == 401
    token = ask.control("POST", "accounts", {})["access_token"]
    assert ask("GET", "/api/v4/account", token=token).status == 200


def test_dropped_account(ask: Asker, tokens: tuple[str, str]) -> None:
    """Tokens of an account that is gone open nothing."""
    ask.control("DELETE", "accounts/acc1")
    assert account_seen(ask, tokens[0], "127.0.0.1") == 401
    assert account_seen(ask, tokens[1], "127.0.0.1") == ask.server.world.accounts["acc2"].id


@pytest.mark.parametrize("path", ["/", "/nothing", "/api", "/oauth2/nothing"])
def test_no_route(ask: Asker, path: str) -> None:
    """A path of no service is not found, and says how it was asked for."""
    answer = ask("GET", path)
    assert answer.status == 404
    assert answer.json["detail"] == f"Cannot GET https://acc1.amocrm.ru{path}!"


def test_head(ask: Asker) -> None:
    """HEAD has the headers of GET and no body."""
    token = ask.log_in("code-1").json["access_token"]
    get = ask("GET", "/oauth2/account/subdomain", token=token)
    head = ask("HEAD", "/oauth2/account/subdomain", token=token)
    assert (head.status, head.response.body) == (200, b"")
    assert head.header("Content-Length") == str(len(get.response.body))
    assert head.header("Content-Type") == get.header("Content-Type")
