"""Writes results in the chosen format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orjson import OPT_INDENT_2, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["write_items", "write_value"]


def write_value(value: JsonValue, surroundings: Surroundings) -> None:
    """Write the one result of a command."""
    _write({"output": value}, surroundings)


def write_items(items: Iterable[JsonValue], surroundings: Surroundings) -> None:
    """Write a list."""
    _write({"output": {"items": list(items)}}, surroundings)


def _write(envelope: JsonValue, surroundings: Surroundings) -> None:  # noqa: ARG001 - formats follow
    sys.stdout.write(f"{dumps(envelope, option=OPT_INDENT_2).decode()}\n")
