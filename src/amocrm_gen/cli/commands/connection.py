"""`amocrm connection`: the connections of this user."""

from __future__ import annotations

from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Final

import click

from amocrm_gen.cli.command import Command, Group
from amocrm_gen.cli.completing import connection_ids
from amocrm_gen.cli.login_options import credential_options

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.connection import Connection

# ruff: noqa: PLC0415 - a list needs no client

__all__ = ["connection"]

_STEP: Final = 0.5
"""Seconds between two looks."""


@click.group(
    "connection",
    cls=Group,
    examples=(
        "amocrm connection list --json",
        "amocrm connection get example --json",
        "amocrm connection ensure example.kommo.com --id shop --json",
        "amocrm connection remove shop",
    ),
)
def connection() -> None:
    """List, get, ensure and remove connections."""


@connection.command("list", cls=Command, examples=("amocrm connection list --json",))
@click.pass_obj
def list_connections(surroundings: Surroundings) -> None:
    """List all connections, with their states as far as this machine knows; nothing is sent."""
    from amocrm_gen.connections.checking import check
    from amocrm_gen.connections.opening import environment_connection

    book = surroundings.book
    given = environment_connection()
    found = [*([] if given is None else [given]), *book.list()]
    surroundings.emit_items(check(one, book=book, offline=True).plain() for one in found)


@connection.command(
    "get",
    cls=Command,
    examples=(
        "amocrm connection get --json                  # the default one",
        "amocrm connection get example --wait 600      # until it is ready",
    ),
)
@click.argument("connection", required=False, shell_complete=connection_ids)
@click.option("--offline", is_flag=True, help="As far as this machine knows; send nothing.")
@click.option(
    "--wait",
    "patience",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait until it is ready.",
)
@click.pass_obj
def get_connection(
    surroundings: Surroundings,
    connection: str | None,
    offline: bool,  # noqa: FBT001 - click passes it by name
    patience: float,
) -> None:
    """Show a connection with its state, and what has to be done if it is not ready.

    The exit code is 0 whatever the state; with --wait it is 3 if it is not ready in time.
    """
    from amocrm_gen.cli.commands.status import not_ready
    from amocrm_gen.connections.checking import check
    from amocrm_gen.connections.opening import select
    from amocrm_gen.connections.state import state_of

    book = surroundings.book
    chosen = select(connection or surroundings.options.account, book=book)
    end = monotonic() + patience
    while not state_of(chosen, book=book).is_ready and (left := end - monotonic()) > 0:
        Event().wait(min(_STEP, left))
        chosen = book.get(chosen.id)
    checked = check(chosen, book=book, offline=offline)
    if patience and not checked.state.is_ready:
        raise not_ready(checked)
    surroundings.emit(checked.plain())


@connection.command(
    "ensure",
    cls=Command,
    examples=(
        "amocrm connection ensure example --client-id ID --client-secret @secret.txt --json",
        "amocrm connection ensure example.kommo.com --id shop --default",
        "amocrm connection ensure practice --connector mock --json",
    ),
)
@click.argument("name", metavar="ACCOUNT")
@credential_options
@click.option("--default", "make_default", is_flag=True, help="Use it where none is named.")
@click.pass_obj
def ensure_connection(  # noqa: PLR0913, PLR0917 - the options that the command has
    surroundings: Surroundings,
    name: str,
    connector: str | None,
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: str | None,
    connection_id: str | None,
    base_url: str | None,
    make_default: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Have a connection of an account: it is made, or changed in place if it is there.

    If a person has to grant access, clientAction holds the page; the exit code is 0 all the same.
    """
    from amocrm_gen.cli.commands.login import login_by_mock
    from amocrm_gen.cli.credentials import Credentials
    from amocrm_gen.connections.checking import check
    from amocrm_gen.connections.connector import connector_of

    book = surroundings.book
    place = None if connector is None else connector_of(connector)
    credentials = Credentials.given(client_id, client_secret, redirect_uri)
    known = book.find(name)
    if place is not None and place.is_mock and credentials.is_empty:
        made = login_by_mock(surroundings, name, connection_id, base_url)
    else:
        made = book.ensure(
            name if known is None else known.domain,
            id=connection_id or (None if known is None else known.id),
            base_url=base_url or (None if known is None else known.base_url),
            integration=None if credentials.is_empty else credentials.with_kept(known),
            zone=None if place is None else place.zone,
        )
        _begin(surroundings, made)
    if make_default:
        book.set_default(made.id)
    surroundings.emit(check(made, book=book, offline=not made.connector.is_mock).plain())


@connection.command("remove", cls=Command, examples=("amocrm connection remove example",))
@click.argument("connection", shell_complete=connection_ids)
@click.pass_obj
def remove_connection(surroundings: Surroundings, connection: str) -> None:
    """Forget a connection with its tokens and credentials; the account itself stays as it is."""
    book = surroundings.book
    gone = book.get(connection)
    for login in book.logins.all():
        if login.is_for(gone):
            book.logins.drop(login)
    book.remove(gone.id)
    surroundings.emit({"id": gone.id, "domain": gone.domain, "removed": True})


def _begin(surroundings: Surroundings, connection: Connection) -> None:
    """Begin a login where one is needed and possible, so that there is a page to open."""
    from amocrm_gen.connections.pending import PendingLogin
    from amocrm_gen.connections.state import state_of

    book, integration = surroundings.book, connection.integration
    needs_person = state_of(connection, book=book).state == "CLIENT_ACTION_REQUIRED"
    if not needs_person or integration is None or book.logins.alive(connection) is not None:
        return
    book.logins.add(
        PendingLogin(
            connector=connection.connector,
            integration=integration,
            account=connection.domain,
            connection_id=connection.id,
            base_url=connection.base_url,
        )
    )
