"""An edit sends what was changed, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.edit import changes_of
from amocrm_gen.runtime.errors import Conflict, EditError, NotFound
from amocrm_gen.runtime.folder import shared_folder
from amocrm_gen.runtime.locks.board import board_in
from amocrm_gen.runtime.merge import merge
from amocrm_gen.runtime.refusal import conflicts_in
from amocrm_gen.runtime.unset import UNSET
from runtime.sample import (
    UPDATE,
    Field,
    FieldType,
    LeadUpdate,
    Tag,
    Value,
    get,
    lead_json,
    update,
    update_one,
)
from runtime.site import Answer, Asked, reply
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


OUTDATED = "Last modified date is older than in database"


def refuse_once(stage: Stage, meanwhile: dict[str, Any], body: object = None) -> None:
    """Let somebody else be faster than the first write."""

    def refuse(asked: Asked) -> Answer | None:
        if asked.method == "PATCH" and len(sent(stage)) == 1:
            stage.site.leads[1].update(meanwhile)
            return reply(400, body or {"title": "Bad Request", "detail": OUTDATED})
        return None

    stage.site.before = refuse


def edit_again(stage: Stage, change: Callable[[Any], object], retries: int) -> None:
    """Edit by either client, which reads again after a conflict."""
    twin = stage.open()
    edit = twin.do(lambda client: client.edit(get(1), update_one, LeadUpdate, retries))
    if stage.kind == "sync":
        with edit as lead:
            change(lead)
        return

    async def work() -> None:
        async with edit as lead:
            change(lead)

    twin.do(lambda _: work())


def test_a_conflict_names_the_ids(stage: Stage) -> None:
    """Whichever form it has, it is a `Conflict` that tells what is newer."""
    stage.site.fill(2)
    forms: list[tuple[int, object]] = [
        (400, {"detail": OUTDATED}),
        (400, {"errors": {"1": OUTDATED}}),
        (400, {"validation-errors": [{"request_id": "0", "errors": [{"detail": OUTDATED}]}]}),
        (200, {"_embedded": {"items": [], "errors": {"update": {"1": OUTDATED}}}}),
    ]
    twin = stage.open()
    for status, body in forms:
        answer = reply(status, body)
        stage.site.before = lambda _, answer=answer: answer
        with pytest.raises(Conflict) as caught:
            twin.do(
                lambda client: client.write(update, LeadUpdate(id=1, price=1), operation=UPDATE)
            )
        assert caught.value.ids == (1,)
    assert [conflicts_in(body) for _, body in forms] == [(), (1,), (), (1,)]
    assert conflicts_in({"_embedded": {"errors": {"update": {"1": "Lead not found"}}}}) == ()
    assert conflicts_in(None) == ()


def test_a_conflict_is_an_error_without_retries(stage: Stage) -> None:
    """Nothing is sent again unless that was asked for."""
    stage.site.fill(1)
    refuse_once(stage, {"name": "theirs"})
    with pytest.raises(Conflict):
        edit_again(stage, lambda lead: setattr(lead, "price", 5), retries=0)
    assert len(sent(stage)) == 1
    assert nothing_is_held()


def test_a_conflict_over_other_things_is_settled(stage: Stage) -> None:
    """It is read again, and the changes are sent; what others have changed stays."""
    stage.site.fill(1)
    refuse_once(stage, {"name": "theirs"})
    edit_again(stage, lambda lead: setattr(lead, "price", 5), retries=1)
    assert sent(stage) == [{"id": 1, "price": 5}] * 2
    assert (stage.site.leads[1]["name"], stage.site.leads[1]["price"]) == ("theirs", 5)
    assert nothing_is_held()


def test_a_conflict_over_one_thing_is_not_settled(stage: Stage) -> None:
    """Who is to win is not decided here."""
    stage.site.fill(1)
    refuse_once(stage, {"price": 7})
    with pytest.raises(Conflict):
        edit_again(stage, lambda lead: setattr(lead, "price", 5), retries=3)
    assert stage.site.leads[1]["price"] == 7
    assert nothing_is_held()


def values(number: int, value: str) -> dict[str, Any]:
    """Return a custom field as an answer holds it."""
    return {"field_id": number, "values": [{"value": value}]}


def test_single_custom_fields_and_parts_are_merged() -> None:
    """Changes of different fields go together; changes of one field do not."""
    before = {"a": 1, "_embedded": {"x": 1, "y": 1}, "custom_fields_values": [values(1, "a")]}
    mine = {"a": 1, "_embedded": {"x": 2, "y": 1}, "custom_fields_values": [values(1, "b")]}
    theirs = {
        "a": 2,
        "_embedded": {"x": 1, "y": 2},
        "custom_fields_values": [values(1, "a"), values(2, "c")],
    }
    assert merge(before, mine, theirs) == {
        "a": 2,
        "_embedded": {"x": 2, "y": 2},
        "custom_fields_values": [values(1, "b"), values(2, "c")],
    }
    theirs["custom_fields_values"] = [values(1, "x")]
    assert merge(before, mine, theirs) is None


parts = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))


@given(parts, parts, parts)
def test_a_merge_has_both_changes(
    before: dict[str, int], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    """Each key is as the one has it who changed it; None just if both did, and differently."""
    both = {
        name
        for name in "abcd"
        if before.get(name) != mine.get(name)
        and before.get(name) != theirs.get(name)
        and mine.get(name) != theirs.get(name)
    }
    merged = merge(before, mine, theirs)
    assert (merged is None) == bool(both)
    for name in "abcd" if merged is not None else "":
        changer = mine if before.get(name) != mine.get(name) else theirs
        assert merged.get(name) == changer.get(name)


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
