"""What is wrong with an input, said before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.runtime.errors import AmoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Fault", "InputError"]

_SHOWN = 20


@frozen
class Fault:
    """One thing that is wrong with an input."""

    path: str
    """Where: `items[0].price`; empty for the input as a whole."""
    message: str
    """What is wrong there."""
    hint: str | None = None
    """What would be right."""

    def __str__(self) -> str:
        """Return one line about it."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        return f"{text}; {self.hint}" if self.hint else text


class InputError(AmoError):
    """An input that the action does not take; nothing was sent."""

    advice = "correct the places named above; nothing was sent"

    def __init__(self, message: str, *, faults: Sequence[Fault], action: str | None = None) -> None:
        super().__init__(message, operation=action)
        self.faults = tuple(faults)
        """All that is wrong."""

    def as_json(self) -> JsonObject:
        """Return what the error says besides its message."""
        return {
            "faults": [
                {"path": fault.path, "message": fault.message, "hint": fault.hint}
                for fault in self.faults
            ]
        }

    def _details(self) -> Sequence[str]:
        lines = [str(fault) for fault in self.faults[:_SHOWN]]
        left = len(self.faults) - _SHOWN
        return [*lines, f"and {left} more"] if left > 0 else lines
