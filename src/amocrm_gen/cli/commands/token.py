"""`amocrm token`: an access token for other programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings

__all__ = ["token"]


@click.command(
    "token",
    cls=Command,
    examples=(
        'curl -H "Authorization: Bearer $(amocrm token)" https://example.amocrm.ru/api/v4/account',
        "amocrm token --show              # on the terminal, for everybody to see",
    ),
)
@click.option("--show", is_flag=True, help="Print it on a terminal, too.")
@click.pass_obj
def token(
    surroundings: Surroundings,
    show: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print the access token, renewed before if it ends soon.

    It is printed to a pipe or a file; on a terminal only with --show. With --json its end is told,
    too.
    """
    if sys.stdout.isatty() and not show:
        raise click.UsageError(
            "a token is not shown on a terminal: pass it on, $(amocrm token), or give --show"
        )
    from amocrm_gen.runtime.renewal import usable_token  # noqa: PLC0415 - it loads the client

    with surroundings.client() as amo:
        usable = amo.perform(usable_token)
    if surroundings.options.output is None and surroundings.options.jq is None:
        click.echo(str(usable.access_token))
        return
    end = usable.expires_at
    surroundings.emit(
        {
            "accessToken": str(usable.access_token),
            "domain": amo.domain,
            "expiresAt": None if end is None else end.isoformat(timespec="seconds"),
        }
    )
