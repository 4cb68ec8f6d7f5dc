"""Pipelines, tasks and incoming chats by both clients."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from amocrm_gen.v4 import (
    PipelineCreate,
    PipelineCreateEmbedded,
    PipelineStatus,
    PipelineUpdate,
    TaskCreate,
    TaskUpdate,
    UnsortedLink,
    UnsortedLinkMetadata,
    UnsortedLinkTo,
)

from .places import KINDS, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOON: Final = datetime(2030, 1, 1, tzinfo=UTC)
_CHAT: Final = {
    "uid": "c1",
    "source_uid": "amojo",
    "metadata": {"from": "Oleg", "service": "telegram", "origin": {"chat_id": "x"}},
    "_embedded": {"contacts": [{"id": 9, "name": "Oleg"}]},
}
_CONTENTS: Final = {
    "leads": [{"id": 7, "name": "L"}],
    "contacts": [{"id": 8, "name": "C"}],
    "unsorted": {"chats": [_CHAT]},
}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """An account with a lead and a chat that waits to be sorted."""
    kind: Kind = request.param
    with Place.opened(kind, _CONTENTS) as opened:
        yield opened


def test_life_of_a_pipeline(place: Place) -> None:
    """Made with its stages, read, renamed, deleted."""
    ask = place.ask
    stage = PipelineStatus(name="Begun", sort=10, color="#fffeb2")
    wanted = PipelineCreate(
        name="P",
        sort=20,
        is_main=False,
        is_unsorted_on=False,
        embedded=PipelineCreateEmbedded(statuses=[stage]),
    )
    made = ask(lambda amo: amo.pipelines.create(wanted))
    read = ask(lambda amo: amo.pipelines.get(made.id))
    assert (read.name, read.is_main) == ("P", False)
    assert "Begun" in [status.name for status in read.embedded.statuses]
    ask(lambda amo: amo.pipelines.update(PipelineUpdate(id=made.id, name="Q")))
    found = {each.id: each.name for each in ask(lambda amo: amo.pipelines.find())}
    assert found[made.id] == "Q"
    ask(lambda amo: amo.pipelines.delete(made.id))
    assert ask(lambda amo: amo.pipelines.get_or_none(made.id)) is None
    assert [each.id for each in ask(lambda amo: amo.pipelines.find())] == [
        number for number in found if number != made.id
    ]


def test_life_of_a_task(place: Place) -> None:
    """Made for a lead, found by it, changed alone and with others."""
    ask = place.ask
    wanted = TaskCreate(text="Call", complete_till=_SOON, entity_id=7, entity_type="leads")
    made = ask(lambda amo: amo.tasks.create(wanted))
    [found] = ask(lambda amo: amo.tasks.find(filter={"entity_type": "leads", "entity_id": [7]}))
    assert (found.id, found.text, found.complete_till) == (made.id, "Call", _SOON)
    ask(lambda amo: amo.tasks.update_one(TaskUpdate(id=made.id, text="Write")))
    ask(lambda amo: amo.tasks.update([TaskUpdate(id=made.id, is_completed=True)]))
    read = ask(lambda amo: amo.tasks.get(made.id))
    assert (read.text, read.is_completed) == ("Write", True)


def test_a_chat_joins_a_lead(place: Place) -> None:
    """It leaves the inbox; the lead has the contact that was named."""
    ask = place.ask
    [waiting] = ask(lambda amo: amo.unsorted.find(filter={"category": ["chats"]}))
    assert (waiting.uid, waiting.metadata.service) == ("c1", "telegram")
    to = UnsortedLinkTo(
        entity_id=7, entity_type="leads", metadata=UnsortedLinkMetadata(contact_id=8)
    )
    linked = ask(lambda amo: amo.unsorted.link("c1", UnsortedLink(link=to)))
    assert [lead.id for lead in linked.embedded.leads] == [7]
    assert ask(lambda amo: amo.unsorted.find()) == []
    lead = ask(lambda amo: amo.leads.get(7, with_=["contacts"]))
    assert [contact.id for contact in lead.embedded.contacts] == [8]
