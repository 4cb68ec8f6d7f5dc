"""Reads secrets from where no other program sees them: never from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

__all__ = ["secret_option_value"]


def secret_option_value(option: str, given: str | None) -> str | None:
    """Return the secret that an option points to: `-` is standard input, `@FILE` a file.

    A secret itself is refused: other programs see it in the list of processes, and the shell keeps
    it in its history. The error does not repeat it.
    """
    if given is None:
        return None
    if given == "-":
        text = sys.stdin.readline() if sys.stdin.isatty() else sys.stdin.read()
    elif given.startswith("@"):
        try:
            text = Path(given[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise click.UsageError(f"{option}: the file cannot be read: {reason}") from None
    else:
        raise click.UsageError(
            f"{option} takes no secret in the command line, where other programs see it and the"
            f" shell keeps it: give `{option} -` and write it to standard input, or"
            f" `{option} @FILE`. What was typed is known by now: better make a new one."
        )
    text = text.strip()
    if not text:
        raise click.UsageError(f"{option}: there is nothing to read")
    return text
