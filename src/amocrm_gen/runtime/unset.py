"""The value of a key that is not there."""

import enum
from typing import Final, Literal, TypeAlias

__all__ = ["UNSET", "Unset", "UnsetType"]


class UnsetType(enum.Enum):
    """The type of `UNSET`; it has one member."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        """Tell that nothing is there, so that `if lead.name:` reads naturally."""
        return False

    def __repr__(self) -> str:
        """Return the name under which users import it."""
        return "UNSET"


UNSET: Final = UnsetType.UNSET
"""Absent: not in the answer, not to be sent. `None` is JSON's null and is sent."""

Unset: TypeAlias = Literal[UnsetType.UNSET]
"""The type of an absent value in annotations: `int | Unset`."""
