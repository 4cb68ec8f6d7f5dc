"""Docstrings: texts of the spec, wrapped and quoted for Python source."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["docstring", "section", "sentence"]

_WIDTH = 100


def sentence(text: str) -> str:
    """Return `text` on one line, with a full stop at its end.

    The first letter stays as it is: a text may start with a key or a value of the API.
    """
    line = " ".join(text.split())
    return line if not line or line[-1] in ".!?:…" else f"{line}."


def docstring(paragraphs: Iterable[str], *, indent: int) -> str:
    """Return a quoted docstring whose lines, but for the first, are indented by `indent` spaces.

    A paragraph that starts with a line break is printed as it is; all others are wrapped. Without
    any text there is no docstring.
    """
    margin = " " * indent
    blocks = [
        block.strip("\n")
        if block.startswith("\n")
        else _wrapped(block, _WIDTH - indent - 3 * (not number))
        for number, block in enumerate(part for part in paragraphs if part.strip())
    ]
    if not blocks:
        return ""
    body = "\n\n".join(blocks).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = body.split("\n")
    closes_on_same_line = len(lines) == 1 and len(lines[0]) + indent + 6 <= _WIDTH
    if body.endswith('"'):
        body = f'{body[:-1]}\\"'
    text = f'"""{body}"""' if closes_on_same_line else f'"""{body}\n"""'
    return textwrap.indent(text, margin).removeprefix(margin)


def section(title: str, entries: Iterable[str], *, indent: int) -> str:
    """Return a titled list for a docstring of that indent; no entries give no section."""
    width = _WIDTH - indent
    lines = [
        textwrap.fill(
            entry,
            width,
            initial_indent=" " * 4,
            subsequent_indent=" " * 8,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for entry in entries
    ]
    return "\n" + "\n".join([f"{title}:", *lines]) if lines else ""


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(
        " ".join(text.split()), width, break_long_words=False, break_on_hyphens=False
    )
