"""Who is linked with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ALLOWED", "End", "Link", "Links"]

End: TypeAlias = tuple[str, int]
"""Plural type and id."""

ALLOWED: Final = {
    "leads": ("contacts", "companies", "catalog_elements"),
    "contacts": ("companies", "customers", "catalog_elements", "leads"),
    "companies": ("contacts", "leads", "customers", "catalog_elements"),
    "customers": ("contacts", "companies", "catalog_elements"),
}


@define
class Link:
    """One pair, and what is told of it."""

    ends: frozenset[End]
    is_main: bool = False
    quantity: float = 1
    catalog: int | None = None
    price_id: int | None = None

    def other(self, end: End) -> End:
        """The end that is not this one."""
        [other] = self.ends - {end}
        return other


@define
class Links:
    """All pairs, oldest first."""

    pairs: list[Link] = field(factory=list[Link])

    def find(self, one: End, two: End) -> Link | None:
        """The link of two entities."""
        return next((link for link in self.pairs if link.ends == {one, two}), None)

    def of(self, end: End, kind: str) -> Iterator[tuple[int, Link]]:
        """The entities of a kind that are linked here, in the order of linking."""
        for link in self.pairs:
            if end in link.ends and (other := link.other(end))[0] == kind:
                yield other[1], link

    def ids(self, end: End, kind: str) -> list[int]:
        """Their ids."""
        return [number for number, _ in self.of(end, kind)]

    def metadata(self, one: End, link: Link) -> Any:  # Any: JSON
        """What the links of an entity tell of one of them."""
        kinds = {kind for kind, _ in link.ends}
        if "catalog_elements" in kinds:
            told = {"quantity": link.quantity, "catalog_id": link.catalog}
            return {**told, "price_id": link.price_id}
        if "contacts" in kinds and kinds & {"leads", "customers"} and one[0] != "contacts":
            return {"main_contact": link.is_main}
        return None
