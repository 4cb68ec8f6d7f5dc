"""Whose token it is: the account's domain, the user, the exchange of an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .asking import CLIENT, OTHER_CLIENT

if TYPE_CHECKING:
    from .asking import Answer, Asker

UNAUTHORIZED = {
    "title": "Unauthorized",
    "type": "https://httpstatus.es/401",
    "status": 401,
    "detail": "Invalid user name or password",
}
KEY = {
    "login": "admin@example.com",
    "api_key": "0123456789",
    "client_uuid": CLIENT["client_id"],
    "client_secret": CLIENT["client_secret"],
}


@pytest.mark.parametrize(
    "host", ["www.amocrm.ru", "acc1.amocrm.ru", "acc1.amocrm.localhost:8080", "127.0.0.1:1"]
)
def test_domain_by_access_token(ask: Asker, host: str) -> None:
    """The account of a token is told on every host, with all four keys."""
    token = ask.log_in("code-1").json["access_token"]
    answer = ask("GET", "/oauth2/account/subdomain", host=host, token=token, json=[])
    account = ask.server.world.accounts["acc1"]
    assert answer.status == 200
    assert answer.json == {
        "id": account.id,
        "subdomain": "acc1",
        "domain": "acc1.amocrm.ru",
        "top_level_domain": "ru",
    }


def test_global_domain(ask: Asker) -> None:
    """An account of Kommo is under com."""
    token = ask.log_in("code-3", host="acc2.kommo.com").json["access_token"]
    answer = ask("GET", "/oauth2/account/subdomain", host="acc2.kommo.com", token=token)
    assert (answer.json["domain"], answer.json["top_level_domain"]) == ("acc2.kommo.com", "com")


def test_domain_by_refresh_token(ask: Asker) -> None:
    """A refresh token tells its account and stays good."""
    token = ask.log_in("code-1").json["refresh_token"]
    path = "/oauth2/account/current/subdomain"
    answer = ask("GET", path, host="api-b.amocrm.ru", headers={"X-Refresh-Token": token})
    assert (answer.status, answer.json["domain"]) == (200, "acc1.amocrm.ru")
    assert ask.refresh(token).status == 200
    used = ask("GET", path, headers={"X-Refresh-Token": token})
    assert (used.status, used.json) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("path", ["/oauth2/account/subdomain", "/v3/user", "/api/v4/account"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dTpw"},
        {"Authorization": "Bearer"},
    ],
)
def test_no_token(ask: Asker, path: str, headers: dict[str, str]) -> None:
    """Without a good token everything answers the same 401."""
    answer = ask("GET", path, headers=headers)
    assert (answer.status, answer.json) == (401, UNAUTHORIZED)
    assert answer.header("Content-Type") == "application/problem+json"


def test_user(ask: Asker) -> None:
    """The resource owner is the user who granted."""
    token = ask.log_in("code-1").json["access_token"]
    answer = ask("GET", "/v3/user", token=token)
    admin = next(iter(ask.server.world.accounts["acc1"].users))
    assert answer.json == {"id": admin, "name": "Admin", "email": "admin@example.com"}


def sent_code(ask: Asker) -> dict[str, str]:
    """The parameters of the last request that the server owes to an integration."""
    url = urlsplit(ask.control("GET", "outbox")["outbox"][-1]["url"])
    assert url.geturl().startswith(CLIENT["redirect_uri"])
    return {name: values[0] for name, values in parse_qs(url.query).items()}


@pytest.mark.parametrize("path", ["/oauth2/exchange_api_key", "//oauth2/exchange_api_key"])
def test_api_key(ask: Asker, path: str) -> None:
    """A key is accepted with 202, and the code goes to the redirect URI."""
    answer = ask("POST", path, json={**KEY, "state": "s"})
    assert (answer.status, answer.response.body) == (202, b"")
    told = sent_code(ask)
    assert (told["from_exchange"], told["state"], told["referer"]) == ("1", "s", "acc1.amocrm.ru")
    assert ask.log_in(told["code"]).status == 200


def _exchange(ask: Asker, changes: dict[str, Any], host: str | None = None) -> Answer:
    body = {name: value for name, value in {**KEY, **changes}.items() if value is not None}
    return ask("POST", "/oauth2/exchange_api_key", json=body, host=host)


@pytest.mark.parametrize("name", list(KEY))
def test_api_key_without(ask: Asker, name: str) -> None:
    """Each parameter is needed."""
    answer = _exchange(ask, {name: None})
    assert (answer.status, answer.json["hint"]) == (400, f"Check the `{name}` parameter")


def test_api_key_wrong(ask: Asker) -> None:
    """A wrong key, or one of another account, opens nothing."""
    assert _exchange(ask, {"api_key": "wrong"}).status == 403
    assert _exchange(ask, {}, host="acc2.kommo.com").status == 403
    assert _exchange(ask, {"client_secret": "wrong"}).status == 400
    assert ask.control("GET", "outbox") == {"outbox": []}


def test_api_key_not_installed(ask: Asker) -> None:
    """An integration that the account has switched off gets no code."""
    ask.control("POST", "accounts/acc1/revoke", {"client_id": CLIENT["client_id"]})
    assert _exchange(ask, {}).status == 403


def test_api_key_too_often(ask: Asker) -> None:
    """The same user and integration must wait five minutes; others need not."""
    assert _exchange(ask, {}).status == 202
    assert _exchange(ask, {}).status == 429
    other = {
        "client_uuid": OTHER_CLIENT["client_id"],
        "client_secret": OTHER_CLIENT["client_secret"],
    }
    assert _exchange(ask, other).status == 202
    ask.server.clock.advance(299.9)
    assert _exchange(ask, {}).status == 429
    ask.server.clock.advance(0.1)
    assert _exchange(ask, {}).status == 202
