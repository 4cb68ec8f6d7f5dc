"""Links, made and undone from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ..base import KIND, PICK, TYPED, chosen, step
from ..difference import agree
from ..model.links import ALLOWED
from ..model.shown import shown_links
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.links import End

__all__ = ["LinkRules"]


class LinkRules(Furnished):
    """Pairs of entities, and elements of catalogs."""

    def target(self, kind: str, pick: int) -> End:
        """Something that entities of a kind can be linked with."""
        others = [other for other in ALLOWED[kind] if other != "catalog_elements"]
        return self.card(chosen(others, pick), pick).end

    @step(kind=KIND, pick=PICK, other=PICK, is_main=st.booleans(), many=st.booleans(), typed=TYPED)
    def link(
        self, kind: str, pick: int, other: int, is_main: bool, many: bool, typed: bool
    ) -> None:
        """By the path of one entity, or by that of all."""
        card, end = self.card(kind, pick), self.target(kind, other)
        item: Json = {"to_entity_id": end[1], "to_entity_type": end[0]}
        metadata: Json = {}
        if end[0] == "contacts" and kind in {"leads", "customers"}:
            metadata = item["metadata"] = {"is_main": is_main}
        if many:
            item["entity_id"] = card.id
            rows = self.accept(self.door.ask(f"links.link_many.{kind}", [item], typed=typed), 1)
        else:
            answer = self.door.ask(f"links.link.{kind}", [item], entity_id=card.id, typed=typed)
            rows = self.accept(answer, 1)
        self.crm.link(card.end, end, metadata)
        link = self.crm.links.find(card.end, end)
        assert link is not None
        expected = {
            "entity_id": card.id,
            "entity_type": kind,
            "to_entity_id": end[1],
            "to_entity_type": end[0],
            "metadata": self.crm.links.metadata(card.end, link),
        }
        agree(rows[0], expected, "link")

    @step(kind=KIND, pick=PICK, other=PICK, many=st.booleans(), held=st.booleans(), typed=TYPED)
    def unlink(self, kind: str, pick: int, other: int, many: bool, held: bool, typed: bool) -> None:
        """Also what is not linked."""
        card, end = self.card(kind, pick), self.target(kind, other)
        rows = shown_links(self.crm, card)
        linked = [(row["to_entity_type"], row["to_entity_id"]) for row in rows]
        there = {one.end for one in self.crm.all_cards()}
        known = [one for one in linked if one in there or one[0] == "catalog_elements"]
        if held and known:
            end = chosen(known, other)
        item: Json = {"to_entity_id": end[1], "to_entity_type": end[0]}
        if end[0] == "catalog_elements":
            item["metadata"] = {"catalog_id": self.crm.elements[end[1]]["catalog_id"]}
        if many:
            item["entity_id"] = card.id
            answer = self.door.ask(f"links.unlink_many.{kind}", [item], typed=typed)
        else:
            answer = self.door.ask(f"links.unlink.{kind}", [item], entity_id=card.id, typed=typed)
        assert answer.status == 204, answer
        self.crm.unlink(card.end, end)

    @step(kind=KIND, pick=PICK, fault=st.integers(0, 3), typed=TYPED)
    def link_refused(self, kind: str, pick: int, fault: int, typed: bool) -> None:
        """What is not there, what may not be linked, and what the item does not say."""
        card, end = self.card(kind, pick), self.target(kind, pick)
        if fault == 0:
            item: Json = {"to_entity_id": 1, "to_entity_type": end[0]}
            answer = self.door.ask(f"links.link.{kind}", [item], entity_id=card.id, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "to_entity_id"))
        elif fault == 1:
            item = {"to_entity_id": card.id, "to_entity_type": kind}
            answer = self.door.ask(f"links.link.{kind}", [item], entity_id=card.id)
            self.refuse(answer, 400, ("NotSupportedChoice", "to_entity_type"))
        elif fault == 2:
            item = {"to_entity_id": end[1], "to_entity_type": end[0]}
            answer = self.door.ask(f"links.link.{kind}", [item], entity_id=1, typed=typed)
            self.refuse(answer, 404)
        else:
            answer = self.door.ask(f"links.link.{kind}", [{}], entity_id=card.id)
            flaws = [("FieldMissing", "to_entity_id"), ("FieldMissing", "to_entity_type")]
            self.refuse(answer, 400, *flaws)

    @step(kind=KIND, pick=PICK, narrow=st.booleans(), typed=TYPED)
    def read_links(self, kind: str, pick: int, narrow: bool, typed: bool) -> None:
        """Those of one entity, all or to one other."""
        card = self.card(kind, pick)
        expected, query = shown_links(self.crm, card), ""
        if narrow and expected:
            one = chosen(expected, pick)
            kind_, number = one["to_entity_type"], one["to_entity_id"]
            query = f"filter[to_entity_id]={number}&filter[to_entity_type]={kind_}"
            expected = [one]
        answer = self.door.ask(f"links.find.{kind}", query=query, entity_id=card.id, typed=typed)
        found = self.accept(answer)
        for rows in (found, expected):
            rows.sort(key=lambda row: (row["to_entity_type"], row["to_entity_id"]))
        agree(found, expected, f"links of {card.end}")
