"""Faults of a spec: values that are gathered and reported together, never raised one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fault", "Faults", "Place", "SpecError"]


@frozen(order=True)
class Place:
    """A line of a spec file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@frozen(order=True)
class Fault:
    """One thing that is wrong with a spec, and how to mend it."""

    place: Place
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}, {self.mend}"


class SpecError(Exception):
    """The spec has faults; each is an element of `faults`, in the order of files and lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@define
class Faults:
    """A growing collection of faults."""

    _found: list[Fault]

    @classmethod
    def none(cls) -> Faults:
        """Return an empty collection."""
        return cls([])

    def add(self, place: Place, what: str, mend: str) -> None:
        """Note a fault; what is wrong at `place`, and how to mend it."""
        fault = Fault(place, what, mend)
        if fault not in self._found:
            self._found.append(fault)

    def raise_if_any(self) -> None:
        """Raise `SpecError` with everything found so far, if anything was."""
        if self._found:
            raise SpecError(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)
