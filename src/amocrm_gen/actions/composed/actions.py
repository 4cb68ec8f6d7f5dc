"""All composed actions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_gen.actions.composed.composed import Composed

__all__ = ["composed_actions"]


@cache
def composed_actions() -> tuple[Composed, ...]:
    """Return all composed actions, those for everyday work first."""
    from amocrm_gen.actions.composed.declared import (  # noqa: PLC0415 - only who asks pays
        leads,
        lists,
        people,
        work,
    )

    return (*leads.ACTIONS, *people.ACTIONS, *work.ACTIONS, *lists.ACTIONS)
