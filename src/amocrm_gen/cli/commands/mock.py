"""`amocrm mock`: the mock server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command, Group
from amocrm_gen.cli.commands.mock_control import COMMANDS
from amocrm_gen.runtime.errors import MissingExtra

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings

__all__ = ["mock"]


@click.group(
    "mock",
    cls=Group,
    examples=(
        "amocrm mock serve --port 8080           # until Ctrl-C",
        "amocrm mock clock --advance 1d          # of the one that runs",
    ),
)
def mock() -> None:
    """Start and steer the mock server."""


@mock.command(
    "serve",
    cls=Command,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def serve(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Serve until a signal; the same program as `amocrm-mockserver`.

    While it runs, `amocrm login --mock` connects to it.
    """
    try:
        from amocrm_mockserver.__main__ import main  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise MissingExtra("the mock server", "mock") from error
    from amocrm_gen.connections.practice import MockPlace  # noqa: PLC0415 - it loads the client

    noted: list[MockPlace] = []

    def note(url: str) -> None:
        place = MockPlace(url=url, pid=os.getpid())
        try:
            place.keep()
        except OSError as error:
            click.echo(f"`amocrm login --mock` will not find this server: {error}", err=True)
        else:
            noted.append(place)

    try:
        code = main(arguments, told=note)
    finally:
        for place in noted:
            place.forget()
    context.exit(code)


@mock.command("stop", cls=Command, examples=("amocrm mock stop",))
@click.pass_obj
def stop(surroundings: Surroundings) -> None:
    """Stop the mock server that `amocrm login --mock` has started; it keeps its accounts."""
    from amocrm_gen.connections.practice import stop_mock  # noqa: PLC0415 - it loads HTTP

    place = stop_mock()
    surroundings.emit({"stopped": place is not None, "url": None if place is None else place.url})


for _each in COMMANDS:
    mock.add_command(_each)
