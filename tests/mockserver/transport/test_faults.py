"""Faults by rule: which requests they strike, and what becomes of those."""

from __future__ import annotations

import orjson
import pytest

from amocrm_mockserver import Fault

from .asking import CLIENT, Answer, Asker

PATH = "/api/v4/account"


def calls(ask: Asker, count: int, path: str = PATH, method: str = "GET") -> list[int]:
    """The statuses of so many calls; 200 if nothing went wrong."""
    token = ask.control("POST", "accounts/acc1/tokens")["access_token"]
    return [ask(method, path, token=token).status for _ in range(count)]


def call(ask: Asker) -> Answer:
    """One call that would be answered with 200."""
    token = ask.control("POST", "accounts/acc1/tokens")["access_token"]
    return ask("GET", PATH, token=token)


def test_nth(ask: Asker) -> None:
    """Only the nth fitting request goes wrong; others do not count."""
    ask.control("POST", "faults", {"path": PATH, "method": "get", "nth": 2, "status": 503})
    ask("GET", "/v3/user")
    assert calls(ask, 4) == [200, 503, 200, 200]
    (rule,) = ask.control("GET", "faults")["faults"]
    assert (rule["matched"], rule["struck"]) == (4, 1)


def test_times(ask: Asker) -> None:
    """A rule stops after so many strikes."""
    ask.control("POST", "faults", {"times": 2, "status": 500})
    assert calls(ask, 4) == [500, 500, 200, 200]


def test_pattern_and_account(ask: Asker) -> None:
    """A star stands for any text; an account is meant by its subdomain."""
    ask.control("POST", "faults", {"path": "/api/*", "account": "acc2", "status": 503})
    assert calls(ask, 2) == [200, 200]
    ask.control("POST", "faults", {"path": "/api/*", "account": "acc1", "status": 504})
    assert calls(ask, 2) == [504, 504]


def test_probability(ask: Asker) -> None:
    """Dice with the same seed fall the same way again."""
    ask.control("POST", "faults", {"probability": 0.5, "seed": 7, "status": 503})
    first = calls(ask, 40)
    ask.control("DELETE", "faults")
    ask.control("POST", "faults", {"probability": 0.5, "seed": 7, "status": 503})
    assert calls(ask, 40) == first
    assert 5 < first.count(503) < 35


@pytest.mark.parametrize("status", [400, 404, 500, 502, 503, 504, 599])
def test_status(ask: Asker, status: int) -> None:
    """Any status can be given, with a problem body."""
    ask.control("POST", "faults", {"status": status})
    answer = call(ask)
    assert answer.status == status
    assert answer.json["status"] == status
    assert answer.header("Content-Type") == "application/problem+json"


def test_too_many_requests(ask: Asker) -> None:
    """A 429 on purpose is the page of a real one, with Retry-After if asked for."""
    ask.control("POST", "faults", {"status": 429, "retry_after": 3})
    answer = call(ask)
    assert (answer.status, answer.header("Retry-After")) == (429, "3")
    assert answer.header("Content-Type") == "text/html"


def test_html(ask: Asker) -> None:
    """An error page of the front server."""
    ask.control("POST", "faults", {"html": True})
    answer = call(ask)
    assert answer.status == 502
    assert "<h1>502 Bad Gateway</h1>" in answer.text


def test_latency(ask: Asker) -> None:
    """A slow answer is the right one; what is slow about it is for the driver."""
    ask.control("POST", "faults", {"latency": 2.5, "rate": 1000})
    answer = call(ask)
    assert answer.status == 200
    assert answer.response.fault == Fault(delay=2.5, rate=1000)


def test_two_rules(ask: Asker) -> None:
    """Rules add up."""
    ask.control("POST", "faults", {"latency": 1})
    ask.control("POST", "faults", {"latency": 2})
    ask.control("POST", "faults", {"status": 503})
    answer = call(ask)
    assert answer.status == 503
    assert answer.response.fault == Fault(delay=3)


@pytest.mark.parametrize("cut", ["drop", "reset"])
def test_lost_before(ask: Asker, cut: str) -> None:
    """A connection that breaks before the request arrived changes nothing."""
    ask.control("POST", "faults", {"path": "/oauth2/*", "cut": cut, "times": 1})
    lost = ask.log_in("code-1")
    assert lost.response.fault is not None
    assert lost.response.fault.cut == cut
    assert ask.log_in("code-1").status == 200


@pytest.mark.parametrize(
    "what", [{"cut": "drop"}, {"cut": "reset"}, {"status": 502}, {"html": True}]
)
def test_lost_after(ask: Asker, what: dict[str, object]) -> None:
    """With `applied` the request is carried out, and its answer lost."""
    ask.control("POST", "faults", {"path": "/oauth2/*", "applied": True, "times": 1, **what})
    lost = ask.log_in("code-1")
    assert b"access_token" not in lost.response.body or lost.response.fault is not None
    again = ask.log_in("code-1")
    assert again.json["hint"] == "Authorization code has been revoked"


def test_truncate(ask: Asker) -> None:
    """A body cut short belongs to a request that was carried out."""
    ask.control("POST", "faults", {"cut": "truncate", "keep": 5, "times": 1})
    answer = ask.log_in("code-1")
    assert answer.response.fault == Fault(cut="truncate", keep=5)
    assert answer.json["token_type"] == "Bearer"
    assert ask.log_in("code-1").status == 400


def test_control_calls_are_spared(ask: Asker) -> None:
    """No rule keeps anybody from taking it back."""
    made = ask.control("POST", "faults", {"status": 503})
    assert [rule["id"] for rule in ask.control("GET", "faults")["faults"]] == [made["id"]]
    assert ask.control("DELETE", f"faults/{made['id']}") == {"faults": []}
    assert call(ask).status == 200


def test_reset_disarms(ask: Asker) -> None:
    """A reset takes all rules back."""
    ask.control("POST", "faults", {"status": 503})
    ask.control("POST", "reset")
    assert ask.control("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "needs one of status, html, latency, rate, cut"),
        ({"path": "/x"}, "needs one of status, html, latency, rate, cut"),
        ({"status": 99}, "status must be a whole number 200 to 599"),
        ({"status": "503"}, "status must be a whole number 200 to 599"),
        ({"cut": "off"}, "cut must be one of drop, reset, truncate"),
        ({"status": 503, "nth": 0}, "nth must be a whole number from 1 on"),
        ({"status": 503, "probability": 2}, "probability must be a number from 0.0 on to 1"),
        ({"latency": -1}, "latency must be a number from 0.0 on"),
        ({"status": 503, "applied": "yes"}, "applied must be true or false"),
        ({"status": 503, "when": 1}, "when is not known"),
    ],
)
def test_control_faults(ask: Asker, body: object, message: str) -> None:
    """What is wrong with a rule is told, and it is not armed."""
    answer = ask("POST", "/__mock__/faults", json=body)
    assert answer.status == 400
    assert message in answer.json["detail"]
    assert ask.control("GET", "faults") == {"faults": []}


def test_unknown_rule(ask: Asker) -> None:
    """A rule that is not there cannot be taken back."""
    assert ask("DELETE", "/__mock__/faults/9").status == 404


def test_head_is_matched_as_get(ask: Asker) -> None:
    """HEAD asks for what GET asks for."""
    ask.control("POST", "faults", {"method": "GET", "status": 503})
    body = orjson.dumps(CLIENT)
    assert ask("HEAD", "/v3/user", body=body).status == 503
