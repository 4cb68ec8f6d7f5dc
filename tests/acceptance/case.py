"""Cases: requests in the order in which the official PHP SDK sends them, and its needs."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import yaml
from attrs import field, frozen

__all__ = [
    "CALLS",
    "EFFECTS",
    "EXAMPLES",
    "OPERATIONS",
    "Case",
    "Step",
    "cases",
    "lines",
    "named_shapes",
]

_HERE: Final = Path(__file__).parent
CALLS: Final = "calls"
"""What each method of the SDK sends."""
EXAMPLES: Final = "examples"
"""What the SDK's examples do, in their order, and the state that must be left."""

EFFECTS: Final = "effects"
"""What a write changes elsewhere."""

OPERATIONS: Final = "operations"
"""What the docs' tables say of operations that have no sample, for each type of entity."""


@frozen(kw_only=True)
class Step:
    """One request, and what its answer must be."""

    do: str
    """Method and path; `{name}` stands for what an earlier step kept."""
    query: Mapping[str, Any] = field(factory=dict[str, Any])
    body: Any = None
    form: Mapping[str, str] | None = None
    raw: str | None = None
    mime: str | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])
    token: str = "admin"
    status: int = 200
    kind: str | None = None
    """The type of a body that is not the API's JSON; `none` when there must be none."""
    text: str = ""
    """What such a body must have in it."""
    answer: Any = None
    absent: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    """Paths that must not be in the answer."""
    keep: Mapping[str, str] = field(factory=dict[str, str])
    """Names for values of the answer, by their paths."""
    secret: str | None = None
    """A chat channel's, which then signs the request."""
    control: bool = False
    """Steer the server rather than ask it."""


@frozen(kw_only=True)
class Case:
    """A run of requests on an account of its own."""

    id: str
    line: str
    """The line of the table that the case stands for."""
    steps: tuple[Step, ...] = field(repr=False)
    state: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    values: Mapping[str, Any] = field(factory=dict[str, Any])
    """What the names in its steps stand for from the start."""


def _read(name: str) -> Any:  # Any: YAML of many shapes
    return yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def lines(table: str) -> Mapping[str, str]:
    """The lines that a table has: their numbers and first words."""
    return cast("dict[str, str]", _read(table)["lines"])


@cache
def cases(table: str) -> tuple[Case, ...]:
    """All cases of a table."""
    found = _read(table)
    common: dict[str, Any] = found.get("state", {})
    return tuple(
        Case(
            id="-".join([row["id"], *(str(value) for value in list(values.values())[:1])]),
            line=str(row["line"]),
            steps=tuple(Step(**step) for step in row["steps"]),
            state={**common, **row.get("state", {})},
            values=values,
        )
        for row in found["cases"]
        for values in _variants(row.get("for", {}))
    )


def _variants(columns: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """One case for each row of values; a case without any stands for itself."""
    if not columns:
        yield {}
        return
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


@cache
def named_shapes() -> Mapping[str, Any]:  # Any: as above
    """What the SDK's models read without a guard, and what the docs' tables say, by name."""
    return {**_read("shapes"), **_read("models")}
