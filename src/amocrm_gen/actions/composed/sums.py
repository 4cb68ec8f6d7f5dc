"""What a pipeline holds, and what was sold by whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import amount, price_of
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.stages import CLOSED, LOST, WON
from amocrm_gen.v4.models.leads import Lead

if TYPE_CHECKING:
    from amocrm_gen.v4.calls.leads import LeadFindFilter

__all__ = [
    "PipelineSummary",
    "SalesByUser",
    "StageSum",
    "Sum",
    "SummarizePipeline",
    "SummarizeSales",
    "UserSales",
    "summarize_pipeline",
    "summarize_sales_by_user",
]


@frozen(kw_only=True)
class SummarizePipeline:
    """Which pipeline."""

    pipeline: int | str | None = about(
        "Name or id of the pipeline; the main one if left out.", default=None, examples=("Sales",)
    )
    user: int | str | None = about(
        'Only leads of this user: name, e-mail address, id, or "me".', default=None
    )
    closed_since: int | str | None = about(
        "Count won and lost leads since then only.", default=None, examples=("this month",)
    )


@frozen(kw_only=True)
class Sum:
    """How many leads, and what they are worth together."""

    count: int
    sum: float = about("In the account's currency.")


@frozen(kw_only=True)
class StageSum:
    """What stands on a stage."""

    status_id: int
    status: str
    count: int
    sum: float = about("In the account's currency.")


@frozen(kw_only=True)
class PipelineSummary:
    """What a pipeline holds."""

    pipeline_id: int
    pipeline: str
    currency: str
    stages: list[StageSum] = about("In their order, won and lost at the end.")
    open: Sum
    won: Sum
    lost: Sum
    win_rate: float | None = about("Won of all closed ones, in percent.", default=None)


@frozen(kw_only=True)
class SummarizeSales:
    """In which time."""

    since: int | str = about(
        "Begin, in the account's time zone.",
        default="this month",
        examples=("this month", "last month", "2026-11-01"),
    )
    until: int | str | None = about("End; now if left out.", default=None)
    pipeline: int | str | None = about("Only this pipeline, by name or id.", default=None)


@frozen(kw_only=True)
class UserSales:
    """What a user has closed."""

    user_id: int
    user: str | None = None
    won: Sum
    lost: Sum
    average: float | None = about("What a won lead was worth.", default=None)
    win_rate: float = about("Won of all closed ones, in percent.")


@frozen(kw_only=True)
class SalesByUser:
    """What was closed by whom, the most sales first."""

    since: str = about("Begin of the time.", format="date-time")
    until: str = about("End of the time.", format="date-time")
    currency: str
    users: list[UserSales]
    won: Sum
    lost: Sum


def summarize_pipeline(desk: Desk, given: SummarizePipeline) -> PipelineSummary:
    """Count the leads on each stage of a pipeline, with the sums of their budgets."""
    directory = desk.directory
    number = None if given.pipeline is None else directory.pipeline(given.pipeline)
    pipeline = next(
        (
            one
            for one in directory.pipelines
            if one.id == number or (number is None and one.is_main)
        ),
        None,
    )
    if pipeline is None:
        desk.refuse("pipeline", f"there is no pipeline {given.pipeline}")
    user = None if given.user is None else directory.user(given.user)
    since = None
    if given.closed_since is not None:
        since = desk.moment("closed_since", given.closed_since, edge="start", past=True)
    wanted: LeadFindFilter = {"pipeline_id": pipeline.id}
    if user is not None:
        wanted["responsible_user_id"] = user
    leads = [
        lead
        for lead in desk.amo.leads.find(filter=wanted, order="id")
        if lead.pipeline_id == pipeline.id
        and user in {None, lead.responsible_user_id}
        and (since is None or lead.closed_at is None or lead.closed_at >= since)
    ]
    stages = [
        StageSum(status_id=stage.id, status=stage.name, count=found.count, sum=found.sum)
        for stage in sorted(pipeline.embedded.statuses, key=lambda one: one.sort)
        for found in [_sum([lead for lead in leads if lead.status_id == stage.id])]
    ]
    won = _sum([lead for lead in leads if lead.status_id == WON])
    lost = _sum([lead for lead in leads if lead.status_id == LOST])
    return PipelineSummary(
        pipeline_id=pipeline.id,
        pipeline=pipeline.name,
        currency=directory.account.currency,
        stages=stages,
        open=_sum([lead for lead in leads if lead.status_id not in CLOSED]),
        won=won,
        lost=lost,
        win_rate=_rate(won, lost),
    )


def summarize_sales_by_user(desk: Desk, given: SummarizeSales) -> SalesByUser:
    """Add up what each user has won and lost in a time."""
    since = desk.moment("since", given.since, edge="start", past=True)
    until = desk.now
    if given.until is not None:
        until = desk.moment("until", given.until, edge="end", past=True)
    wanted: LeadFindFilter = {"closed_at": {"from": since, "to": until}}
    pipeline = None if given.pipeline is None else desk.directory.pipeline(given.pipeline)
    if pipeline is not None:
        wanted["pipeline_id"] = pipeline
    leads = [
        lead
        for lead in desk.amo.leads.find(filter=wanted, order="id")
        if lead.status_id in CLOSED
        and pipeline in {None, lead.pipeline_id}
        and lead.closed_at is not None
        and since <= lead.closed_at <= until
    ]
    users = [
        _of_user(desk, number, [lead for lead in leads if lead.responsible_user_id == number])
        for number in dict.fromkeys(lead.responsible_user_id for lead in leads)
    ]
    return SalesByUser(
        since=desk.text(since),
        until=desk.text(until),
        currency=desk.directory.account.currency,
        users=sorted(users, key=lambda one: (-one.won.sum, one.user_id)),
        won=_sum([lead for lead in leads if lead.status_id == WON]),
        lost=_sum([lead for lead in leads if lead.status_id == LOST]),
    )


def _of_user(desk: Desk, number: int, leads: Sequence[Lead]) -> UserSales:
    won = _sum([lead for lead in leads if lead.status_id == WON])
    lost = _sum([lead for lead in leads if lead.status_id == LOST])
    return UserSales(
        user_id=number,
        user=desk.directory.user_name(number),
        won=won,
        lost=lost,
        average=amount(won.sum / won.count) if won.count else None,
        win_rate=_rate(won, lost) or 0,
    )


def _sum(leads: Sequence[Lead]) -> Sum:
    return Sum(count=len(leads), sum=amount(sum(price_of(lead) for lead in leads)))


def _rate(won: Sum, lost: Sum) -> float | None:
    closed = won.count + lost.count
    return round(100 * won.count / closed, 1) if closed else None
