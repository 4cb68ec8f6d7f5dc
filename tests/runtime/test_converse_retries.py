"""When a call is sent again, and how long it waits for that."""

import pytest

from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.errors import AccountBlocked, RateLimited, ServerError, TransportError
from runtime.sample import WRITTEN, LeadCreate, create, get, lead_json
from runtime.script import LOST, UNSENT, Stage, answer, session

BLOCK = b"<html><head><title>403 Forbidden</title></head></html>"


@pytest.mark.parametrize("fault", [LOST, UNSENT, answer(503), answer(429), answer(502, b"<x>")])
def test_reading_is_repeated(fault: object) -> None:
    """A read is repeated after any passing fault."""
    stage = Stage([fault, fault, answer(200, lead_json())])  # type: ignore[list-item]  # either
    assert stage.play(converse(session(), get(1))).id == 1
    assert len(stage.sent) == 3
    assert stage.slept == sorted(stage.slept)
    assert stage.slept[0] > 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [(LOST, TransportError), (answer(503), ServerError), (answer(504), ServerError)],
)
def test_a_create_is_not_repeated_when_it_may_have_been_done(
    fault: object, error: type[Exception]
) -> None:
    """After a lost answer a create is in doubt and is not sent again."""
    stage = Stage([fault])  # type: ignore[list-item]  # either
    with pytest.raises(error):
        stage.play(converse(session(), create([LeadCreate(name="x")])))
    assert len(stage.sent) == 1


@pytest.mark.parametrize("fault", [UNSENT, answer(429), answer(429, {"retry_after": 3})])
def test_a_create_is_repeated_when_it_was_refused(fault: object) -> None:
    """A create that did not reach the server, or was turned away by it, is sent again."""
    stage = Stage([fault, answer(200, WRITTEN)])  # type: ignore[list-item]  # either
    (made,) = stage.play(converse(session(), create([LeadCreate(name="x")])))
    assert made.id == 5
    assert stage.bodies[0] == stage.bodies[1]


def test_retries_end() -> None:
    """When nothing helps, the last error is raised."""
    stage = Stage([answer(429, {"detail": "slow"})] * 9)
    with pytest.raises(RateLimited, match="slow"):
        stage.play(converse(session(policy={"max_retries": 2}), get(1)))
    assert len(stage.sent) == 3


def test_the_throttle_is_passed_before_each_attempt() -> None:
    """Retries count as sends: none goes past the limit."""
    stage = Stage([answer(503), answer(200, lead_json()), answer(200, lead_json())])
    shared = session(stage, limit=1, policy={"first_delay": 0.1})
    stage.play(converse(shared, get(1)))
    stage.play(converse(shared, get(1)))
    assert stage.slept == pytest.approx([0.1, 0.9, 1.0])


def test_a_429_is_a_penalty_for_all() -> None:
    """Everyone who shares the throttle waits as long as the server says."""
    stage = Stage([answer(429, {"retry_after": 5}), answer(200, lead_json())])
    shared = session(stage, limit=7)
    stage.play(converse(shared, get(1)))
    assert sum(stage.slept) >= 5
    assert shared.throttle is not None


def test_a_block_stops_all_traffic() -> None:
    """After the page of the block nothing is sent any more by those who share the throttle."""
    stage = Stage([answer(403, BLOCK)])
    shared = session(stage, limit=7)
    for _ in range(3):
        with pytest.raises(AccountBlocked):
            stage.play(converse(shared, get(1)))
    assert len(stage.sent) == 1
    stage.now += 301
    stage.answers.append(answer(200, lead_json()))
    assert stage.play(converse(shared, get(1))).id == 1


def test_a_cancelled_wait_gives_its_place_back() -> None:
    """Who is cancelled in the throttle's queue does not hold up those behind."""

    class Cancelled(BaseException):
        pass

    stage = Stage([answer(200, lead_json())] * 3)
    shared = session(stage, limit=1)
    stage.play(converse(shared, get(1)))
    talk = converse(shared, get(1))
    effect = next(talk)
    while type(effect).__name__ != "Sleep":
        effect = talk.send(stage._perform(effect))
    effect = talk.throw(Cancelled())
    with pytest.raises(Cancelled):
        talk.send(stage._perform(effect))
    stage.play(converse(shared, get(1)))
    assert stage.slept == [1.0]
