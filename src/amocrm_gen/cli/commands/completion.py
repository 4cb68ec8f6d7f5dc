"""`amocrm completion`: scripts by which shells complete lines."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Final

import click

from amocrm_gen.cli.command import Command

__all__ = ["completion"]

_SHELLS: Final = ("bash", "zsh", "fish")


@click.command(
    "completion",
    cls=Command,
    examples=(
        'eval "$(amocrm completion bash)"                                  # in ~/.bashrc',
        "amocrm completion fish > ~/.config/fish/completions/amocrm.fish",
    ),
)
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print a completion script for bash, zsh or fish; left out, for the shell you are in."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - rarely needed

    named = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(named)
    if kind is None:
        raise click.UsageError(f"name a shell: {', '.join(_SHELLS)}")
    root = context.find_root().command
    click.echo(kind(root, {}, "amocrm", "_AMOCRM_COMPLETE").source())
