"""A wrong input is answered with all that is wrong, and with what would be right."""

import pickle
from datetime import datetime
from typing import Any

import pytest

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.actions.operation import OperationAction
from amocrm_gen.actions.validation import checked

CATALOG = Catalog.of()


def taken(name: str, given: Any) -> Any:  # Any: JSON in and out
    """Return what an operation makes of an input."""
    action = CATALOG.get(name)
    assert isinstance(action, OperationAction)
    return checked(action, given)


def faults(name: str, given: Any) -> dict[str, Fault]:  # Any: JSON
    """Return what is wrong with an input, by place."""
    with pytest.raises(InputError) as caught:
        taken(name, given)
    found = {fault.path: fault for fault in caught.value.faults}
    assert len(found) == len(caught.value.faults)
    return found


@pytest.mark.parametrize(
    ("name", "given", "place", "message", "hint"),
    [
        ("leads.get", {}, "id", "is required and not there", "for example 101"),
        ("leads.get", {"id": "101"}, "id", 'got the text "101"', "write 101 without quotes"),
        ("leads.get", {"id": 1.5}, "id", "expected a whole number, got 1.5", None),
        ("leads.create", {"items": [{"name": "x", "tags": []}]}, "items[0].tags", "no such key",
         "did you mean 'tags_to_add'?"),
        ("leads.get", {"id": 1, "whit": []}, "whit", "no such key", "did you mean 'with'?"),
        ("leads.get", {"id": 1, "with": ["contact"]}, "with[0]", "not possible", "'contacts'?"),
        ("leads.get", {"id": 1, "with": "contact"}, "with[0]", "not possible", "'contacts'?"),
        ("leads.find", {"limit": 0}, "limit", "0 is less than 1", None),
        ("leads.find", {"page_size": 999}, "page_size", "999 is more than 250", None),
        ("leads.find", {"order": "pric"}, "order", "not possible", "give id, -id"),
        ("leads.find", {"order": {"id": "down"}}, "order.id", "not possible", "give asc, desc"),
        ("leads.find", {"filter": {"nmae": "x"}}, "filter.nmae", "no such key", "'name'?"),
        ("leads.find", {"filter": {"price": "5"}}, "filter.price", "the text", "without quotes"),
        ("leads.find", {"all": "yes"}, "all", "expected true or false", "write true without"),
        ("leads.create", {}, "items", "is required", 'for example [{"name": "Roof repair"'),
        ("leads.create", {"items": []}, "items", "needs at least 1 items", None),
        ("leads.create", {"items": ["x"]}, "items[0]", "expected an object", None),
        ("leads.create", {"items": [{"name": 5}]}, "items[0].name", "a text", 'quotes: "5"'),
        ("leads.create", {"items": [{"tags_to_add": {"name": "x"}}]}, "items[0].tags_to_add",
         "expected a list, got an object", "put it into a list"),
        ("tasks.create", {"items": [{"text": "Call"}]}, "items[0].complete_till", "is required",
         "for example"),
        ("notes.create.leads", {"items": [{"entity_id": 1, "note_type": "common"}]},
         "items[0].params", "is required", None),
        ("leads.update_one", {"id": 1, "closed_at": "yesterday"}, "closed_at",
         "no date or time", "2026-11-22T10:00:00+03:00"),
        ("leads.update_one", {"id": 1, "closed_at": "1700000000"}, "closed_at",
         "no date or time", "write 1700000000 without quotes"),
        ("leads.update_one", {"id": 1, "custom_fields_values": [{"value": "Riga"}]},
         "custom_fields_values[0].field", "is required", 'for example "City"'),
        ("leads.update_one", {"id": 1, "custom_fields_values": [{"field": "City"}]},
         "custom_fields_values[0].value", "is required", 'for example "Riga"'),
        ("leads.update_one",
         {"id": 1, "custom_fields_values": [{"field": "City", "field_id": 5, "value": 1}]},
         "custom_fields_values[0].field", "stands beside field_id", "give one of them"),
        ("notes.create.leads",
         {"items": [{"entity_id": 1, "note_type": "comon", "params": {"text": "x"}}]},
         "items[0].note_type", "not possible", "did you mean 'common'?"),
        ("notes.create.leads",
         {"items": [{"entity_id": 1, "note_type": "common", "params": {"txt": "x"}}]},
         "items[0].params.txt", "no such key", "did you mean 'text'?"),
        ("leads.create", {"name": "Roof"}, "name", "no such key", '{"items": [{"name": …}]}'),
        ("contacts.create", {"items": [{"phone": "+371"}]}, "items[0].phone", "no such key",
         '{"custom_fields": {"phone": …}}'),
        ("leads.update_one", {"id": 1, "custom_fields_values": {"City": "Riga"}},
         "custom_fields_values", "expected a list", "custom_fields takes such an object"),
        ("chats.send_message", {"scope_id": "s", "body": {"event_type": "new_massage"}},
         "body.event_type", "not possible", "new_message"),
    ],
)  # fmt: skip
def test_tells_what_would_be_right(
    name: str, given: dict[str, Any], place: str, message: str, hint: str | None
) -> None:
    """Place, fault and remedy of each kind of mistake."""
    fault = faults(name, given)[place]
    assert message in fault.message
    assert hint is None or hint in str(fault.hint)


def test_tells_all_at_once() -> None:
    """One answer is enough to correct everything."""
    given = {"items": [{"id": "1", "pryce": 5}, {"price": "5", "closed_at": "soon"}], "more": 1}
    assert set(faults("leads.update", given)) == {
        "more",
        "items[0].id",
        "items[0].pryce",
        "items[1].id",
        "items[1].price",
        "items[1].closed_at",
    }


@pytest.mark.parametrize("given", [None, [], "text", 5])
def test_what_is_no_object_is_refused(given: Any) -> None:
    """The whole input has no place."""
    (fault,) = faults("leads.find", given).values()
    assert fault.path == ""
    assert "expected an object" in fault.message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-22T10:00:00+03:00", 1795330800),
        ("2026-11-22T07:00:00Z", 1795330800),
        ("2026-11-22 10:00:00 +03:00", 1795330800),
        ("2026-11-22T10:00+0300", 1795330800),
    ],
)
def test_dates_stand_for_unix_times(text: str, seconds: int) -> None:
    """In bodies, lists and both ends of a range."""
    given = {"items": [{"text": "Call", "complete_till": text}]}
    assert taken("tasks.create", given)["items"][0]["complete_till"] == seconds
    asked = {"filter": {"created_at": {"from": text, "to": seconds}, "updated_at": text}}
    found = taken("leads.find", asked)["filter"]
    assert found == {"created_at": {"from": seconds, "to": seconds}, "updated_at": seconds}


def test_a_date_is_the_begin_of_its_day() -> None:
    """Without a zone, that of the machine is meant."""
    given = {"items": [{"text": "Call", "complete_till": "2026-11-22"}]}
    found = taken("tasks.create", given)["items"][0]["complete_till"]
    assert datetime.fromtimestamp(found).astimezone().strftime("%Y-%m-%d %H:%M") == (
        "2026-11-22 00:00"
    )


def test_the_input_itself_stays_as_it_was() -> None:
    """What is brought into form is a copy."""
    given: dict[str, Any] = {"items": {"name": "Roof", "created_at": "2026-11-22"}}
    assert taken("leads.create", given)["items"][0]["name"] == "Roof"
    assert given == {"items": {"name": "Roof", "created_at": "2026-11-22"}}


def test_secrets_are_not_shown() -> None:
    """Neither in the message nor in the hint, wherever the same text stands."""
    given = {
        "client_id": "x",
        "client_secret": 5,
        "refresh_token": "canary",
        "grant_type": "canary",
    }
    with pytest.raises(InputError) as caught:
        taken("oauth.issue_token", given)
    assert "canary" not in str(caught.value) + repr(caught.value.faults)


def test_the_error_pickles_and_is_short() -> None:
    """It crosses processes, and its text does not grow without end."""
    given = {"items": [{"nmae": number} for number in range(100)]}
    with pytest.raises(InputError) as caught:
        taken("leads.create", given)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.faults == caught.value.faults
    assert len(again.faults) == 100
    assert "and 80 more" in str(again)
    assert str(again).startswith("leads.create: the input is not taken: 100 things are wrong")
    assert again.as_json()["faults"][0]["path"] == "items[0].nmae"


@pytest.mark.parametrize("name", sorted(CATALOG.actions))
def test_a_key_that_is_not_known_is_refused_by_every_action(name: str) -> None:
    """No input takes keys in silence."""
    action = CATALOG.get(name)
    with pytest.raises(InputError) as caught:
        action.perform(None, {**action.example, "surely_unknown": 1})  # type: ignore[arg-type]
    assert [fault.path for fault in caught.value.faults] == ["surely_unknown"]
