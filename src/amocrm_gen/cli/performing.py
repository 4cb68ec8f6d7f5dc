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

    A rehearsal sends reads only and returns the requests that would have changed something; of an
    action that only reads, the last request.
    """
    surroundings.note(action.id, given)
    if not is_rehearsed:
        with surroundings.client(shows_curl=shows_curl) as amo:
            return action.perform(amo, given)
    from amocrm_gen.runs.rehearsal import (  # noqa: PLC0415 - rarely needed
        Rehearsal,
        RehearsedRequest,
    )

    rehearsal = Rehearsal()
    with surroundings.client(rehearsal=rehearsal) as amo:
        action.perform(amo, _short(action, given))
        seen = None if action.is_write else amo.last_exchange
    requests = rehearsal.requests or (() if seen is None else (RehearsedRequest(seen.request),))
    if shows_curl:
        for request in requests:
            sys.stderr.write(f"{request.curl}\n")
    return {"dryRun": True, "requests": [request.as_json() for request in requests]}


def _short(action: Action, given: JsonObject) -> JsonObject:
    """Return the input of a rehearsal: of a list, a page is enough."""
    return {name: value for name, value in given.items() if name != "all" or action.is_write}
