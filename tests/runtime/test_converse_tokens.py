"""Tokens that are refused, renewed, kept and looked up during a call."""

import logging

import pytest

from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.errors import (
    OAuthError,
    ReauthorisationRequired,
    ResponseError,
    ServerError,
    TransportError,
    Unauthorized,
)
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.sample import WRITTEN, LeadCreate, create, get, lead_json
from runtime.script import INTEGRATION, LOST, Stage, answer, granted, session, stored


def test_a_long_lived_token_that_is_refused_is_final() -> None:
    """Without a way to renew it, 401 is raised at once."""
    stage = Stage([answer(401, {"detail": "Unauthorized"})])
    with pytest.raises(Unauthorized):
        stage.play(converse(session(), get(1)))
    assert len(stage.sent) == 1


def test_a_refused_token_is_renewed_once() -> None:
    """401: renew, keep, repeat; even a create, since it was refused."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), answer(200, WRITTEN)])
    shared = session(store=store, integration=INTEGRATION)
    stage.play(converse(shared, create([LeadCreate(name="x")])))
    assert stage.calls == ["POST /api/v4/leads", "POST /oauth2/access_token", "POST /api/v4/leads"]
    assert stage.bodies[1] == {
        "client_id": "client-id",
        "client_secret": "client-s3cret",
        "redirect_uri": "https://x/cb",
        "grant_type": "refresh_token",
        "refresh_token": "old-refresh",
    }
    assert stage.sent[2].headers["Authorization"] == "Bearer new-access"
    kept = store.load("example.amocrm.ru")
    assert kept is not None
    assert kept.refresh_token == "new-refresh"


def test_a_login_has_so_many_attempts_and_a_pause_before_each() -> None:
    """401: wait, log in again, repeat; in the end the refusal is raised."""
    cookie = answer(200, {"response": {"auth": True}}, set_cookie="session_id=abcdef; path=/")
    refused = answer(401, {"detail": "off"})
    stage = Stage([cookie, refused, cookie, refused, cookie, refused])
    shared = session(store=MemoryTokenStore())
    shared.login = ApiKeyLogin(login="a@example.com", api_key="k3y", attempts=2, pause=5)
    with pytest.raises(Unauthorized, match="off"):
        stage.play(converse(shared, get(1)))
    assert [call.partition("?")[0] for call in stage.calls] == [
        "POST /private/api/auth.php",
        "GET /api/v4/leads/1",
    ] * 3
    assert stage.slept == [5, 5]


def test_renewing_never_loops() -> None:
    """A token that is refused right after it was renewed is an error."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), answer(401, {"detail": "off"})])
    with pytest.raises(Unauthorized, match="off"):
        stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert len(stage.sent) == 3


def test_a_token_is_renewed_before_it_ends() -> None:
    """A token that is as good as over is renewed before the call, not after a 401."""
    store, _ = stored(lasts=100)
    stage = Stage([granted(), answer(200, lead_json())])
    stage.now += 95
    stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert stage.calls == ["POST /oauth2/access_token", "GET /api/v4/leads/1"]


def test_a_token_that_someone_else_renewed_is_taken_from_the_store() -> None:
    """A refused token is compared with the store before it is renewed."""
    store, old = stored()
    newer, _ = stored("newer")
    shared = session(store=store, integration=INTEGRATION, token=old)
    store.save("example.amocrm.ru", newer.load("example.amocrm.ru") or old)
    stage = Stage([answer(401, {}), answer(200, lead_json())])
    stage.play(converse(shared, get(1)))
    assert stage.calls == ["GET /api/v4/leads/1"] * 2
    assert stage.sent[1].headers["Authorization"] == "Bearer newer-access"


def test_a_token_that_another_host_renewed_meanwhile_is_found() -> None:
    """A refresh token that was used up elsewhere in this moment is looked up once more."""
    store, _ = stored()
    newer, _ = stored("newer")

    def rotate(_: object) -> object:
        store.save("example.amocrm.ru", newer.load("example.amocrm.ru"))  # type: ignore[arg-type]
        return answer(401, {"hint": "Token has been revoked", "detail": "parameters"})

    stage = Stage([answer(401, {}), rotate, answer(200, lead_json())])  # type: ignore[list-item]
    stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert stage.sent[2].headers["Authorization"] == "Bearer newer-access"


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (answer(401, {"hint": "Token has been revoked", "detail": "d"}), ReauthorisationRequired),
        (answer(401, {"hint": "Token has expired", "detail": "d"}), ReauthorisationRequired),
        (answer(401, {"title": "Некорректный клиент", "detail": "d"}), OAuthError),
        (answer(400, {"hint": "Check the `client_id` parameter", "detail": "d"}), OAuthError),
        (answer(503), ServerError),
        (LOST, TransportError),
        (answer(200, b"<html>"), ResponseError),
        (answer(200, {"token_type": "Bearer"}), ResponseError),
    ],
)
def test_a_refresh_that_fails(refused: object, error: type[Exception]) -> None:
    """A refresh is never sent twice, its error says what to do, and its lock is freed."""
    store, token = stored()
    stage = Stage([answer(401, {}), refused])  # type: ignore[list-item]  # either
    shared = session(store=store, integration=INTEGRATION)
    with pytest.raises(error) as caught:
        stage.play(converse(shared, get(1)))
    assert type(caught.value) is error
    assert len(stage.sent) == 2
    assert stage.freed == len(stage.held)
    assert store.load("example.amocrm.ru") == token
    shown = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    for secret in ("client-s3cret", "old-refresh", "old-access"):
        assert secret not in shown


def test_a_token_that_cannot_be_stored_lives_on() -> None:
    """If the store fails, the error says so, and this process goes on with the new token."""

    class Broken(MemoryTokenStore):
        def save(self, account: str, token: Token) -> None:
            if token.access_token == "new-access":
                raise OSError("disk full")
            super().save(account, token)

    old = stored()[1]
    store = Broken({"example.amocrm.ru": old})
    shared = session(store=store, integration=INTEGRATION)
    stage = Stage([answer(401, {}), granted(), answer(200, lead_json())])
    with pytest.raises(OAuthError, match="disk full"):
        stage.play(converse(shared, get(1)))
    assert stage.play(converse(shared, get(1))).id == 1
    assert stage.sent[-1].headers["Authorization"] == "Bearer new-access"


def test_without_any_token_nothing_is_sent() -> None:
    """An empty store is an error that tells how to get a token."""
    stage = Stage([])
    with pytest.raises(OAuthError, match="authorization_url"):
        stage.play(converse(session(store=MemoryTokenStore(), integration=INTEGRATION), get(1)))


def test_the_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """With the log at its fullest, tokens and client secrets are not in it."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), LOST, answer(200, lead_json())])
    with caplog.at_level(logging.DEBUG, "amocrm_gen"):
        stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert "POST https://example.amocrm.ru/oauth2/access_token: 200" in caplog.text
    for secret in ("old-access", "old-refresh", "new-access", "new-refresh", "client-s3cret"):
        assert secret not in caplog.text
