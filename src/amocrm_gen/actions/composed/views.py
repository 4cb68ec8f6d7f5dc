"""Leads, persons, tasks and notes as composed actions show them: small, with ids and names."""

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.persons import values_of
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.common import CustomFieldValues
from amocrm_gen.v4.models.companies import Company
from amocrm_gen.v4.models.contacts import Contact
from amocrm_gen.v4.models.leads import Lead
from amocrm_gen.v4.models.notes import Note
from amocrm_gen.v4.models.tasks import Task

__all__ = [
    "FieldShown",
    "LeadShown",
    "NoteShown",
    "PersonShown",
    "TaskShown",
    "amount",
    "fields_shown",
    "lead_shown",
    "note_shown",
    "person_shown",
    "price_of",
    "task_shown",
]

_PIECES = ("text", "phone", "duration", "link", "call_result", "subject", "content_summary")
"""What of a note's parameters people read."""


@frozen(kw_only=True)
class LeadShown:
    """A lead."""

    id: int
    name: str
    price: float = about("Budget, in the account's currency.")
    status_id: int
    status: str | None = about("Name of the stage.", default=None)
    pipeline_id: int
    pipeline: str | None = about("Name of the pipeline.", default=None)
    responsible_user_id: int
    responsible_user: str | None = about("Name of the responsible user.", default=None)
    created_at: str = about("In the account's time zone.", format="date-time")
    updated_at: str = about("In the account's time zone.", format="date-time")
    closed_at: str | None = about("When it was won or lost.", default=None, format="date-time")
    next_task_at: str | None = about(
        "Deadline of its nearest open task.", default=None, format="date-time"
    )
    tags: list[str] | None = about("Names of its tags.", default=None)
    link: str = about("Where amoCRM shows it.", format="uri")


@frozen(kw_only=True)
class PersonShown:
    """A contact or a company."""

    id: int
    name: str
    phones: list[str] = about("As they are written in the CRM.")
    emails: list[str] = about("As they are written in the CRM.")
    responsible_user_id: int
    responsible_user: str | None = about("Name of the responsible user.", default=None)
    company_id: int | None = about("Of a contact: its company.", default=None)
    lead_ids: list[int] | None = about("Its leads.", default=None)
    link: str = about("Where amoCRM shows it.", format="uri")


@frozen(kw_only=True)
class TaskShown:
    """A task."""

    id: int
    text: str
    due_at: str = about("Deadline, in the account's time zone.", format="date-time")
    is_overdue: bool
    is_completed: bool
    result: str | None = about("What came of it.", default=None)
    type_id: int
    type: str | None = about("Name of the task type.", default=None)
    responsible_user_id: int
    responsible_user: str | None = about("Name of the responsible user.", default=None)
    entity_type: str | None = about("leads, contacts, companies or customers.", default=None)
    entity_id: int | None = None
    link: str | None = about("Where amoCRM shows what it is about.", default=None, format="uri")


@frozen(kw_only=True)
class NoteShown:
    """An entry of the feed."""

    id: int
    type: str = about("common, call_in, call_out and so on.")
    text: str | None = about("Its text, as it is in the CRM.", default=None)
    details: dict[str, JsonValue] | None = about(
        "What else is known of it, such as a call's duration in seconds.", default=None
    )
    created_at: str = about("In the account's time zone.", format="date-time")
    created_by: int
    author: str | None = about("Name of the user who wrote it.", default=None)


@frozen(kw_only=True)
class FieldShown:
    """A filled custom field."""

    id: int
    name: str
    code: str | None = None
    values: list[JsonValue]


def price_of(lead: Lead) -> float:
    """Return the budget, with its fraction where the account has one."""
    return amount(lead.price_with_minor_units or lead.price)


def amount(money: float) -> float:
    """Return a sum without a fraction that is none, and without the noise of floats."""
    rounded = round(money or 0, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def lead_shown(desk: Desk, lead: Lead) -> LeadShown:
    """Return a lead with the names of what it refers to."""
    directory = desk.directory
    return LeadShown(
        id=lead.id,
        name=lead.name,
        price=price_of(lead),
        status_id=lead.status_id,
        status=directory.stage_name(lead.status_id, lead.pipeline_id),
        pipeline_id=lead.pipeline_id,
        pipeline=directory.pipeline_name(lead.pipeline_id),
        responsible_user_id=lead.responsible_user_id,
        responsible_user=directory.user_name(lead.responsible_user_id),
        created_at=desk.text(lead.created_at),
        updated_at=desk.text(lead.updated_at),
        closed_at=desk.text_or_none(lead.closed_at),
        next_task_at=desk.text_or_none(lead.closest_task_at),
        tags=[tag.name for tag in lead.embedded.tags] or None,
        link=desk.link("leads", lead.id),
    )


def person_shown(desk: Desk, person: Contact | Company) -> PersonShown:
    """Return a contact or a company with what it can be reached by."""
    is_contact = isinstance(person, Contact)
    companies = person.embedded.companies if isinstance(person, Contact) else []
    return PersonShown(
        id=person.id,
        name=person.name,
        phones=values_of(person, "PHONE"),
        emails=values_of(person, "EMAIL"),
        responsible_user_id=person.responsible_user_id,
        responsible_user=desk.directory.user_name(person.responsible_user_id),
        company_id=companies[0].id if companies else None,
        lead_ids=[one.id for one in person.embedded.leads or []] or None,
        link=desk.link("contacts" if is_contact else "companies", person.id),
    )


def task_shown(desk: Desk, task: Task) -> TaskShown:
    """Return a task with the names of what it refers to."""
    types = {one.id: one.name for one in desk.directory.task_types}
    kind = None if task.entity_type is None else str(task.entity_type)
    about_card = kind is not None and task.entity_id is not None
    return TaskShown(
        id=task.id,
        text=task.text,
        due_at=desk.text(task.complete_till),
        is_overdue=not task.is_completed and task.complete_till < desk.now,
        is_completed=task.is_completed,
        result=task.result.text if task.result else None,
        type_id=task.task_type_id,
        type=types.get(task.task_type_id),
        responsible_user_id=task.responsible_user_id,
        responsible_user=desk.directory.user_name(task.responsible_user_id),
        entity_type=kind,
        entity_id=task.entity_id,
        link=desk.link(kind, task.entity_id) if about_card and kind and task.entity_id else None,
    )


def note_shown(desk: Desk, note: Note) -> NoteShown:
    """Return an entry of the feed."""
    pieces = {
        name: found
        for name in _PIECES
        if (found := getattr(note.params, name, None)) not in {None, ""}
        and isinstance(found, str | int)
    }
    text = pieces.pop("text", None)
    return NoteShown(
        id=note.id,
        type=str(note.note_type),
        text=None if text is None else str(text),
        details=dict(pieces) or None,
        created_at=desk.text(note.created_at),
        created_by=note.created_by,
        author=desk.directory.user_name(note.created_by),
    )


def fields_shown(values: list[CustomFieldValues] | None) -> list[FieldShown]:
    """Return filled custom fields with their plain values."""
    return [
        FieldShown(
            id=one.field_id,
            name=one.field_name,
            code=one.field_code,
            values=[None if value.value is UNSET else value.value for value in one.values],
        )
        for one in values or []
    ]
