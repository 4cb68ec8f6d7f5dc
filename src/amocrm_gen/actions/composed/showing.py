"""Shows a card with all that belongs to it."""

from collections.abc import Iterable

from attrs import frozen

from amocrm_gen.actions.composed.cards import contact_of, lead_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import (
    FieldShown,
    LeadShown,
    NoteShown,
    PersonShown,
    TaskShown,
    fields_shown,
    lead_shown,
    note_shown,
    person_shown,
    task_shown,
)
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.directory import FieldOwner

__all__ = [
    "ContactCard",
    "LeadCard",
    "ShowContact",
    "ShowLead",
    "show_contact_card",
    "show_lead_card",
]


@frozen(kw_only=True)
class ShowContact:
    """Which contact."""

    contact: int | str = about(
        "Id, phone number, e-mail address or exact name of the contact.",
        examples=(201, "+7 916 123-45-67", "anna@example.com"),
    )
    notes: int = about("So many of its latest notes.", default=10, least=0, most=250)


@frozen(kw_only=True)
class ContactCard:
    """A contact with all that belongs to it."""

    contact: PersonShown
    tags: list[str]
    fields: list[FieldShown] = about("All filled custom fields.")
    company: PersonShown | None = about("Its company.", default=None)
    leads: list[LeadShown]
    tasks: list[TaskShown] = about("Open tasks, the earliest deadline first.")
    notes: list[NoteShown] = about("The latest first.")


@frozen(kw_only=True)
class ShowLead:
    """Which lead."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    notes: int = about("So many of its latest notes.", default=10, least=0, most=250)


@frozen(kw_only=True)
class LeadCard:
    """A lead with all that belongs to it."""

    lead: LeadShown
    loss_reason: str | None = about("Why it was lost.", default=None)
    fields: list[FieldShown] = about("All filled custom fields.")
    contacts: list[PersonShown] = about("The main contact first.")
    company: PersonShown | None = about("Its company.", default=None)
    tasks: list[TaskShown] = about("Open tasks, the earliest deadline first.")
    notes: list[NoteShown] = about("The latest first.")


def show_contact_card(desk: Desk, given: ShowContact) -> ContactCard:
    """Read a contact with its company, leads, open tasks and latest notes."""
    contact = contact_of(desk, given.contact)
    ids = {one.id for one in contact.embedded.leads or []}
    leads = desk.amo.leads.find(filter={"id": sorted(ids)}, order="-id") if ids else ()
    return ContactCard(
        contact=person_shown(desk, contact),
        tags=[tag.name for tag in contact.embedded.tags],
        fields=fields_shown(contact.custom_fields_values),
        company=_company(desk, [one.id for one in contact.embedded.companies]),
        leads=[lead_shown(desk, one) for one in leads if one.id in ids],
        tasks=_tasks(desk, "contacts", contact.id),
        notes=_notes(desk, "contacts", contact.id, given.notes),
    )


def show_lead_card(desk: Desk, given: ShowLead) -> LeadCard:
    """Read a lead with its contacts, company, open tasks and latest notes."""
    lead = lead_of(desk, given.lead, "contacts", "loss_reason")
    main = {one.id: one.is_main for one in lead.embedded.contacts or []}
    people = desk.amo.contacts.find(filter={"id": list(main)}, with_=["leads"]) if main else ()
    known = [one for one in people if one.id in main]
    reasons = lead.embedded.loss_reason or []
    return LeadCard(
        lead=lead_shown(desk, lead),
        loss_reason=reasons[0].name if reasons else None,
        fields=fields_shown(lead.custom_fields_values),
        contacts=[
            person_shown(desk, one)
            for one in sorted(known, key=lambda one: (not main[one.id], one.id))
        ],
        company=_company(desk, [one.id for one in lead.embedded.companies]),
        tasks=_tasks(desk, "leads", lead.id),
        notes=_notes(desk, "leads", lead.id, given.notes),
    )


def _company(desk: Desk, ids: Iterable[int]) -> PersonShown | None:
    for number in ids:
        found = desk.amo.companies.get_or_none(number, with_=["leads"])
        if found is not None:
            return person_shown(desk, found)
    return None


def _tasks(desk: Desk, kind: FieldOwner, number: int) -> list[TaskShown]:
    found = desk.amo.tasks.find(
        filter={"entity_type": kind, "entity_id": number, "is_completed": False},
        order="complete_till",
    )
    return [
        task_shown(desk, one)
        for one in found
        if (one.entity_type, one.entity_id) == (kind, number) and not one.is_completed
    ]


def _notes(desk: Desk, kind: FieldOwner, number: int, most: int) -> list[NoteShown]:
    if most == 0:
        return []
    found = desk.amo.notes.find_of_entity(kind, number, order="-updated_at", limit=most)
    return [note_shown(desk, one) for one in found]
