"""The token endpoint: pairs of tokens, and every refusal word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from .asking import CLIENT, NOON, OTHER_CLIENT, Answer, Asker

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400


def refusal(status: int, hint: str) -> dict[str, object]:
    """The body of a refusal with a hint."""
    return {
        "hint": hint,
        "title": "Некорректный запрос",
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": status,
        "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
    }


BAD_CLIENT = {
    "title": "Некорректный клиент",
    "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
    "status": 401,
    "detail": "Авторизация клиента не прошла",
}


def _without(ask: Asker, name: str, **changes: str) -> Answer:
    body = {**CLIENT, "grant_type": "authorization_code", "code": "code-1", **changes}
    del body[name]
    return ask("POST", "/oauth2/access_token", json=body)


def _late_code(ask: Asker) -> Answer:
    ask.server.clock.advance(20 * 60)
    return ask.log_in("code-1")


def _used_code(ask: Asker) -> Answer:
    assert ask.log_in("code-1").status == 200
    return ask.log_in("code-1")


def _used_refresh_token(ask: Asker) -> Answer:
    token = ask.log_in("code-1").json["refresh_token"]
    assert ask.refresh(token).status == 200
    return ask.refresh(token)


def _late_refresh_token(ask: Asker) -> Answer:
    token = ask.log_in("code-1").json["refresh_token"]
    ask.server.clock.advance(92 * DAY)
    return ask.refresh(token)


def _foreign_refresh_token(ask: Asker) -> Answer:
    token = ask.log_in("code-1").json["refresh_token"]
    return ask.refresh(token, **OTHER_CLIENT)


def _refresh_token_elsewhere(ask: Asker) -> Answer:
    token = ask.log_in("code-1").json["refresh_token"]
    return ask.refresh(token, host="acc2.kommo.com")


def _revoked_refresh_token(ask: Asker) -> Answer:
    token = ask.log_in("code-1").json["refresh_token"]
    ask.control("POST", "accounts/acc1/revoke")
    return ask.refresh(token)


REFUSALS: dict[str, tuple[Callable[[Asker], Answer], dict[str, object]]] = {
    "code older than 20 minutes": (
        _late_code,
        refusal(400, "Authorization code has expired"),
    ),
    "code used before": (
        _used_code,
        refusal(400, "Authorization code has been revoked"),
    ),
    "code that is none": (
        lambda ask: ask.log_in("def502garbage"),
        refusal(400, "Cannot decrypt the authorization code"),
    ),
    "code of another integration": (
        lambda ask: ask.log_in("code-1", **OTHER_CLIENT),
        refusal(400, "Authorization code was not issued to this client"),
    ),
    "code of another account": (
        lambda ask: ask.log_in("code-1", host="acc2.kommo.com"),
        refusal(400, "Invalid account"),
    ),
    "no client_id": (
        lambda ask: _without(ask, "client_id"),
        refusal(400, "Check the `client_id` parameter"),
    ),
    "no client_secret": (
        lambda ask: _without(ask, "client_secret"),
        refusal(400, "Check the `client_secret` parameter"),
    ),
    "no code": (
        lambda ask: _without(ask, "code"),
        refusal(400, "Check the `code` parameter"),
    ),
    "no refresh_token": (
        lambda ask: _without(ask, "code", grant_type="refresh_token"),
        refusal(400, "Check the `refresh_token` parameter"),
    ),
    "unknown client": (
        lambda ask: ask.log_in("code-1", client_id="99999999-2222-4333-8444-555555555555"),
        BAD_CLIENT,
    ),
    "wrong secret": (
        lambda ask: ask.log_in("code-1", client_secret="wrong"),
        BAD_CLIENT,
    ),
    "wrong redirect_uri": (
        lambda ask: ask.log_in("code-1", redirect_uri="https://www.example.com/oauth2"),
        refusal(400, "Redirect URI is not associated with client"),
    ),
    "no redirect_uri": (
        lambda ask: _without(ask, "redirect_uri"),
        refusal(400, "Redirect URI is not associated with client"),
    ),
    "wrong redirect_uri with a refresh token": (
        lambda ask: ask.refresh("any", redirect_uri="https://evil.example.com/"),
        refusal(400, "Redirect URI is not associated with client"),
    ),
    "refresh token used before": (
        _used_refresh_token,
        refusal(401, "Token has been revoked"),
    ),
    "refresh token revoked": (
        _revoked_refresh_token,
        refusal(401, "Token has been revoked"),
    ),
    "refresh token that is none": (
        lambda ask: ask.refresh("def502garbage"),
        refusal(401, "Cannot decrypt the refresh token"),
    ),
    "refresh token of another integration": (
        _foreign_refresh_token,
        refusal(401, "Token is not linked to client"),
    ),
    "refresh token older than three months": (
        _late_refresh_token,
        refusal(401, "Token has expired"),
    ),
    "refresh token of another account": (
        _refresh_token_elsewhere,
        refusal(401, "Invalid account"),
    ),
    "unknown grant_type": (
        lambda ask: ask.log_in("code-1", grant_type="password"),
        refusal(400, "Check the `grant_type` parameter"),
    ),
    "no grant_type": (
        lambda ask: _without(ask, "grant_type"),
        refusal(400, "Check the `grant_type` parameter"),
    ),
    "no body": (
        lambda ask: ask("POST", "/oauth2/access_token"),
        refusal(400, "Check the `grant_type` parameter"),
    ),
    "a body that is no object": (
        lambda ask: ask("POST", "/oauth2/access_token", json=[]),
        refusal(400, "Check the `grant_type` parameter"),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal(ask: Asker, case: str) -> None:
    """Each refusal has exactly the status, texts and keys that amoCRM gives."""
    provoke, body = REFUSALS[case]
    answer = provoke(ask)
    assert answer.json == body
    assert answer.status == body["status"]
    assert answer.header("Content-Type") == "application/problem+json"


def test_pair_of_tokens(ask: Asker) -> None:
    """A code gives a pair, with the server's time, as JSON."""
    answer = ask.log_in("code-1")
    assert answer.status == 200
    assert answer.header("Content-Type") == "application/json"
    assert list(answer.json) == [
        "token_type",
        "expires_in",
        "server_time",
        "access_token",
        "refresh_token",
    ]
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == DAY
    assert answer.json["server_time"] == NOON
    assert answer.json["refresh_token"].startswith("def502")


def test_claims(ask: Asker) -> None:
    """The access token is a JWT with the claims that clients read."""
    token = ask.log_in("code-1", host="acc1.amocrm.ru:8443").json["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    account = ask.server.world.accounts["acc1"]
    admin = next(iter(account.users))
    assert claims.pop("jti") == jwt.get_unverified_header(token)["jti"]
    assert claims.pop("hash_uuid")
    assert claims == {
        "aud": CLIENT["client_id"],
        "iat": NOON,
        "nbf": NOON,
        "exp": NOON + DAY,
        "sub": str(admin),
        "grant_type": "",
        "account_id": account.id,
        "base_domain": "amocrm.ru",
        "version": 2,
        "scopes": ["push_notifications", "files", "crm", "files_delete", "notifications"],
        "api_domain": "acc1.amocrm.ru:8443",
    }


def test_head_of_token(ask: Asker) -> None:
    """The token's head names the kind and the algorithm that amoCRM's do."""
    head = jwt.get_unverified_header(ask.log_in("code-1").json["access_token"])
    assert (head["typ"], head["alg"]) == ("JWT", "RS256")


def test_wrong_secret_leaves_the_code(ask: Asker) -> None:
    """A code is not used up by requests that are refused for another reason."""
    assert ask.log_in("code-1", client_secret="wrong").status == 401
    assert ask.log_in("code-1", redirect_uri="https://evil.example.com/").status == 400
    assert ask.log_in("code-1", **OTHER_CLIENT).status == 400
    assert ask.log_in("code-1", host="acc2.kommo.com").status == 400
    assert ask.log_in("code-1").status == 200


def test_rotation(ask: Asker) -> None:
    """A refresh token is replaced at each use; the old access token lives on until its end."""
    first = ask.log_in("code-1").json
    second = ask.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert ask("GET", "/api/v4/account", token=first["access_token"]).status == 200
    assert ask("GET", "/api/v4/account", token=second["access_token"]).status == 200
    assert ask.refresh(second["refresh_token"]).status == 200


def test_refresh_without_redirect_uri(ask: Asker) -> None:
    """A refresh that names no redirect URI is let through: nobody has seen it refused."""
    token = ask.log_in("code-1").json["refresh_token"]
    body = {**CLIENT, "grant_type": "refresh_token", "refresh_token": token}
    del body["redirect_uri"]
    assert ask("POST", "/oauth2/access_token", json=body).status == 200


def test_several_codes(ask: Asker) -> None:
    """Codes live beside each other."""
    assert ask.log_in("code-2").status == 200
    assert ask.log_in("code-1").status == 200


@pytest.mark.parametrize("declared", [None, "application/json", "text/plain"])
def test_form_body_of_any_content_type(ask: Asker, declared: str | None) -> None:
    """A form is understood whatever the content type says."""
    body = {**CLIENT, "grant_type": "authorization_code", "code": "code-1"}
    headers = {} if declared is None else {"Content-Type": declared}
    assert ask("POST", "/oauth2/access_token", form=body, headers=headers).status == 200


def test_json_body_declared_as_form(ask: Asker) -> None:
    """JSON is understood whatever the content type says."""
    body = {**CLIENT, "grant_type": "authorization_code", "code": "code-1"}
    declared = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask("POST", "/oauth2/access_token", json=body, headers=declared).status == 200


@pytest.mark.parametrize("host", ["www.amocrm.ru", "127.0.0.1:8080", "acc2.amocrm.ru"])
def test_hosts_of_no_account(ask: Asker, host: str) -> None:
    """At a host that is no account's, the code says which account is meant."""
    token = ask.log_in("code-3", host=host).json["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["account_id"] == ask.server.world.accounts["acc2"].id
    assert claims["base_domain"] == "kommo.com"


def test_method(ask: Asker) -> None:
    """The endpoint takes POST only."""
    assert ask("GET", "/oauth2/access_token").status == 405


def test_doubled_slash(ask: Asker) -> None:
    """Slashes too many at the start or the end do not matter."""
    body = {**CLIENT, "grant_type": "authorization_code", "code": "code-1"}
    assert ask("POST", "//oauth2/access_token/", json=body).status == 200
