"""G10: from the spec to the whole SDK."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure, Goal
from benchmarks.scale import Scale

__all__ = ["generate"]

_ROOT: Final = Path(__file__).parent.parent


def generate(scale: Scale) -> list[Figure]:
    """Measure `amocrm-codegen` into an empty folder, and its check of the checkout."""
    rounds = min(scale.rounds, 3)
    goal = Goal(6.0)
    return [
        Figure.of(
            "G10", "generate the SDK", [_written() for _ in range(rounds)], unit="s", goal=goal
        ),
        Figure.of(
            "G10",
            "check that it is fresh",
            [_taken("--check") for _ in range(rounds)],
            unit="s",
            goal=goal,
        ),
    ]


def _written() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _taken("--out", str(Path(folder) / "package"))


def _taken(*arguments: str) -> float:
    command = [sys.executable, "-P", "-m", "amocrm_codegen", *arguments]
    began = time.perf_counter()
    # 1 tells that something is stale, which takes as long to find out.
    done = subprocess.run(command, check=False, cwd=_ROOT, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return time.perf_counter() - began
