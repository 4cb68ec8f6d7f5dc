"""Tables in Markdown, for issues and documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amocrm_gen.cli.output.cells import shown_text
from amocrm_gen.cli.output.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from amocrm_gen.cli.output.field_path import FieldPath
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["markdown_lines"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~#!&])")
_BREAK: Final = re.compile(r"\s*\n\s*")


def markdown_lines(items: Iterable[JsonValue], columns: Sequence[FieldPath]) -> Iterator[str]:
    """Go through the lines of a table; nothing in a cell is read as Markdown or HTML."""
    yield _line([_escaped(column.text) for column in columns])
    yield _line(["---"] * len(columns))
    for item in items:
        yield _line([_escaped(shown_text(each.text, each.cell(item))) for each in columns])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    plain = harmless(text.strip()).replace("\t", " ")
    return _BREAK.sub("<br>", _SPECIAL.sub(r"\\\1", plain))
