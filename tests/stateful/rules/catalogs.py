"""Catalogs, their elements, and the links of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import KIND, NAME, PICK, TYPED, chosen, step
from ..compare import walk
from ..difference import agree
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["CatalogRules"]

_MOST_CATALOGS: Final = 2
_MOST_ELEMENTS: Final = 5


class CatalogRules(Furnished):
    """Lists of things, and who has which."""

    def furnish(self) -> None:
        """A catalog with an element."""
        super().furnish()
        self.add_catalog("C", typed=False)
        self.add_elements(0, ["E"], typed=False)

    @step(name=NAME, typed=TYPED)
    def create_catalog(self, name: str, typed: bool) -> None:
        """A regular one, whose elements may have several owners."""
        if len(self.crm.catalogs) < _MOST_CATALOGS:
            self.add_catalog(name, typed=typed)

    def add_catalog(self, name: str, *, typed: bool) -> None:
        """Create it at both sides."""
        crm = self.crm
        item = {"name": name, "can_link_multiple": True}
        [row] = self.accept(self.door.ask("catalogs.create", [item], typed=typed), 1)
        row.pop("request_id", None)
        number = row["id"]
        assert number > 1000
        expected: Json = {"id": number, **item, "type": "regular", "account_id": self.account}
        expected |= {"created_by": self.user, "updated_by": self.user}
        expected |= {"created_at": crm.now, "updated_at": crm.now}
        expected["_links"] = crm.url(f"catalogs/{number}")
        agree({key: row[key] for key in expected}, expected, "catalog")
        assert number not in crm.catalogs
        crm.catalogs[number] = row

    @step(pick=PICK, name=NAME, batch=st.booleans(), typed=TYPED)
    def change_catalog(self, pick: int, name: str, batch: bool, typed: bool) -> None:
        """Its name."""
        row = chosen(self.crm.catalogs.values(), pick)
        if batch:
            body = [{"id": row["id"], "name": name}]
            answer = self.door.ask("catalogs.update", body, typed=typed)
        else:
            answer = self.door.ask("catalogs.update_one", {"name": name}, id=row["id"], typed=typed)
        [shown] = self.accept(answer, 1)
        shown.pop("request_id", None)
        row |= {"name": name, "updated_at": self.crm.now, "updated_by": self.user}
        agree(shown, row, "catalog")
        [one] = self.accept(self.door.ask("catalogs.get", id=row["id"], typed=typed), 1)
        agree(one, row, "catalog")

    @step(pick=PICK, names=st.lists(NAME, min_size=1, max_size=2), typed=TYPED)
    def create_elements(self, pick: int, names: list[str], typed: bool) -> None:
        """One or two at once."""
        if len(self.crm.elements) < _MOST_ELEMENTS:
            self.add_elements(pick, names, typed=typed)

    def add_elements(self, pick: int, names: list[str], *, typed: bool) -> None:
        """Create them at both sides."""
        crm, catalog = self.crm, chosen(self.crm.catalogs, pick)
        body = [{"name": name} for name in names]
        answer = self.door.ask("catalog_elements.create", body, catalog_id=catalog, typed=typed)
        for index, (name, row) in enumerate(
            zip(names, self.accept(answer, len(names)), strict=True)
        ):
            number = row["id"]
            assert number not in crm.elements
            path = f"catalogs/{catalog}/elements/{number}"
            held: Json = {"id": number, "name": name, "catalog_id": catalog}
            held |= {"created_by": self.user, "updated_by": self.user}
            held |= {"created_at": crm.now, "updated_at": crm.now, "is_deleted": None}
            held |= {"custom_fields_values": None, "account_id": self.account}
            held |= {"_links": crm.url(path)}
            self.marked(row, held, str(index), typed=typed)
            crm.elements[number] = held

    @step(pick=PICK, name=NAME, batch=st.booleans(), typed=TYPED)
    def change_element(self, pick: int, name: str, batch: bool, typed: bool) -> None:
        """Its name."""
        row = chosen(self.crm.elements.values(), pick)
        scope = {"catalog_id": row["catalog_id"]}
        if batch:
            body = [{"id": row["id"], "name": name}]
            answer = self.door.ask("catalog_elements.update", body, typed=typed, **scope)
        else:
            scope["id"] = row["id"]
            body_ = {"name": name}
            answer = self.door.ask("catalog_elements.update_one", body_, typed=typed, **scope)
        [shown] = self.accept(answer, 1)
        shown.pop("request_id", None)
        row |= {"name": name, "updated_at": self.crm.now, "updated_by": self.user}
        agree(shown, row, "element")

    @step(kind=KIND, pick=PICK, other=PICK, quantity=st.integers(1, 9), typed=TYPED)
    def link_element(self, kind: str, pick: int, other: int, quantity: int, typed: bool) -> None:
        """To any entity; once more with another quantity."""
        card, element = self.card(kind, pick), chosen(self.crm.elements.values(), other)
        metadata = {"quantity": quantity, "catalog_id": element["catalog_id"]}
        item = {"to_entity_id": element["id"], "to_entity_type": "catalog_elements"}
        body = [{**item, "metadata": metadata}]
        answer = self.door.ask(f"links.link.{kind}", body, entity_id=card.id, typed=typed)
        [row] = self.accept(answer, 1)
        self.crm.link(card.end, ("catalog_elements", element["id"]), metadata)
        agree(row["metadata"], {**metadata, "price_id": None}, "link")

    @step(pick=PICK, other=PICK, kind=st.sampled_from(["leads", "customers"]), typed=TYPED)
    def link_from_element(self, pick: int, other: int, kind: str, typed: bool) -> None:
        """The same from the other side, there and back."""
        element, card = chosen(self.crm.elements.values(), pick), self.card(kind, other)
        scope = {"catalog_id": element["catalog_id"], "entity_id": element["id"]}
        end = ("catalog_elements", element["id"])
        metadata = {"catalog_id": element["catalog_id"]}
        item = {"to_entity_id": card.id, "to_entity_type": kind, "metadata": metadata}
        if self.crm.links.find(end, card.end) is None:
            answer = self.door.ask("catalog_elements.link", [item], typed=typed, **scope)
            self.accept(answer, 1)
            self.crm.link(end, card.end, metadata)
        else:
            answer = self.door.ask("catalog_elements.unlink", [item], typed=typed, **scope)
            assert answer.status == 204, answer
            self.crm.unlink(end, card.end)
        found = self.accept(self.door.ask("catalog_elements.find_links", typed=typed, **scope))
        cards = [one for one in self.crm.all_cards() if self.crm.links.find(end, one.end)]
        ends = sorted((row["to_entity_type"], row["to_entity_id"]) for row in found)
        assert ends == sorted(one.end for one in cards)

    @step(pick=PICK, typed=TYPED)
    def find_element(self, pick: int, typed: bool) -> None:
        """By its id, by its name, and one that is not there."""
        row = chosen(self.crm.elements.values(), pick)
        scope = {"catalog_id": row["catalog_id"]}
        answer = self.door.ask("catalog_elements.get", id=row["id"], typed=typed, **scope)
        agree(self.accept(answer, 1), [row], "element")
        self.refuse(self.door.ask("catalog_elements.get", id=1, typed=typed, **scope), 404)
        query = f"filter[id][0]={row['id']}"
        agree(walk(self.door, "catalog_elements.find", query, typed=typed, **scope), [row], "found")

    @step(fault=st.integers(0, 2), typed=TYPED)
    def catalog_refused(self, fault: int, typed: bool) -> None:
        """Without a name, of a catalog that is not there, and never deleted."""
        if fault == 0:
            answer = self.door.ask("catalogs.create", [{}])
            self.refuse(answer, 400, ("FieldMissing", "name"))
        elif fault == 1:
            body = [{"name": "x"}]
            answer = self.door.ask("catalog_elements.create", body, catalog_id=1, typed=typed)
            self.refuse(answer, 404)
        else:
            for number in self.crm.catalogs:
                answer = self.door.send("DELETE", f"/api/v4/catalogs/{number}/elements/1")
                assert (answer.status, answer.body) == (405, None)
