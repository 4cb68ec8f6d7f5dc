"""Runs one command line: whatever happens becomes an exit code and a message."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click

from amocrm_gen.cli.failure import failure_of
from amocrm_gen.cli.root import amocrm
from amocrm_gen.cli.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run", "run_in"]

_COMPLETING: Final = "_AMOCRM_COMPLETE"
"""The variable by which a shell asks for completions."""
_INTERRUPTED: Final = 130
_PIPE_CLOSED: Final = 141
"""What a shell says of a program that wrote to a closed pipe."""


def run(arguments: Sequence[str]) -> int:
    """Run `amocrm` with these arguments; returns the exit code."""
    return run_in(Surroundings.of(arguments), arguments)


def run_in(surroundings: Surroundings, arguments: Sequence[str]) -> int:
    """Run a line in surroundings that are there."""
    try:
        code = amocrm.main(
            list(arguments), prog_name="amocrm", obj=surroundings, standalone_mode=False
        )
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        surroundings.end_run("interrupted", _INTERRUPTED)
        sys.stderr.write("amocrm: interrupted\n")
        return _INTERRUPTED
    except BrokenPipeError:
        return _unread(surroundings)
    except SystemExit as exit_:
        # click exits by itself after a completion, and with 1 where the reader has gone.
        if exit_.code != 1 or _COMPLETING in os.environ:
            raise
        return _unread(surroundings)
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            surroundings.end_run("crash", 1)
            raise
        failure = surroundings.advised(failure, error)
        surroundings.end_run(failure.code, failure.exit_code)
        if isinstance(error, click.exceptions.NoArgsIsHelpError) and surroundings.format == "table":
            click.echo(error.ctx.get_help(), err=True, color=surroundings.options.color)
        else:
            surroundings.fail(failure)
        return failure.exit_code
    ended = code if isinstance(code, int) else 0
    surroundings.end_run("ok" if ended == 0 else "failed", ended)
    return ended


def _unread(surroundings: Surroundings) -> int:
    # The interpreter must not try to flush once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    surroundings.end_run("pipe_closed", _PIPE_CLOSED)
    return _PIPE_CLOSED
