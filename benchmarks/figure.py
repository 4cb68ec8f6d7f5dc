"""One measured figure, with its goal."""

from statistics import median
from typing import Self

from attrs import frozen

__all__ = ["Figure", "Goal"]


@frozen
class Goal:
    """What a figure must be at most, or at least."""

    limit: float
    at_least: bool = False

    def is_met_by(self, value: float) -> bool:
        """Tell whether a value reaches the goal."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@frozen
class Figure:
    """The median of several rounds, with the lowest and the highest."""

    number: str
    """The row of the goals: `G1`."""
    what: str
    median: float
    low: float
    high: float
    unit: str = "×"
    goal: Goal | None = None
    note: str = ""
    """Absolute times and the like, which say nothing on another machine."""

    @classmethod
    def of(  # noqa: PLR0913 - the columns of the table
        cls,
        number: str,
        what: str,
        values: list[float],
        *,
        unit: str = "×",
        goal: Goal | None = None,
        note: str = "",
    ) -> Self:
        """Sum up the values of the rounds."""
        return cls(number, what, median(values), min(values), max(values), unit, goal, note)

    @property
    def verdict(self) -> str:
        """Whether the median reaches the goal."""
        if self.goal is None:
            return "–"
        return "met" if self.goal.is_met_by(self.median) else "**missed**"
