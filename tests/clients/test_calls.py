"""Calls through the client: what became of each is known, whatever the status."""

import pytest

from amocrm_gen import AmoCRM, BatchError, ValidationError
from amocrm_gen.v4 import CallCreate, ContactCreate


def _call(phone: str) -> CallCreate:
    return CallCreate(direction="inbound", duration=60, source="PBX", phone=phone)


@pytest.fixture
def contact(amocrm: AmoCRM) -> int:
    """A contact with a phone."""
    phone = {"field_code": "PHONE", "values": [{"value": "+79990000001"}]}
    return amocrm.contacts.create(ContactCreate(name="Ann", custom_fields_values=[phone])).id


def test_a_call_is_placed(amocrm: AmoCRM, contact: int) -> None:
    """It can be read as a note of the contact."""
    made = amocrm.calls.create(_call("89990000001"))
    assert (made.entity_type, made.entity_id) == ("contact", contact)
    [note] = amocrm.notes.find_of_entity("contacts", contact)
    assert (note.id, note.note_type) == (made.id, "call_in")


def test_refused_calls_are_told(amocrm: AmoCRM, contact: int) -> None:
    """The status is 200, and yet the caller learns which calls were not placed."""
    calls = [_call("+79990000001"), _call("5"), _call("+79990000001")]
    with pytest.raises(BatchError) as caught:
        amocrm.calls.create(calls)
    assert [made.entity_id for made in caught.value.done] == [contact, contact]
    [(call, problems)] = caught.value.failed
    assert call is calls[1]
    assert [(problem.index, problem.code) for problem in problems] == [(1, "263")]
    assert caught.value.not_tried == caught.value.in_doubt == []


def test_calls_of_nobody(amocrm: AmoCRM) -> None:
    """When none is placed, one call is a ValidationError and several are a BatchError."""
    with pytest.raises(ValidationError) as caught:
        amocrm.calls.create(_call("5"))
    assert caught.value.problems[0].code == "263"
    with pytest.raises(BatchError) as several:
        amocrm.calls.create([_call("5"), _call("6")])
    assert [len(problems) for _, problems in several.value.failed] == [1, 1]
