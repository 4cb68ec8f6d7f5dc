"""Catalogs and their elements by API v2, over those that version 4 writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import NAME, PICK, chosen, step
from .legacy import LegacyRules

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["OldCatalogRules"]

_MOST_CATALOGS: Final = 3
_MOST_ELEMENTS: Final = 8
_UNKNOWN: Final = 282
_UNNAMED: Final = 285


class OldCatalogRules(LegacyRules):
    """Lists of things, by the older methods."""

    def old_rows(self, path: str, query: str = "") -> list[Json]:
        """The items of one answer; 204 is none."""
        answer = self.door.send("GET", f"/api/v2/{path}", query=query)
        assert answer.status == (200 if answer.body else 204), answer
        return answer.body["_embedded"]["items"] if answer.body else []

    def add_old_catalog(self, name: str, *, flag: bool, sort: int) -> int:
        """Create one at both sides; returns its id."""
        crm, flags = self.crm, {"can_add_elements": flag, "can_show_in_cards": not flag}
        item = {"name": name, "sort": sort, "can_link_multiple": True, **flags}
        number = self.added("catalogs", item)
        assert number not in crm.catalogs
        crm.catalogs[number] = {
            "id": number,
            **item,
            "type": "regular",
            "can_be_deleted": True,
            "sdk_widget_code": None,
            "created_by": self.user,
            "updated_by": self.user,
            "created_at": crm.now,
            "updated_at": crm.now,
            "account_id": self.account,
            "_links": crm.url(f"catalogs/{number}"),
        }
        return number

    def add_old_element(self, catalog: int, name: str) -> int:
        """Create one at both sides; returns its id."""
        crm = self.crm
        number = self.added("catalog_elements", {"name": name, "catalog_id": catalog})
        assert number not in crm.elements
        crm.elements[number] = {
            "id": number,
            "name": name,
            "catalog_id": catalog,
            "created_by": self.user,
            "updated_by": self.user,
            "created_at": crm.now,
            "updated_at": crm.now,
            "is_deleted": None,
            "custom_fields_values": None,
            "account_id": self.account,
            "_links": crm.url(f"catalogs/{catalog}/elements/{number}"),
        }
        return number

    @step(name=NAME, flag=st.booleans(), sort=st.integers(1, 50))
    def old_create_catalog(self, name: str, flag: bool, sort: int) -> None:
        """With all that can be said of it."""
        if len(self.crm.catalogs) < _MOST_CATALOGS:
            self.add_old_catalog(name, flag=flag, sort=sort)

    @step(pick=PICK, name=NAME, flag=st.booleans(), sort=st.integers(1, 50))
    def old_change_catalog(self, pick: int, name: str, flag: bool, sort: int) -> None:
        """Name, place and who sees it."""
        row = chosen(self.crm.catalogs.values(), pick)
        change = {"name": name, "sort": sort, "can_show_in_cards": flag}
        saved = self.post("catalogs", update=[{"id": row["id"], **change}])
        assert [one["id"] for one in saved["items"]] == [row["id"]], saved
        row |= {**change, "updated_at": self.crm.now, "updated_by": self.user}

    @step(pick=PICK, name=NAME, other=PICK, whole=st.booleans())
    def old_delete_catalog(self, pick: int, name: str, other: int, whole: bool) -> None:
        """With its elements, which no card has any more; an element goes by itself, too."""
        crm, lead = self.crm, self.card("leads", other)
        known = [
            one
            for one in crm.catalogs
            if any(self._elements_of(rest) for rest in crm.catalogs if rest != one)
        ]
        catalog = chosen(known, pick) if known and whole else None
        if catalog is None:
            catalog = self.add_old_catalog(name, flag=True, sort=5)
            element = self.add_old_element(catalog, name)
            self.add_old_element(catalog, name)
            self.put_in(lead.kind, lead.id, element, 2, as_text=False)
            assert self.post("catalog_elements", delete=[element]) == {"items": []}
            crm.forget_element(element)
        assert self.post("catalogs", delete=[catalog]) == {"items": []}
        again = self.post("catalogs", delete=[catalog])
        assert again["errors"] == {"delete": [{"id": catalog, "code": _UNKNOWN}]}
        for number in self._elements_of(catalog):
            crm.forget_element(number)
        del crm.catalogs[catalog]

    def _elements_of(self, catalog: int) -> list[int]:
        rows = self.crm.elements.items()
        return [number for number, row in rows if row["catalog_id"] == catalog]

    @step(pick=PICK, name=NAME, fault=st.booleans())
    def old_create_element(self, pick: int, name: str, fault: bool) -> None:
        """In a catalog; without a name it is refused."""
        catalog = chosen(self.crm.catalogs, pick)
        if fault:
            saved = self.post("catalog_elements", add=[{"catalog_id": catalog}])
            assert saved["items"] == []
            assert [one["code"] for one in saved["errors"]["add"]] == [_UNNAMED]
        elif len(self.crm.elements) < _MOST_ELEMENTS:
            self.add_old_element(catalog, name)

    def put_in(self, kind: str, number: int, element: int, quantity: int, *, as_text: bool) -> None:
        """Give a lead or a customer so many of an element."""
        card, row = self.crm.cards[kind][number], self.crm.elements[element]
        catalog = row["catalog_id"]
        said = str(quantity) if as_text else quantity
        held = {"catalog_elements_id": {str(catalog): {str(element): said}}}
        at = self.change(card, 0, **held)
        told = {"quantity": quantity, "catalog_id": catalog}
        self.crm.link(card.end, ("catalog_elements", element), told)
        self.settle(card, at)

    @step(
        kind=st.sampled_from(["leads", "customers"]),
        pick=PICK,
        other=PICK,
        quantity=st.integers(1, 9),
        as_text=st.booleans(),
    )
    def old_put_in(self, kind: str, pick: int, other: int, quantity: int, as_text: bool) -> None:
        """An element of a lead or a customer; once more with another quantity."""
        element = chosen(self.crm.elements, other)
        self.put_in(kind, self.card(kind, pick).id, element, quantity, as_text=as_text)

    @step(size=st.integers(1, 3))
    def old_catalog_lists(self, size: int) -> None:
        """Catalogs, elements page by page, and what leads have of them."""
        crm = self.crm
        shown = {row["id"]: row for row in self.old_rows("catalogs")}
        assert shown.keys() == crm.catalogs.keys()
        for number, held in crm.catalogs.items():
            assert {key: held[key] for key in _CATALOG} == {
                key: shown[number][key] for key in _CATALOG
            }
            assert [row["id"] for row in self.old_rows("catalogs", f"id={number}")] == [number]
            self._compare_elements(number, size)
        for row in self.listed("leads", "with=catalog_elements_links"):
            told = {one["id"]: one for one in row["_embedded"]["catalog_elements_links"]}
            links = crm.links.of(("leads", row["id"]), "catalog_elements")
            assert told == {
                number: {"id": number, "catalog_id": link.catalog, "quantity": link.quantity}
                for number, link in links
            }

    def _compare_elements(self, catalog: int, size: int) -> None:
        rows: list[Json] = []
        page, found = 1, [{}]
        while found:
            query = f"catalog_id={catalog}&limit_rows={size}&page={page}"
            found = self.old_rows("catalog_elements", query)
            rows += found
            page += 1
        held = [self.crm.elements[number] for number in sorted(self._elements_of(catalog))]
        assert [row["id"] for row in rows] == [one["id"] for one in held]
        for row, one in zip(rows, held, strict=True):
            assert {key: row[key] for key in _ELEMENT} == {key: one[key] for key in _ELEMENT}
            assert (row["is_deleted"], row["custom_fields"]) == (False, [])


_CATALOG: Final = (
    "id",
    "name",
    "type",
    "sort",
    "created_by",
    "created_at",
    "can_add_elements",
    "can_show_in_cards",
    "can_link_multiple",
)
_ELEMENT: Final = (
    "id",
    "name",
    "catalog_id",
    "created_by",
    "created_at",
    "updated_by",
    "updated_at",
)
