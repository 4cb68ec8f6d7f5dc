"""Rate limits, on a clock that stands still."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amocrm_mockserver import Clock, MockServer
from amocrm_mockserver.limits import Limits

from .asking import NOON, OTHER_CLIENT, Asker, two_accounts


@pytest.fixture
def limited() -> Asker:
    """Asks a server whose limits are on."""
    return Asker(MockServer(two_accounts(), clock=Clock(frozen_at=NOON), limits=True))


def statuses(ask: Asker, token: str, count: int) -> list[int]:
    """The statuses of so many calls in a row."""
    return [ask("GET", "/api/v4/account", token=token).status for _ in range(count)]


def test_seven_a_second(limited: Asker) -> None:
    """The eighth call of an integration within a second is refused, and a second later taken."""
    token = limited.log_in("code-1").json["access_token"]
    assert statuses(limited, token, 9) == [200] * 7 + [429] * 2
    limited.server.clock.advance(0.999)
    assert statuses(limited, token, 1) == [429]
    limited.server.clock.advance(0.001)
    assert statuses(limited, token, 8) == [200] * 7 + [429]


def test_refusal_is_html(limited: Asker) -> None:
    """The 429 is a page, not JSON: only so does the official SDK know it."""
    token = limited.log_in("code-1").json["access_token"]
    statuses(limited, token, 7)
    answer = limited("GET", "/api/v4/account", token=token)
    assert answer.header("Content-Type") == "text/html"
    assert "429 Too Many Requests" in answer.text


def test_sliding_window(limited: Asker) -> None:
    """The second is any second, not a calendar one."""
    token = limited.log_in("code-1").json["access_token"]
    limited.server.clock.advance(0.5)
    assert statuses(limited, token, 4) == [200] * 4
    limited.server.clock.advance(0.6)
    assert statuses(limited, token, 4) == [200] * 3 + [429]


def test_integrations_apart(limited: Asker) -> None:
    """Each integration has its own seven, and each account."""
    token = limited.log_in("code-1").json["access_token"]
    code = limited.control("POST", "accounts/acc1/codes", {"client_id": OTHER_CLIENT["client_id"]})[
        "code"
    ]
    other = limited.log_in(code, **OTHER_CLIENT).json["access_token"]
    elsewhere = limited.log_in("code-3", host="127.0.0.1").json["access_token"]
    at_any = Asker(limited.server, host="127.0.0.1")
    assert statuses(at_any, token, 8)[-1] == 429
    assert statuses(at_any, other, 8) == [200] * 7 + [429]
    assert statuses(at_any, elsewhere, 8) == [200] * 7 + [429]


def test_fifty_an_account(limited: Asker) -> None:
    """All integrations of an account together have fifty."""
    limited.control("POST", "limits", {"per_integration": 40})
    token = limited.log_in("code-1").json["access_token"]
    code = limited.control("POST", "accounts/acc1/codes", {"client_id": OTHER_CLIENT["client_id"]})[
        "code"
    ]
    other = limited.log_in(code, **OTHER_CLIENT).json["access_token"]
    assert statuses(limited, token, 40) == [200] * 40
    assert statuses(limited, other, 11) == [200] * 10 + [429]


def test_block(limited: Asker) -> None:
    """After 30 refusals in a minute everything is answered with the block page, until lifted."""
    token = limited.log_in("code-1").json["access_token"]
    assert statuses(limited, token, 7 + 30) == [200] * 7 + [429] * 30
    limited.server.clock.advance(3600)
    answer = limited("GET", "/api/v4/account", token=token)
    assert answer.status == 403
    assert answer.text == (
        "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1>"
        "</center><hr><center>nginx</center></body></html>"
    )
    assert limited.control("GET", "limits")["blocked"] == ["acc1"]
    assert limited.control("POST", "limits", {"unblock": "acc1"})["blocked"] == []
    assert statuses(limited, token, 1) == [200]


def test_no_block_by_slow_refusals(limited: Asker) -> None:
    """Thirty refusals spread over more than a minute do not block."""
    token = limited.log_in("code-1").json["access_token"]
    for _ in range(40):
        limited.server.clock.advance(2.1)
        assert statuses(limited, token, 8)[-1] == 429


def test_block_that_ends(limited: Asker) -> None:
    """A block can be set to end by itself."""
    limited.control("POST", "limits", {"block": "acc1", "block_seconds": 60})
    token = limited.log_in("code-1").json["access_token"]
    assert statuses(limited, token, 1) == [403]
    limited.server.clock.advance(60)
    assert statuses(limited, token, 1) == [200]


def test_oauth_is_not_limited(limited: Asker) -> None:
    """Tokens are to be had even by one who asks too much."""
    token = limited.log_in("code-1").json["access_token"]
    statuses(limited, token, 40)
    assert limited.log_in("code-2").status == 200
    assert limited("GET", "/v3/user", token=token).status == 200


def test_off_unless_asked_for(ask: Asker) -> None:
    """A server made for tests takes any number of calls, until told otherwise."""
    token = ask.log_in("code-1").json["access_token"]
    assert set(statuses(ask, token, 100)) == {200}
    assert ask.control("POST", "limits", {"enabled": True})["enabled"] is True
    assert statuses(ask, token, 8)[-1] == 429
    ask.control("POST", "reset")
    assert ask.control("GET", "limits")["enabled"] is False


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"per_integration": 0}, 400, "per_integration must be a whole number from 1 on"),
        ({"per_integration": True}, 400, "per_integration must be a whole number from 1 on"),
        ({"window": "1"}, 400, "window must be a number above 0"),
        ({"enabled": 1}, 400, "enabled must be true or false"),
        ({"block": "nobody"}, 404, "no account nobody"),
        ({"rate": 1}, 400, "rate is not known"),
    ],
)
def test_control_faults(ask: Asker, body: object, status: int, message: str) -> None:
    """What is wrong with a call is told, and the limits are as they were."""
    before = ask.control("GET", "limits")
    answer = ask("POST", "/__mock__/limits", json=body)
    assert answer.status == status
    assert message in answer.json["detail"]
    assert ask.control("GET", "limits") == before


@settings(deadline=None)
@given(st.lists(st.floats(0, 0.5), max_size=200))
def test_never_more_than_seven_in_any_second(pauses: list[float]) -> None:
    """Whatever the pauses, no window of a second holds more than seven taken calls."""
    limits = Limits()
    now = 0.0
    taken: list[float] = []
    for pause in pauses:
        now += pause
        if limits.take("acc1", "client", now) is None:
            taken.append(now)
        else:
            limits.unblock("acc1")
            assert now - taken[-7] < 1
    assert all(later - first >= 1 for first, later in zip(taken, taken[7:], strict=False))
