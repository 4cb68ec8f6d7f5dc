"""Counts how much of the inventory of operations the spec holds."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from attrs import frozen

from .waist import METHODS

if TYPE_CHECKING:
    from pathlib import Path

    from .waist import Schema

__all__ = ["Row", "coverage", "table"]

_Endpoint = tuple[str, str]


@frozen
class Row:
    """What is known of one resource of one API."""

    api: str
    resource: str
    inventory: int
    spec: int


def coverage(inventory: Path, document: Schema) -> tuple[Row, ...]:
    """Return a row for each resource of the inventory; names of path variables do not matter."""
    specified = {
        (method, _anonymous(path))
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods
    }
    groups: dict[tuple[str, str], list[_Endpoint]] = {}
    with inventory.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            endpoint = (line["method"].lower(), _anonymous(line["path"]))
            groups.setdefault((line["api"], line["resource"]), []).append(endpoint)
    return tuple(
        Row(api, resource, len(endpoints), sum(endpoint in specified for endpoint in endpoints))
        for (api, resource), endpoints in sorted(groups.items(), key=lambda group: group[0])
    )


def table(rows: tuple[Row, ...]) -> str:
    """Return the rows as text, with a total for each API and for all."""
    lines = [("api", "resource", "inventory", "spec")]
    for api in dict.fromkeys(row.api for row in rows):
        own = [row for row in rows if row.api == api]
        lines += [(api, row.resource, str(row.inventory), str(row.spec)) for row in own]
        lines.append((api, "all", _sum(own, "inventory"), _sum(own, "spec")))
    lines.append(("all", "", _sum(rows, "inventory"), _sum(rows, "spec")))
    api_width, resource_width = (max(len(line[column]) for line in lines) for column in (0, 1))
    return "\n".join(
        f"{api:<{api_width}}  {resource:<{resource_width}}  {listed:>9}  {spec:>4}"
        for api, resource, listed, spec in lines
    )


def _sum(rows: tuple[Row, ...] | list[Row], column: str) -> str:
    return str(sum(getattr(row, column) for row in rows))


def _anonymous(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)
