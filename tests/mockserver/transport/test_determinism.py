"""The same seed, clock and requests give the same bytes."""

from __future__ import annotations

from amocrm_mockserver import Clock, MockServer, Response

from .asking import NOON, Asker, two_accounts


def program(ask: Asker) -> list[Response]:
    """A run that uses ids, uuids, tokens, signatures and dates."""
    answers = [
        ask.log_in("code-1"),
        ask("POST", "/__mock__/accounts", json={}),
        ask("POST", "/__mock__/accounts/acc1/codes"),
        ask("POST", "/__mock__/accounts/acc2/tokens"),
        ask("GET", "/__mock__/accounts"),
        ask("GET", "/oauth2/nothing"),
    ]
    token = answers[0].json["access_token"]
    answers += [
        ask("GET", "/api/v4/account", token=token),
        ask("POST", "/api/v4/leads", token=token, json=[{"name": "Lead"}]),
        ask("GET", "/api/v4/leads", token=token),
        ask.refresh(answers[0].json["refresh_token"]),
    ]
    return [answer.response for answer in answers]


def test_same_bytes() -> None:
    """Two servers that never met answer alike, headers included."""
    first, second = (
        program(Asker(MockServer(two_accounts(), clock=Clock(frozen_at=NOON)))) for _ in range(2)
    )
    assert first == second
    assert [answer.status for answer in first] == [200, 200, 200, 200, 200, 404, 200, 200, 200, 200]


def test_same_bytes_after_reset(ask: Asker) -> None:
    """A reset goes back to the beginning of every stream."""
    first = program(ask)
    ask.control("POST", "reset")
    assert program(ask) == first


def test_accounts_do_not_stir_each_other(ask: Asker) -> None:
    """What one account does leaves the streams of another as they were."""
    other = Asker(MockServer(two_accounts(), clock=Clock(frozen_at=NOON)))
    for _ in range(5):
        other.control("POST", "accounts/acc2/tokens")
    assert ask.log_in("code-1").response == other.log_in("code-1").response


def test_request_ids_differ(ask: Asker) -> None:
    """No two answers have the same request id."""
    ids = {ask("GET", "/api/v4/account", host=h).header("X-Request-Id") for h in ["a", "b"] * 5}
    ids |= {ask("GET", "/__mock__/info").header("X-Request-Id") for _ in range(5)}
    assert len(ids) == 15
