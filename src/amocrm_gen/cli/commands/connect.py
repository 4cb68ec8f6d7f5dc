"""`amocrm connect`: makes a connection, or renews one in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.commands.login import login_by_mock, show_connected
from amocrm_gen.cli.completing import connection_ids
from amocrm_gen.cli.login_options import credential_options

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.connection import Connection

# ruff: noqa: PLC0415 - a connection that is ready needs little of this

__all__ = ["connect"]


@click.command(
    "connect",
    cls=Command,
    examples=(
        "amocrm connect example                     # renew it, if it needs that",
        "amocrm connect --connectorKey mock",
        "amocrm connect --connectorKey amocrm --client-id ID --client-secret @secret.txt --json",
        "amocrm connect example --wait 600          # until somebody has granted access",
    ),
)
@click.argument("connection", required=False, shell_complete=connection_ids)
@credential_options
@click.option(
    "--browser/--no-browser",
    default=True,
    help="Open the page here; without, it is printed, and `login complete` ends it.",
)
@click.option(
    "--wait",
    "patience",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait for the person, where no browser is opened.",
)
@click.pass_obj
def connect(  # noqa: PLR0913, PLR0917 - the options that the command has
    surroundings: Surroundings,
    connection: str | None,
    connector: str | None,
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: str | None,
    connection_id: str | None,
    base_url: str | None,
    browser: bool,  # noqa: FBT001 - click passes it by name
    patience: float,
) -> None:
    """Make a connection, or renew one in place.

    One that is ready is shown as it is. Another one keeps its id, and gets new tokens: what refers
    to it goes on. Where a person has to act and there is no browser, the exit code is 3 and
    clientAction says what to do.
    """
    from amocrm_gen.cli.credentials import Credentials
    from amocrm_gen.cli.signing_in import SigningIn
    from amocrm_gen.connections.connector import connector_of

    named = connection or surroundings.options.account
    place = None if connector is None else connector_of(connector)
    known = _known(surroundings, named, is_new=place is not None)
    credentials = Credentials.given(client_id, client_secret, redirect_uri)
    if known is not None and credentials.is_empty and _is_ready(surroundings, known):
        show_connected(surroundings, known)
        return
    if place is None and known is not None:
        place = known.connector
    if place is not None and place.is_mock and credentials.is_empty:
        name = named if known is None else known.id
        made = login_by_mock(surroundings, name, connection_id, base_url)
    else:
        made = SigningIn(
            surroundings=surroundings,
            credentials=credentials,
            account=named if known is None else known.id,
            connector=place,
            connection_id=connection_id,
            base_url=base_url,
            browser=browser,
        ).run(patience=patience)
    show_connected(surroundings, made)


def _known(surroundings: Surroundings, named: str | None, *, is_new: bool) -> Connection | None:
    """Return the connection that is meant; without a name the default, unless one is to be made."""
    from amocrm_gen.connections.opening import environment_connection

    book = surroundings.book
    given = environment_connection()
    if given is not None and (named is None or given.is_called(named)):
        return given
    if named is not None:
        return book.find(named)
    return None if is_new or not book.list() else book.default()


def _is_ready(surroundings: Surroundings, connection: Connection) -> bool:
    from amocrm_gen.connections.checking import check

    if connection.connector.is_mock:
        return _mock_is_ready(surroundings, connection)
    return check(connection, book=surroundings.book).state.is_ready


def _mock_is_ready(surroundings: Surroundings, connection: Connection) -> bool:
    """Tell whether a practice account answers: its server may have ended."""
    from amocrm_gen.connections.checking import check
    from amocrm_gen.runtime.errors import TransportError

    try:
        return check(connection, book=surroundings.book).state.is_ready
    except TransportError:
        return False
