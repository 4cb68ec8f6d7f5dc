"""`amocrm action save`: keep an action of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject

# What a command does not need it does not import.
# ruff: noqa: PLC0415

__all__ = ["save"]

_FILES = (".yaml", ".yml")


@click.command(
    "save",
    cls=Command,
    examples=(
        "amocrm action save call-back.yaml",
        "amocrm action save leads.find --id big-leads --set filter.price.from=100000",
        "amocrm action save leads.update_one --id to-talks --set status_id=Talks --ask id",
        "amocrm action save --run 12 --id again",
    ),
)
@click.argument("source", required=False, metavar="[FILE|-|KEY]")
@click.option("--id", "own_id", metavar="ID", help="Its id: small letters, digits and hyphens.")
@click.option("--name", metavar="TEXT", help="What it does, in a few words.")
@click.option("--description", metavar="TEXT", help="What there is to know, in sentences.")
@click.option("--input", "given", metavar="JSON|@FILE|-", help="The input that it always has.")
@click.option("--set", "settings", multiple=True, metavar="A.B=VALUE", help="A part of that input.")
@click.option("--ask", "asked", multiple=True, metavar="KEY", help="What is to be given each time.")
@click.option("--run", "run_id", type=int, metavar="RUN", help="Do again what a run has done.")
@click.option("--force", is_flag=True, help="Take the place of an action with the same id.")
@click.pass_obj
def save(  # noqa: PLR0913 - its options
    surroundings: Surroundings,
    *,
    source: str | None,
    own_id: str | None,
    name: str | None,
    description: str | None,
    given: str | None,
    settings: tuple[str, ...],
    asked: tuple[str, ...],
    run_id: int | None,
    force: bool,
) -> None:
    """Save an action of your own: a file in YAML, another action with a fixed input, or a run.

    The file is checked as a whole before it is kept; docs/actions.md describes its format.
    """
    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.actions.saved.reading import read_action
    from amocrm_gen.actions.saved.shelf import own_shelf
    from amocrm_gen.cli.given import read_object, with_settings

    known = Catalog.of()
    if (source is None) == (run_id is None):
        raise click.UsageError("give a file, the key of an action, or --run")
    if source is not None and (source == "-" or source.endswith(_FILES)):
        text = _text_of(source)
        place = "standard input" if source == "-" else Path(source).name
    else:
        key, fixed = (source, {}) if run_id is None else _run(surroundings, run_id)
        if own_id is None:
            raise click.UsageError("--id is needed: the name of the new action")
        from amocrm_gen.actions.saved.drafting import draft_of

        done = known.get(str(key))
        text = draft_of(
            done,
            id=own_id,
            name=name,
            description=description,
            fixed=with_settings(
                {**fixed, **read_object(given, "--input")}, settings, done.input_schema
            ),
            asked=asked,
        )
        place = f"{own_id}.yaml"
    action = read_action(text, place, known.actions)
    shelf = own_shelf()
    if shelf.path_of(action.id).exists() and not force:
        raise click.BadParameter(
            f"there is an action {action.id!r} already; --force takes its place", param_hint="--id"
        )
    path = shelf.write(action.id, text)
    surroundings.emit({"id": action.id, "path": str(path)})


def _text_of(source: str) -> str:
    from amocrm_gen.cli.given import read_text

    return read_text(source if source == "-" else f"@{source}", "FILE")


def _run(surroundings: Surroundings, run_id: int) -> tuple[str, JsonObject]:
    """Return the action of a run and its input."""
    from amocrm_gen.runs.log import RunLog

    run = RunLog().get(run_id)
    if run.action is None or not isinstance(run.input, dict):
        raise click.BadParameter("that run was of no action", param_hint="--run")
    surroundings.say(f"run {run_id} was of {run.action}")
    return run.action, run.input
