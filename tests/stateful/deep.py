"""Ten thousand steps, in which every rule is taken often."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from .covered import covered_operations
from .machine import MACHINES
from .running import run
from .tally import Tally
from .walking import walk_rules

if TYPE_CHECKING:
    from .base import Base

__all__ = ["RULE_RUNS", "STEPS", "run_deep"]

STEPS: Final = 10_000
RULE_RUNS: Final = 100
"""How often each rule is run at least."""
_EXAMPLES: Final = (30, 8)
"""Accounts of each machine, for each of the portions."""
_PORTIONS: Final = 4
_ROUNDS: Final = 5
"""Rounds on one account, where rules are made up for; the log that is compared grows with them."""
_SEARCHES: Final = 6
"""How often operations that nothing has asked are searched for, at most."""
_ALL_FORMS: Final = 16
"""Rounds of such a walk, which take each rule in most of its forms."""
_UNLIKE: Final = 1000
"""Seeds from here on are not those of the walks before."""


def run_deep(*, processes: int = 2) -> Tally:
    """Run both machines, portion by portion; returns what they have done.

    What luck has passed over is made up for: rules that ran too seldom, then operations of the
    list that nothing has asked. What no walk asks stays missing.
    """
    tally = Tally()
    work = [(machine, portion) for portion in range(_PORTIONS) for machine in range(len(MACHINES))]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in pool.map(_portion, *zip(*work, strict=True)):
            tally.add(done)
    for machine in MACHINES:
        _make_up(machine, tally)
    turn = 0
    while tally.steps < STEPS:
        walk_rules(MACHINES[0], tally, rounds=4, seeded=turn)
        turn += 1
    _search(tally)
    return tally


def _portion(machine: int, portion: int) -> Tally:
    return run(MACHINES[machine], examples=_EXAMPLES[machine], seeded=portion, shrink=False)


def _make_up(machine: type[Base], tally: Tally) -> None:
    """Take the rules that luck has passed over."""
    turn = 0
    while lacking := [name for name in machine.rules_of() if tally.rules[name] < RULE_RUNS]:
        walk_rules(machine, tally, rounds=_ROUNDS, only=lacking, seeded=turn)
        turn += 1


def _search(tally: Tally) -> None:
    """Look for operations of the list that nothing has asked, in order and by luck in turn.

    Only what is asked is added to the tally: these steps compare the state more sparingly.
    """
    for turn in range(_UNLIKE, _UNLIKE + _SEARCHES):
        for number, machine in enumerate(MACHINES):
            if covered_operations() <= tally.operations:
                return
            found = _portion(number, turn)
            walk_rules(machine, found, rounds=_ALL_FORMS, sparing=True, seeded=turn)
            tally.wire += found.wire
            tally.client += found.client
