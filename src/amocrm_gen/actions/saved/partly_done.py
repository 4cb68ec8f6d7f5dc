"""The error of an action that failed after it had changed something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.runtime.errors import AmoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.runtime.types import JsonObject

__all__ = ["PartlyDone"]


class PartlyDone(AmoError):  # noqa: N818 - the name says what happened, as others do
    """A step failed after others had been done; `__cause__` is what is wrong with it.

    What is done stays done, so whoever repeats the action does that again.
    """

    def __init__(self, action: str, *, failed: str, done: Sequence[str], cause: AmoError) -> None:
        steps = f"{'step' if len(done) == 1 else 'steps'} {', '.join(done)}"
        super().__init__(
            f"{failed} failed, and what was done before stays done ({steps})",
            operation=action,
            advice=f"repeat only the rest: what was done before stays done ({steps})",
        )
        self.failed = failed
        """Where it stopped: `the step task`, or `the output`."""
        self.done = tuple(done)
        """The steps that have changed something; of the last one perhaps for some items only."""
        self.__cause__ = cause

    def as_json(self) -> JsonObject:
        """Return what the error says besides its message."""
        return {"steps_done": list(self.done)}

    def _details(self) -> Sequence[str]:
        # The advice of the cause holds of the step alone: "nothing was sent".
        return str(self.__cause__).partition("\nWhat to do:")[0].splitlines()
