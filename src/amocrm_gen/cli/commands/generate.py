"""`amocrm generate`: the same program as `amocrm-codegen`."""

from __future__ import annotations

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.runtime.errors import MissingExtra

__all__ = ["generate", "run_codegen"]


def run_codegen(arguments: tuple[str, ...]) -> int:
    """Run `amocrm-codegen`; returns its exit code.

    Raises `MissingExtra` where the extra `codegen` is not installed.
    """
    try:
        from amocrm_codegen.__main__ import main  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise MissingExtra("generating code", "codegen") from error
    return main(arguments)


@click.command(
    "generate",
    cls=Command,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
    without=("output",),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def generate(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Generate a client from the spec and overlays; the same program as `amocrm-codegen`."""
    context.exit(run_codegen(arguments))
