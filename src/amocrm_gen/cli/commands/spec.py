"""`amocrm spec`: the spec behind it all."""

from __future__ import annotations

import click

from amocrm_gen.cli.command import Command, Group
from amocrm_gen.cli.commands.generate import run_codegen

__all__ = ["spec"]


@click.group("spec", cls=Group, examples=("amocrm spec coverage",))
def spec() -> None:
    """Look at the spec behind it all."""


@spec.command("coverage", cls=Command, examples=("amocrm spec coverage",))
@click.pass_context
def coverage(context: click.Context) -> None:
    """Show what of the API is in the spec, the client, the mock server and the tests."""
    context.exit(run_codegen(("coverage",)))
