"""Every planted fault is found by the test that is meant to find it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .faults import PLANTS

if TYPE_CHECKING:
    from .plant import Plant

_ROOT = Path(__file__).parents[2]
_FAILED = 1
"""What pytest answers when tests have run and not all have passed."""


def _run(test: str, plant: str | None) -> subprocess.CompletedProcess[str]:
    folders = (_ROOT / "tests", *map(Path, sys.path))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "CI": "1",
    }
    environment.pop("AMOCRM_PLANT", None)
    if plant is not None:
        environment["AMOCRM_PLANT"] = plant
    options = ["-q", "-x", "-p", "planted.plugin", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *options, "--tb=line", test]
    return subprocess.run(
        command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_place_is_there(plant: Plant) -> None:
    """The source holds the place once, and the fault compiles."""
    spoilt = plant.spoil(plant.source())
    compile(spoilt, plant.module, "exec")


def test_plants_are_many_and_differ() -> None:
    """There are at least twenty-five, each of its own name and place."""
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 25
    assert len({(plant.module, plant.old) for plant in PLANTS}) == len(PLANTS)


@pytest.mark.processes
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_fault_is_found(plant: Plant) -> None:
    """With the fault, the test fails; it does not merely not run."""
    ended = _run(plant.caught_by, plant.name)
    assert ended.returncode == _FAILED, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert "1 failed" in ended.stdout, ended.stdout[-2000:]


@pytest.mark.processes
@pytest.mark.parametrize("test", sorted({plant.caught_by for plant in PLANTS}))
def test_sound_code_passes(test: str) -> None:
    """Without a fault, the same tests pass in the same surroundings."""
    ended = _run(test, None)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
