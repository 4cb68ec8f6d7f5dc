"""Tables for people: drawn on a terminal, and separated by tabs elsewhere."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, TextIO

from amocrm_gen.cli.output.cells import VALUE, all_columns, shown_text
from amocrm_gen.cli.output.harmless import harmless, harmless_line
from amocrm_gen.runtime.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from amocrm_gen.cli.output.field_path import FieldPath
    from amocrm_gen.runtime.types import JsonValue

# ruff: noqa: PLC0415 - rich takes a while, and is loaded only to draw

__all__ = ["check_drawing", "draw_rows", "draw_value", "write_tabs"]

_PADDING: Final = 2
"""Blanks between columns; the box brings one of them along."""
_WIDEST: Final = 40
"""Columns that are chosen for the reader are no wider."""
_NARROWEST: Final = 8
_LOOKED_AT: Final = 200
"""Rows by which the width of a column is told."""


def check_drawing() -> None:
    """Refuse to draw without rich, before anything is done whose output it is for."""
    try:
        import_module("rich.table")
    except ModuleNotFoundError as error:
        raise MissingExtra("a table on a terminal", "cli") from error


def write_tabs(items: Sequence[JsonValue], columns: Sequence[FieldPath], file: TextIO) -> None:
    """Write a line for each item, with tabs between its cells: for cut and awk."""
    file.write("\t".join(harmless_line(column.text) for column in columns) + "\n")
    for item in items:
        cells = [harmless_line(shown_text(each.text, each.cell(item))) for each in columns]
        file.write("\t".join(cells) + "\n")


def draw_rows(
    items: Sequence[JsonValue],
    columns: Sequence[FieldPath],
    file: TextIO,
    *,
    color: bool | None,
    chosen: bool,
) -> list[str]:
    """Draw a table as wide as the terminal; returns the names of columns that have no room.

    Columns that the user has `chosen` are all drawn, and their text is broken where it is too long.
    """
    check_drawing()
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    console = _console(file, color)
    rows = [
        [harmless_line(shown_text(each.text, each.cell(item))) for each in columns]
        for item in items
    ]
    needs = [
        max([cell_len(column.text), *(cell_len(row[index]) for row in rows[:_LOOKED_AT])])
        for index, column in enumerate(columns)
    ]
    fitting = len(columns) if chosen else _fitting(needs, console.width)
    table = Table(box=SIMPLE_HEAD, padding=(0, _PADDING - 1, 0, 0), pad_edge=False, show_edge=False)
    for index, column in enumerate(columns[:fitting]):
        is_number = _is_numeric(items, column)
        table.add_column(
            Text(harmless_line(column.text), style="bold"),
            no_wrap=not chosen,
            overflow="fold" if chosen else "ellipsis",
            justify="right" if is_number else "left",
            min_width=min(needs[index], _NARROWEST) if not chosen else None,
            max_width=None if chosen else _WIDEST if fitting > 1 else None,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row[:fitting]))
    console.print(table)
    return [column.text for column in columns[fitting:]]


def draw_value(
    value: JsonValue, columns: Sequence[FieldPath], file: TextIO, *, color: bool | None
) -> None:
    """Draw one object, a field in each row; anything else as text."""
    check_drawing()
    from rich.table import Table
    from rich.text import Text

    console = _console(file, color)
    paths = columns or all_columns([value])
    if list(paths) == [VALUE]:
        console.print(Text(harmless(shown_text("", value))))
        return
    table = Table(box=None, show_header=False, padding=(0, _PADDING, 0, 0), pad_edge=False)
    table.add_column(style="bold", no_wrap=True, overflow="ellipsis", max_width=_WIDEST)
    table.add_column(overflow="fold")
    for path in paths:
        cell = path.cell(value)
        table.add_row(Text(harmless_line(path.text)), Text(harmless(shown_text(path.text, cell))))
    console.print(table)


def _console(file: TextIO, color: bool | None) -> Console:  # noqa: FBT001 - three states
    from rich.console import Console

    return Console(
        file=file,
        force_terminal=True,
        no_color=None if color is None else not color,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def _fitting(needs: list[int], width: int) -> int:
    """Return how many columns have room: the first at least."""
    taken = 0
    for index, need in enumerate(needs):
        taken += min(need, _WIDEST) + (_PADDING if index else 0)
        if index and taken > width:
            return index
    return len(needs)


def _is_numeric(items: Sequence[JsonValue], column: FieldPath) -> bool:
    values = [column.cell(item) for item in items[:_LOOKED_AT]]
    numbers = [value for value in values if value is not None]
    return bool(numbers) and all(
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and shown_text(column.text, value) == str(value)
        for value in numbers
    )
