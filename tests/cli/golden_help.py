"""The help of every command as it is meant; `python tests/cli/golden_help.py` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.root import amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FOLDER", "helps"]

FOLDER = Path(__file__).with_name("golden_help")
_WIDTH = 78
"""What click leaves of a terminal of 80 columns."""


def helps() -> dict[str, str]:
    """Return the help of each command of our own, and of the verbs of leads, by its line."""
    return dict(_helps(amocrm, _context(amocrm, None, "amocrm")))


def _context(command: click.Command, parent: click.Context | None, name: str) -> click.Context:
    return click.Context(
        command,
        parent=parent,
        info_name=name,
        terminal_width=_WIDTH,
        **command.context_settings,
    )


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context) + "\n"
    if not isinstance(command, click.Group):
        return
    own = getattr(command, "lazy", {}) or {}
    for name in command.list_commands(context):
        if own and name not in own and name != "leads":
            continue  # the verbs of one resource stand for those of all
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from _helps(child, _context(child, context, name))


def main() -> None:
    """Write what is there now."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for line, text in helps().items():
        (FOLDER / f"{line.replace(' ', '-')}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
