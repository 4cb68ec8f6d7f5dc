"""Leads, contacts, companies and customers as the model keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CLOSED", "KINDS", "LOST", "SINGULAR", "WON", "Card", "Json", "Kind", "full_name"]

Json: TypeAlias = Any
"""A JSON value as a test takes it apart."""

Kind: TypeAlias = str
KINDS: Final = ("leads", "contacts", "companies", "customers")
SINGULAR: Final = {
    "leads": "lead",
    "contacts": "contact",
    "companies": "company",
    "customers": "customer",
    "tasks": "task",
}
WON: Final = 142
LOST: Final = 143
CLOSED: Final = frozenset({WON, LOST})


@define
class Card:
    """One entity; the keys in `own` are those that only its kind has."""

    kind: Kind
    id: int
    name: str
    responsible: int
    created_by: int
    created_at: int
    updated_by: int
    updated_at: int
    own: dict[str, Json] = field(factory=dict[str, Json])
    tags: list[str] = field(factory=list[str])
    values: dict[int, list[Json]] = field(factory=dict[int, list[Json]])
    """By the id of the custom field."""
    segments: list[int] = field(factory=list[int])
    is_deleted: bool = False
    is_hidden: bool = False
    """It came with an incoming lead that nobody has accepted."""

    @property
    def end(self) -> tuple[Kind, int]:
        """What a link names."""
        return self.kind, self.id

    @property
    def is_listed(self) -> bool:
        """Ordinary lists show it."""
        return not self.is_deleted and not self.is_hidden

    def touch(self, by: int, now: int) -> None:
        """Something of it has changed."""
        self.updated_by, self.updated_at = by, now

    def move(self, pipeline: int, status: int, now: int, closed_at: int | None = None) -> None:
        """A lead that is closed knows since when; one that is not lost has no reason."""
        own = self.own
        moved = (pipeline, status) != (own["pipeline_id"], own["status_id"])
        own["pipeline_id"], own["status_id"] = pipeline, status
        if status not in CLOSED:
            own["closed_at"] = None
        elif moved:
            own["closed_at"] = closed_at or now
        if status != LOST:
            own["loss_reason_id"] = None


def full_name(parts: Sequence[str]) -> str:
    """Put first and last name together."""
    return " ".join(part for part in parts if part)
