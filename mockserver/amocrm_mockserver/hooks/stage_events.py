"""What leads and customers meet with at the stage where they stand, out of what a call did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening, Happenings
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["STAGES", "StageEvent", "place_of", "stage_events"]

STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "leads": ("pipeline_id", "status_id"),
    "customers": ("status_id",),
}
"""Entities that stand at stages, and the columns that name the stage."""
_OF_ENTITIES: Final[Mapping[str, frozenset[str]]] = {
    "leads": frozenset({"add", "status", "responsible"}),
    "customers": frozenset({"add", "period"}),
}
_OF_NOTES: Final = frozenset({"call_in", "site_visit"})
"""Types of notes that are events of the stage of whom they belong to."""
_TALKED_ABOUT: Final[Mapping[str | None, str]] = {"lead": "leads", "customer": "customers"}


@frozen
class StageEvent:
    """One event of one entity."""

    name: str
    """`add`, `status`, `period`, `responsible`, `call_in`, `site_visit` or `chat`."""
    entity_type: str
    row: Row
    old: Row
    """What the columns of its stage were before a move."""

    @property
    def place(self) -> tuple[int, ...]:
        """The stage where the entity stands."""
        return place_of(self.entity_type, self.row)

    @property
    def former(self) -> tuple[int, ...]:
        """The stage where the entity stood."""
        return place_of(self.entity_type, {**self.row, **self.old})


def place_of(entity_type: str, row: Row) -> tuple[int, ...]:
    """A stage by its columns."""
    return tuple(row[column] for column in STAGES[entity_type])


def stage_events(account: Account, happenings: Happenings) -> Iterator[StageEvent]:
    """The events of a call; e-mail does not come to this server."""
    for happening in happenings:
        kind, row = happening.kind, happening.row
        if happening.action in _OF_ENTITIES.get(kind, ()):
            yield StageEvent(happening.action, kind, row, happening.old)
            continue
        name, entity_type, number = _beside(happening)
        found = account.table(entity_type).rows.get(number) if name else None
        if found is not None:
            yield StageEvent(name, entity_type, found, {})


def _beside(happening: Happening) -> tuple[str, str, int]:
    """The event that a note or message is, and whose it is; no name for what is no event."""
    row = happening.row
    kind, _, owner = happening.kind.partition(":")
    if kind == "notes" and owner in STAGES and row["note_type"] in _OF_NOTES:
        # Whoever makes a note may say that the digital pipeline need not hear of it.
        name = "" if row.get("_is_quiet") else row["note_type"]
        return name, owner, row["entity_id"]
    if kind == "messages" and row.get("entity_type") in _TALKED_ABOUT:
        return "chat", _TALKED_ABOUT[row["entity_type"]], row["entity_id"]
    return "", "", 0
