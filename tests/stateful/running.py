"""Runs machines for as many steps as are wanted."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, cast

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .tally import Tally

if TYPE_CHECKING:
    from .base import Base

__all__ = ["counted", "run"]


def counted(machine: type[Base], tally: Tally) -> type[Base]:
    """The same machine, which counts what it does."""
    return cast("type[Base]", type(machine.__name__, (machine,), {"tally": tally}))


def run(
    machine: type[Base],
    *,
    examples: int,
    steps: int = 50,
    seeded: int | None = None,
    shrink: bool = True,
) -> Tally:
    """Run a machine, in CI from the same seed each time; returns what it has done.

    Args:
        machine: What to run.
        examples: How many accounts.
        steps: How many steps on each, at most.
        seeded: The seed; left out, it is 0 in CI and any elsewhere.
        shrink: Whether a failure is made as short as can be, which takes minutes.
    """
    tally = Tally()
    if seeded is None:
        is_fixed = settings.get_profile("amocrm-gen").derandomize
        seeded = 0 if is_fixed else SystemRandom().randrange(2**32)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(seed(seeded)(counted(machine, tally)), settings=chosen)
    except Exception as error:
        error.add_note(f"{machine.__name__}, seed {seeded}")
        raise
    return tally
