"""Makes a lead with its contact, company, task and note in one step."""

from typing import Any

from attrs import frozen

from amocrm_gen.actions.composed.cards import companies_named, contact_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.fields import field_values
from amocrm_gen.actions.composed.people import contact_create, known_contact
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.candidates import AmbiguousName, Candidate
from amocrm_gen.runtime.unset import UNSET, Unset
from amocrm_gen.v4.models.common import EntityTagRef
from amocrm_gen.v4.models.companies import CompanyCreate
from amocrm_gen.v4.models.contacts import ContactCreate
from amocrm_gen.v4.models.leads import (
    CompanyLink,
    LeadComplex,
    LeadComplexContact,
    LeadComplexEmbedded,
)
from amocrm_gen.v4.models.notes import CommonNoteCreate, TextParams
from amocrm_gen.v4.models.tasks import TaskCreate, TaskEntityType

__all__ = [
    "CreateLead",
    "LeadMade",
    "WithContact",
    "WithTask",
    "create_lead_with_contact",
]


@frozen(kw_only=True)
class WithContact:
    """Who the lead is about: somebody who is known by id, number or address, or a new contact."""

    id: int | None = about("Id, of a contact that is there.", default=None)
    name: str | None = about("Full name of a new contact.", default=None, examples=("Ann Lee",))
    phone: str | None = about(
        "Phone number; a contact that has it is taken.", default=None, examples=("+1 415 555 0100",)
    )
    email: str | None = about(
        "E-mail address; a contact that has it is taken.",
        default=None,
        examples=("ann@example.com",),
    )
    position: str | None = about("Position of a new contact.", default=None)
    tags: list[str] | None = about("Tags of a new contact.", default=None)
    fields: dict[str, Any] | None = about(  # Any: by the fields' types
        "Custom fields of a new contact: values by names, codes or ids.", default=None
    )


@frozen(kw_only=True)
class WithTask:
    """What is to be done next."""

    text: str = about("What is to be done.", few=1, examples=("Call back",))
    due: int | str = about(
        "Until when, in the account's time zone.",
        default="tomorrow 10:00",
        examples=("tomorrow 10:00", "2026-11-25", "in 2 days"),
    )
    type: int | str = about("Name, code or id of the task type; 1 is a call.", default=1)
    user: int | str | None = about("Who does it; who is responsible if left out.", default=None)


@frozen(kw_only=True)
class CreateLead:
    """The lead, and what belongs to it."""

    name: str | None = about("Title of the lead.", default=None, examples=("Roof repair",))
    price: float | None = about("Budget.", default=None, least=0, examples=(25000,))
    pipeline: int | str | None = about(
        "Name or id of the pipeline; the main one if left out.", default=None
    )
    stage: int | str | None = about(
        "Name or id of the stage; the first one if left out.", default=None
    )
    responsible: int | str | None = about(
        'Who is responsible: name, e-mail address or id of a user, or "me".', default=None
    )
    tags: list[str] | None = about("Tags of the lead.", default=None)
    fields: dict[str, Any] | None = about(  # Any: by the fields' types
        "Custom fields of the lead: values by names, codes or ids.",
        default=None,
        examples=({"UTM_SOURCE": "newsletter"},),
    )
    contact: WithContact | None = about("Its contact.", default=None)
    company: int | str | None = about(
        "Its company: id, or name; a company of that very name is taken, else one is made.",
        default=None,
        examples=("Acme",),
    )
    task: WithTask | None = about("A task on the lead.", default=None)
    note: str | None = about("A note on the lead.", default=None, examples=("Wants a quote",))
    key: str | None = about(
        "A key of yours, such as an order's number: what was made with it is not made again.",
        default=None,
    )
    again: bool = about(
        "True makes another one although this input was done before.", default=False
    )


@frozen(kw_only=True)
class LeadMade:
    """What was made, and what was there."""

    created: bool = about("False: this input was done before; the lead of then is told.")
    merged: bool = about("True: the account's duplicate control has updated a lead instead.")
    lead_id: int
    is_deleted: bool | None = about(
        "True: the lead of then was deleted since; `again` makes a new one.", default=None
    )
    contact_id: int | None = None
    contact_found: bool = about("True: the contact was there already.")
    company_id: int | None = None
    task_id: int | None = None
    note_id: int | None = None
    link: str = about("Where amoCRM shows the lead.", format="uri")


def create_lead_with_contact(desk: Desk, given: CreateLead) -> LeadMade:
    """Make a lead with all that belongs to it."""
    key = desk.once()
    user = UNSET if given.responsible is None else desk.directory.user(given.responsible)
    contact = _contact(desk, given)
    company = _company(desk, given)
    lead = _lead(desk, given, user, contact, company)
    task = None if given.task is None else _task(desk, given.task, user)
    note = given.note
    made, is_new = desk.create(lambda: desk.amo.leads.create_complex(lead, once=key))
    is_gone = not is_new and desk.amo.leads.get_or_none(made.id) is None
    if is_gone:
        task, note = None, None
    return LeadMade(
        created=is_new,
        merged=made.merged,
        lead_id=made.id,
        is_deleted=True if is_gone else None,
        contact_id=made.contact_id,
        contact_found=isinstance(contact, LeadComplexContact),
        company_id=made.company_id,
        task_id=None if task is None else _add_task(desk, task, made.id, key),
        note_id=None if note is None else _add_note(desk, note, made.id, key),
        link=desk.link("leads", made.id),
    )


def _contact(desk: Desk, given: CreateLead) -> LeadComplexContact | ContactCreate | None:
    wanted = given.contact
    if wanted is None:
        return None
    if wanted.id is not None:
        return LeadComplexContact(id=contact_of(desk, wanted.id).id)
    if wanted.name is None and wanted.phone is None and wanted.email is None:
        desk.refuse("contact", "says nothing of who it is", "give id, phone, email or name")
    found = known_contact(desk, wanted.phone, wanted.email)
    if found is not None:
        return LeadComplexContact(id=found.id)
    return contact_create(
        desk,
        name=wanted.name,
        phone=wanted.phone,
        email=wanted.email,
        user=given.responsible,
        position=wanted.position,
        tags=wanted.tags,
        fields=wanted.fields,
    )


def _company(desk: Desk, given: CreateLead) -> CompanyLink | CompanyCreate | None:
    wanted = given.company
    if wanted is None:
        return None
    if isinstance(wanted, int):
        return CompanyLink(id=wanted)
    if not wanted.strip():
        desk.refuse("company", "is empty", 'for example "Acme"')
    found = companies_named(desk, wanted)
    if len(found) > 1:
        raise AmbiguousName("company", wanted, [Candidate(one.id, one.name) for one in found])
    if found:
        return CompanyLink(id=found[0].id)
    user = UNSET if given.responsible is None else desk.directory.user(given.responsible)
    return CompanyCreate(name=wanted.strip(), responsible_user_id=user)


def _lead(
    desk: Desk,
    given: CreateLead,
    user: int | Unset,
    contact: LeadComplexContact | ContactCreate | None,
    company: CompanyLink | CompanyCreate | None,
) -> LeadComplex:
    pipeline: int | Unset = UNSET
    status: int | Unset = UNSET
    if given.pipeline is not None:
        pipeline = desk.directory.pipeline(given.pipeline)
    if given.stage is not None:
        main = next((one.id for one in desk.directory.pipelines if one.is_main), None)
        stage = desk.directory.stage(given.stage, pipeline=given.pipeline, prefer=main)
        status = stage.id
        pipeline = stage.pipeline_id or pipeline
    fields = field_values(desk, "leads", given.fields or {}, "fields")
    return LeadComplex(
        name=UNSET if given.name is None else given.name,
        price=UNSET if given.price is None else given.price,
        pipeline_id=pipeline,
        status_id=status,
        responsible_user_id=user,
        custom_fields_values=fields or UNSET,
        embedded=LeadComplexEmbedded(
            tags=[EntityTagRef(name=tag) for tag in given.tags] if given.tags else UNSET,
            contacts=UNSET if contact is None else [contact],
            companies=UNSET if company is None else [company],
        ),
    )


def _task(desk: Desk, given: WithTask, user: int | Unset) -> TaskCreate:
    return TaskCreate(
        text=given.text,
        complete_till=desk.moment("task.due", given.due, edge="end"),
        task_type_id=desk.directory.task_type(given.type),
        responsible_user_id=user if given.user is None else desk.directory.user(given.user),
        entity_type=TaskEntityType.LEADS,
    )


def _add_task(desk: Desk, task: TaskCreate, lead: int, key: str | None) -> int:
    task.entity_id = lead
    return desk.amo.tasks.create(task, once=desk.part(key, "task")).id


def _add_note(desk: Desk, text: str, lead: int, key: str | None) -> int:
    note = CommonNoteCreate(entity_id=lead, params=TextParams(text=text))
    return desk.amo.notes.create("leads", note, once=desk.part(key, "note")).id
