"""What can be wrong with the run log."""

# ruff: noqa: N818 - the names say what happened, as in the runtime

from typing import ClassVar

from amocrm_gen.runtime.errors import AmoError

__all__ = ["ReplayError", "UnknownRun"]


class UnknownRun(AmoError):
    """No run has this number, or it is older than those that are kept."""

    advice: ClassVar[str] = "run `amocrm runs list`"


class ReplayError(AmoError):
    """A run cannot be repeated on a mock server."""
