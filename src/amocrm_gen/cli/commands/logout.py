"""`amocrm logout`: forgets tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.completing import connection_ids

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["logout"]


@click.command(
    "logout",
    cls=Command,
    examples=(
        "amocrm logout                # the default connection",
        "amocrm logout example",
        "amocrm logout --all",
    ),
)
@click.argument("connection", required=False, shell_complete=connection_ids)
@click.option("--all", "everything", is_flag=True, help="Of all connections.")
@click.pass_obj
def logout(
    surroundings: Surroundings,
    connection: str | None,
    everything: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Forget the tokens of a connection, and logins that wait for it.

    The connection stays with its credentials, so that `amocrm connect` renews it. The account is
    not told; to revoke access there, switch the integration off.
    """
    book = surroundings.book
    named = connection or surroundings.options.account
    if everything and named:
        raise click.UsageError("--all goes without a connection")
    chosen = book.list() if everything else (book.get(named) if named else book.default(),)
    done: list[JsonValue] = []
    for one in chosen:
        for login in book.logins.all():
            if login.is_for(one):
                book.logins.drop(login)
        forgotten = book.forget_token(one)
        done.append({"id": one.id, "domain": one.domain, "loggedOut": forgotten})
    if everything:
        surroundings.emit_items(done)
    else:
        surroundings.emit(done[0])
