"""`amocrm status`: what is connected, as whom, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.completing import connection_ids
from amocrm_gen.cli.failure import Failure, Told

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.checking import Checked
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["not_ready", "status"]


@click.command(
    "status",
    cls=Command,
    examples=(
        "amocrm status",
        "amocrm status -a example --json",
        "amocrm status --offline          # sends nothing",
    ),
)
@click.argument("connection", required=False, shell_complete=connection_ids)
@click.option("--offline", is_flag=True, help="As far as this machine knows; send nothing.")
@click.pass_obj
def status(
    surroundings: Surroundings,
    connection: str | None,
    offline: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Show what is connected, as whom, and for how long.

    The exit code is 0 if calls can be made, 3 if a person has to act, 2 if something is missing.
    """
    from amocrm_gen.connections.checking import check  # noqa: PLC0415 - it loads the client
    from amocrm_gen.connections.opening import select  # noqa: PLC0415 - as above

    book = surroundings.book
    chosen = select(connection or surroundings.options.account, book=book)
    surroundings.connection = chosen
    checked = check(chosen, book=book, offline=offline)
    shown: JsonObject = {**checked.plain(), "token": _token(surroundings, checked)}
    if not checked.state.is_ready:
        raise not_ready(checked)
    surroundings.emit(shown)


def not_ready(checked: Checked) -> Told:
    """Return what ends a command that needs a connection that is ready."""
    state = checked.state
    needs_person = state.state == "CLIENT_ACTION_REQUIRED"
    problem = state.problem or "it cannot be used"
    return Told(
        Failure(
            code="client_action_required" if needs_person else "configuration_error",
            exit_code=3 if needs_person else 2,
            message=f"{checked.connection.domain} is not connected: {problem}",
            details=checked.plain(),
        )
    )


def _token(surroundings: Surroundings, checked: Checked) -> JsonObject | None:
    if checked.connection.is_of_environment or not checked.state.is_ready:
        return None
    token = surroundings.book.store_of(checked.connection).load(checked.connection.domain)
    if token is None:
        return None
    left, ends, dies = token.days_left(), token.expires_at, token.dies_at
    return {
        "kind": "long_lived" if token.refresh_token is None else "oauth",
        "expiresAt": None if ends is None else ends.isoformat(timespec="seconds"),
        "diesAt": None if dies is None else dies.isoformat(timespec="seconds"),
        "daysLeft": None if left is None else round(left, 1),
    }
