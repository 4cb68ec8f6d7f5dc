"""Both versions of the API against one model."""

from __future__ import annotations

from typing import Final

import pytest

from .mixed import MixedMachine
from .running import run
from .tally import Tally
from .walking import walk_rules

_STEPS: Final = 5_000
_OFTEN: Final = 50
_OLD: Final = {name for name in MixedMachine.rules_of() if name.startswith("old_")}


def test_agree_in_any_order() -> None:
    """What one version writes, the other reads, whatever was done before."""
    tally = Tally()
    walk_rules(MixedMachine, tally, rounds=8, only=sorted(_OLD), sparing=True)
    assert set(tally.rules) == _OLD
    tally.add(run(MixedMachine, examples=2, steps=40))
    assert tally.steps > len(_OLD) * 8


@pytest.mark.processes
def test_agree_over_five_thousand_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """No step leads away from the model, and each rule is taken often."""
    tally = Tally()
    turn = 0
    while tally.steps < _STEPS or any(tally.rules[name] < _OFTEN for name in _OLD):
        tally.add(run(MixedMachine, examples=10, seeded=turn, shrink=False))
        walk_rules(MixedMachine, tally, rounds=4, only=sorted(_OLD), seeded=turn)
        turn += 1
    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201 -- what the run has done is for people to read
    assert tally.compared >= tally.steps // 4
