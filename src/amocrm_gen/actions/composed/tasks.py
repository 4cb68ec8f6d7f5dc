"""Tasks: what is overdue, what is due today, what is done, and what comes next."""

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.actions.composed.cards import target_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import TaskShown, task_shown
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.names import fold
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.tasks import Task, TaskCreate, TaskEntityType, TaskResult, TaskUpdate

if TYPE_CHECKING:
    from amocrm_gen.v4.calls.tasks import TaskFindFilter

__all__ = [
    "CompleteTask",
    "FollowUp",
    "FollowUpMade",
    "ListTasks",
    "TaskCompleted",
    "TaskList",
    "complete_task",
    "create_follow_up_task",
    "list_overdue_tasks",
    "list_todays_tasks",
]


@frozen(kw_only=True)
class ListTasks:
    """Whose tasks."""

    user: int | str | None = about(
        'Name, e-mail address or id of the user, or "me"; all users if left out.',
        default=None,
        examples=("me",),
    )
    type: int | str | None = about("Name, code or id of the task type.", default=None)
    limit: int = about("Show so many at most; all are counted.", default=100, least=1)


@frozen(kw_only=True)
class TaskList:
    """Open tasks, the earliest deadline first."""

    count: int = about("So many there are in all.")
    items: list[TaskShown]


@frozen(kw_only=True)
class CompleteTask:
    """Which task is done, and what came of it."""

    task: int = about("Id of the task.", examples=(501,))
    result: str | None = about(
        "What came of it; it is shown in the feed of the card.",
        default=None,
        examples=("Agreed on the price",),
    )


@frozen(kw_only=True)
class TaskCompleted:
    """The task, which is done now."""

    changed: bool = about("False: it was done already, and nothing was sent.")
    task: TaskShown


@frozen(kw_only=True)
class FollowUp:
    """What is to be done next, on which card, by whom and until when."""

    text: str = about("What is to be done.", few=1, examples=("Call back about the offer",))
    due: int | str = about(
        "Until when, in the account's time zone; a day without a time is over at its end.",
        default="tomorrow 10:00",
        examples=("tomorrow 10:00", "2026-11-25", "in 2 days", "завтра 10:00", "mañana 10:00"),
    )
    lead: int | str | None = about("Id or exact name of the lead.", default=None)
    contact: int | str | None = about(
        "Id, phone number, e-mail address or exact name of the contact.", default=None
    )
    company: int | str | None = about("Id or exact name of the company.", default=None)
    customer: int | None = about("Id of the customer.", default=None)
    user: int | str | None = about(
        'Who does it: name, e-mail address or id, or "me"; else who is responsible for the card.',
        default=None,
    )
    type: int | str = about(
        "Name, code or id of the task type; 1 is a call and 2 a meeting.", default=1
    )
    duration: int | None = about("Seconds that it takes.", default=None, least=0)
    key: str | None = about(
        "A key of yours: what was made with it is not made again.", default=None
    )
    again: bool = about(
        "True makes another one although there is such a task, or this input was done before.",
        default=False,
    )


@frozen(kw_only=True)
class FollowUpMade:
    """The task."""

    created: bool = about("False: there was such a task already.")
    task_id: int
    text: str
    due_at: str = about("Deadline, in the account's time zone.", format="date-time")
    responsible_user_id: int
    responsible_user: str | None = None
    entity_type: str
    entity_id: int
    name: str | None = about("Name of the card.", default=None)
    link: str = about("Where amoCRM shows the card.", format="uri")


def list_overdue_tasks(desk: Desk, given: ListTasks) -> TaskList:
    """List open tasks whose deadline is over."""
    return _listed(desk, given, None, desk.now)


def list_todays_tasks(desk: Desk, given: ListTasks) -> TaskList:
    """List open tasks whose deadline is today."""
    start = desk.moment("", "today", edge="start")
    return _listed(desk, given, start, desk.moment("", "tomorrow", edge="start"))


def _listed(desk: Desk, given: ListTasks, start: datetime | None, end: datetime) -> TaskList:
    wanted: TaskFindFilter = {"is_completed": False}
    if given.user is not None:
        wanted["responsible_user_id"] = desk.directory.user(given.user)
    kind = None if given.type is None else desk.directory.task_type(given.type)
    if kind is not None:
        wanted["task_type_id"] = wanted["task_type"] = kind
    user = wanted.get("responsible_user_id")
    found: list[Task] = []
    for task in desk.amo.tasks.find(filter=wanted, order="complete_till"):
        is_meant = (
            not task.is_completed
            and user in {None, task.responsible_user_id}
            and kind in {None, task.task_type_id}
        )
        if is_meant and task.complete_till < end and (start is None or start <= task.complete_till):
            found.append(task)
    found.sort(key=lambda task: (task.complete_till, task.id))
    return TaskList(
        count=len(found), items=[task_shown(desk, task) for task in found[: given.limit]]
    )


def complete_task(desk: Desk, given: CompleteTask) -> TaskCompleted:
    """Close a task with its result."""
    task = desk.amo.tasks.get(given.task)
    if task.is_completed:
        return TaskCompleted(changed=False, task=task_shown(desk, task))
    result = UNSET if given.result is None else TaskResult(text=given.result)
    desk.amo.tasks.update_one(TaskUpdate(id=task.id, is_completed=True, result=result))
    task.is_completed, task.result = True, result or None
    return TaskCompleted(changed=True, task=task_shown(desk, task))


def create_follow_up_task(desk: Desk, given: FollowUp) -> FollowUpMade:
    """Make a task on a card."""
    target = target_of(
        desk,
        lead=given.lead,
        contact=given.contact,
        company=given.company,
        customer=given.customer,
    )
    due = desk.moment("due", given.due, edge="end")
    kind = desk.directory.task_type(given.type)
    user = target.card.responsible_user_id
    if given.user is not None:
        user = desk.directory.user(given.user)
    task = TaskCreate(
        text=given.text,
        complete_till=due,
        entity_type=TaskEntityType(target.kind),
        entity_id=target.id,
        task_type_id=kind,
        responsible_user_id=user,
        duration=UNSET if given.duration is None else given.duration,
    )
    number = None if given.again else _present(desk, task)
    is_new = False
    if number is None:
        # The due time is part of the key: "tomorrow" is another day each time.
        key = desk.once(due.isoformat())
        made, is_new = desk.create(lambda: desk.amo.tasks.create(task, once=key))
        number = made.id
    return FollowUpMade(
        created=is_new,
        task_id=number,
        text=given.text,
        due_at=desk.text(due),
        responsible_user_id=user,
        responsible_user=desk.directory.user_name(user),
        entity_type=target.kind,
        entity_id=target.id,
        name=target.card.name,
        link=desk.link(target.kind, target.id),
    )


def _present(desk: Desk, task: TaskCreate) -> int | None:
    """The id of an open task that is just the same."""
    assert task.entity_type
    assert task.entity_id
    found = desk.amo.tasks.find(
        filter={
            "entity_type": str(task.entity_type),
            "entity_id": task.entity_id,
            "is_completed": False,
        }
    )
    return next(
        (
            one.id
            for one in found
            if not one.is_completed
            and (one.entity_type, one.entity_id) == (task.entity_type, task.entity_id)
            and int(one.complete_till.timestamp()) == int(task.complete_till.timestamp())
            and fold(one.text) == fold(task.text)
            and one.task_type_id == task.task_type_id
            and one.responsible_user_id == task.responsible_user_id
        ),
        None,
    )
