"""An account with some of everything in it, and how its entities are chosen and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from ..base import Base, chosen, step
from ..model.cards import KINDS

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["Furnished"]

_MOST = 6
"""Entities of a kind; with few of them, steps often meet in one."""


class Furnished(Base):
    """What the rules of every area stand on."""

    @initialize()
    def begin(self) -> None:
        """Some of everything, so that no rule lacks something to change."""
        self.furnish()

    def furnish(self) -> None:
        """Two cards of each kind; each area adds its own."""
        for kind in KINDS:
            self.create(kind, [{"name": "A"}, {"name": "B"}], typed=False)

    def card(self, kind: str, pick: int) -> Card:
        """One of the entities that lists show."""
        return chosen((card for card in self.crm.cards[kind].values() if card.is_listed), pick)

    def has_room(self, kind: str, most: int = _MOST) -> bool:
        """There are few enough of a kind."""
        return len(self.crm.listed(kind)) < most

    @step(seconds=st.integers(0, 100))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.tick(seconds)

    def changed(self, card: Card) -> None:
        """It was written to, now, by the one who asks."""
        card.touch(self.user, self.crm.now)

    def patch(self, card: Card, change: Json, *, typed: bool, batch: bool = False) -> None:
        """Change one entity; the server must take it."""
        if not change and not batch:
            answer = self.door.ask(f"{card.kind}.update_one", {}, id=card.id)
            self.refuse(answer, 400)
            return
        if batch:
            self.accept(
                self.door.ask(f"{card.kind}.update", [{"id": card.id, **change}], typed=typed)
            )
        else:
            self.accept(self.door.ask(f"{card.kind}.update_one", change, id=card.id, typed=typed))
        self.changed(card)
