"""The options that every command takes, before and after its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from attrs import evolve, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = ["FORMATS", "Options", "all_option", "curl_option", "dry_run_option", "global_options"]

FORMATS: Final = ("table", "json", "jsonl", "csv", "md")

F = TypeVar("F", bound="Callable[..., Any]")  # Any: whatever a command takes


@frozen
class Options:
    """What the options of all commands say."""

    account: str | None = None
    """The id, subdomain or domain of a connection."""
    output: str | None = None
    """A format; None is a table on a terminal and JSON elsewhere."""
    fields: tuple[str, ...] = ()
    jq: str | None = None
    quiet: bool = False
    debug: bool = False
    color: bool | None = None
    csv_raw: bool = False
    """Whether CSV keeps text that spreadsheets would run as formulas."""


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> object:
    if value is None or context.resilient_parsing:
        return value
    from amocrm_gen.cli.surroundings import Surroundings  # noqa: PLC0415 - it imports this

    surroundings = context.ensure_object(Surroundings)
    changes: dict[str, Any] = {str(parameter.name): value}  # Any: of the option's type
    if parameter.name == "as_json":
        changes = {"output": "json"} if value else {}
    elif parameter.name == "fields":
        changes = {"fields": tuple(part.strip() for part in str(value).split(",") if part.strip())}
    surroundings.options = evolve(surroundings.options, **changes)
    return value


def _connection_ids(context: click.Context, option: click.Parameter, begun: str) -> list[str]:
    from amocrm_gen.cli.completing import connection_ids  # noqa: PLC0415 - for shells only

    return connection_ids(context, option, begun)


def global_options(without: Collection[str] = (), *, hidden: bool = False) -> list[click.Option]:
    """Return the options of all commands, but for those that a command takes itself."""
    options = [
        click.Option(
            ["-a", "--account", "--connectionId", "--connectionKey", "account"],
            metavar="ACCOUNT",
            shell_complete=_connection_ids,
            help="Which connection: its id, subdomain or domain.",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, default=None, help="Write JSON; short for -o json."
        ),
        click.Option(
            ["-o", "--output", "output"],
            type=click.Choice(FORMATS),
            help="Format; a table on a terminal and JSON elsewhere, if left out.",
        ),
        click.Option(
            ["--fields"], metavar="A,B.C", help="Only these fields; dots lead into objects."
        ),
        click.Option(["--jq"], metavar="FILTER", help="Pass the JSON through a jq filter."),
        click.Option(
            ["-q", "--quiet"], is_flag=True, default=None, help="Write nothing but the output."
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            default=None,
            help="Write each request to standard error, without secrets.",
        ),
        click.Option(
            ["--color/--no-color", "color"],
            default=None,
            help="Colours; on a terminal without NO_COLOR, if left out.",
        ),
        click.Option(
            ["--csv-raw"],
            is_flag=True,
            default=None,
            help="CSV without an apostrophe before text that a spreadsheet would run as a formula.",
        ),
    ]
    kept = [option for option in options if option.name not in without]
    for option in kept:
        option.callback = _keep
        option.expose_value = False
        option.is_eager = True
        option.hidden = hidden
    return kept


def dry_run_option(command: F) -> F:
    """Give a command `--dry-run`: it shows what it would send and changes nothing."""
    return click.option(
        "--dry-run", is_flag=True, help="Show the requests that would be sent; change nothing."
    )(command)


def curl_option(command: F) -> F:
    """Give a command `--curl`: what it sends is shown as lines for a shell."""
    return click.option(
        "--curl",
        is_flag=True,
        help="Write each request as a curl line to standard error; the token is $AMOCRM_TOKEN.",
    )(command)


def all_option(command: F) -> F:
    """Give a command `--all`: it walks all pages."""
    return click.option("--all", "everything", is_flag=True, help="All pages, not the first one.")(
        command
    )
