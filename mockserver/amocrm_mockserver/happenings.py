"""What a call did to entities, gathered while it runs, so that webhooks tell it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Happening", "Happenings"]


@frozen
class Happening:
    """Something that was done to one row."""

    kind: str
    """The table, and the entity type where there is a table for each: `leads`, `notes:leads`."""
    action: str
    """As webhooks name it: `add`, `update`, `delete`, `restore`, `status`, `responsible`…"""
    row: Row
    """As it is when the call ends."""
    old: Row
    """What columns held before, as far as the action tells it."""


@define
class Happenings:
    """The actions of one call, each row and action once, in the order in which they came."""

    _told: dict[tuple[str, object, str], Happening] = field(
        factory=dict[tuple[str, object, str], Happening]
    )

    def tell(self, kind: str, action: str, row: Row, old: Row | None = None) -> None:
        """Note an action; a row that is new in this call is not also changed by it."""
        number = row.get("id", row.get("uid", row.get("talk_id")))
        if action == "update" and (kind, number, "add") in self._told:
            return
        known = self._told.get((kind, number, action))
        if known is None:
            self._told[kind, number, action] = Happening(kind, action, row, dict(old or {}))
        else:
            for name, value in (old or {}).items():
                known.old.setdefault(name, value)

    def __iter__(self) -> Iterator[Happening]:
        return iter(self._told.values())

    def __bool__(self) -> bool:
        return bool(self._told)
