"""Commands and groups of the command line: lazy, with examples and the options of all."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from amocrm_gen.cli.options import global_options

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["Command", "Group"]

_OF_ALL: Final = (
    "Options of all commands: -a ACCOUNT, --json, -o FORMAT, --fields A,B, --jq FILTER, -q,"
    " --debug, --no-color. See `amocrm --help`."
)


class Command(click.Command):
    """A command that takes the options of all commands and shows examples.

    Args:
        examples: Command lines, each with what it does behind `#`.
        without: Names of options of all commands that this one takes itself: "as_json", "output".
        seeks: Passed on to click.
    """

    def __init__(
        self,
        *args: Any,  # Any: click's own
        examples: Sequence[str] = (),
        without: Collection[str] = (),
        **seeks: Any,  # Any: as above
    ) -> None:
        super().__init__(*args, **seeks)
        self.examples = tuple(examples)
        self.params = [*self.params, *global_options(without, hidden=True)]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        _write_examples(self.examples, formatter)
        _write_paragraph(_OF_ALL, formatter)
        super().format_epilog(ctx, formatter)


class Group(click.Group):
    """A group whose commands are imported when they are run.

    Args:
        lazy: Module and attribute of each command, "amocrm_gen.cli.commands.login:login", with
            its line of the help: {"login": ("…:login", "Connect an account.")}.
        sections: Titles over the commands' names; those left out stand under "Commands".
        examples: Command lines, each with what it does behind `#`.
        is_root: Whether its help explains the options of all commands.
        seeks: Passed on to click.
    """

    command_class = Command

    def __init__(
        self,
        *args: Any,  # Any: click's own
        lazy: Mapping[str, tuple[str, str]] | None = None,
        sections: Mapping[str, Sequence[str]] | None = None,
        examples: Sequence[str] = (),
        is_root: bool = False,
        **seeks: Any,  # Any: as above
    ) -> None:
        super().__init__(*args, **seeks)
        self.lazy = dict(lazy or {})
        self.sections = dict(sections or {})
        self.examples = tuple(examples)
        self.params = [*self.params, *global_options(hidden=not is_root)]
        self.is_root = is_root

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names."""
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; its module is imported now."""
        known = super().get_command(ctx, cmd_name)
        if known is not None or cmd_name not in self.lazy:
            return known
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        self.add_command(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line; a name that is not known is answered with those like it."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = get_close_matches(name, self.list_commands(ctx), n=3)
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"{ctx.command_path} has no command {name!r}.{meant}")
        return super().resolve_command(ctx, args)

    def line_of(self, ctx: click.Context, name: str) -> str:
        """Return a command's line of the help, without importing it where that can be spared."""
        if name in self.lazy:
            return self.lazy[name][1]
        command = self.get_command(ctx, name)
        return "" if command is None else command.get_short_help_str(80)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section."""
        self.write_sections(ctx, formatter, self.list_commands(ctx))

    def write_sections(
        self, ctx: click.Context, formatter: click.HelpFormatter, names: Sequence[str]
    ) -> None:
        """Write some of the commands, section by section."""
        left = [name for name in names if not self._is_hidden(name)]
        sections = {**self.sections, "Commands": left} if self.sections else {"Commands": left}
        named = {name for names in self.sections.values() for name in names}
        for title, found in sections.items():
            shown = [
                name
                for name in found
                if name in left and (title != "Commands" or name not in named)
            ]
            if not shown:
                continue
            with formatter.section(title):
                formatter.write_dl([(name, self.line_of(ctx, name)) for name in shown])

    def _is_hidden(self, name: str) -> bool:
        known = self.commands.get(name)
        return known is not None and known.hidden

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the commands."""
        _write_examples(self.examples, formatter)
        if not self.is_root:
            _write_paragraph(_OF_ALL, formatter)
        super().format_epilog(ctx, formatter)


def _write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    if not examples:
        return
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def _write_paragraph(text: str, formatter: click.HelpFormatter) -> None:
    formatter.write_paragraph()
    formatter.write_text(text)


Group.group_class = Group
