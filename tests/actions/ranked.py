"""The actions that the ranking is tried with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.ranking import Index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.actions.action import Action

__all__ = ["index", "ranked"]

COMPOSED: Final = (
    *("create-lead-with-contact", "find-or-create-contact", "find-contact-by-phone"),
    *("find-contact-by-email", "move-lead-to-stage", "win-lead", "lose-lead", "reopen-lead"),
    *("assign-responsible", "reassign-all-leads", "tag-many", "untag-many", "add-note"),
    *("add-note-by-phone", "log-call", "accept-unsorted-into-stage", "list-overdue-tasks"),
    *("list-todays-tasks", "complete-task", "create-follow-up-task", "list-leads-without-tasks"),
    *("list-leads-on-stage", "list-leads-of-user", "list-new-leads", "list-stale-leads"),
    *("list-won-leads", "summarize-pipeline", "summarize-sales-by-user", "show-contact-card"),
    *("show-lead-card", "find-duplicate-contacts", "set-custom-field", "link-contact-to-lead"),
    "subscribe-webhook",
)


@frozen
class _Named:
    """An action with nothing but its id."""

    id: str
    name: str
    keywords: Mapping[str, tuple[str, ...]]
    description: str = ""
    source: str = ""


@cache
def index() -> Index:
    """Return the whole catalog, prepared."""
    actions = list(Catalog.of())
    there = {action.id for action in actions}
    named = [_Named(one, one.replace("-", " "), {}) for one in COMPOSED if one not in there]
    return Index([*(cast("Action", one) for one in named), *actions])


def ranked(text: str, limit: int | None = 10) -> list[str]:
    """Return the ids of the actions for a request, the best first."""
    return [found.action.id for found in index().rank(text, limit)]
