"""All actions, by id: operations of the API, composed ones, and the user's own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import Factory, define

from amocrm_gen.runtime.errors import AmoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.saved.shelf import Shelf
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Catalog", "UnknownAction"]

_NEAREST = 5


class UnknownAction(AmoError):  # noqa: N818 - the name says what happened, as others do
    """There is no action of that id; `candidates` are the ids most alike."""

    def __init__(self, given: str, candidates: Sequence[str] = ()) -> None:
        advice = f"did you mean {', '.join(candidates)}?" if candidates else ""
        super().__init__(
            f"there is no action {given!r}",
            advice=advice or "`amocrm action list` shows all of them",
        )
        self.given = given
        self.candidates = tuple(candidates)

    def as_json(self) -> JsonObject:
        """Return what the error says besides its message."""
        return {"did_you_mean": list(self.candidates)}


@define(eq=False, slots=False)
class Catalog:
    """Actions by id."""

    actions: Mapping[str, Action]

    broken: Mapping[str, AmoError] = Factory(dict[str, AmoError])
    """What is wrong with files of the user's own actions, by the names of these."""

    @classmethod
    def of(cls, *, shelf: Shelf | None = None, files: Iterable[Path] = ()) -> Catalog:
        """Return the catalog of all that there is.

        Args:
            shelf: Where the user's own actions are kept; files that cannot be used are `broken`.
            files: Further files of such actions; one that is not good is an `ActionFileError`.
        """
        found: dict[str, Action] = {}
        for action in (*_composed(), *_operations(), *_transfers()):
            if action.id in found:
                message = f"there are two actions {action.id!r}"
                raise ValueError(message)
            found[action.id] = action
        if shelf is not None:
            found |= {action.id: action for action in shelf.read(found)}
        for path in files:
            from amocrm_gen.actions.saved.shelf import Shelf  # noqa: PLC0415 - rarely needed

            own = Shelf.read_file(path, found)
            found[own.id] = own
        return cls(found, {} if shelf is None else dict(shelf.broken))

    def get(self, id: str) -> Action:
        """Return the action of an id; raises `UnknownAction`, or what is wrong with its file."""
        found = self.actions.get(id)
        if found is None:
            raise self.broken.get(id) or UnknownAction(id, self._alike(id))
        return found

    def __iter__(self) -> Iterator[Action]:
        """Go through all actions."""
        return iter(self.actions.values())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.actions)

    def __contains__(self, id: object) -> bool:
        """Tell whether there is an action of an id."""
        return id in self.actions

    def popular(self) -> Sequence[Action]:
        """Return all actions: the most used first, then the user's own, composed, the others."""
        return self._popular

    @cached_property
    def _popular(self) -> Sequence[Action]:
        from amocrm_gen.actions.popularity import MOST_USED  # noqa: PLC0415 - of few calls

        places = {known: place for place, known in enumerate(MOST_USED)}
        kinds = {"saved": 0, "composed": 1, "operation": 2}

        def place(action: Action) -> tuple[int, int, str]:
            return places.get(action.id, len(places)), kinds[action.kind], action.id

        return sorted(self, key=place)

    @cached_property
    def resources(self) -> Mapping[str, Sequence[Action]]:
        """The actions by what they are about, those of API v2 apart: `leads`, `v2.leads`."""
        found: dict[str, list[Action]] = {}
        for action in self:
            old = "v2." if action.id.startswith("v2.") else ""
            found.setdefault(old + action.resource, []).append(action)
        return dict(sorted(found.items()))

    def _alike(self, given: str) -> list[str]:
        from difflib import get_close_matches  # noqa: PLC0415 - for errors only

        plain = given.strip().casefold().replace(" ", "-")
        swapped = plain.replace("_", "-"), plain.replace("-", "_")
        exact = [each for each in swapped if each in self.actions and each != given]
        close = get_close_matches(plain, list(self.actions), n=_NEAREST, cutoff=0.6)
        within = [each for each in self.actions if each.startswith(f"{plain}.")]
        return list(dict.fromkeys([*exact, *within, *close]))[:_NEAREST]


def _operations() -> Iterator[Action]:
    from amocrm_gen.actions.operation import operations  # noqa: PLC0415 - loads the contract

    return operations()


def _transfers() -> Iterable[Action]:
    from amocrm_gen.actions.transfers import TRANSFERS  # noqa: PLC0415 - as above

    return TRANSFERS


def _composed() -> Iterable[Action]:
    from importlib import import_module  # noqa: PLC0415 - as above
    from importlib.util import find_spec  # noqa: PLC0415 - as above

    if find_spec("amocrm_gen.actions.composed") is None:
        return ()
    found: Iterable[Action] = import_module("amocrm_gen.actions.composed").composed_actions()
    return found
