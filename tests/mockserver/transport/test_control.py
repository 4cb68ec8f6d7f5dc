"""Control calls: accounts and tokens for tests, and answers that teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from attrs import evolve

from amocrm_mockserver import Clock, MockServer
from amocrm_mockserver.testing import fresh_account, mock_amocrm

from .asking import CLIENT, NOON, OTHER_CLIENT, Asker, two_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver import ThreadedServer


def test_info(ask: Asker) -> None:
    """What runs here, and for whom."""
    told = ask.control("GET", "info")
    assert set(told) == {"version", "spec_hash", "accounts", "clock"}
    assert [account["domain"] for account in told["accounts"]] == [
        "acc1.amocrm.ru",
        "acc2.kommo.com",
    ]
    assert told["accounts"][0]["integrations"] == [CLIENT, OTHER_CLIENT]
    assert told["clock"]["now"] == NOON


def test_fresh_account(ask: Asker) -> None:
    """A fresh account comes with an integration of its own and tokens that work."""
    made = ask.control("POST", "accounts", {"subdomain": "shop", "zone": "kommo.com"})
    assert made["domain"] == "shop.kommo.com"
    assert ask("GET", "/api/v4/account", host="shop.kommo.com", token=made["access_token"]).status
    assert made["base_url"] == "https://acc1.amocrm.ru"
    renewed = ask.refresh(made["refresh_token"], host="shop.kommo.com", **made["integration"])
    assert renewed.status == 200
    told = ask.control("GET", "accounts")["accounts"][-1]
    assert told["subdomain"] == "shop"
    assert told["integrations"][0] == made["integration"]


def test_fresh_accounts_differ(ask: Asker) -> None:
    """Without a name each is given a new one, and shares nothing with the others."""
    made = [ask.control("POST", "accounts", {}) for _ in range(5)]
    for key in ("subdomain", "id", "access_token"):
        assert len({account[key] for account in made}) == 5
    assert len({account["integration"]["client_id"] for account in made}) == 5


def test_fresh_account_after_removal(ask: Asker) -> None:
    """A name that became free again is an account that knows nothing of the old one."""
    first = ask.control("POST", "accounts", {"subdomain": "shop"})
    ask.control("DELETE", "accounts/shop")
    second = ask.control("POST", "accounts", {"subdomain": "shop"})
    assert first["id"] != second["id"]
    host = "shop.amocrm.ru"
    assert ask("GET", "/api/v4/account", host=host, token=first["access_token"]).status == 401
    assert ask("GET", "/api/v4/account", host=host, token=second["access_token"]).status == 200


def test_redirect_uri(ask: Asker) -> None:
    """The integration of a fresh account can be told where to send its codes."""
    made = ask.control("POST", "accounts", {"redirect_uri": "http://127.0.0.1:9/cb"})
    assert made["integration"]["redirect_uri"] == "http://127.0.0.1:9/cb"


def test_code(ask: Asker) -> None:
    """A code is good once, for the first integration or the one named."""
    code = ask.control("POST", "accounts/acc1/codes")["code"]
    assert ask.log_in(code).status == 200
    assert ask.log_in(code).status == 400
    body = {"client_id": OTHER_CLIENT["client_id"]}
    code = ask.control("POST", "accounts/acc1/codes", body)["code"]
    assert ask.log_in(code, **OTHER_CLIENT).status == 200


def test_long_lived_token(ask: Asker) -> None:
    """A long-lived token is a JWT of an admin that outlives years."""
    told = ask.control("POST", "accounts/acc1/tokens", {"kind": "long_lived"})
    assert list(told) == ["access_token"]
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 5 * 365 * 86_400
    ask.server.clock.advance(4 * 365 * 86_400)
    assert ask("GET", "/api/v4/account", token=told["access_token"]).status == 200


def test_long_lived_token_with_an_end(ask: Asker) -> None:
    """Its life can be chosen."""
    body = {"kind": "long_lived", "expires_in": 86_400}
    token = ask.control("POST", "accounts/acc1/tokens", body)["access_token"]
    ask.server.clock.advance(86_400)
    assert ask("GET", "/api/v4/account", token=token).status == 401


def test_pair(ask: Asker) -> None:
    """A pair as the token endpoint gives it."""
    told = ask.control("POST", "accounts/acc1/tokens", {"kind": "oauth"})
    assert ask.refresh(told["refresh_token"]).status == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoke_one(ask: Asker, kind: str) -> None:
    """One token ends, and the other of the pair lives."""
    pair = ask.control("POST", "accounts/acc1/tokens", {"kind": "oauth"})
    assert ask.control("POST", "accounts/acc1/revoke", {"token": pair[kind]}) == {"revoked": 1}
    opens = ask("GET", "/api/v4/account", token=pair["access_token"]).status
    renews = ask.refresh(pair["refresh_token"]).status
    assert (opens, renews) == ((401, 200) if kind == "access_token" else (200, 401))


def test_revoke_integration(ask: Asker) -> None:
    """Switching an integration off ends its tokens and codes in that account, and no others."""
    pair = ask.control("POST", "accounts/acc1/tokens", {"kind": "oauth"})
    body = {"kind": "oauth", "client_id": OTHER_CLIENT["client_id"]}
    other = ask.control("POST", "accounts/acc1/tokens", body)
    elsewhere = ask.control("POST", "accounts/acc2/tokens", {"kind": "oauth"})
    revoked = ask.control("POST", "accounts/acc1/revoke", {"client_id": CLIENT["client_id"]})
    assert revoked == {"revoked": 2}
    at_any = Asker(ask.server, host="127.0.0.1")
    assert at_any("GET", "/api/v4/account", token=pair["access_token"]).status == 401
    assert at_any("GET", "/api/v4/account", token=other["access_token"]).status == 200
    assert at_any("GET", "/api/v4/account", token=elsewhere["access_token"]).status == 200
    assert ask.log_in("code-1").json["hint"] == "Authorization code has been revoked"


def test_reset(ask: Asker) -> None:
    """Back to the seed: spent codes are good again, later accounts gone, the clock as it was."""
    token = ask.log_in("code-1").json["access_token"]
    ask.control("POST", "accounts", {"subdomain": "shop"})
    ask.server.clock.advance(100)
    assert ask.control("POST", "reset") == {"accounts": ["acc1", "acc2"]}
    assert ask("GET", "/api/v4/account", token=token).status == 401
    assert ask.log_in("code-1").status == 200
    assert ask.server.clock.now() == NOON + 100


def test_state(ask: Asker) -> None:
    """The tables of an account, for tests that look inside."""
    told = ask.control("GET", "accounts/acc1/state")
    assert [user["email"] for user in told["tables"]["users"]] == [
        "admin@example.com",
        "seller@example.com",
    ]


@pytest.mark.parametrize(
    ("call", "body", "status", "message"),
    [
        ("GET nothing", None, 404, "POST /__mock__/accounts/{subdomain}/codes"),
        ("GET ", None, 404, "GET /__mock__/info"),
        ("PATCH clock", None, 405, "takes GET, POST, not PATCH"),
        ("POST accounts/nobody/codes", {}, 404, "there are: acc1, acc2"),
        ("POST accounts/acc1/codes", {"client_id": "x"}, 404, CLIENT["client_id"]),
        ("POST accounts/acc1/codes", {"user_id": 1}, 404, "no user 1"),
        ("POST accounts/acc1/codes", {"user_id": "1"}, 400, "user_id must be of type integer"),
        ("POST accounts/acc1/tokens", {"kind": "api"}, 400, "long_lived or oauth"),
        ("POST accounts/acc1/tokens", {"expires_in": 0}, 400, "between 1 and"),
        ("POST accounts/acc1/revoke", {"token": "x"}, 404, "no access or refresh token"),
        ("POST accounts", {"subdomain": "acc1"}, 409, "already"),
        ("POST accounts", {"subdomain": "www"}, 400, "host label"),
        ("POST accounts", {"guesses": {"tasks.lost": "404"}}, 400, "there are: tasks.missing"),
        ("POST guesses", {"tasks.missing": "500"}, 400, "must be one of 204, 404, and is 500"),
        ("POST accounts/acc1/guesses", {"x": "1"}, 400, "there is no guess x; there are: "),
        ("POST accounts/nobody/guesses", {}, 404, "there are: acc1, acc2"),
        ("POST accounts", {"subdomain": "a.b"}, 400, "host label"),
        ("POST accounts", {"zone": "amocrm.de"}, 400, "amocrm.ru, amocrm.com, kommo.com"),
        ("POST accounts", {"name": "x"}, 400, "known are: guesses, redirect_uri, subdomain, zone"),
        ("POST accounts", [], 400, "must be a JSON object"),
    ],
)
def test_faults(ask: Asker, call: str, body: object, status: int, message: str) -> None:
    """What is wrong with a call is told, with what would be right."""
    method, path = call.split(" ")
    answer = ask(method, f"/__mock__/{path}", json=body)
    assert answer.status == status
    assert answer.json["status"] == status
    assert message in answer.json["detail"]
    assert answer.header("Content-Type") == "application/json"


def test_broken_json(ask: Asker) -> None:
    """A body that is not JSON is told from one that is empty."""
    answer = ask("POST", "/__mock__/clock", body=b"{")
    assert (answer.status, "is not JSON" in answer.json["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1:8080", {}, 200),
        ("[::1]:8080", {}, 200),
        ("localhost", {"Origin": "http://localhost:3000"}, 200),
        ("acc1.amocrm.ru", {}, 200),
        ("192.168.0.10:8080", {}, 200),
        ("evil.example.com", {}, 403),
        ("127.0.0.1:8080", {"Origin": "https://evil.example.com"}, 403),
        ("127.0.0.1:8080", {"Origin": "null"}, 403),
    ],
)
def test_foreign_pages(ask: Asker, host: str, headers: Mapping[str, str], status: int) -> None:
    """A web page cannot make its reader's browser steer the server."""
    assert ask("GET", "/__mock__/info", host=host, headers=headers).status == status


def test_default_account() -> None:
    """Without a seed there is `example`, with one integration of its own."""
    ask = Asker(MockServer(clock=Clock(frozen_at=NOON)), host="example.amocrm.ru")
    (account,) = ask.control("GET", "accounts")["accounts"]
    (integration,) = account["integrations"]
    assert account["domain"] == "example.amocrm.ru"
    code = ask.control("POST", "accounts/example/codes")["code"]
    assert ask.log_in(code, **integration).status == 200


def _missing_task(ask: Asker, subdomain: str) -> int:
    """What an account answers when a task is not there."""
    token = ask.control("POST", f"accounts/{subdomain}/tokens")["access_token"]
    host = {"acc1": "acc1.amocrm.ru", "acc2": "acc2.kommo.com"}.get(subdomain, "127.0.0.1")
    return ask("GET", "/api/v4/tasks/9", host=host, token=token).status


def test_guesses(ask: Asker) -> None:
    """Guesses are switched for all accounts or for one; a reset takes that back."""
    told = ask.control("GET", "guesses")["guesses"]["tasks.missing"]
    assert (told["value"], told["default"], set(told["values"])) == ("204", "204", {"204", "404"})
    ask.control("POST", "guesses", {"tasks.missing": "404"})
    assert [_missing_task(ask, name) for name in ("acc1", "acc2")] == [404, 404]
    own = ask.control("POST", "accounts/acc2/guesses", {"tasks.missing": 204})
    assert own["guesses"]["tasks.missing"]["value"] == "204"
    assert [_missing_task(ask, name) for name in ("acc1", "acc2")] == [404, 204]
    assert ask.control("GET", "accounts/acc1/guesses")["guesses"]["tasks.missing"]["value"] == "404"
    ask.control("POST", "accounts/acc2/guesses", {"tasks.missing": None})
    assert _missing_task(ask, "acc2") == 404
    ask.control("POST", "reset")
    assert [_missing_task(ask, name) for name in ("acc1", "acc2")] == [204, 204]


def test_guesses_of_a_fresh_account(ask: Asker) -> None:
    """A fresh account can go its own way from the start."""
    made = ask.control("POST", "accounts", {"guesses": {"tasks.missing": "404"}})
    assert _missing_task(ask, made["subdomain"]) == 404
    assert _missing_task(ask, "acc1") == 204


def test_guesses_of_the_constructor() -> None:
    """Guesses that the server is made with go before those of its seed, and survive a reset."""
    seed = evolve(two_accounts(), guesses={"tasks.missing": "404", "notes.missing": "404"})
    ask = Asker(MockServer(seed, guesses={"tasks.missing": "204"}))
    for _ in range(2):
        assert _missing_task(ask, "acc1") == 204
        assert ask.server.world.guesses["notes.missing"] == "404"
        ask.server.reset()


def test_guesses_of_test_accounts(running: ThreadedServer) -> None:
    """A test's own account has its own guesses."""
    account = fresh_account(running, guesses={"tasks.missing": "404"})
    assert account.inside.guesses["tasks.missing"] == "404"
    with mock_amocrm(guesses={"notes.missing": "404"}) as other:
        assert other.inside.guesses["notes.missing"] == "404"
        assert other.inside.guesses["tasks.missing"] == "204"
