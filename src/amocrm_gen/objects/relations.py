"""Links of an object: those that are to be, and those that are to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["RelationSet", "Relations"]


@frozen
class Relations:
    """How links to one kind of entity are written."""

    key: str
    """The key in writes: `contacts_id`."""
    many: bool
    """Whether there can be several; else a new link takes the place of the old one."""


class RelationSet:
    """All links of one object. A link that is added again after its removal is not removed."""

    def __init__(self, kinds: Mapping[str, Relations]) -> None:
        self._kinds = kinds
        self._held: dict[str, list[int]] = {name: [] for name in kinds}
        self._gone: dict[str, list[int]] = {name: [] for name in kinds}

    def ids(self, name: str) -> list[int]:
        """Return the ids that are linked under a name."""
        return list(self._held[name])

    def replace(self, name: str, ids: Iterable[int]) -> None:
        """Take over what was read."""
        self._held[name] = list(dict.fromkeys(ids))

    def add(self, name: str, ids: Iterable[int]) -> None:
        """Link entities; doubles are linked once."""
        for number in ids:
            if number in self._gone[name]:
                self._gone[name].remove(number)
            if not self._kinds[name].many:
                self._held[name] = []
            if number not in self._held[name]:
                self._held[name].append(number)

    def remove(self, name: str, ids: Iterable[int]) -> None:
        """Unlink entities."""
        for number in ids:
            if number in self._held[name]:
                self._held[name].remove(number)
            if number not in self._gone[name]:
                self._gone[name].append(number)

    def settle(self) -> None:
        """Forget what was unlinked: it is done."""
        self._gone = {name: [] for name in self._kinds}

    def body(self) -> JsonObject:
        """Return the links as they are written."""
        body: JsonObject = {}
        unlink: JsonObject = {}
        for name, kind in self._kinds.items():
            for target, ids in ((body, self._held[name]), (unlink, self._gone[name])):
                if ids:
                    several: JsonValue = list(ids)
                    target[kind.key] = several if kind.many else ids[0]
        if unlink:
            body["unlink"] = unlink
        return body
