"""`amocrm action`: find, show, run and save actions."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from amocrm_gen.cli.command import Command, Group
from amocrm_gen.cli.commands.action_save import save
from amocrm_gen.cli.completing import action_ids
from amocrm_gen.cli.options import all_option, curl_option, dry_run_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject, JsonValue

# What a command does not need it does not import.
# ruff: noqa: PLC0415

__all__ = ["action"]

_KINDS: Final = ("operation", "composed", "saved")

_file_option = click.option(
    "--file",
    "own_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file of an action of your own, besides those that were saved.",
)


@click.group(
    "action",
    cls=Group,
    examples=(
        "amocrm action list --intent 'lost leads of this month' --limit 5",
        "amocrm action show leads.update",
        "amocrm action run leads.find --set limit=5 --fields id,name",
    ),
)
def action() -> None:
    """Find, show, run and save actions: all that can be done in an account."""


@action.command(
    "list",
    cls=Command,
    examples=(
        "amocrm action list --limit 10 --json",
        "amocrm action list --intent 'move a deal to another stage'",
        "amocrm action list --type composed --all",
    ),
)
@click.option("--intent", metavar="TEXT", help="What is to be done; the best fits come first.")
@click.option("--limit", type=click.IntRange(1), metavar="N", default=20, show_default=True)
@click.option(
    "--type",
    "kind",
    type=click.Choice(_KINDS),
    help="Operations of the API, what is composed of them, or your own.",
)
@click.option("--resource", metavar="NAME", help="Only what is about leads, contacts, …")
@_file_option
@all_option
@click.pass_obj
def show_list(  # noqa: PLR0913 - its options
    surroundings: Surroundings,
    *,
    intent: str | None,
    limit: int,
    kind: str | None,
    resource: str | None,
    own_files: tuple[Path, ...],
    everything: bool,
) -> None:
    """List actions, the most used first, or the best fits for an intent."""
    from amocrm_gen.actions.shown import shown

    catalog = _catalog(surroundings, own_files)
    found = _ranked(surroundings, catalog, intent) if intent else catalog.popular()
    fitting = [
        each for each in found if kind in {None, each.kind} and resource in {None, each.resource}
    ]
    cut = fitting if everything else fitting[:limit]
    if surroundings.format in {"json", "jsonl"}:
        surroundings.emit_items(shown(each) for each in cut)
    else:
        surroundings.emit_items(_row(each) for each in cut)
    if len(cut) < len(fitting) and not intent:
        surroundings.say(f"{len(cut)} of {len(fitting)} actions; --all shows the others, too")


def _catalog(surroundings: Surroundings, own_files: Sequence[Path]) -> Catalog:
    if not own_files:
        return surroundings.catalog
    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.actions.saved.shelf import own_shelf

    return Catalog.of(shelf=own_shelf(), files=own_files)


def _ranked(surroundings: Surroundings, catalog: Catalog, intent: str) -> Sequence[Action]:
    from amocrm_gen.actions.ranking import rank

    ranked = rank(intent, list(catalog), None)
    if ranked and ranked[0].is_guess:
        surroundings.say(
            "nothing in the intent tells what is wanted; what is used most comes first"
        )
    return [each.action for each in ranked]


def _row(each: Action) -> JsonObject:
    return {
        "id": each.id,
        "name": each.name,
        "kind": each.kind,
        "effect": "deletes" if each.is_destructive else "writes" if each.is_write else "reads",
        "requests": str(each.requests),
    }


@action.command(
    "show",
    cls=Command,
    examples=(
        "amocrm action show leads.update",
        "amocrm action show leads.update --jq .output.example",
    ),
)
@click.argument("key", shell_complete=action_ids)
@_file_option
@click.pass_obj
def show(surroundings: Surroundings, key: str, own_files: tuple[Path, ...]) -> None:
    """Show what an action takes and gives.

    With its schemas, an example, what it costs in requests, and the request behind it.
    """
    from amocrm_gen.actions.shown import shown

    found = _catalog(surroundings, own_files).get(key)
    if surroundings.format == "table" and not surroundings.options.fields:
        from amocrm_gen.cli.action_page import page_of

        click.echo(page_of(found), nl=False, color=surroundings.options.color)
        return
    surroundings.emit(shown(found))


_get = copy(show)
_get.hidden = True
action.add_command(_get, "get")


@action.command(
    "run",
    cls=Command,
    examples=(
        "amocrm action run leads.find --set limit=5",
        'amocrm action run leads.update --input \'{"items": [{"id": 1, "price": 500}]}\' --dry-run',
        "amocrm action run contacts.create --input @contacts.json",
        "amocrm action run leads.update_one --set id=1 --set status_id=Negotiation",
    ),
)
@click.argument("key", shell_complete=action_ids)
@click.option(
    "--input", "given", metavar="JSON|@FILE|-", help="The input, as `amocrm action show` has it."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="A.B=VALUE",
    help="Set a part of the input; the value is JSON or a text. items[0].name=…, tags+=….",
)
@_file_option
@all_option
@dry_run_option
@curl_option
@click.pass_obj
def run(  # noqa: PLR0913 - its options
    surroundings: Surroundings,
    key: str,
    *,
    given: str | None,
    settings: tuple[str, ...],
    own_files: tuple[Path, ...],
    everything: bool,
    dry_run: bool,
    curl: bool,
) -> None:
    """Run an action and write its output.

    The input is checked before anything is sent: all that is wrong is told at once. Names stand for
    ids of pipelines, stages, users and fields; dates for unix times. What is set by --set comes
    after --input.
    """
    from amocrm_gen.cli.given import read_object, with_settings
    from amocrm_gen.cli.performing import perform

    found = _catalog(surroundings, own_files).get(key)
    ready = with_settings(read_object(given, "--input"), settings, found.input_schema)
    if everything:
        _walk_all(found, ready)
    output = perform(surroundings, found, ready, is_rehearsed=dry_run, shows_curl=curl)
    _emit(surroundings, output)


def _walk_all(found: Action, ready: JsonObject) -> None:
    properties = found.input_schema.get("properties")
    if not isinstance(properties, dict) or "all" not in properties:
        raise click.BadParameter(f"{found.id} has no pages", param_hint="--all")
    ready["all"] = True


def _emit(surroundings: Surroundings, output: JsonValue) -> None:
    items = output.get("items") if isinstance(output, dict) else None
    if not isinstance(output, dict) or not isinstance(items, list):
        surroundings.emit(output)
        return
    is_plain = set(output) <= {"items", "next_page"}
    if is_plain and (surroundings.format != "json" or "next_page" not in output):
        surroundings.emit_items(items)
    else:
        surroundings.emit(output)
    if "next_page" in output:
        following = output["next_page"]
        surroundings.say(f"there are more: --set page={following} goes on, --all takes all")


action.add_command(save)
