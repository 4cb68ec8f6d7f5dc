"""The stages of an account's pipelines, by id and by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from amocrm_gen.crm.candidates import Candidate
from amocrm_gen.crm.names import Named, matching, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.v4.models.pipelines import Pipeline

__all__ = ["CLOSED", "LOST", "WON", "Stage", "find_stage"]

WON: Final = 142
LOST: Final = 143
CLOSED: Final = (WON, LOST)
"""Every pipeline has these two; their names may be its own."""
_EVERYWHERE: Final = {WON: ("won",), LOST: ("lost",)}


@frozen
class Stage:
    """A stage of a pipeline."""

    id: int
    pipeline_id: int | None
    """None for won and lost where several pipelines are meant alike."""
    name: str

    @property
    def is_closed(self) -> bool:
        """Whether leads in it are won or lost."""
        return self.id in CLOSED


def find_stage(
    pipelines: Sequence[Pipeline],
    given: int | str,
    *,
    within: int | None = None,
    prefer: int | None = None,
) -> Stage:
    """Return the stage of an id, its digits, a name, `won` or `lost`.

    Args:
        pipelines: All of the account.
        given: What was given.
        within: Look in this pipeline only.
        prefer: Look in this pipeline first, and elsewhere if it has no such stage.

    Raises `UnknownName` and `AmbiguousName`.
    """
    searched = [one for one in pipelines if within in {None, one.id}]
    where = f" in the pipeline {searched[0].name!r}" if within is not None and searched else ""
    entries = [
        Named(
            Stage(status.id, pipeline.id, status.name),
            Candidate(status.id, status.name, f"pipeline {pipeline.name!r}"),
            _EVERYWHERE.get(status.id, ()),
        )
        for pipeline in searched
        for status in pipeline.embedded.statuses
    ]
    found = matching(given, entries)
    found = [entry for entry in found if entry.value.pipeline_id == prefer] or found
    if len(found) > 1 and len({entry.value.id for entry in found}) == 1:
        return evolve(found[0].value, pipeline_id=None)
    return pick("stage", given, found or entries, where=where)
