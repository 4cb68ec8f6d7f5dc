"""Takes every rule of a machine in turn, so that none depends on luck."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .base import KIND
from .model.cards import KINDS
from .running import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis.strategies import DataObject, SearchStrategy

    from .base import Base
    from .tally import Tally

__all__ = ["walk_rules"]


def walk_rules(
    machine: type[Base],
    tally: Tally,
    *,
    rounds: int,
    only: Collection[str] = (),
    sparing: bool = False,
    seeded: int = 0,
) -> None:
    """Run each rule once a round, on one account.

    Args:
        machine: Whose rules.
        tally: Counts what is done.
        rounds: How often each rule is run; sixteen take the kinds of entities and the forms of a
            rule in most of their combinations.
        only: These rules; left out, all.
        sparing: Compare the whole state after each round, and not after every third step.
        seeded: What the rest of the arguments depends on.
    """
    kind = counted(machine, tally)
    rules = {name: drawn for name, drawn in kind.rules_of().items() if not only or name in only}

    tries = count()

    @seed(seeded)
    @settings(
        max_examples=2,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def walk(data: DataObject) -> None:
        data.draw(st.integers())
        if next(tries) == 0:
            return  # The first example is the simplest of all, in which every choice is the same.
        account = kind()
        account.furnish()
        for turn in range(rounds):
            for name, strategies in rules.items():
                getattr(account, name)(**_arguments(strategies, data, turn))
                if not sparing:
                    account.everything_agrees()
            account.compare()

    walk()


def _arguments(
    strategies: dict[str, SearchStrategy[Any]],  # Any: of any type
    data: DataObject,
    turn: int,
) -> dict[str, Any]:  # Any: as above
    """Kinds, resources and flags come in turn; all else is what hypothesis draws."""
    flags = [name for name, strategy in strategies.items() if repr(strategy) == "booleans()"]
    arguments: dict[str, Any] = {}  # Any: as above
    for name, strategy in strategies.items():
        if strategy is KIND:
            arguments[name] = KINDS[turn % len(KINDS)]
        elif name in flags:
            arguments[name] = bool(turn >> (2 + flags.index(name) % 2) & 1)
        elif name == "which":
            arguments[name] = turn
        else:
            arguments[name] = data.draw(strategy)
    return arguments
