"""Which entities are linked with which; each link is seen from both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Links"]

_NOTHING: Mapping[int, Row] = {}


class Links:
    """A symmetric graph over entities named by plural type and id; every link carries metadata.

    `notify` is called with both ends of a link that changes.
    """

    __slots__ = ("_ends", "_notify")

    def __init__(self, notify: Callable[[str, int], None]) -> None:
        self._notify = notify
        self._ends: dict[tuple[str, int], dict[str, dict[int, Row]]] = {}

    def of(self, kind: str, number: int, other: str) -> Mapping[int, Row]:
        """The entities of one other kind that are linked here, with the metadata of each link."""
        ends = self._ends.get((kind, number))
        return _NOTHING if ends is None else ends.get(other, _NOTHING)

    def every(self, kind: str, number: int) -> Iterator[tuple[str, int, Row]]:
        """All links of an entity: the other's kind and id, and the metadata."""
        for other, links in self._ends.get((kind, number), {}).items():
            for other_number, metadata in links.items():
                yield other, other_number, metadata

    def join(self, one: tuple[str, int], two: tuple[str, int], metadata: Row) -> bool:
        """Link two entities, or renew the metadata of their link; tells whether it is new."""
        self._tell(one, two)
        mine = self._ends.setdefault(one, {}).setdefault(two[0], {})
        known = mine.get(two[1])
        if known is not None:
            known.update(metadata)
            return False
        shared = dict(metadata)
        mine[two[1]] = shared
        self._ends.setdefault(two, {}).setdefault(one[0], {})[one[1]] = shared
        return True

    def part(self, one: tuple[str, int], two: tuple[str, int]) -> bool:
        """Undo a link; tells whether there was one."""
        mine = self._ends.get(one, {}).get(two[0], {})
        if mine.pop(two[1], None) is None:
            return False
        del self._ends[two][one[0]][one[1]]
        self._tell(one, two)
        return True

    def _tell(self, one: tuple[str, int], two: tuple[str, int]) -> None:
        self._notify(*one)
        self._notify(*two)
