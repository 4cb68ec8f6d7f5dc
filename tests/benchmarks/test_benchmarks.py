"""The benchmarks run; what they measure decides no test."""

import math

import attrs
import pytest
import urllib3
from benchmarks.__main__ import BENCHMARKS, measure
from benchmarks.bare_server import bare_server
from benchmarks.contest import Contest, Lap
from benchmarks.figure import Figure, Goal
from benchmarks.floor import Floor
from benchmarks.report import merged
from benchmarks.scale import TINY

_SLOW = {"cold", "generate", "mock", "walk"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.processes) if name in _SLOW else name
        for name in BENCHMARKS
    ],
)
def test_each_benchmark_runs(name: str) -> None:
    """With tiny sizes, each gives figures that are numbers."""
    figures = measure([name], TINY)
    assert figures
    for figure in figures:
        assert math.isfinite(figure.median)
        assert figure.low <= figure.median <= figure.high


def test_ratios_pair_the_laps_of_one_round() -> None:
    """A slow round slows both sides, so it must not show in the ratio."""
    laps = {
        "floor": [Lap(1, 1), Lap(10, 5)],
        "own": [Lap(2, 3), Lap(20, 15)],
    }
    assert Contest(laps).ratios("own") == [2, 2]
    assert Contest(laps).cpu("own") == 3


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (1.5, Goal(1.5), "met"),
        (1.6, Goal(1.5), "**missed**"),
        (5000, Goal(5000, at_least=True), "met"),
        (4999, Goal(5000, at_least=True), "**missed**"),
        (1, None, "–"),
    ],
)
def test_the_median_is_held_against_the_goal(value: float, goal: Goal | None, verdict: str) -> None:
    """A goal is the most or the least, itself included."""
    assert Figure.of("G1", "x", [0, value, 9999], goal=goal).verdict == verdict


def test_rows_of_other_figures_stay_on_the_page() -> None:
    """Measuring one row anew replaces its rows and no other."""
    first = Figure.of("G2", "streamed", [1.0])
    second = Figure.of("G10", "generate", [2.0], unit="s")
    page = merged([first, second, Figure.of("G2", "an old name", [7.0])], "")
    again = merged([attrs.evolve(first, median=3.0)], page)
    assert "| G10 | generate | 2.00 s |" in again
    assert "| G2 | streamed | 3.00 × |" in again
    assert "an old name" not in again
    assert again.index("| G2 |") < again.index("| G10 |")


def test_the_bare_server_pages_through_all_leads() -> None:
    """The floor sees every lead once, however many requests share a connection."""
    with bare_server("--leads", "300") as origin, urllib3.PoolManager() as pool:
        floor = Floor(origin, pool)
        leads, seen = floor.kept()
        assert len({lead["id"] for lead in leads}) == 300
        assert seen == 300 * 9
        assert len(floor.create(leads)) == 250
        assert floor.get() == leads[0]
