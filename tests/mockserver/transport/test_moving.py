"""Accounts that get another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .asking import CLIENT

if TYPE_CHECKING:
    from .asking import Asker

OLD = "acc1.amocrm.ru"
NEW = "acc9.amocrm.ru"


def test_tokens_live_on(ask: Asker) -> None:
    """Everything that was granted is good under the new name, and codes still are."""
    tokens = ask.log_in("code-1", host=OLD).json
    told = ask.control("POST", "accounts/acc1/move", {"subdomain": "acc9"})
    assert told["domain"] == NEW
    read = ask("GET", "/api/v4/account", host=NEW, token=tokens["access_token"])
    assert read.json["subdomain"] == "acc9"
    assert ask.refresh(tokens["refresh_token"], host=NEW).status == 200
    assert ask.log_in("code-2", host=NEW).status == 200


@pytest.mark.parametrize("status", [401, 404, 301])
def test_old_name(ask: Asker, status: int) -> None:
    """The old host answers as was chosen, and tells only where the account is."""
    tokens = ask.log_in("code-1", host=OLD).json
    ask.control("POST", "accounts/acc1/move", {"subdomain": "acc9", "answer": status})
    token = tokens["access_token"]
    for path in ("/api/v4/account", "/oauth2/access_token"):
        answer = ask("GET", f"{path}?with=users", host=f"{OLD}:8080", token=token)
        assert answer.status == status
        there = f"https://{NEW}:8080{path}?with=users"
        assert answer.header("Location") == (there if status == 301 else None)
    for path, headers in (
        ("/oauth2/account/subdomain", {"Authorization": f"Bearer {token}"}),
        ("/oauth2/account/current/subdomain", {"X-Refresh-Token": tokens["refresh_token"]}),
    ):
        assert ask("GET", path, host=OLD, headers=headers).json["domain"] == NEW


def test_moving_back(ask: Asker) -> None:
    """A name that was left can be taken again, in the same zone or another."""
    token = ask.log_in("code-1", host=OLD).json["access_token"]
    ask.control("POST", "accounts/acc1/move", {"zone": "kommo.com"})
    assert ask("GET", "/api/v4/account", host="acc1.kommo.com", token=token).status == 200
    ask.control("POST", "accounts/acc1/move", {"zone": "amocrm.ru"})
    assert ask("GET", "/api/v4/account", host=OLD, token=token).status == 200
    assert ask("GET", "/api/v4/account", host="acc1.kommo.com", token=token).status == 401


def test_private_integration_moves_along(ask: Asker) -> None:
    """An integration of one account is still its own, and one switched off stays so."""
    made = ask.control("POST", "accounts", {"subdomain": "own"})
    ask.control("POST", "accounts/acc1/revoke", {"client_id": CLIENT["client_id"]})
    ask.control("POST", "accounts/own/move", {"subdomain": "mine"})
    ask.control("POST", "accounts/acc1/move", {"subdomain": "acc9"})
    assert ask.control("POST", "accounts/mine/codes", {})["code"]
    listed = {each["subdomain"]: each for each in ask.control("GET", "accounts")["accounts"]}
    assert made["integration"] in listed["mine"]["integrations"]
    assert ("acc9", CLIENT["client_id"]) in ask.server.world.disabled


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"subdomain": "acc1"}, 400),
        ({"subdomain": "acc2"}, 409),
        ({"subdomain": "www"}, 400),
        ({"zone": "example.com"}, 400),
        ({"subdomain": "acc9", "answer": 500}, 400),
    ],
)
def test_refusals(ask: Asker, body: dict[str, object], status: int) -> None:
    """A move to nowhere, or to where somebody else is, is refused."""
    answer = ask("POST", "/__mock__/accounts/acc1/move", json=body)
    assert answer.status == status
