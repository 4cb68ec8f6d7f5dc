"""Steps in one certain order each: what luck would bring about too seldom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ..base import KIND, TYPED, step
from ..difference import agree
from ..model.cards import LOST, WON
from ..model.shown import WITH, shown_card
from .pages import PageRules
from .unsorted import UnsortedRules

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["DrillRules"]


class DrillRules(PageRules, UnsortedRules):
    """On entities of their own, which are in the trash afterwards."""

    def seen(self, card: Card) -> None:
        """It is as the model has it."""
        answer = self.door.ask(f"{card.kind}.get", query=f"with={WITH[card.kind]}", id=card.id)
        [row] = self.accept(answer, 1)
        for tag in row["_embedded"]["tags"]:
            self.crm.tags[card.kind][tag["name"]]["id"] = tag["id"]
        agree(row, shown_card(self.crm, card), f"{card.kind} {card.id}")

    def throw_away(self, card: Card) -> None:
        """By a page."""
        if card.kind == "customers":
            self.door.call("ajax.delete_customers", delete=[card.id])
        else:
            self.door.call(f"ajax.delete.{card.kind}", ID=[card.id])
        self.trash(card)

    @step(kind=st.sampled_from(["leads", "contacts", "companies"]), typed=TYPED)
    def add_tag_to_tag(self, kind: str, typed: bool) -> None:
        """The entity has both."""
        [card] = self.create(kind, [{"name": "tagged"}], typed=False)
        for tags in (["t1"], ["t1", "t2"]):
            self.tick(1)
            self.patch(card, {"tags_to_add": [{"name": tags[-1]}]}, typed=typed)
            self.crm.set_tags(card, tags)
            self.seen(card)
        self.throw_away(card)

    @step(typed=TYPED)
    def fill_in_twice(self, typed: bool) -> None:
        """The new value is the only one."""
        known = self.crm.fields["contacts"].values()
        code = next(
            one.row["code"] for one in known if one.row["type"] == "text" and one.row["code"]
        )
        [card] = self.create("contacts", [{"name": "filled in"}], typed=False)
        for value in ("a", "b"):
            change = {"field_code": code, "values": [{"value": value}]}
            self.patch(card, {"custom_fields_values": [change]}, typed=typed)
            self.crm.set_values(card, [change])
            self.seen(card)
        self.throw_away(card)

    @step(made=st.integers(1, 10**9), closed=st.integers(1, 10**9), typed=TYPED)
    def close_in_the_past(self, made: int, closed: int, typed: bool) -> None:
        """Times that are given are kept; who opens a lead again, or wins it, forgets the loss."""
        crm = self.crm
        [lead] = self.create("leads", [{"name": "old", "created_at": made}], typed=typed)
        self.seen(lead)
        moment = datetime.fromtimestamp(made, UTC)
        asked = {"created_at": {"from": moment, "to": moment}}
        assert lead.id in [one.id for one in self.door.call("leads.find", filter=asked)]
        pipeline, first = lead.own["pipeline_id"], lead.own["status_id"]
        reason = crm.reasons[0]["id"]
        for status, more in (
            (LOST, {"loss_reason_id": reason, "closed_at": closed}),
            (WON, {}),
            (first, {}),
            (WON, {"closed_at": closed}),
        ):
            self.tick(1)
            before = {"id": lead.own["status_id"], "pipeline_id": pipeline}
            self.patch(lead, {"status_id": status, **more}, typed=typed)
            lead.own["loss_reason_id"] = more.get("loss_reason_id", lead.own["loss_reason_id"])
            lead.move(pipeline, status, crm.now, more.get("closed_at"))
            after = {"id": status, "pipeline_id": pipeline}
            crm.log_change("lead_status_changed", lead.end, "lead_status", before, after)
            self.seen(lead)
        self.throw_away(lead)

    @step(typed=TYPED)
    def change_partners(self, typed: bool) -> None:
        """One contact is the main one, always; the second company takes the place of the first."""
        [lead] = self.create("leads", [{"name": "linked"}], typed=False)
        contacts = self.create("contacts", [{"name": "1"}, {"name": "2"}], typed=False)
        firms = self.create("companies", [{"name": "1"}, {"name": "2"}], typed=False)
        for other in (*contacts, *firms):
            self.tick(1)
            item: Json = {"to_entity_id": other.id, "to_entity_type": other.kind}
            metadata = {"is_main": True} if other.kind == "contacts" else {}
            body = [{**item, "metadata": metadata} if metadata else item]
            answer = self.door.ask("links.link.leads", body, entity_id=lead.id, typed=typed)
            self.accept(answer, 1)
            self.crm.link(lead.end, other.end, metadata)
            for card in (lead, *contacts, *firms):
                self.seen(card)
        gone = contacts[1]
        item = {"to_entity_id": gone.id, "to_entity_type": "contacts"}
        answer = self.door.ask("links.unlink.leads", [item], entity_id=lead.id, typed=typed)
        assert answer.status == 204, answer
        self.crm.unlink(lead.end, gone.end)
        self.seen(lead)
        for card in (lead, *contacts, *firms):
            self.throw_away(card)

    @step(typed=TYPED)
    def decline_one_more(self, typed: bool) -> None:
        """So that the summary tells more declined than accepted, or fewer, but not as many."""
        states = [row["state"] for row in self.crm.unsorted.values()]
        self.decline_unsorted(pick=0, by=0, typed=typed)
        if states.count("accepted") == states.count("declined") + 1:
            self.decline_unsorted(pick=0, by=0, typed=typed)

    @step(kind=KIND, typed=TYPED)
    def write_half(self, kind: str, typed: bool) -> None:
        """A batch with an id that is not there changes nothing."""
        card = self.card(kind, 0)
        body = [{"id": card.id, "name": "never"}, {"id": 1, "name": "x"}]
        self.refuse(self.door.ask(f"{kind}.update", body, typed=typed), 400)
        self.seen(card)

    @step(kind=st.sampled_from(["leads", "contacts", "companies"]), typed=TYPED)
    def list_backwards(self, kind: str, typed: bool) -> None:
        """The newest id goes first."""
        answer = self.door.ask(f"{kind}.find", query="order[id]=desc&limit=250", typed=typed)
        ids = [row["id"] for row in self.accept(answer)]
        assert ids == sorted((card.id for card in self.crm.listed(kind)), reverse=True)
