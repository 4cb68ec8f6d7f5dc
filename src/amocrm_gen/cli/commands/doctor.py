"""`amocrm doctor`: what is wrong with this set-up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.health import Check

__all__ = ["doctor"]

_EXITS = {"fail": 1, "action": 3}


@click.command(
    "doctor",
    cls=Command,
    examples=(
        "amocrm doctor",
        "amocrm doctor -a example --json",
        "amocrm doctor --offline          # sends nothing",
    ),
)
@click.option("--offline", is_flag=True, help="Look at this machine only; send nothing.")
@click.pass_context
def doctor(
    context: click.Context,
    offline: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Find out what is wrong with this set-up, and what to do about it.

    Looked at are versions, files and who may read them, the folders of throttle and locks, and for
    each connection its state, its token's age, its account, and this machine's clock. An unused
    token dies after three months: from day 60 on there is a warning.

    The exit code is 0 if nothing fails, 1 if something does, and 3 if a person must act.
    """
    surroundings: Surroundings = context.obj
    checks = list(_checks(surroundings, offline=offline))
    surroundings.emit_items(check.plain() for check in checks)
    for check in checks:
        if check.outcome != "ok" and check.advice is not None:
            surroundings.say(f"{check.name}: {check.found}\n  {check.advice}")
    context.exit(max((_EXITS.get(check.outcome, 0) for check in checks), default=0))


def _checks(surroundings: Surroundings, *, offline: bool) -> Iterator[Check]:
    from amocrm_gen.connections.health import (  # noqa: PLC0415 - the help needs none of it
        examine_connection,
        examine_machine,
    )
    from amocrm_gen.connections.opening import (  # noqa: PLC0415 - as above
        environment_connection,
        select,
    )
    from amocrm_gen.runtime.errors import ConfigurationError  # noqa: PLC0415 - as above

    book = surroundings.book
    yield from examine_machine(book)
    named = surroundings.options.account
    if named is not None:
        chosen = [select(named, book=book)]
    else:
        given = environment_connection()
        try:
            chosen = [*([] if given is None else [given]), *book.list()]
        except ConfigurationError:
            # It is told among the checks.
            return
    now = datetime.now(UTC)
    for connection in chosen:
        yield from examine_connection(connection, book=book, now=now, offline=offline)
