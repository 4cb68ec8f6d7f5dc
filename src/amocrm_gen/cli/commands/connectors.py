"""`amocrm connectors`: what can be connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings

__all__ = ["connectors"]


@click.command("connectors", cls=Command, examples=("amocrm connectors --json",))
@click.pass_obj
def connectors(surroundings: Surroundings) -> None:
    """List what can be connected: three places of amoCRM and Kommo, and the mock server."""
    from amocrm_gen.connections.connector import CONNECTORS  # noqa: PLC0415 - not for the help

    surroundings.emit_items(connector.plain() for connector in CONNECTORS)
