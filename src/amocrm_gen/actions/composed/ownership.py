"""Gives cards to users: one, or all open leads of somebody."""

from typing import Literal

from attrs import frozen

from amocrm_gen.actions.composed.cards import Card, target_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.directory import FieldOwner
from amocrm_gen.crm.stages import CLOSED
from amocrm_gen.v4.models.companies import Company, CompanyUpdate
from amocrm_gen.v4.models.contacts import Contact, ContactUpdate
from amocrm_gen.v4.models.customers import CustomerUpdate
from amocrm_gen.v4.models.leads import Lead, LeadUpdate
from amocrm_gen.v4.models.tasks import TaskUpdate

__all__ = [
    "Assign",
    "Assigned",
    "Reassign",
    "Reassigned",
    "assign_responsible",
    "reassign_all_leads",
]


@frozen(kw_only=True)
class Assign:
    """Which card, and who is to be responsible."""

    lead: int | str | None = about("Id or exact name of the lead.", default=None)
    contact: int | str | None = about(
        "Id, phone number, e-mail address or exact name of the contact.", default=None
    )
    company: int | str | None = about("Id or exact name of the company.", default=None)
    customer: int | None = about("Id of the customer.", default=None)
    user: int | str = about(
        'Name, e-mail address or id of the user; "me" is whose token it is.',
        examples=("Anna Petrova", "anna@example.com", "me"),
    )
    tasks: bool = about("Give the card's open tasks to the user, too.", default=False)


@frozen(kw_only=True)
class Assigned:
    """Who is responsible now."""

    changed: bool = about("False: it was so already, and nothing was sent.")
    entity_type: Literal["leads", "contacts", "companies", "customers"]
    entity_id: int
    name: str
    responsible_user_id: int
    responsible_user: str | None = None
    previous_user_id: int
    previous_user: str | None = None
    tasks_changed: int = about("So many open tasks went with it.")
    link: str = about("Where amoCRM shows it.", format="uri")


@frozen(kw_only=True)
class Reassign:
    """Whose leads go to whom."""

    from_user: int | str = about(
        "Name, e-mail address or id of the user who has them.", examples=("Kate Smith",)
    )
    to_user: int | str = about(
        'Name, e-mail address or id of the user who gets them; "me" is possible.',
        examples=("Mike Brown",),
    )
    pipeline: int | str | None = about("Only leads of this pipeline, by name or id.", default=None)
    stage: int | str | None = about("Only leads on this stage, by name or id.", default=None)
    closed: bool = about("Won and lost leads, too; else only open ones.", default=False)
    tasks: bool = about("Give the open tasks of these leads to the user, too.", default=False)


@frozen(kw_only=True)
class Reassigned:
    """What has changed hands."""

    count: int = about("So many leads were given; 0: there are none left.")
    tasks_changed: int = about("So many open tasks went with them.")
    lead_ids: list[int] = about("Which ones.")
    from_user_id: int
    from_user: str | None = None
    to_user_id: int
    to_user: str | None = None


def assign_responsible(desk: Desk, given: Assign) -> Assigned:
    """Make a user responsible for a card."""
    target = target_of(
        desk,
        lead=given.lead,
        contact=given.contact,
        company=given.company,
        customer=given.customer,
    )
    user = desk.directory.user(given.user)
    before = target.card.responsible_user_id
    tasks = 0
    if before != user:
        # Tasks go first: if it stops between, the next run still knows whose they were.
        tasks = _give_tasks(desk, target.kind, [target.id], before, user) if given.tasks else 0
        _give(desk, target.card, user)
    return Assigned(
        changed=before != user,
        entity_type=target.kind,
        entity_id=target.id,
        name=target.card.name,
        responsible_user_id=user,
        responsible_user=desk.directory.user_name(user),
        previous_user_id=before,
        previous_user=desk.directory.user_name(before),
        tasks_changed=tasks,
        link=desk.link(target.kind, target.id),
    )


def reassign_all_leads(desk: Desk, given: Reassign) -> Reassigned:
    """Give all leads of a user to another one."""
    directory = desk.directory
    old, new = directory.user(given.from_user), directory.user(given.to_user)
    if old == new:
        desk.refuse("to_user", "is the user who has them already", "give another one")
    pipeline = None if given.pipeline is None else directory.pipeline(given.pipeline)
    stage = None if given.stage is None else directory.stage(given.stage, pipeline=pipeline)
    # All are known before the first is changed: a list that changes while it is read loses rows.
    leads = [
        lead
        for lead in desk.amo.leads.find(filter={"responsible_user_id": old}, order="id")
        if lead.responsible_user_id == old
        and pipeline in {None, lead.pipeline_id}
        and (given.closed or lead.status_id not in CLOSED)
        and (stage is None or lead.status_id == stage.id)
    ]
    ids = [one.id for one in leads]
    tasks = _give_tasks(desk, "leads", ids, old, new) if given.tasks and ids else 0
    desk.amo.leads.update([LeadUpdate(id=number, responsible_user_id=new) for number in ids])
    return Reassigned(
        count=len(leads),
        tasks_changed=tasks,
        lead_ids=ids,
        from_user_id=old,
        from_user=directory.user_name(old),
        to_user_id=new,
        to_user=directory.user_name(new),
    )


def _give(desk: Desk, card: Card, user: int) -> None:
    if isinstance(card, Lead):
        desk.amo.leads.update_one(LeadUpdate(id=card.id, responsible_user_id=user))
    elif isinstance(card, Contact):
        desk.amo.contacts.update_one(ContactUpdate(id=card.id, responsible_user_id=user))
    elif isinstance(card, Company):
        desk.amo.companies.update_one(CompanyUpdate(id=card.id, responsible_user_id=user))
    else:
        desk.amo.customers.update_one(CustomerUpdate(id=card.id, responsible_user_id=user))


def _give_tasks(desk: Desk, kind: FieldOwner, ids: list[int], old: int, new: int) -> int:
    wanted = set(ids)
    tasks = [
        task
        for task in desk.amo.tasks.find(
            filter={"is_completed": False, "entity_type": kind, "responsible_user_id": old},
            order="id",
        )
        if task.entity_type == kind
        and task.entity_id in wanted
        and not task.is_completed
        and task.responsible_user_id == old
    ]
    desk.amo.tasks.update([TaskUpdate(id=task.id, responsible_user_id=new) for task in tasks])
    return len(tasks)
