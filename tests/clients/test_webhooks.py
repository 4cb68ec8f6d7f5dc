"""Webhooks by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen import NotFound
from amocrm_gen.v4 import LeadCreate, WebhookCreate, WebhookDestination, WebhookEvent

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_life_of_a_webhook(amocrm: AmoCRM) -> None:
    """Subscribed, changed by subscribing again, found by its address, unsubscribed."""
    webhooks = amocrm.webhooks
    address = "https://hook.example.test/amo"
    events = [WebhookEvent.ADD_LEAD, WebhookEvent.NOTE_LEAD]
    added = webhooks.subscribe(WebhookCreate(destination=address, settings=events))
    assert added.settings == ["add_lead", "note_lead"]
    amocrm.leads.create(LeadCreate(name="told"))
    events = [WebhookEvent.STATUS_LEAD]
    changed = webhooks.subscribe(WebhookCreate(destination=address, settings=events))
    assert changed.id == added.id
    [found] = webhooks.find(filter={"destination": address})
    assert (found.settings, found.disabled, found.sort) == (events, False, 1)
    webhooks.unsubscribe(WebhookDestination(destination=address))
    assert webhooks.find() == []
    with pytest.raises(NotFound):
        webhooks.unsubscribe(WebhookDestination(destination=address))
