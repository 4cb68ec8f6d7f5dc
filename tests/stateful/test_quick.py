"""The CRM against its model, as far as a quick run goes."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .contract import operations
from .covered import covered_operations
from .machine import MACHINES, CrmMachine
from .rules.drills import DrillRules
from .running import run
from .tally import Tally
from .walking import walk_rules

if TYPE_CHECKING:
    from .base import Base

_MACHINES = pytest.mark.parametrize("machine", MACHINES)


@_MACHINES
def test_agrees_in_any_order(machine: type[Base]) -> None:
    """Steps in an order that nobody has thought of lead to the state that the docs say."""
    tally = run(machine, examples=5, steps=40)
    assert tally.steps >= 150
    assert tally.compared >= tally.steps // 4


@_MACHINES
def test_agrees_rule_by_rule(machine: type[Base]) -> None:
    """Every rule is taken; none uses an operation that the list does not know."""
    tally = Tally()
    walk_rules(machine, tally, rounds=16, sparing=True)
    assert set(tally.rules) == set(machine.rules_of())
    assert tally.operations <= covered_operations()


def test_agrees_on_certain_steps() -> None:
    """What is rare by luck is done in order."""
    tally = Tally()
    drills = [name for name in vars(DrillRules) if name in CrmMachine.rules_of()]
    walk_rules(CrmMachine, tally, rounds=5, only=drills, sparing=True)
    assert set(tally.rules) >= set(drills)


def test_nine_operations_of_ten_are_covered() -> None:
    """The list names operations of the contract only, and most of them.

    Those that no method calls get tokens or show a page: they change nothing that a model holds.
    """
    described = operations().items()
    known = {name for name, each in described if not each.traits.get("unexposed")}
    covered = covered_operations()
    assert covered <= known, covered - known
    assert len(covered) >= 0.9 * len(known), sorted(known - covered)


def test_the_model_is_its_own() -> None:
    """It knows nothing of the server nor of the client."""
    for module in Path(__file__).with_name("model").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                assert node.level <= 1, module.name
            assert not any(name.startswith("amocrm") for name in names), module.name
