"""The clock, and what follows it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amocrm_mockserver import Clock

from .asking import NOON

if TYPE_CHECKING:
    from .asking import Asker

DAY = 86_400


def test_real_time() -> None:
    """Without anything set it shows the time of its source."""
    assert Clock(source=lambda: 5.5).now() == 5.5
    assert Clock(source=lambda: 5.5).timestamp() == 5


@settings(deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1e6), st.sampled_from(["freeze", "unfreeze", "tick"]))))
def test_never_backward(steps: list[float | str]) -> None:
    """Whatever is done to it, but for freezing it in the past, time never runs backward."""
    real = [1000.0]
    clock = Clock(source=lambda: real[0])
    last = clock.now()
    for step in steps:
        if step == "freeze":
            clock.freeze()
        elif step == "unfreeze":
            clock.unfreeze()
        elif step == "tick":
            real[0] += 1
        else:
            assert isinstance(step, float)
            clock.advance(step)
        assert clock.now() >= last - 1e-6
        last = clock.now()


def test_unfreeze_goes_on() -> None:
    """After a stand it goes on from the time shown."""
    real = [100.0]
    clock = Clock(source=lambda: real[0])
    clock.freeze(50)
    real[0] += 10
    assert clock.now() == 50
    clock.unfreeze()
    assert clock.now() == 50
    real[0] += 1
    assert clock.now() == 51


def test_advance_is_forward_only() -> None:
    """A negative step is refused with a hint, and changes nothing."""
    clock = Clock(frozen_at=10)
    with pytest.raises(ValueError, match="use freeze"):
        clock.advance(-1)
    assert clock.now() == 10


def test_date_header(ask: Asker) -> None:
    """`Date` is the server's time."""
    ask.server.clock.advance(3600)
    date = ask("GET", "/api/v4/account").header("Date")
    assert date is not None
    assert parsedate_to_datetime(date).timestamp() == NOON + 3600


def test_access_token_dies_after_a_day(ask: Asker) -> None:
    """An access token lives 86400 seconds to the second."""
    token = ask.log_in("code-1").json["access_token"]
    ask.server.clock.advance(DAY - 1)
    assert ask("GET", "/api/v4/account", token=token).status == 200
    ask.server.clock.advance(1)
    assert ask("GET", "/api/v4/account", token=token).status == 401


def test_code_dies_after_twenty_minutes(ask: Asker) -> None:
    """A code lives 20 minutes to the second."""
    ask.server.clock.advance(20 * 60 - 1)
    assert ask.log_in("code-1").status == 200
    ask.server.clock.advance(1)
    assert ask.log_in("code-2").status == 400


def test_refresh_token_dies_after_three_months(ask: Asker) -> None:
    """A refresh token that is used in time starts its three months anew."""
    token = ask.log_in("code-1").json["refresh_token"]
    for _ in range(5):
        ask.server.clock.advance(89 * DAY)
        token = ask.refresh(token).json["refresh_token"]
    ask.server.clock.advance(92 * DAY)
    assert ask.refresh(token).status == 401


@pytest.mark.parametrize(
    ("body", "now", "frozen"),
    [
        ({"freeze": 1_600_000_000}, 1_600_000_000, True),
        ({"freeze": "2026-01-31T12:00:00+03:00"}, 1_769_850_000, True),
        ({"freeze": "2026-01-31T09:00:00"}, 1_769_850_000, True),
        ({"freeze": True}, NOON, True),
        ({"freeze": False}, NOON, True),
        ({"freeze": 0}, 0, True),
        ({"advance": 1.5}, NOON + 1.5, True),
        ({"freeze": 1_600_000_000, "advance": 60}, 1_600_000_060, True),
    ],
)
def test_control(ask: Asker, body: object, now: float, frozen: bool) -> None:
    """The control call tells the time that it has set."""
    told = ask.control("POST", "clock", body)
    assert (told["now"], told["frozen"]) == (now, frozen)
    assert ask.control("GET", "clock") == told


def test_control_unfreeze(ask: Asker) -> None:
    """Time goes on from where it stood."""
    told = ask.control("POST", "clock", {"unfreeze": True})
    assert told["frozen"] is False
    assert told["now"] >= NOON


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"advance": -1}, "never goes back"),
        ({"advance": "1"}, "number of seconds"),
        ({"advance": True}, "number of seconds"),
        ({"freeze": "tomorrow"}, "2026-01-31T12:00:00+03:00"),
        ({"freeze": []}, "2026-01-31T12:00:00+03:00"),
        ({"freeze": -1}, "2026-01-31T12:00:00+03:00"),
        ({"freeze": 1e30}, "2026-01-31T12:00:00+03:00"),
        ({"advance": 1e30}, "year 9999"),
        ({"unfreeze": 1}, "unfreeze must be of type boolean"),
        ({"forward": 1}, "known are: advance, freeze, unfreeze"),
    ],
)
def test_control_faults(ask: Asker, body: object, message: str) -> None:
    """What is wrong with a call is told, and the clock is as it was."""
    answer = ask("POST", "/__mock__/clock", json=body)
    assert answer.status == 400
    assert message in answer.json["detail"]
    assert ask.server.clock.now() == NOON
