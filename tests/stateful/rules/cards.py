"""Leads, contacts, companies and customers: made, changed, moved, tagged, filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ..base import KIND, NAME, PICK, TAGS, TYPED, chosen, step
from ..compare import walk
from ..difference import agree
from ..model.cards import CLOSED, LOST, WON, full_name
from ..model.shown import WITH, shown_card
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["CardRules"]

_MAYBE = st.one_of(st.none(), NAME)


class CardRules(Furnished):
    """What the four kinds have in common, and what is special to leads and contacts."""

    @step(kind=KIND, names=st.lists(NAME, min_size=1, max_size=2), tags=TAGS, typed=TYPED, by=PICK)
    def create_cards(
        self, kind: str, names: list[str], tags: list[str], typed: bool, by: int
    ) -> None:
        """Several at once, with tags, for one of the users."""
        if not self.has_room(kind):
            names = names[:1] if self.has_room(kind, 12) else []
        responsible = chosen(self.users, by)
        items: list[Json] = [
            {
                "name": name,
                "responsible_user_id": responsible,
                "_embedded": {"tags": [{"name": t} for t in tags]},
            }
            for name in names
        ]
        if items:
            self.create(kind, items, typed=typed)

    @step(kind=KIND, made=st.integers(1, 10**9), price=st.integers(0, 99), typed=TYPED)
    def create_card_of_the_past(self, kind: str, made: int, price: int, typed: bool) -> None:
        """Times and authors that are given are kept."""
        if not self.has_room(kind):
            return
        item: Json = {"name": "old", "created_at": made, "created_by": 0}
        item["next_price" if kind == "customers" else "price"] = price
        if kind in {"contacts", "companies"}:
            del item["price"]
        self.create(kind, [item], typed=typed)

    @step(kind=KIND, fault=st.integers(0, 4), good=st.booleans(), typed=TYPED)
    def create_refused(self, kind: str, fault: int, good: bool, typed: bool) -> None:
        """One bad item refuses the whole batch."""
        responsible = ("NotSupportedChoice", "responsible_user_id")
        bad, flaws = [
            ({"responsible_user_id": 1}, [responsible]),
            ({"name": 5}, [("InvalidType", "name")]),
            (
                {"custom_fields_values": [{"field_id": 1, "values": [{"value": "x"}]}]},
                [("NotSupportedChoice", "custom_fields_values.0.field_id")],
            ),
            (
                {"name": "x", "responsible_user_id": "no"},
                [("InvalidType", "responsible_user_id"), responsible],
            ),
            (None, []),
        ][fault]
        if kind == "customers" and isinstance(bad, dict):
            bad.setdefault("name", "x")
        items = [] if bad is None else [{"name": "good"}, bad] if good else [bad]
        typed = typed and fault in {0, 2}
        answer = self.door.ask(f"{kind}.create", items, typed=typed)
        self.refuse(answer, 400, *flaws)
        if flaws and not typed:
            assert {mark for mark, _, _ in answer.flaws} == {str(len(items) - 1)}

    @step(kind=KIND, pick=PICK, other=PICK, name=NAME, by=PICK, form=st.integers(0, 2), typed=TYPED)
    def change_cards(
        self, kind: str, pick: int, other: int, name: str, by: int, form: int, typed: bool
    ) -> None:
        """Name and responsible user, of one or of two at once."""
        cards = [self.card(kind, pick)]
        change: Json = {"name": name, "responsible_user_id": chosen(self.users, by)}
        if form == 0:
            answer = self.door.ask(f"{kind}.update_one", change, id=cards[0].id, typed=typed)
        else:
            if form == 2 and self.card(kind, other) is not cards[0]:
                cards.append(self.card(kind, other))
            body = [{"id": card.id, **change} for card in cards]
            answer = self.door.ask(f"{kind}.update", body, typed=typed)
        rows = self.accept(answer, len(cards))
        for index, (row, card) in enumerate(zip(rows, cards, strict=True)):
            before = card.name, card.responsible
            card.name, card.responsible = name, change["responsible_user_id"]
            self.changed(card)
            self.crm.log_change(
                "name_field_changed",
                card.end,
                "name_field_value",
                {"name": before[0]},
                {"name": name},
            )
            self._log_responsible(card, before[1])
            expected: Json = {
                "id": card.id,
                "updated_at": self.crm.now,
                "_links": self.crm.url(f"{kind}/{card.id}"),
            }
            if kind in {"contacts", "companies"}:
                expected["name"] = name
            if form == 0:
                row.pop("request_id", None)
                assert row == expected
            else:
                self.marked(row, expected, str(index), typed=typed)

    def _log_responsible(self, card: Card, before: int) -> None:
        kind, key = "entity_responsible_changed", "responsible_user"
        self.crm.log_change(kind, card.end, key, {"id": before}, {"id": card.responsible})

    @step(kind=KIND, pick=PICK, fault=st.integers(0, 3), typed=TYPED)
    def change_refused(self, kind: str, pick: int, fault: int, typed: bool) -> None:
        """Unknown ids are 404 alone and 400 in a batch; nothing of the batch is written."""
        card = self.card(kind, pick)
        if fault == 0:
            self.refuse(self.door.ask(f"{kind}.update_one", {"name": "x"}, id=1, typed=typed), 404)
        elif fault == 1:
            body = [{"id": card.id, "name": "never"}, {"id": 1, "name": "x"}]
            answer = self.door.ask(f"{kind}.update", body, typed=typed)
            self.refuse(answer, 400)
            if not typed:
                assert list(answer.body["errors"]) == ["1"]
        elif fault == 2:
            bad = {"name": "never", "responsible_user_id": 1}
            answer = self.door.ask(f"{kind}.update_one", bad, id=card.id, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "responsible_user_id"))
        else:
            answer = self.door.ask(f"{kind}.update", [{"name": "x"}])
            self.refuse(answer, 400, ("FieldMissing", "id"))

    @step(kind=KIND, pick=PICK, typed=TYPED)
    def read_one(self, kind: str, pick: int, typed: bool) -> None:
        """By its id, and one that is not there."""
        card = self.card(kind, pick)
        query = f"with={WITH[kind]}"
        shown = self.accept(self.door.ask(f"{kind}.get", query=query, id=card.id, typed=typed), 1)
        if card.own.get("status_id") is not None and kind == "customers":
            card.own["status_id"] = shown[0]["status_id"]
        for tag in shown[0]["_embedded"]["tags"]:
            self.crm.tags[kind][tag["name"]]["id"] = tag["id"]
        agree(shown, [shown_card(self.crm, card)], kind)
        bare = self.accept(self.door.ask(f"{kind}.get", id=card.id, typed=typed), 1)[0]
        always = {"tags", "segments"} if kind == "customers" else {"tags", "companies"}
        assert set(bare["_embedded"]) == (always if kind != "companies" else {"tags"})
        assert self.door.ask(f"{kind}.get", id=1, typed=typed).status == 204

    @step(
        kind=KIND,
        order=st.sampled_from(["id", "updated_at"]),
        desc=st.booleans(),
        size=st.integers(1, 4),
        picks=st.lists(PICK, max_size=2),
        typed=TYPED,
    )
    def list_cards(
        self, kind: str, order: str, desc: bool, size: int, picks: list[int], typed: bool
    ) -> None:
        """In another order, filtered by ids, in small pages."""
        wanted = sorted({self.card(kind, pick).id for pick in picks})
        direction = "desc" if desc else "asc"
        query = f"limit={size}"
        if kind != "customers":
            query += f"&order[{order}]={direction}"
        query += "".join(f"&filter[id][{i}]={number}" for i, number in enumerate(wanted))
        rows = walk(self.door, f"{kind}.find", query, typed=typed)
        cards = [card for card in self.crm.listed(kind) if not wanted or card.id in wanted]
        keys = {"id": lambda card: card.id, "updated_at": lambda card: card.updated_at}
        assert sorted(row["id"] for row in rows) == sorted(card.id for card in cards)
        values = [row[order] for row in rows]
        assert kind == "customers" or values == sorted(map(keys[order], cards), reverse=desc)

    @step(
        kind=KIND, pick=PICK, add=TAGS, remove=TAGS, replace=st.one_of(st.none(), TAGS), typed=TYPED
    )
    def retag(
        self,
        kind: str,
        pick: int,
        add: list[str],
        remove: list[str],
        replace: list[str] | None,
        typed: bool,
    ) -> None:
        """Tags come and go, or the whole set is replaced."""
        card = self.card(kind, pick)
        if replace is not None:
            body: Json = {"_embedded": {"tags": [{"name": name} for name in replace]}}
            tags = replace
        else:
            body = {
                "tags_to_add": [{"name": name} for name in add],
                "tags_to_delete": [{"name": name} for name in remove],
            }
            tags = [*card.tags, *(name for name in add if name not in card.tags)]
            for name in add:
                self.crm.name_tag(kind, name)
            tags = [name for name in tags if name not in remove]
        self.patch(card, body, typed=typed)
        self.crm.set_tags(card, tags)

    @step(kind=KIND, pick=PICK, field=PICK, raw=st.lists(PICK, max_size=3), typed=TYPED)
    def fill_in(self, kind: str, pick: int, field: int, raw: list[int], typed: bool) -> None:
        """Values of a custom field, or none."""
        usual = [one for one in self.crm.fields[kind].values() if one.row["type"] in _FILLED]
        if not usual:
            return
        card, definition = self.card(kind, pick), chosen(usual, field)
        values = [_value(definition.row, one) for one in raw]
        item: Json = {"field_id": definition.id, "values": values or None}
        if definition.row["code"] and field % 2:
            item = {"field_code": definition.row["code"], "values": values or None}
        self.patch(card, {"custom_fields_values": [item]}, typed=typed)
        self.crm.set_values(card, [item])

    @step(
        pick=PICK,
        place=st.one_of(st.none(), PICK),
        pipeline=st.one_of(st.none(), PICK),
        reason=st.one_of(st.none(), PICK),
        closed_at=st.one_of(st.none(), st.integers(1, 10**9)),
        typed=TYPED,
    )
    def move_lead(
        self,
        pick: int,
        place: int | None,
        pipeline: int | None,
        reason: int | None,
        closed_at: int | None,
        typed: bool,
    ) -> None:
        """To a stage, a pipeline or both; perhaps won or lost."""
        lead = self.card("leads", pick)
        body: Json = {}
        if pipeline is not None:
            body["pipeline_id"] = chosen(self.crm.pipelines, pipeline)
        target = body.get("pipeline_id", lead.own["pipeline_id"])
        if place is not None:
            known = [row["id"] for row in self.crm.regular(target)]
            body["status_id"] = chosen([*known, WON, LOST, LOST], place)
        if reason is not None:
            body["loss_reason_id"] = chosen(self.crm.reasons, reason)["id"]
        if closed_at is not None and body.get("status_id") in CLOSED:
            body["closed_at"] = closed_at
        before = {"id": lead.own["status_id"], "pipeline_id": lead.own["pipeline_id"]}
        self.patch(lead, body, typed=typed, batch=pick % 2 == 0)
        if reason is not None:
            lead.own["loss_reason_id"] = body["loss_reason_id"]
        status = body.get("status_id", lead.own["status_id"])
        if target != lead.own["pipeline_id"] and place is None:
            status = self.crm.first_status(target)
        lead.move(target, status, self.crm.now, closed_at if "closed_at" in body else None)
        if "closed_at" in body and before == {"id": status, "pipeline_id": target}:
            lead.own["closed_at"] = closed_at
        after = {"id": status, "pipeline_id": target}
        self.crm.log_change("lead_status_changed", lead.end, "lead_status", before, after)

    @step(pick=PICK, fault=st.integers(0, 2), typed=TYPED)
    def move_refused(self, pick: int, fault: int, typed: bool) -> None:
        """A stage that the pipeline does not have, or a pipeline that is not there."""
        lead = self.card("leads", pick)
        foreign = [
            row["id"]
            for number in self.crm.pipelines
            if number != lead.own["pipeline_id"]
            for row in self.crm.regular(number)
        ]
        body, paths = [
            ({"status_id": 999}, ["status_id"]),
            ({"pipeline_id": 1}, ["pipeline_id"]),
            ({"status_id": chosen(foreign or [999], pick)}, ["status_id"]),
        ][fault]
        answer = self.door.ask("leads.update_one", body, id=lead.id, typed=typed)
        self.refuse(answer, 400, *[("NotSupportedChoice", path) for path in paths])

    @step(pick=PICK, price=st.integers(0, 99), typed=TYPED)
    def change_price(self, pick: int, price: int, typed: bool) -> None:
        """The price of a lead is an event of its own."""
        lead = self.card("leads", pick)
        before, lead.own["price"] = lead.own["price"], price
        self.patch(lead, {"price": price}, typed=typed)
        kind, key = "sale_field_changed", "sale_field_value"
        self.crm.log_change(kind, lead.end, key, {"sale": before}, {"sale": price})

    @step(pick=PICK, first=_MAYBE, last=_MAYBE, typed=TYPED)
    def rename_contact(self, pick: int, first: str | None, last: str | None, typed: bool) -> None:
        """New parts of a name make a new name."""
        contact = self.card("contacts", pick)
        parts = {"first_name": first, "last_name": last}
        change = {key: value for key, value in parts.items() if value is not None}
        self.patch(contact, change, typed=typed)
        before = contact.name, contact.own["first_name"], contact.own["last_name"]
        contact.own |= change
        after = contact.own["first_name"], contact.own["last_name"]
        if after != before[1:]:
            contact.name = full_name(after) or contact.name
        kind, key = "name_field_changed", "name_field_value"
        self.crm.log_change(kind, contact.end, key, {"name": before[0]}, {"name": contact.name})

    @step(name=_MAYBE, first=_MAYBE, last=_MAYBE, typed=TYPED)
    def create_contact_of_parts(
        self, name: str | None, first: str | None, last: str | None, typed: bool
    ) -> None:
        """A name that is given stands; else it is made of its parts."""
        if self.has_room("contacts"):
            parts = {"name": name, "first_name": first, "last_name": last}
            item = {key: value for key, value in parts.items() if value is not None}
            self.create("contacts", [item], typed=typed)

    @step(picks=st.lists(PICK, min_size=1, max_size=2), main=st.integers(0, 2), typed=TYPED)
    def create_linked_lead(self, picks: list[int], main: int, typed: bool) -> None:
        """A lead that is born with contacts and a company."""
        if not self.has_room("leads"):
            return
        contacts = list(dict.fromkeys(self.card("contacts", pick).id for pick in picks))
        company = self.card("companies", picks[0]).id
        refs = [{"id": number, "is_main": place == main} for place, number in enumerate(contacts)]
        item: Json = {"name": "x", "_embedded": {"contacts": refs, "companies": [{"id": company}]}}
        [lead] = self.create("leads", [item], typed=typed)
        updated = lead.updated_at
        for ref in refs:
            self.crm.link(lead.end, ("contacts", ref["id"]), {"is_main": ref["is_main"]})
        self.crm.link(lead.end, ("companies", company))
        lead.updated_at = updated

    @step(typed=TYPED, pick=PICK, known=st.booleans())
    def create_complex(self, typed: bool, pick: int, known: bool) -> None:
        """A lead, a contact and a company at once, linked with each other."""
        if (
            not self.has_room("leads")
            or not self.has_room("contacts")
            or not self.has_room("companies")
        ):
            return
        old = self.card("contacts", pick)
        contact: Json = {"id": old.id} if known else {"name": "C"}
        embedded = {"contacts": [contact], "companies": [{"name": "Co"}]}
        body = [{"name": "L", "price": 7, "_embedded": embedded}]
        [row] = self.accept(self.door.ask("leads.create_complex", body, typed=typed), 1)
        assert row["merged"] is False
        lead = self.crm.add_card("leads", row["id"], {"name": "L", "price": 7})
        company = self.crm.add_card("companies", row["company_id"], {"name": "Co"})
        person = old
        if known:
            assert row["contact_id"] == old.id
        else:
            person = self.crm.add_card("contacts", row["contact_id"], {"name": "C"})
            self.crm.log_added(person)
        self.crm.log_added(lead)
        self.crm.log_added(company)
        self.crm.link(lead.end, person.end, {"is_main": True})
        self.crm.link(lead.end, company.end)
        self.crm.link(person.end, company.end)


_FILLED = frozenset(
    {"text", "numeric", "checkbox", "select", "multiselect", "url", "textarea", "multitext"}
)


def _value(row: Json, number: int) -> Json:
    if row["type"] == "checkbox":
        return {"value": number % 2 == 0}
    if row["type"] == "multitext":
        return {"value": f"+7{number}", "enum_code": chosen(row["enums"], number)["value"]}
    if row["enums"]:
        enum = chosen(row["enums"], number)
        return {"enum_id": enum["id"]} if number % 2 else {"value": enum["value"]}
    return {"value": str(number)}
