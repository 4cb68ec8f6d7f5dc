"""Filters in the language of jq."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from amocrm_gen.cli.failure import Failure, Told
from amocrm_gen.runtime.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.runtime.types import JsonValue

__all__ = ["check_filter", "filtered"]

_PLACE: Final = re.compile(r"line (\d+), column (\d+)")


def check_filter(expression: str) -> None:
    """Refuse a filter that cannot be read, before anything is done whose output it is for."""
    _compiled(expression)


def filtered(expression: str, value: JsonValue) -> Iterator[JsonValue]:
    """Go through what a filter makes of a value; a wrong filter is an error that says where."""
    program = _compiled(expression)
    try:
        yield from program.input_value(value)
    except ValueError as error:
        raise _wrong(expression, str(error), "the filter does not fit the output") from None


def _compiled(expression: str) -> Any:  # Any: it has no types
    try:
        jq: Any = import_module("jq")  # Any: as above
    except ModuleNotFoundError as error:
        raise MissingExtra("--jq", "cli") from error
    try:
        return jq.compile(expression)
    except ValueError as error:
        raise _wrong(expression, str(error), "the filter cannot be read") from None


def _wrong(expression: str, said: str, what: str) -> Told:
    text = said.partition("\n")[0].removeprefix("jq: error: ").removesuffix(":")
    place = _PLACE.search(text)
    where = f" at line {place[1]}, column {place[2]}" if place else ""
    return Told(
        Failure(
            code="jq_error",
            exit_code=2,
            message=f"--jq: {what}{where}: {text.partition(' at <')[0]}",
            details={
                "filter": expression,
                **({"line": int(place[1]), "column": int(place[2])} if place else {}),
                "what_to_do": 'the filter is given what `-o json` writes: {"output": …}',
            },
        )
    )
