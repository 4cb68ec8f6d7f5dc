"""The CRM against its model, over ten thousand steps."""

from __future__ import annotations

import pytest

from .covered import covered_operations
from .deep import RULE_RUNS, STEPS, run_deep
from .machine import MACHINES


@pytest.mark.processes
def test_agrees_over_ten_thousand_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """No step leads away from the model; each rule is taken often; the list holds."""
    tally = run_deep()
    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201 -- what the run has done is for people to read
    assert tally.steps >= STEPS
    assert tally.compared >= tally.steps // 3
    names = {name for machine in MACHINES for name in machine.rules_of()}
    assert {name: n for name in names if (n := tally.rules[name]) < RULE_RUNS} == {}
    # Which of the rare ones are asked depends on the draws, so the list may lack one that was.
    assert covered_operations() - tally.operations == set()
