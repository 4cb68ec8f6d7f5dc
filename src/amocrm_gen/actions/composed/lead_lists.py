"""Leads that need a look: new ones, stale ones, those without tasks, on a stage, of somebody."""

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import LeadShown, amount, lead_shown, price_of
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.stages import CLOSED, WON
from amocrm_gen.v4.calls.leads import LeadFindFilter, LeadFindOrder, LeadStatusRef
from amocrm_gen.v4.models.leads import Lead

__all__ = [
    "LeadList",
    "ListLeads",
    "ListLeadsOfUser",
    "ListNewLeads",
    "ListOnStage",
    "ListStaleLeads",
    "ListWonLeads",
    "list_leads_of_user",
    "list_leads_on_stage",
    "list_leads_without_tasks",
    "list_new_leads",
    "list_stale_leads",
    "list_won_leads",
]

_PIPELINE = "Only those of this pipeline, by name or id."
_USER = 'Only those of this user: name, e-mail address, id, or "me".'
_LIMIT = "Show so many at most; all are counted."


@frozen(kw_only=True)
class ListLeads:
    """Whose leads."""

    user: int | str | None = about(_USER, default=None, examples=("me",))
    pipeline: int | str | None = about(_PIPELINE, default=None)
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class ListLeadsOfUser:
    """Whose leads, and which of them."""

    user: int | str = about(
        'Name, e-mail address or id of the user, or "me".', default="me", examples=("Peter Brown",)
    )
    pipeline: int | str | None = about(_PIPELINE, default=None)
    state: Literal["open", "won", "lost", "all"] = about("Which ones.", default="open")
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class ListOnStage:
    """Which stage."""

    stage: int | str = about(
        'Name or id of the stage; "won" and "lost" are possible.', examples=("Negotiation",)
    )
    pipeline: int | str | None = about(
        "Name or id of the pipeline; needed where several have the stage.", default=None
    )
    user: int | str | None = about(_USER, default=None)
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class ListNewLeads:
    """Since when."""

    since: int | str = about(
        "Begin, in the account's time zone.",
        default="today",
        examples=("today", "monday", "7 days ago", "вчера"),
    )
    until: int | str | None = about("End; now if left out.", default=None)
    user: int | str | None = about(_USER, default=None)
    pipeline: int | str | None = about(_PIPELINE, default=None)
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class ListWonLeads:
    """In which time."""

    since: int | str = about(
        "Begin, in the account's time zone.",
        default="this month",
        examples=("this month", "last month", "2026-11-01"),
    )
    until: int | str | None = about(
        "End; now if left out.", default=None, examples=("last month", "2026-11-30")
    )
    user: int | str | None = about(_USER, default=None)
    pipeline: int | str | None = about(_PIPELINE, default=None)
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class ListStaleLeads:
    """For how long nobody has touched them."""

    days: int = about("Open leads without a change for so many days.", default=14, least=1)
    user: int | str | None = about(_USER, default=None)
    pipeline: int | str | None = about(_PIPELINE, default=None)
    limit: int = about(_LIMIT, default=100, least=1)


@frozen(kw_only=True)
class LeadList:
    """Leads, and what they are worth together."""

    count: int = about("So many there are in all.")
    sum: float = about("Their budgets together, in the account's currency.")
    currency: str
    since: str | None = about("Begin of the time.", default=None, format="date-time")
    until: str | None = about("End of the time.", default=None, format="date-time")
    items: list[LeadShown]


def list_leads_without_tasks(desk: Desk, given: ListLeads) -> LeadList:
    """List open leads that have no open task."""
    found = _read(desk, _wanted(desk, given.user, given.pipeline))
    leads = [one for one in found if one.status_id not in CLOSED and one.closest_task_at is None]
    return _shown(desk, leads, given.limit)


def list_leads_of_user(desk: Desk, given: ListLeadsOfUser) -> LeadList:
    """List the leads that a user is responsible for."""
    found = _read(desk, _wanted(desk, given.user, given.pipeline))
    return _shown(desk, [one for one in found if _is(one, given.state)], given.limit)


def list_leads_on_stage(desk: Desk, given: ListOnStage) -> LeadList:
    """List the leads that stand on a stage."""
    stage = desk.directory.stage(given.stage, pipeline=given.pipeline)
    homes = [one.id for one in desk.directory.pipelines if stage.pipeline_id in {None, one.id}]
    wanted = _wanted(desk, given.user, None)
    wanted["statuses"] = [LeadStatusRef(pipeline_id=one, status_id=stage.id) for one in homes]
    leads = [
        one for one in _read(desk, wanted) if one.status_id == stage.id and one.pipeline_id in homes
    ]
    return _shown(desk, leads, given.limit)


def list_new_leads(desk: Desk, given: ListNewLeads) -> LeadList:
    """List leads that were made in a time, the newest first."""
    since = desk.moment("since", given.since, edge="start", past=True)
    until = desk.now
    if given.until is not None:
        until = desk.moment("until", given.until, edge="end", past=True)
    wanted = _wanted(desk, given.user, given.pipeline)
    wanted["created_at"] = {"from": since, "to": until}
    found = _read(desk, wanted, order="-created_at")
    leads = [one for one in found if since <= one.created_at <= until]
    return _shown(desk, leads, given.limit, since=desk.text(since), until=desk.text(until))


def list_won_leads(desk: Desk, given: ListWonLeads) -> LeadList:
    """List leads that were won in a time, the latest first."""
    since = desk.moment("since", given.since, edge="start", past=True)
    until = desk.now
    if given.until is not None:
        until = desk.moment("until", given.until, edge="end", past=True)
    wanted = _wanted(desk, given.user, given.pipeline)
    wanted["closed_at"] = {"from": since, "to": until}
    leads = [
        one
        for one in _read(desk, wanted)
        if one.status_id == WON and one.closed_at is not None and since <= one.closed_at <= until
    ]
    leads.sort(key=lambda one: one.closed_at or since, reverse=True)
    return _shown(desk, leads, given.limit, since=desk.text(since), until=desk.text(until))


def list_stale_leads(desk: Desk, given: ListStaleLeads) -> LeadList:
    """List open leads that nobody has touched for a while, the longest first."""
    until = desk.moment("days", f"{given.days} days ago", edge="end")
    wanted = _wanted(desk, given.user, given.pipeline)
    wanted["updated_at"] = {"to": until}
    leads = [
        one
        for one in _read(desk, wanted, order="updated_at")
        if one.status_id not in CLOSED and one.updated_at <= until
    ]
    return _shown(desk, leads, given.limit, until=desk.text(until))


def _wanted(desk: Desk, user: int | str | None, pipeline: int | str | None) -> LeadFindFilter:
    wanted: LeadFindFilter = {}
    if user is not None:
        wanted["responsible_user_id"] = desk.directory.user(user)
    if pipeline is not None:
        wanted["pipeline_id"] = desk.directory.pipeline(pipeline)
    return wanted


def _read(desk: Desk, wanted: LeadFindFilter, *, order: LeadFindOrder = "id") -> Iterable[Lead]:
    """Go through the leads; where the plan has no filters, all come, so each is looked at again."""
    user, pipeline = wanted.get("responsible_user_id"), wanted.get("pipeline_id")
    for lead in desk.amo.leads.find(filter=wanted, order=order):
        if user in {None, lead.responsible_user_id} and pipeline in {None, lead.pipeline_id}:
            yield lead


def _is(lead: Lead, state: str) -> bool:
    if state == "all":
        return True
    if state == "open":
        return lead.status_id not in CLOSED
    return lead.status_id in CLOSED and (lead.status_id == WON) == (state == "won")


def _shown(
    desk: Desk,
    leads: list[Lead],
    limit: int,
    *,
    since: str | None = None,
    until: str | None = None,
) -> LeadList:
    return LeadList(
        count=len(leads),
        sum=amount(sum(price_of(one) for one in leads)),
        currency=desk.directory.account.currency,
        since=since,
        until=until,
        items=[lead_shown(desk, one) for one in leads[:limit]],
    )
