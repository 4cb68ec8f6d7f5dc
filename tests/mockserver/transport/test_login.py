"""Sessions of the old API: opened by an API key, carried by cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .asking import Answer, Asker

PATH = "/private/api/auth.php"
KEY = {"USER_LOGIN": "admin@example.com", "USER_HASH": "0123456789"}
HOST = "acc1.amocrm.ru"


def cookie_of(answer: Answer) -> str:
    """The `Cookie` header that a browser would send back."""
    lines = [value for name, value in answer.response.headers if name == "Set-Cookie"]
    assert len(lines) == 2
    return "; ".join(line.partition(";")[0] for line in lines)


def test_session(ask: Asker) -> None:
    """A login opens the account of the host for fifteen minutes."""
    answer = ask("POST", f"{PATH}?type=json", host=HOST, json=KEY)
    assert (answer.status, answer.header("Content-Type")) == (200, "application/json")
    assert answer.json["response"]["auth"] is True
    headers = {"Cookie": cookie_of(answer)}
    assert ask("GET", "/api/v4/account", host=HOST, headers=headers).status == 200
    assert ask("GET", "/api/v4/account", host="acc2.kommo.com", headers=headers).status == 401
    ask.server.clock.advance(900)
    assert ask("GET", "/api/v4/account", host=HOST, headers=headers).status == 401


@pytest.mark.parametrize(
    "wrong", [{"USER_HASH": "wrong"}, {"USER_LOGIN": "nobody@example.com"}, {"USER_HASH": None}]
)
def test_refusal(ask: Asker, wrong: dict[str, str | None]) -> None:
    """A wrong or missing key opens nothing, and is told as the old API tells it."""
    answer = ask("POST", f"{PATH}?type=json", host=HOST, json={**KEY, **wrong})
    said = answer.json["response"]
    assert (answer.status, said["error_code"], said["domain"]) == (401, "110", HOST)
    assert answer.header("Set-Cookie") is None


def test_key_of_another_account(ask: Asker) -> None:
    """A key is good in its own account only."""
    answer = ask("POST", f"{PATH}?type=json", host="acc2.kommo.com", json=KEY)
    assert answer.status == 401


def test_xml(ask: Asker) -> None:
    """Who does not ask for JSON gets XML."""
    answer = ask("POST", PATH, host=HOST, json=KEY)
    assert answer.header("Content-Type") == "application/xml"
    assert b"<auth>true</auth>" in answer.response.body
    refused = ask("POST", PATH, host=HOST, json={})
    assert (refused.status, b"110" in refused.response.body) == (401, True)


@pytest.mark.parametrize("cookie", ["", "session_id", "session_id=", "session_id=x; a=b", ";;="])
def test_strange_cookies(ask: Asker, cookie: str) -> None:
    """Cookies that name no session are no credentials."""
    answer = ask("GET", "/api/v4/account", host=HOST, headers={"Cookie": cookie})
    assert answer.status == 401


def test_password(ask: Asker) -> None:
    """The login page of amoCRM opens a session for a day; a user's API key is the password."""
    form = {"csrf_token": "x", "username": "admin@example.com", "password": "0123456789"}
    answer = ask("POST", "/oauth2/authorize", host="www.amocrm.ru", form=form)
    assert answer.status == 200
    headers = {"Cookie": cookie_of(answer)}
    assert ask("GET", "/api/v4/account", host=HOST, headers=headers).status == 200
    ask.server.clock.advance(86_400)
    assert ask("GET", "/api/v4/account", host=HOST, headers=headers).status == 401
    refused = ask("POST", "/oauth2/authorize", host=HOST, form={**form, "password": "wrong"})
    assert (refused.status, refused.header("Set-Cookie")) == (401, None)
