"""Performs actions for commands: for real, or as a rehearsal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_gen.actions.action import Action
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["perform"]


def perform(
    surroundings: Surroundings,
    action: Action,
    given: JsonObject,
    *,
    is_rehearsed: bool = False,
    shows_curl: bool = False,
) -> JsonValue:
    """Perform an action on the chosen account and return its output.

    A rehearsal sends reads only and returns the requests that would have changed something.
    """
    if not is_rehearsed:
        with surroundings.client() as amo:
            return action.perform(amo, given)
    from amocrm_gen.runs.rehearsal import Rehearsal  # noqa: PLC0415 - rarely needed

    rehearsal = Rehearsal()
    with surroundings.client(rehearsal=rehearsal) as amo:
        action.perform(amo, given)
    if shows_curl:
        for request in rehearsal.requests:
            sys.stderr.write(f"{request.curl}\n")
    return rehearsal.as_json()
