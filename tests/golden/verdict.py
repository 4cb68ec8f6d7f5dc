"""Holds an answer of the server against the golden one, less the few reasoned exceptions."""

import json
from functools import cache
from pathlib import Path
from typing import Final, cast

from attrs import frozen

from amocrm_mockserver.message import Response

from .compare import Difference, Json, compare, matches
from .sample import Sample

__all__ = ["DifferenceAllowed", "exceptions", "verdict"]

_HERE: Final = Path(__file__).parent


@frozen(kw_only=True)
class DifferenceAllowed:
    """A difference that stays, and why."""

    sample: str
    path: str
    problem: str
    reason: str

    def covers(self, golden: Sample, difference: Difference) -> bool:
        """Tell whether this is the difference meant."""
        return (
            golden.id == self.sample
            and matches(self.path, difference.path)
            and difference.problem == self.problem
        )


@cache
def exceptions() -> tuple[DifferenceAllowed, ...]:
    """Read the exceptions; there should be few."""
    rows = json.loads((_HERE / "exceptions.json").read_text(encoding="utf-8"))
    return tuple(DifferenceAllowed(**row) for row in cast("list[dict[str, str]]", rows))


def verdict(golden: Sample, response: Response, origin: str) -> list[str]:
    """List all that is wrong with an answer; an exception that no longer applies is wrong, too."""
    expected = golden.answer
    faults: list[str] = []
    if response.status != expected.status:
        faults.append(f"status: expected {expected.status}, found {response.status}")
    if response.header("Content-Type") != expected.content_type:
        found = response.header("Content-Type")
        faults.append(f"content type: expected {expected.content_type}, found {found}")
    if expected.content_type is None and response.body:
        faults.append(f"body: expected none, found {response.body[:80]!r}")
    if expected.text is not None and response.body.decode() != expected.text:
        faults.append(f"body: expected {expected.text!r}, found {response.body[:200]!r}")
    if expected.body is not None:
        faults += _body_faults(golden, response, origin)
    return faults


def _body_faults(golden: Sample, response: Response, origin: str) -> list[str]:
    try:
        found = cast("Json", json.loads(response.body))
    except ValueError:
        return [f"body: expected JSON, found {response.body[:80]!r}"]
    differences = compare(
        golden.answer.body, found, invented=golden.invented, origins=(golden.origin, origin)
    )
    allowed = [each for each in exceptions() if each.sample == golden.id]
    faults = [
        str(difference)
        for difference in differences
        if not any(each.covers(golden, difference) for each in allowed)
    ]
    return faults + [
        f"exception without a difference: {each.path}: {each.problem}"
        for each in allowed
        if not any(each.covers(golden, difference) for difference in differences)
    ]
