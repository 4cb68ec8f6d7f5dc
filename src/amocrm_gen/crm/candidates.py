"""What a name may have meant, and the errors that tell it."""

# ruff: noqa: N818 - the names say what happened, as those of the other errors do

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.runtime.errors import AmoError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AmbiguousName", "Candidate", "UnknownName"]

_SHOWN = 10


@frozen
class Candidate:
    """Something of the account that has an id and a name."""

    id: int
    name: str
    place: str | None = None
    """What tells it from others of its name: a stage's pipeline, a user's e-mail address."""

    def __str__(self) -> str:
        """Return it as it may be given."""
        place = "" if self.place is None else f", {self.place}"
        return f"{self.name!r} (id {self.id}{place})"


class _NameError(AmoError):
    """A name does not lead to one id."""

    def __init__(
        self, message: str, *, what: str, given: str, candidates: Sequence[Candidate], advice: str
    ) -> None:
        super().__init__(message, advice=advice)
        self.what = what
        """The kind of thing that was looked for: `stage`."""
        self.given = given
        self.candidates = tuple(candidates)
        """What it may have meant."""

    def _details(self) -> list[str]:
        lines = [str(candidate) for candidate in self.candidates[:_SHOWN]]
        left = len(self.candidates) - _SHOWN
        return [*lines, f"and {left} more"] if left > 0 else lines


class UnknownName(_NameError):
    """The account has nothing of that name.

    `candidates` are the few that are alike, the most alike first; where none is, the first of
    those that the account has.
    """

    def __init__(
        self,
        what: str,
        given: object,
        candidates: Sequence[Candidate] = (),
        *,
        where: str = "",
        advice: str | None = None,
    ) -> None:
        super().__init__(
            f"there is no {what} {given!r}{where}",
            what=what,
            given=str(given),
            candidates=candidates,
            advice=advice
            or (
                f"did you mean {candidates[0]}?"
                if candidates
                else f"the account has no {what} at all{where}: make one first"
            ),
        )


class AmbiguousName(_NameError):
    """Several things of the account have that name; `candidates` are these."""

    def __init__(
        self, what: str, given: object, candidates: Sequence[Candidate], *, where: str = ""
    ) -> None:
        super().__init__(
            f"the {what} {given!r}{where} is ambiguous: {len(candidates)} have that name",
            what=what,
            given=str(given),
            candidates=candidates,
            advice=f"give the id of the one that is meant: {_ids(candidates)}",
        )


def _ids(candidates: Sequence[Candidate]) -> str:
    told = ", ".join(str(one.id) for one in candidates[:_SHOWN])
    return f"{told} …" if len(candidates) > _SHOWN else told
