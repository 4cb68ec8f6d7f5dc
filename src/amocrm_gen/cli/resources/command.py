"""The command of a verb: its arguments and options come from the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.options import all_option, curl_option, dry_run_option
from amocrm_gen.cli.resources.line import input_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.cli.resources.verb import Verb
    from amocrm_gen.cli.surroundings import Surroundings

# ruff: noqa: PLC0415 - whoever asks for help does not wait for the client

__all__ = ["command_of"]

_MAPPINGS: Final = frozenset({"filter"})


def command_of(resource: str, verb: Verb) -> Command:
    """Return the command of a verb of `resource`."""
    action = verb.first
    layout = action.layout
    params: list[click.Parameter] = []
    if "" not in verb.forms:
        params.append(
            click.Argument(["entity"], type=click.Choice(sorted(verb.forms)), metavar="ENTITY")
        )
    params += [click.Argument([f"path_{name}"], metavar=name.upper()) for name in layout.path]
    if verb.takes_ids:
        params.append(click.Argument(["ids"], nargs=-1, metavar="[ID]..."))
    params += _query_options(layout.query)
    if layout.is_paged:
        params += _paging_options()
    if layout.is_fetched:
        params.append(click.Option(["--to"], metavar="FILE", required=True, help="Where to write."))
    if layout.form == "file":
        params.append(click.Option(["--file"], metavar="FILE", required=True, help="What to send."))
    if layout.form != "none" or layout.query or layout.path:
        params += _input_options()

    def run(surroundings: Surroundings, /, **line: Any) -> None:  # Any: by the options' types
        _run(surroundings, verb, line)

    callback: Callable[..., Any] = click.pass_obj(run)
    callback = curl_option(callback)
    if action.is_write:
        callback = dry_run_option(callback)
    if layout.is_paged:
        callback = all_option(callback)
    own = [*params, *reversed(getattr(callback, "__click_params__", []))]
    return Command(
        verb.name,
        callback=callback,
        params=own,
        help=verb.help,
        short_help=action.described.raw["summary"],
        examples=verb.examples(resource),
    )


def _run(surroundings: Surroundings, verb: Verb, line: dict[str, Any]) -> None:  # Any: as above
    from amocrm_gen.cli.performing import perform

    action = verb.forms[line.get("entity") or ""]
    output = perform(
        surroundings,
        action,
        input_of(line, action),
        is_rehearsed=bool(line.get("dry_run")),
        shows_curl=bool(line.get("curl")),
    )
    items = output.get("items") if isinstance(output, dict) else None
    if isinstance(items, list) and action.layout.is_listed:
        surroundings.emit_items(items)
    else:
        surroundings.emit(output)


def _input_options() -> Iterable[click.Option]:
    yield click.Option(
        ["--input", "given"],
        metavar="JSON|@FILE|-",
        help="The whole input as JSON, as `amocrm action show` describes it.",
    )
    yield click.Option(
        ["--set", "settings"],
        multiple=True,
        metavar="A.B=VALUE",
        help="Set a field of what is sent; for lists items[0].name=…, tags+=….",
    )


def _query_options(query: Mapping[str, Schema]) -> Iterable[click.Option]:
    for name, schema in query.items():
        flag = f"--{name.replace('_', '-')}"
        text = " ".join(str(schema.get("description", "")).split())
        if name in _MAPPINGS or schema.get("type") == "object":
            keys = ", ".join(schema.get("properties", {}))
            yield click.Option(
                [flag, f"query_{name}"],
                multiple=True,
                metavar="KEY=VALUE",
                help=f"{text or 'Which items.'} Keys: {keys}." if keys else text,
            )
        elif schema.get("type") == "array":
            values = ", ".join(map(str, schema.get("items", {}).get("enum", ())))
            yield click.Option(
                [flag, f"query_{name}"],
                metavar="A,B",
                help=f"{text} Any of {values}." if values else text,
            )
        elif schema.get("type") == "boolean":
            yield click.Option([flag, f"query_{name}"], type=bool, metavar="true|false", help=text)
        else:
            yield click.Option([flag, f"query_{name}"], metavar="VALUE", help=text)


def _paging_options() -> Iterable[click.Option]:
    yield click.Option(
        ["--limit"], type=click.IntRange(1), metavar="N", help="How many items in all."
    )
    yield click.Option(["--page"], type=click.IntRange(1), metavar="N", help="Page to start with.")
    yield click.Option(
        ["--page-size"], type=click.IntRange(1), metavar="N", help="Items to ask for at a time."
    )
