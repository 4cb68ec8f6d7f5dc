"""Ties a command to the run log."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from amocrm_gen.runs.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.traffic import Exchange

# ruff: noqa: PLC0415 - the log is opened when a command has ended

__all__ = ["recording_of", "show_curl", "write_down"]


def recording_of(surroundings: Surroundings) -> Recording:
    """Begin the recording of a command that is about to talk to its account."""
    connection = surroundings.connection
    context = click.get_current_context(silent=True)
    path = "" if context is None else context.command_path
    return Recording(
        surroundings.arguments,
        path.partition(" ")[2],
        connection.id,
        connection.domain,
        list(_secrets(surroundings)),
    )


def _secrets(surroundings: Surroundings) -> Iterator[str]:
    connection = surroundings.connection
    yield os.environ.get("AMOCRM_TOKEN", "")
    yield str(connection.client_secret or "")
    if not connection.is_of_environment:
        token = surroundings.book.store_of(connection).load(connection.domain)
        yield from () if token is None else token.secrets


def show_curl(exchange: Exchange) -> None:
    """Tell a request as a line for a shell that has the token in its environment."""
    from amocrm_gen.runs.rehearsal import RehearsedRequest

    sys.stderr.write(f"{RehearsedRequest(exchange.request).curl}\n")


def write_down(surroundings: Surroundings, outcome: str, exit_code: int) -> None:
    """Write a run down; whatever is wrong with the log is one warning."""
    recording = surroundings.recording
    if recording is None:
        return
    recording.action, recording.input = surroundings.noted
    recording.given.update(surroundings.given)
    try:
        from amocrm_gen.runs.log import RunLog

        log = RunLog()
        if log.is_on():
            log.add(recording.finish(outcome, exit_code))
    except Exception as error:  # noqa: BLE001 - the command itself has succeeded, or has its error
        said = getattr(error, "message", error)
        surroundings.say(f"amocrm: this run is not written down: {said}")
