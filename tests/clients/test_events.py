"""Events and their types by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import LeadCreate, LeadUpdate

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_what_happened_to_a_lead(amocrm: AmoCRM) -> None:
    """Found by type, entity and value; read alone."""
    lead = amocrm.leads.create(LeadCreate(name="A"))
    amocrm.leads.update_one(LeadUpdate(id=lead.id, name="B", status_id=143))
    found = amocrm.events.find(
        filter={"entity": "lead", "entity_id": lead.id, "type": ["lead_status_changed"]}
    )
    [moved] = list(found)
    assert moved.value_after[0].lead_status.id == 143
    stage = {"status_id": 143, "pipeline_id": moved.value_after[0].lead_status.pipeline_id}
    again = amocrm.events.find(
        filter={"value_after": {"leads_statuses": [stage]}}, with_=["lead_name"]
    )
    assert [(event.id, event.embedded.entity.name) for event in again] == [(moved.id, "B")]
    assert amocrm.events.get(moved.id) == moved
    assert amocrm.events.get_or_none("01hf3x8m2t9q4k7w5z6y1a0b3c") is None


def test_directory_of_types(amocrm: AmoCRM) -> None:
    """In the language asked for."""
    types = {each.key: each for each in amocrm.event_types.find(language_code="en")}
    assert (types["lead_added"].type, types["lead_added"].lang) == (1, "New lead")
