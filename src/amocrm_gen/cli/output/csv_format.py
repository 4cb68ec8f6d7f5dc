"""Comma-separated values, safe to be opened in a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

from amocrm_gen.cli.output.cells import cell_text
from amocrm_gen.cli.output.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amocrm_gen.cli.output.field_path import FieldPath
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["write_csv"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run as a formula; the wide forms are, by some programs."""


def write_csv(
    items: Iterable[JsonValue], columns: Sequence[FieldPath], file: TextIO, *, raw: bool
) -> None:
    """Write a header and a row for each item, as they come.

    Text that a spreadsheet would run gets an apostrophe in front, as spreadsheets themselves mark
    text; with `raw` it stays as it is.
    """
    writer = csv.writer(file, lineterminator="\n")
    is_seen = file.isatty()
    writer.writerow([_cell(column.text, raw=raw, is_seen=is_seen) for column in columns])
    for item in items:
        writer.writerow([_cell(each.cell(item), raw=raw, is_seen=is_seen) for each in columns])


def _cell(value: JsonValue, *, raw: bool, is_seen: bool) -> str:
    text = harmless(cell_text(value)) if is_seen else cell_text(value)
    is_number = isinstance(value, int | float)
    # Blanks in front do not hold a spreadsheet back.
    is_formula = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return text if raw or is_number or not is_formula else f"'{text}"
