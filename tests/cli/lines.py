"""Command lines that stand in pages: found, understood, and run in a shell."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.root import amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell

__all__ = ["blocks", "exit_code_of", "inline", "run_lines", "understand"]

_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(amocrm [^`]+)`")
_EXIT = re.compile(r"#\s*exits with (\d)")


def blocks(page: str) -> Iterator[str]:
    """Go through the lines of all blocks that are for a shell."""
    for found in _BLOCK.findall(page):
        for line in found.splitlines():
            if line.strip():
                yield line


def inline(page: str) -> list[str]:
    """Return the lines that stand in running text and in tables."""
    return _INLINE.findall(page)


def exit_code_of(line: str) -> int:
    """Return how a line ends; its comment says so where that is not 0."""
    found = _EXIT.search(line)
    return int(found[1]) if found else 0


def understand(line: str) -> click.Context:
    """Parse a line as the program does, without running it.

    Raises click's `UsageError` where a command or an option is not known.
    """
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = amocrm
    context = click.Context(amocrm, info_name="amocrm")
    name = "amocrm"
    while isinstance(command, click.Group):
        context = command.make_context(name, words, parent=None if name == "amocrm" else context)
        words = [*context._protected_args, *context.args]
        name, found, words = command.resolve_command(context, words)
        assert found is not None, line
        assert name is not None, line
        command = found
    return command.make_context(name, words, parent=context)


def run_lines(shell: Shell, lines: list[str], **environment: str) -> list[str]:
    """Run lines one after the other in one shell; each must end as it says.

    Returns what each has written to standard output.
    """
    start = shlex.join(shell.line)
    script = ["set -u", f'amocrm() {{ {start} "$@"; }}']
    for line in lines:
        wanted = exit_code_of(line)
        quoted = shlex.quote(line)
        script += [
            line,
            f"code=$?; [ $code -eq {wanted} ] || {{ echo $code from {quoted} >&2; exit 99; }}",
            "printf '\\x1e'",
        ]
    ended = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=shell.variables | environment,
        cwd=shell.home,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, f"{ended.stderr}\n{ended.stdout[-2000:]}\n{os.linesep}"
    return ended.stdout.split("\x1e")[:-1]
