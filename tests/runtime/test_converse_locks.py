"""The locks that a call holds while it is under way."""

import pytest

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.converse import converse, held_keys
from runtime.sample import UPDATE, WRITTEN, Lead, LeadUpdate, LeadWritten, get, lead_json, update
from runtime.script import LOST, Stage, answer, session


def test_writes_hold_the_locks_of_their_entities() -> None:
    """A batch holds the lock of each of its entities while it is under way; reads hold none."""
    stage = Stage([answer(200, WRITTEN), answer(200, lead_json())])
    shared = session()
    stage.play(converse(shared, update([LeadUpdate(id=9), LeadUpdate(id=3), LeadUpdate(id=9)])))
    stage.play(converse(shared, get(1)))
    assert stage.held == [("example.amocrm.ru/leads/3", "example.amocrm.ru/leads/9")]
    assert stage.freed == 1


@pytest.mark.parametrize("fault", [answer(400, {}), LOST, KeyboardInterrupt()])
def test_locks_are_freed_on_every_way_out(fault: object) -> None:
    """Errors and interrupts leave no lock behind."""
    stage = Stage([fault] * 9)  # type: ignore[list-item]  # either
    shared = session()
    with pytest.raises(BaseException):  # noqa: B017, PT011 - any of the three
        stage.play(converse(shared, update([LeadUpdate(id=9)])))
    assert stage.freed == len(stage.held) == 1
    assert not shared.locks._queues  # type: ignore[attr-defined]  # locks in memory


def test_locks_held_already_are_not_taken_again() -> None:
    """Inside of an edit the same entity can be written without a deadlock."""
    stage = Stage([answer(200, WRITTEN)])
    mark = held_keys.set(frozenset({"example.amocrm.ru/leads/9"}))
    try:
        stage.play(converse(session(), update([LeadUpdate(id=9)])))
    finally:
        held_keys.reset(mark)
    assert stage.held == []


def test_an_unknown_lead_in_a_batch() -> None:
    """Operations without locks, and items without ids, hold nothing."""
    assert UPDATE.lock == "leads/{id}"
    stage = Stage([answer(200, WRITTEN)])
    call: Call[list[Lead]] = Call(
        UPDATE, UPDATE.path, body=[{"name": "no id"}], returns=LeadWritten
    )
    stage.play(converse(session(), call))
    assert stage.held == []
