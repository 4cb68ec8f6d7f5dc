"""What a run of the machines has done."""

from __future__ import annotations

from collections import Counter
from typing import Self

from attrs import define, field

__all__ = ["Tally"]


@define
class Tally:
    """Counts over all steps of a run."""

    steps: int = 0
    compared: int = 0
    """Steps after which the whole state was compared."""
    rules: Counter[str] = field(factory=Counter[str])
    refusals: Counter[str] = field(factory=Counter[str])
    """By status and the codes that the body tells."""
    wire: Counter[str] = field(factory=Counter[str])
    """Operations asked by plain requests, by id."""
    client: Counter[str] = field(factory=Counter[str])
    """Operations called by methods of the client, by id."""

    def add(self, other: Self) -> None:
        """Count another run in."""
        self.steps += other.steps
        self.compared += other.compared
        self.rules += other.rules
        self.refusals += other.refusals
        self.wire += other.wire
        self.client += other.client

    @property
    def operations(self) -> set[str]:
        """The operations that were asked at all."""
        return set(self.wire) | set(self.client)

    def __str__(self) -> str:
        asked = self.wire.total() + self.client.total()
        lines = [
            f"{self.steps} steps, the whole state compared after {self.compared}",
            f"{asked} requests, {self.client.total()} of them by the client",
            f"{len(self.operations)} operations, {len(self.client)} of them by the client",
            f"{len(self.rules)} rules:",
            *(f"  {count:6}  {name}" for name, count in sorted(self.rules.items())),
            f"{self.refusals.total()} refusals:",
            *(f"  {count:6}  {kind}" for kind, count in sorted(self.refusals.items())),
        ]
        return "\n".join(lines)
