"""An edit sends what was changed, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.edit import changes_of
from amocrm_gen.runtime.errors import EditError, NotFound
from amocrm_gen.runtime.folder import shared_folder
from amocrm_gen.runtime.locks.board import board_in
from amocrm_gen.runtime.unset import UNSET
from runtime.sample import Field, FieldType, LeadUpdate, Tag, Value, get, lead_json, update_one
from runtime.twins import Stage


def nothing_is_held() -> bool:
    """Tell whether all locks that this process shares with others are free."""
    return not board_in(shared_folder()).near._queues


def sent(stage: Stage) -> list[Any]:
    """Return the bodies of all writes."""
    return [asked.body for asked in stage.site.asked if asked.method == "PATCH"]


def test_one_changed_field_is_sent_alone(stage: Stage) -> None:
    """A change of one field sends that field and the id."""
    stage.site.fill(1)
    stage.open().edit(1, lambda lead: setattr(lead, "price", 5))
    assert sent(stage) == [{"id": 1, "price": 5}]
    assert stage.site.leads[1]["price"] == 5


def test_nothing_changed_is_nothing_sent(stage: Stage) -> None:
    """Leaving an object as it was, or putting back what it had, sends nothing."""
    stage.site.fill(1)
    twin = stage.open()
    twin.edit(1, lambda _: None)
    twin.edit(1, lambda lead: setattr(lead, "price", 100))
    twin.edit(1, lambda lead: setattr(lead, "name", UNSET))
    assert sent(stage) == []


def test_times_and_nulls(stage: Stage) -> None:
    """A time is sent in unix seconds; None is sent as null."""
    stage.site.fill(1)
    stage.site.leads[1]["closed_at"] = 5
    twin = stage.open()
    twin.edit(1, lambda lead: setattr(lead, "closed_at", datetime(1970, 1, 2, tzinfo=UTC)))
    twin.edit(1, lambda lead: setattr(lead, "closed_at", None))
    assert sent(stage) == [{"id": 1, "closed_at": 86_400}, {"id": 1, "closed_at": None}]


def test_tags_are_sent_without_what_only_reading_knows(stage: Stage) -> None:
    """A new tag sends the whole list, of each tag what can be written."""
    stage.site.fill(1)
    stage.open().edit(1, lambda lead: lead.embedded.tags.append(Tag(id=42, name="cold")))
    assert sent(stage) == [
        {"id": 1, "_embedded": {"tags": [{"id": 41, "name": "hot"}, {"id": 42, "name": "cold"}]}}
    ]


def test_no_tags_are_null(stage: Stage) -> None:
    """To take all tags away null is sent, since an empty list changes nothing."""
    stage.site.fill(1)
    stage.open().edit(1, lambda lead: lead.embedded.tags.clear())
    assert sent(stage) == [{"id": 1, "_embedded": {"tags": None}}]


def field(number: int, value: object) -> Field:
    """Return the values of a custom field."""
    return Field(
        field_id=number, field_name="F", field_type=FieldType.TEXT, values=[Value(value=value)]
    )


def test_only_changed_custom_fields_are_sent(stage: Stage) -> None:
    """Fields are merged by the API: the changed and new ones are sent, a removed one is cleared."""
    stage.site.fill(1)
    rows = [{"field_id": n, "field_name": "F", "field_type": "text", "values": []} for n in (1, 2)]
    stage.site.leads[1]["custom_fields_values"] += rows

    def change(lead: Any) -> None:
        lead.custom_fields_values[0].values[0].value = "S"
        del lead.custom_fields_values[2]
        lead.custom_fields_values.append(field(9, "new"))

    stage.open().edit(1, change)
    assert sent(stage) == [
        {
            "id": 1,
            "custom_fields_values": [
                {"field_id": 7, "values": [{"value": "S"}]},
                {"field_id": 9, "values": [{"value": "new"}]},
                {"field_id": 2, "values": None},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda lead: setattr(lead, "is_deleted", True), "is_deleted"),
        (lambda lead: setattr(lead, "id", 2), "id"),
        (lambda lead: setattr(lead.embedded, "contacts", [{"id": 1}]), "_embedded.contacts"),
    ],
)
def test_what_cannot_be_changed_is_an_error(stage: Stage, change: Any, name: str) -> None:
    """A change of a read-only key is named, and nothing is sent."""
    stage.site.fill(1)
    stage.site.leads[1]["_embedded"]["contacts"] = []
    with pytest.raises(EditError, match=f"{name} cannot be changed"):
        stage.open().edit(1, change)
    assert sent(stage) == []
    assert nothing_is_held()


def test_an_error_in_the_body_sends_nothing(stage: Stage) -> None:
    """When the body fails, nothing is written and the lock is free."""
    stage.site.fill(1)

    def fail(lead: Any) -> None:
        lead.price = 5
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        stage.open().edit(1, fail)
    assert sent(stage) == []
    assert nothing_is_held()


def test_an_edit_of_nothing(stage: Stage) -> None:
    """A missing entity is NotFound, and leaves no lock."""
    with pytest.raises(NotFound):
        stage.open().edit(1, lambda _: None)
    assert nothing_is_held()


def test_no_edit_is_lost(stage: Stage) -> None:
    """Many edits of one lead at the same time all count."""
    stage.site.fill(1)
    stage.site.leads[1]["price"] = 0
    twin = stage.open()

    def raise_price(client: Any) -> Any:
        editing = client.edit(get(1), update_one, LeadUpdate)
        if stage.kind == "sync":
            with editing as lead:
                lead.price += 1
            return None

        async def work() -> None:
            async with editing as lead:
                lead.price += 1

        return work()

    twin.at_once([raise_price] * 12)
    assert stage.site.leads[1]["price"] == 12
    assert nothing_is_held()


changes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(),
        "price": st.integers(0, 10**9),
        "closed_at": st.none() | st.integers(0, 10**9),
    },
)


@given(changes)
def test_exactly_the_changes_are_sent(changed: dict[str, Any]) -> None:
    """What is made of two states of an entity is their difference, and the id."""
    before = lead_json()
    real = {key: value for key, value in changed.items() if before[key] != value}
    found = changes_of(before, {**before, **changed}, LeadUpdate)
    assert found == ({"id": 1, **real} if real else None)


def test_keys_that_nobody_knows_can_be_added() -> None:
    """A key that the holder put in on purpose is sent along."""
    assert changes_of(lead_json(), lead_json(new=5), LeadUpdate) == {"id": 1, "extra": {"new": 5}}
