"""How much is measured: enough for figures, or just enough to see that it runs."""

from typing import Final

from attrs import frozen

__all__ = ["FULL", "TINY", "Scale"]


@frozen
class Scale:
    """The sizes of one run."""

    rounds: int
    leads: int
    turns: int
    """Rounds of single calls: many and short, so that what disturbs them meets few."""
    gets: int
    """Requests in one of those."""
    creates: int
    starts: int
    """Cold processes of each kind."""
    many: int
    """Leads in a full account of the mock server."""
    few: int
    crowds: tuple[int, ...]
    """Processes that walk at the same time."""
    walks: int
    """Walks under the throttle of each kind."""
    seconds: float
    """How long each of them is."""


FULL: Final = Scale(
    rounds=9,
    leads=10_000,
    turns=60,
    gets=75,
    creates=2,
    starts=15,
    many=100_000,
    few=1000,
    crowds=(1, 2, 4, 16),
    walks=1,
    seconds=60.0,
)
TINY: Final = Scale(
    rounds=1,
    leads=300,
    turns=1,
    gets=2,
    creates=1,
    starts=1,
    many=60,
    few=20,
    crowds=(1,),
    walks=1,
    seconds=1.0,
)
