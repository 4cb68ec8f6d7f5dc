"""`amocrm skill`: how agents drive the command line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from amocrm_gen.cli.command import Command

__all__ = ["skill"]


@click.command(
    "skill",
    cls=Command,
    without=("output", "as_json", "fields", "jq"),
    examples=(
        "amocrm skill                          # print it",
        "amocrm skill --to ~/.claude/skills    # write amocrm/SKILL.md there",
    ),
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A folder of skills; the file is written to amocrm/SKILL.md in it.",
)
@click.pass_context
def skill(context: click.Context, folder: Path | None) -> None:
    """Print SKILL.md, which teaches an agent to work with `amocrm`, or put it into a folder."""
    text = files("amocrm_gen").joinpath("skill", "SKILL.md").read_text("utf-8")
    if folder is None:
        click.echo(text, nl=False)
        return
    place = folder.expanduser() / "amocrm" / "SKILL.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8", newline="\n")
    context.obj.say(f"{place} is written")
