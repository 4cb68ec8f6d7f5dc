"""Accepts incoming leads into stages."""

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import LeadShown, lead_shown
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.stages import Stage
from amocrm_gen.runtime.errors import NotFound
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.leads import LeadUpdate
from amocrm_gen.v4.models.unsorted import UnsortedAccept

__all__ = ["AcceptUnsorted", "Accepted", "accept_unsorted_into_stage"]

_UNSORTED = 1
"""The type of the stage for incoming leads."""


@frozen(kw_only=True)
class AcceptUnsorted:
    """Which incoming lead, and where to."""

    uid: str | None = about("Uid of the incoming lead, as unsorted.find tells it.", default=None)
    lead: int | None = about(
        "Id of its lead, in place of the uid; so it is safe to repeat.", default=None
    )
    stage: int | str | None = about(
        "Name or id of the stage; the first working one if left out.",
        default=None,
        examples=("First contact",),
    )
    pipeline: int | str | None = about(
        "Name or id of the pipeline; where it came in if left out.", default=None
    )
    user: int | str | None = about(
        'Who is responsible: name, e-mail address or id, or "me", which is left out, too.',
        default=None,
    )


@frozen(kw_only=True)
class Accepted:
    """The lead, which is worked on now."""

    changed: bool = about("False: it was accepted before, and nothing was sent.")
    lead_id: int
    lead: LeadShown | None = about("The lead; not told in a rehearsal.", default=None)
    contact_id: int | None = None
    company_id: int | None = None
    link: str = about("Where amoCRM shows the lead.", format="uri")


def accept_unsorted_into_stage(desk: Desk, given: AcceptUnsorted) -> Accepted:
    """Accept an incoming lead, and put it on a stage."""
    if (given.uid is None) == (given.lead is None):
        desk.refuse("uid", "uid or lead is needed, and one of them only")
    stage = _stage(desk, given)
    waiting = _waiting(desk, given)
    if waiting is None:
        return _accepted_before(desk, given)
    uid, home, number = waiting
    user = UNSET if given.user is None else desk.directory.user(given.user)
    target = None if stage is None else (stage.pipeline_id or home, stage.id)
    is_elsewhere = target is not None and target[0] != home
    # An incoming lead is accepted within its pipeline; to another one it goes afterwards.
    status = UNSET if stage is None or is_elsewhere else stage.id
    answer = desk.amo.unsorted.accept(uid, UnsortedAccept(user_id=user, status_id=status))
    if target is not None and is_elsewhere:
        change = LeadUpdate(id=number, pipeline_id=target[0], status_id=target[1])
        desk.amo.leads.update_one(change)
    lead = desk.amo.leads.get_or_none(number)
    contacts, companies = answer.embedded.contacts or [], answer.embedded.companies or []
    return Accepted(
        changed=True,
        lead_id=number,
        lead=None if lead is None else lead_shown(desk, lead),
        contact_id=contacts[0].id if contacts else None,
        company_id=companies[0].id if companies else None,
        link=desk.link("leads", number),
    )


def _stage(desk: Desk, given: AcceptUnsorted) -> Stage | None:
    if given.stage is not None:
        return desk.directory.stage(given.stage, pipeline=given.pipeline)
    if given.pipeline is None:
        return None
    number = desk.directory.pipeline(given.pipeline)
    stages = [
        stage
        for one in desk.directory.pipelines
        if one.id == number
        for stage in one.embedded.statuses
        if stage.type != _UNSORTED
    ]
    if not stages:
        desk.refuse("pipeline", f"there is no pipeline {given.pipeline}")
    first = min(stages, key=lambda stage: stage.sort)
    return Stage(first.id, number, first.name)


def _waiting(desk: Desk, given: AcceptUnsorted) -> tuple[str, int, int] | None:
    """The uid, the pipeline and the lead's id of an incoming lead that waits."""
    if given.uid is not None:
        found = desk.amo.unsorted.get_or_none(given.uid)
        if found is None or not found.embedded.leads:
            return None
        return found.uid, found.pipeline_id, found.embedded.leads[0].id
    for one in desk.amo.unsorted.find():
        if any(lead.id == given.lead for lead in one.embedded.leads):
            return one.uid, one.pipeline_id, one.embedded.leads[0].id
    return None


def _accepted_before(desk: Desk, given: AcceptUnsorted) -> Accepted:
    lead = None if given.lead is None else desk.amo.leads.get_or_none(given.lead)
    if lead is None:
        raise NotFound(
            "that incoming lead does not wait any more, if it ever did",
            status=404,
            advice="it was accepted or declined; unsorted.find lists those that wait",
        )
    companies = lead.embedded.companies
    return Accepted(
        changed=False,
        lead_id=lead.id,
        lead=lead_shown(desk, lead),
        company_id=companies[0].id if companies else None,
        link=desk.link("leads", lead.id),
    )
