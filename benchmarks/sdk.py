"""The SDK's side of the contests: the same work as the floor's, in typed objects."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from amocrm_gen import AmoCRM, AsyncAmoCRM
from amocrm_gen.v4.models.common import (
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
    EntityTagRef,
)
from amocrm_gen.v4.models.leads import Lead, LeadCreate, LeadCreateEmbedded
from benchmarks.sample import lead_to_create

__all__ = ["Sdk", "async_client", "client", "leads_to_create", "touch"]

_LEAD: Final = 2000001


def client(origin: str, **options: Any) -> AmoCRM:  # Any: the constructor's own
    """Return a client of the bare server with its default settings, but without a throttle."""
    return AmoCRM("example", token="token", base_url=origin, throttle=None, **options)


def async_client(origin: str) -> AsyncAmoCRM:
    """Return an asynchronous client of the bare server."""
    return AsyncAmoCRM("example", token="token", base_url=origin, throttle=None)


@frozen
class Sdk:
    """The work of the contests, done with one client."""

    amo: AmoCRM

    def kept(self) -> tuple[list[Lead], int]:
        """Read all leads, then look at every custom field value."""
        leads = self.amo.leads.find().all()
        return leads, touch(leads)

    def streamed(self) -> int:
        """Look at every custom field value of one lead after the other."""
        return sum(touch((lead,)) for lead in self.amo.leads.find())

    def get(self) -> Lead:
        """Read one lead."""
        return self.amo.leads.get(_LEAD)

    def create(self, leads: Sequence[LeadCreate]) -> object:
        """Create leads."""
        return self.amo.leads.create(leads)


def touch(leads: Sequence[Lead]) -> int:
    """Look at every custom field value; tells how many are filled."""
    seen = 0
    for lead in leads:
        for values in lead.custom_fields_values or ():
            for item in values.values:
                seen += item.value is not None
    return seen


def leads_to_create(count: int) -> list[LeadCreate]:
    """Return so many leads as models."""
    return [_lead_to_create(number) for number in range(count)]


def _lead_to_create(number: int) -> LeadCreate:
    lead = lead_to_create(number)
    return LeadCreate(
        name=lead["name"],
        price=lead["price"],
        responsible_user_id=lead["responsible_user_id"],
        status_id=lead["status_id"],
        pipeline_id=lead["pipeline_id"],
        created_at=datetime.fromtimestamp(lead["created_at"], UTC),
        custom_fields_values=[
            CustomFieldValuesWrite(
                field_id=held["field_id"],
                values=[CustomFieldValueWrite(**value) for value in held["values"]],
            )
            for held in lead["custom_fields_values"]
        ],
        embedded=LeadCreateEmbedded(
            tags=[EntityTagRef(name=tag["name"]) for tag in lead["_embedded"]["tags"]]
        ),
    )
