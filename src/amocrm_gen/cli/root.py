"""The command `amocrm` with its commands."""

from __future__ import annotations

from textwrap import fill
from typing import Final

import click

from amocrm_gen.cli.command import Group
from amocrm_gen.cli.resources.group import ResourceGroup, resource_names

__all__ = ["amocrm"]

_HERE: Final = "amocrm_gen.cli.commands"

_LAZY: Final[dict[str, tuple[str, str]]] = {
    "login": (f"{_HERE}.login:login", "Connect an account of amoCRM or Kommo, or a mock one."),
    "logout": (f"{_HERE}.logout:logout", "Forget the tokens of a connection."),
    "status": (f"{_HERE}.status:status", "Show what is connected, as whom, and for how long."),
    "token": (f"{_HERE}.token:token", "Print an access token for other programs."),
    "connectors": (f"{_HERE}.connectors:connectors", "List what can be connected."),
    "connect": (f"{_HERE}.connect:connect", "Make a connection, or renew one in place."),
    "connection": (f"{_HERE}.connection:connection", "List, get, ensure and remove connections."),
    "doctor": (f"{_HERE}.doctor:doctor", "Find out what is wrong with this set-up."),
    "action": (f"{_HERE}.action:action", "Find, show and run actions."),
    "request": (f"{_HERE}.request:request", "Send any request to the account."),
    "search": (f"{_HERE}.search:search", "Search actions, endpoints, fields and docs."),
    "runs": (f"{_HERE}.runs:runs", "List and repeat what was run."),
    "mock": (f"{_HERE}.mock:mock", "Start and steer the mock server."),
    "generate": (f"{_HERE}.generate:generate", "Generate a client from the spec and overlays."),
    "spec": (f"{_HERE}.spec:spec", "Look at the spec behind it all."),
    "skill": (f"{_HERE}.skill:skill", "Print what teaches an agent to use this program."),
    "completion": (f"{_HERE}.completion:completion", "Print a completion script for a shell."),
}

_SECTIONS: Final = {
    "Start": ("login", "status", "connect", "connection", "connectors", "logout", "token"),
    "Work": ("action", "request", "search", "runs"),
    "Tools": ("mock", "doctor", "generate", "spec", "skill", "completion"),
}


class _Root(Group):
    """Knows the resources of the API besides its own commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return its own commands and all resources."""
        return [*super().list_commands(ctx), *resource_names()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; a resource may be written as the API writes it: `custom_fields`."""
        known = super().get_command(ctx, cmd_name)
        name = cmd_name.replace("_", "-")
        if known is not None or name not in resource_names():
            return known
        return ResourceGroup(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its own commands in sections, and the names of the resources."""
        self.write_sections(ctx, formatter, super().list_commands(ctx))
        with formatter.section("Resources, with the verbs of the API"):
            formatter.write(_wrapped(", ".join(resource_names()), formatter))
            formatter.write_paragraph()
            formatter.write_text("`amocrm leads --help` shows the verbs of leads.")


def _wrapped(text: str, formatter: click.HelpFormatter) -> str:
    margin = " " * formatter.current_indent
    width = formatter.width
    # click's own wrapping would break a name at its hyphen.
    lines = fill(
        text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )
    return f"{lines}\n"


def _print_version(context: click.Context, _: click.Parameter, value: object) -> None:
    if not value or context.resilient_parsing:
        return
    from importlib.metadata import version  # noqa: PLC0415 - it takes a while

    click.echo(f"amocrm {version('amocrm-gen')}")
    context.exit()


def _print_tree(context: click.Context, _: click.Parameter, value: object) -> None:
    if not value or context.resilient_parsing:
        return
    from orjson import OPT_INDENT_2, dumps  # noqa: PLC0415 - rarely needed

    from amocrm_gen.cli.tree import tree_of  # noqa: PLC0415 - as above

    click.echo(dumps(tree_of(context.command, context), option=OPT_INDENT_2))
    context.exit()


@click.command(
    "amocrm",
    cls=_Root,
    is_root=True,
    lazy=_LAZY,
    sections=_SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=(
        "amocrm login --mock                             # practise without an account",
        "amocrm action list --intent 'overdue tasks'     # find what can be done",
        "amocrm action run win-lead --set lead=1 --dry-run",
        "amocrm leads find --limit 20 --json --fields id,name",
        "amocrm request /api/v4/account --query with=version",
    ),
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and stop.",
)
@click.option(
    "--help-json",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_tree,
    help="Show all commands as JSON and stop.",
)
def amocrm() -> None:
    """Drive amoCRM (Kommo) from the command line.

    Everything happens on this machine: nothing is sent anywhere but to the account. This program is
    not affiliated with amoCRM or Kommo.
    """
