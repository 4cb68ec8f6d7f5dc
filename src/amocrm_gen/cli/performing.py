"""Performs actions for commands: for real, or as a rehearsal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.saved.action import Step
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["perform"]

_TOKENS: Final = "oauth.issue_token"


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
            output = action.perform(amo, given)
        _tell_hidden(surroundings, action)
        return output
    if _asks_for_tokens(action):
        # A rehearsal lets this request through, since the client renews its own token by it; it
        # would use up the code or the refresh token.
        message = "a request for tokens cannot be rehearsed: `amocrm login` gets them"
        raise click.UsageError(message)
    from amocrm_gen.runs.rehearsal import (  # noqa: PLC0415 - rarely needed
        Rehearsal,
        RehearsedRequest,
    )

    rehearsal = Rehearsal()
    with surroundings.client(rehearsal=rehearsal) as amo:
        _rehearse(action, amo, _short(action, given))
        seen = None if action.is_write else amo.last_exchange
    requests = rehearsal.requests or (() if seen is None else (RehearsedRequest(seen.request),))
    if shows_curl:
        for request in requests:
            sys.stderr.write(f"{request.curl}\n")
    return {"dryRun": True, "requests": [request.as_json() for request in requests]}


def _rehearse(action: Action, amo: AmoCRM, given: JsonObject) -> None:
    from amocrm_gen.actions.saved.partly_done import PartlyDone  # noqa: PLC0415 - as above

    try:
        action.perform(amo, given)
    except PartlyDone as error:
        # Nothing is done in a rehearsal; what is wrong with the step is all there is to tell.
        raise (error.__cause__ or error) from None


def _asks_for_tokens(action: Action) -> bool:
    steps: Sequence[Step] = getattr(action, "steps", ())  # of an action of the user's own
    return action.id == _TOKENS or any(step.may_ask_for_tokens for step in steps)


def _tell_hidden(surroundings: Surroundings, action: Action) -> None:
    hidden = sorted(getattr(action, "hidden", ()))
    if hidden:
        surroundings.say(
            f"hidden: {', '.join(hidden)}. `amocrm login` gets tokens and keeps them, and"
            " `amocrm token` prints the one in use"
        )


def _short(action: Action, given: JsonObject) -> JsonObject:
    """Return the input of a rehearsal: of a list, a page is enough."""
    return {name: value for name, value in given.items() if name != "all" or action.is_write}
