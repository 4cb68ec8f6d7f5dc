"""Moves leads through the stages of their pipelines: on, won, lost, and open again."""

from datetime import datetime

from attrs import evolve, frozen

from amocrm_gen.actions.composed.cards import lead_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import LeadShown, lead_shown, price_of
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.stages import CLOSED, LOST, WON
from amocrm_gen.runtime.unset import UNSET, Unset
from amocrm_gen.v4.models.leads import Lead, LeadUpdate

__all__ = [
    "LeadMoved",
    "LoseLead",
    "MoveLead",
    "ReopenLead",
    "WinLead",
    "lose_lead",
    "move_lead_to_stage",
    "reopen_lead",
    "win_lead",
]

_UNSORTED = 1
"""The type of the stage for incoming leads."""


@frozen(kw_only=True)
class MoveLead:
    """Which lead, and where to."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    stage: int | str = about(
        'Name or id of the stage; "won" and "lost" work in every pipeline.',
        examples=("Negotiation", "Переговоры"),
    )
    pipeline: int | str | None = about(
        "Name or id of the pipeline; left out, the lead's own is tried first.",
        default=None,
        examples=("Sales",),
    )


@frozen(kw_only=True)
class WinLead:
    """Which lead was won."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    price: float | None = about(
        "What it was won for; left out, its budget stays.", default=None, least=0, examples=(25000,)
    )
    closed_at: int | str | None = about(
        "When; now if left out.", default=None, examples=("yesterday", "2026-11-25")
    )


@frozen(kw_only=True)
class LoseLead:
    """Which lead was lost, and why."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    reason: int | str | None = about(
        "Name or id of the loss reason.", default=None, examples=("Too expensive",)
    )
    closed_at: int | str | None = about(
        "When; now if left out.", default=None, examples=("yesterday", "2026-11-25")
    )


@frozen(kw_only=True)
class ReopenLead:
    """Which lead is to be worked on again."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    stage: int | str | None = about(
        "Name or id of the stage; left out, the first working stage of its pipeline.", default=None
    )
    pipeline: int | str | None = about(
        "Name or id of the pipeline; its own if left out.", default=None
    )


@frozen(kw_only=True)
class LeadMoved:
    """Where the lead is now."""

    changed: bool = about("False: it was there already, and nothing was sent.")
    lead: LeadShown
    previous_status: str | None = about("Name of the stage that it came from.", default=None)


def move_lead_to_stage(desk: Desk, given: MoveLead) -> LeadMoved:
    """Put a lead on a stage."""
    lead = lead_of(desk, given.lead)
    stage = desk.directory.stage(given.stage, pipeline=given.pipeline, prefer=lead.pipeline_id)
    return _move(desk, lead, stage.id, stage.pipeline_id or lead.pipeline_id)


def win_lead(desk: Desk, given: WinLead) -> LeadMoved:
    """Close a lead as won."""
    lead = lead_of(desk, given.lead)
    price = UNSET if given.price is None or given.price == price_of(lead) else given.price
    moment = _closing(desk, given.closed_at)
    return _move(desk, lead, WON, lead.pipeline_id, price=price, closed_at=moment)


def lose_lead(desk: Desk, given: LoseLead) -> LeadMoved:
    """Close a lead as lost."""
    lead = lead_of(desk, given.lead)
    reason: int | Unset = UNSET
    if given.reason is not None:
        number = desk.directory.loss_reason(given.reason)
        is_said = lead.status_id == LOST and lead.loss_reason_id == number
        reason = UNSET if is_said else number
    moment = _closing(desk, given.closed_at)
    return _move(desk, lead, LOST, lead.pipeline_id, reason=reason, closed_at=moment)


def reopen_lead(desk: Desk, given: ReopenLead) -> LeadMoved:
    """Put a closed lead back on a working stage."""
    lead = lead_of(desk, given.lead)
    if given.stage is not None:
        stage = desk.directory.stage(given.stage, pipeline=given.pipeline, prefer=lead.pipeline_id)
        if stage.is_closed:
            desk.refuse("stage", f"{given.stage!r} is won or lost", "give a working stage")
        if lead.status_id not in CLOSED:
            return _move(desk, lead, lead.status_id, lead.pipeline_id)
        return _move(desk, lead, stage.id, stage.pipeline_id or lead.pipeline_id)
    if lead.status_id not in CLOSED:
        return _move(desk, lead, lead.status_id, lead.pipeline_id)
    pipeline = (
        lead.pipeline_id if given.pipeline is None else desk.directory.pipeline(given.pipeline)
    )
    return _move(desk, lead, _first_stage(desk, pipeline), pipeline)


def _first_stage(desk: Desk, pipeline: int) -> int:
    found = [
        stage
        for one in desk.directory.pipelines
        if one.id == pipeline
        for stage in one.embedded.statuses
        if stage.type != _UNSORTED and stage.id not in CLOSED
    ]
    if not found:
        desk.refuse("pipeline", f"there is no pipeline {pipeline} with a working stage")
    return min(found, key=lambda stage: stage.sort).id


def _closing(desk: Desk, given: int | str | None) -> datetime | Unset:
    if given is None:
        return UNSET
    return desk.moment("closed_at", given, edge="start", past=True)


def _move(  # noqa: PLR0913 - all that a move may change
    desk: Desk,
    lead: Lead,
    status: int,
    pipeline: int,
    *,
    price: float | Unset = UNSET,
    reason: int | Unset = UNSET,
    closed_at: datetime | Unset = UNSET,
) -> LeadMoved:
    previous = desk.directory.stage_name(lead.status_id, lead.pipeline_id)
    if closed_at and lead.closed_at == closed_at:
        closed_at = UNSET
    is_there = (lead.status_id, lead.pipeline_id) == (status, pipeline)
    if is_there and (price, reason, closed_at) == (UNSET, UNSET, UNSET):
        return LeadMoved(changed=False, lead=lead_shown(desk, lead))
    answer = desk.amo.leads.update_one(
        LeadUpdate(
            id=lead.id,
            status_id=status,
            pipeline_id=pipeline,
            price=price,
            loss_reason_id=reason,
            closed_at=closed_at,
        )
    )
    now = evolve(
        lead,
        status_id=status,
        pipeline_id=pipeline,
        updated_at=answer.updated_at,
        closed_at=(closed_at or lead.closed_at or answer.updated_at) if status in CLOSED else None,
    )
    if price is not UNSET:
        now = evolve(now, price=int(price), price_with_minor_units=price)
    return LeadMoved(changed=True, lead=lead_shown(desk, now), previous_status=previous)
