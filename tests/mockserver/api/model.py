"""A small CRM, written from the docs alone, to hold the server against.

It imports nothing of the server.
"""

from __future__ import annotations

from attrs import Factory, define

__all__ = ["LOST", "WON", "ModelContact", "ModelCrm", "ModelLead", "ModelTask"]

WON, LOST = 142, 143


@define
class ModelLead:
    """A deal."""

    id: int
    name: str
    price: int
    pipeline: int
    stage: int
    updated: int
    closed: int | None = None
    reason: int | None = None
    tags: list[str] = Factory(list[str])
    contacts: list[int] = Factory(list[int])
    main: int | None = None
    company: int | None = None


@define
class ModelContact:
    """A person."""

    id: int
    first: str
    last: str
    name: str
    updated: int
    company: int | None = None
    phones: list[str] = Factory(list[str])


@define
class ModelTask:
    """A thing to do."""

    id: int
    till: int
    lead: int | None
    done: bool = False
    result: str | None = None


@define
class ModelCrm:
    """Leads, contacts, companies and tasks, and how they hang together."""

    first_stage: dict[int, int]
    """By pipeline."""
    leads: dict[int, ModelLead] = Factory(dict[int, "ModelLead"])
    contacts: dict[int, ModelContact] = Factory(dict[int, "ModelContact"])
    companies: dict[int, int] = Factory(dict[int, int])
    """When each was changed last."""
    tasks: dict[int, ModelTask] = Factory(dict[int, "ModelTask"])

    def move(self, lead: ModelLead, *, pipeline: int | None, stage: int | None, now: int) -> None:
        """A pipeline alone means its first stage; closed leads know when."""
        before = lead.pipeline, lead.stage
        if pipeline is not None and pipeline != lead.pipeline and stage is None:
            stage = self.first_stage[pipeline]
        lead.pipeline = pipeline or lead.pipeline
        lead.stage = stage or lead.stage
        if lead.stage not in {WON, LOST}:
            lead.closed = None
        elif (lead.pipeline, lead.stage) != before:
            lead.closed = now
        if lead.stage != LOST:
            lead.reason = None

    def link_contact(self, lead: ModelLead, contact: int, *, main: bool, now: int) -> None:
        """The first contact is the main one; a marked one takes over."""
        if contact not in lead.contacts:
            lead.contacts.append(contact)
            self.contacts[contact].updated = now
            if main or lead.main is None:
                lead.main = contact
        elif main:
            lead.main = contact
        lead.updated = now

    def unlink_contact(self, lead: ModelLead, contact: int, now: int) -> None:
        """The next contact becomes the main one."""
        if contact not in lead.contacts:
            return
        lead.contacts.remove(contact)
        lead.updated = self.contacts[contact].updated = now
        if lead.main == contact:
            lead.main = lead.contacts[0] if lead.contacts else None

    def set_company(self, owner: ModelLead | ModelContact, company: int, now: int) -> None:
        """There is one at most."""
        if owner.company not in {None, company}:
            self.companies[owner.company or 0] = now
        if owner.company != company:
            self.companies[company] = now
        owner.company = company
        owner.updated = now

    def deadline(self, lead: int) -> int | None:
        """The nearest of the open tasks."""
        open_ = [task.till for task in self.tasks.values() if task.lead == lead and not task.done]
        return min(open_, default=None)

    def leads_in_order(self) -> list[int]:
        """Last changed last."""
        return sorted(self.leads, key=lambda number: (self.leads[number].updated, number))
