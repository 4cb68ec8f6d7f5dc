"""What can be wrong with the run log."""

# ruff: noqa: N818 - the names say what happened, as in the runtime

from typing import ClassVar

from amocrm_gen.runtime.errors import AmoError, ConfigurationError

__all__ = ["ReplayError", "RunLogFault", "UnknownRun"]


class UnknownRun(AmoError):
    """No run has this number, or it is older than those that are kept."""

    advice: ClassVar[str] = "run `amocrm runs list`"


class RunLogFault(ConfigurationError):
    """The file of the run log cannot be read or written."""

    advice: ClassVar[str] = "move the file away, or name another folder in AMOCRM_STATE_FOLDER"


class ReplayError(AmoError):
    """A run cannot be repeated on a mock server."""
