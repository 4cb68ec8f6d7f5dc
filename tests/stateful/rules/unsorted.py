"""Incoming leads, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import PICK, TYPED, chosen, step
from ..difference import agree
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["UnsortedRules"]

_MOST: Final = 4
_PARTS: Final = ("leads", "contacts", "companies")


class UnsortedRules(Furnished):
    """The inbox."""

    def waiting(self) -> list[Json]:
        """What nobody has sorted."""
        return [row for row in self.crm.unsorted.values() if row["state"] == "waiting"]

    def one_waiting(self, pick: int) -> Json:
        """One of them; when there is none, another comes in."""
        if not self.waiting():
            self.add_unsorted("forms", pick, person=True, firm=False, typed=False)
        return chosen(self.waiting(), pick)

    def _metadata(self, category: str) -> Json:
        if category == "forms":
            return {
                "form_id": f"f{self.steps}",
                "form_name": "F",
                "form_page": "https://example.com",
                "form_sent_at": self.crm.now,
            }
        return {
            "phone": "79001234567",
            "from": "site",
            "called_at": self.crm.now,
            "duration": 5,
            "link": "https://example.com/a.mp3",
            "service_code": "pbx",
            "uniq": f"u{self.steps}",
        }

    @step(
        category=st.sampled_from(["forms", "sip"]),
        pick=PICK,
        person=st.booleans(),
        firm=st.booleans(),
        typed=TYPED,
    )
    def take_in(self, category: str, pick: int, person: bool, firm: bool, typed: bool) -> None:
        """A lead, perhaps with a contact and a company; no list shows them yet."""
        if len(self.waiting()) < _MOST:
            self.add_unsorted(category, pick, person=person, firm=firm, typed=typed)

    def add_unsorted(
        self, category: str, pick: int, *, person: bool, firm: bool, typed: bool
    ) -> None:
        """Create it at both sides."""
        crm = self.crm
        self.tick(1)
        pipeline = chosen(crm.pipelines, pick)
        embedded: Json = {"leads": [{"name": "In", "price": 9}]}
        if person:
            embedded["contacts"] = [{"name": "P"}]
        if firm:
            embedded["companies"] = [{"name": "F"}]
        metadata = self._metadata(category)
        item: Json = {"source_uid": "s", "source_name": "S", "pipeline_id": pipeline}
        body = [{**item, "metadata": metadata, "_embedded": embedded}]
        [row] = self.accept(self.door.ask(f"unsorted.create_{category}", body, typed=typed), 1)
        made = row["_embedded"]
        assert row["account_id"] == self.account
        assert [len(made.get(kind, [])) for kind in _PARTS] == [1, int(person), int(firm)]
        stage = next(one["id"] for one in crm.statuses(pipeline) if one["type"] == 1)
        cards: list[Card] = []
        for kind in _PARTS:
            for ref, part in zip(made.get(kind, []), embedded.get(kind, []), strict=True):
                place = {"pipeline_id": pipeline, "status_id": stage} if kind == "leads" else {}
                assert ref["id"] not in crm.cards[kind]
                card = crm.add_card(kind, ref["id"], {**part, **place})
                card.is_hidden = True
                cards.append(card)
        for after, one in enumerate(cards, 1):
            for two in cards[after:]:
                crm.link(one.end, two.end, quiet=True)
        uid = row["uid"]
        assert uid not in crm.unsorted
        crm.unsorted[uid] = {
            "uid": uid,
            **item,
            "category": category,
            "created_at": crm.now,
            "metadata": metadata,
            "account_id": self.account,
            "_links": crm.url(f"leads/unsorted/{uid}"),
            "_embedded": {
                kind: crm.refs(kind, [card.id for card in cards if card.kind == kind])
                for kind in _PARTS
            },
            "state": "waiting",
            "sorted_at": None,
        }

    def parts(self, row: Json) -> list[Card]:
        """What came with an incoming lead."""
        embedded = row["_embedded"]
        return [self.crm.cards[kind][ref["id"]] for kind in _PARTS for ref in embedded[kind]]

    @step(pick=PICK, place=st.one_of(st.none(), PICK), by=PICK, typed=TYPED)
    def accept_unsorted(self, pick: int, place: int | None, by: int, typed: bool) -> None:
        """All that came with it can be seen, and belongs to whom accepts it."""
        crm, row = self.crm, self.one_waiting(pick)
        user = chosen(self.users, by)
        body: Json = {"user_id": user}
        known = [one["id"] for one in crm.statuses(row["pipeline_id"]) if one["type"] != 1]
        status = crm.first_status(row["pipeline_id"])
        if place is not None:
            status = body["status_id"] = chosen(known, place)
        [shown] = self.accept(
            self.door.ask("unsorted.accept", body, uid=row["uid"], typed=typed), 1
        )
        assert shown["uid"] == row["uid"]
        agree(shown["_embedded"]["leads"], row["_embedded"]["leads"], "accepted")
        for card in self.parts(row):
            card.is_hidden = False
            card.responsible = card.created_by = user
            card.touch(user, crm.now)
            if card.kind == "leads":
                card.move(row["pipeline_id"], status, crm.now)
            crm.log_added(card)
        row |= {"state": "accepted", "sorted_at": crm.now}

    @step(pick=PICK, by=PICK, typed=TYPED)
    def decline_unsorted(self, pick: int, by: int, typed: bool) -> None:
        """All that came with it goes to the trash."""
        crm, row = self.crm, self.one_waiting(pick)
        user = chosen(self.users, by)
        body = {"user_id": user}
        answer = self.door.ask("unsorted.decline", body, uid=row["uid"], typed=typed)
        [shown] = self.accept(answer, 1)
        assert shown["uid"] == row["uid"]
        [lead] = [card for card in self.parts(row) if card.kind == "leads"]
        for card in self.parts(row):
            card.is_deleted = True
            card.touch(user, crm.now)
        crm.log("lead_deleted", lead.end, by=user)
        row |= {"state": "declined", "sorted_at": crm.now}
        query = f"with=only_deleted&filter[id]={lead.id}"
        [trashed] = self.accept(self.door.ask("leads.find", query=query), 1)
        assert (trashed["id"], trashed["is_deleted"], trashed["name"]) == (lead.id, True, None)
        assert self.door.ask("leads.find", query=f"filter[id]={lead.id}").status == 204

    @step(pick=PICK, typed=TYPED)
    def read_unsorted(self, pick: int, typed: bool) -> None:
        """Alone."""
        row = self.one_waiting(pick)
        [shown] = self.accept(self.door.ask("unsorted.get", uid=row["uid"], typed=typed), 1)
        own = {"state", "sorted_at"}
        agree(shown, {k: v for k, v in row.items() if k not in own}, "unsorted")

    @step(fault=st.integers(0, 4), pick=PICK, typed=TYPED)
    def unsorted_refused(self, fault: int, pick: int, typed: bool) -> None:
        """What is not there or not whole; the same again; a form that cannot be attached."""
        if fault == 0:
            self.refuse(self.door.ask("unsorted.accept", {}, uid="never", typed=typed), 404)
        elif fault == 1:
            self.refuse(self.door.ask("unsorted.decline", {}, uid="never", typed=typed), 404)
        elif fault == 2:
            answer = self.door.ask("unsorted.create_forms", [{}])
            paths = ("source_uid", "source_name", "metadata")
            self.refuse(answer, 400)
            assert {path for _, _, path in answer.flaws} == set(paths)
        else:
            row = self.one_waiting(pick)
            if fault == 3:
                again = ("source_uid", "source_name", "pipeline_id", "metadata")
                body = [{key: row[key] for key in again}]
                name = f"unsorted.create_{row['category']}"
                self.refuse(self.door.ask(name, body, typed=typed), 400)
            else:
                lead = self.card("leads", pick)
                body_ = {"link": {"entity_id": lead.id, "entity_type": "leads"}}
                answer = self.door.ask("unsorted.link", body_, uid=row["uid"], typed=typed)
                self.refuse(answer, 400)
                assert answer.detail == "Invalid request data"
