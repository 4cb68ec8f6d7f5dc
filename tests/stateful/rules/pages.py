"""What amoCRM's own pages call to delete, link and give away; the API tells what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from amocrm_gen.v4 import AjaxLink, AjaxMultiaction

from ..base import NAME, PICK, chosen, step
from ..compare import walk
from ..model.cards import SINGULAR
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["PageRules"]

_MOST_WAITING: Final = 4
_TRASHED: Final = ("leads", "contacts", "companies")
_NUMBERS: Final = {"contacts": 1, "leads": 2, "companies": 3, "customers": 12}
_LINKED: Final = {
    "leads": "contacts",
    "contacts": "leads",
    "companies": "contacts",
    "customers": "contacts",
}


class PageRules(Furnished):
    """Calls without documentation, on the same account."""

    def fresh(self, kind: str) -> Card:
        """A new entity that is linked with an old one."""
        [card] = self.create(kind, [{"name": "fresh"}], typed=False)
        self.tie(card, self.card(_LINKED[kind], card.id))
        return card

    def tie(self, one: Card, two: Card) -> None:
        """Link two entities at both sides."""
        item = {"to_entity_id": two.id, "to_entity_type": two.kind}
        self.accept(self.door.ask(f"links.link.{one.kind}", [item], entity_id=one.id), 1)
        self.crm.link(one.end, two.end)

    def trash(self, card: Card) -> None:
        """It is in the trash now, and the log says so."""
        card.is_deleted = True
        self.changed(card)
        self.crm.log(f"{SINGULAR[card.kind]}_deleted", card.end)

    @step(kind=st.sampled_from([*_TRASHED, "lead", "customers"]))
    def delete_by_page(self, kind: str) -> None:
        """Once; nobody can delete it twice."""
        call, card = self.door.call, self.fresh("leads" if kind == "lead" else kind)
        if kind == "lead":
            told = call("ajax.delete_lead", ID=card.id, ACTION="DELETE")
            assert told == {"status": "ok", "id": card.id}
            assert self.door.is_refused(400, "ajax.delete_lead", ID=card.id, ACTION="DELETE")
        elif kind == "customers":
            for _ in range(2):
                call("ajax.delete_customers", delete=[card.id])
        else:
            states = [call(f"ajax.delete.{kind}", ID=[card.id]).status for _ in range(2)]
            assert states == ["success", "fail"]
        self.trash(card)

    @step(is_task=st.booleans())
    def delete_from_feed(self, is_task: bool) -> None:
        """A task is an error when it is gone, a note is not."""
        call, crm, lead = self.door.call, self.crm, self.card("leads", 0)
        if is_task:
            item = {"text": "x", "complete_till": 5, "entity_id": lead.id, "entity_type": "leads"}
            number = self.accept(self.door.ask("tasks.create", [item]), 1)[0]["id"]
            end = ("tasks", number)
            crm.log("task_added", end, after=self._told_of_task(number))
            assert call("ajax.delete_note", ID=number, ACTION="TASK_DELETE").status == "ok"
            crm.log("task_deleted", end)
            assert self.door.is_refused(400, "ajax.delete_note", ID=number, ACTION="TASK_DELETE")
            return
        body = [{"note_type": "common", "params": {"text": "x"}}]
        answer = self.door.ask("notes.create_for_entity.leads", body, entity_id=lead.id)
        number = self.accept(answer, 1)[0]["id"]
        told = [{"note": {"id": number}}]
        crm.log("common_note_added", lead.end, after=told)
        assert call("ajax.delete_note", ID=number, ACTION="NOTE_DELETE").status == "ok"
        crm.log("common_note_deleted", lead.end, after=told)
        assert call("ajax.delete_note", ID=number, ACTION="NOTE_DELETE").status == "no note"
        self.changed(lead)

    def _told_of_task(self, number: int) -> list[Json]:
        """What the log says of a new task."""
        query = f"filter[entity]=task&filter[entity_id]={number}&filter[type]=task_added"
        rows = self.accept(self.door.ask("events.find", query=query), 1)
        told: list[Json] = rows[0]["value_after"]
        return told

    @step(name=NAME, pick=PICK, whole=st.booleans())
    def delete_catalog_by_page(self, name: str, pick: int, whole: bool) -> None:
        """With its elements, which nobody has any more; or an element alone."""
        call, crm = self.door.call, self.crm
        made = self.accept(self.door.ask("catalogs.create", [{"name": name}]), 1)[0]["id"]
        answer = self.door.ask("catalog_elements.create", [{"name": name}], catalog_id=made)
        element = self.accept(answer, 1)[0]["id"]
        card = self.card("leads", pick)
        link = AjaxLink(
            from_="leads", from_id=card.id, to="catalog_elements", to_id=element, quantity=2
        )
        done = call("ajax.set_links", link=[link])
        assert done["response"]["links"]["link"]["errors"] == []
        crm.elements[element] = {"catalog_id": made}
        crm.link(card.end, ("catalog_elements", element), {"catalog_id": made, "quantity": 2})
        if not whole:
            told = call("ajax.delete_catalog_elements", delete=[element, 1])
            part = told.response.catalog_elements.delete
            assert part.catalog_elements == {str(element): {"id": element, "name": name}}
            assert part.errors == [{"id": 1, "code": 282}]
        gone = call("ajax.delete_catalog", delete=made).response.catalogs.delete
        assert gone.catalogs == {str(made): {"id": made, "name": name}}
        again = call("ajax.delete_catalog", delete=made).response.catalogs.delete
        assert again.errors == [{"id": made, "code": 282}]
        crm.forget_element(element)

    @step(name=NAME)
    def delete_pipeline_by_page(self, name: str) -> None:
        """As the API does."""
        item = {"name": name, "sort": 40, "is_main": False, "is_unsorted_on": True}
        number = self.accept(self.door.ask("pipelines.create", [item]), 1)[0]["id"]
        told = self.door.call("ajax.delete_pipeline", id=number).response
        assert told[str(number)] is True
        assert self.door.is_refused(400, "ajax.delete_pipeline", id=number)

    @step(
        kind=st.sampled_from(["contacts", "companies"]), pick=PICK, other=PICK, undo=st.booleans()
    )
    def link_by_page(self, kind: str, pick: int, other: int, undo: bool) -> None:
        """Made or undone, whether they are linked or not."""
        lead, card = self.card("leads", pick), self.card(kind, other)
        link = AjaxLink(from_="leads", from_id=lead.id, to=card.kind, to_id=card.id)
        self.door.call("ajax.set_links", **{"unlink" if undo else "link": [link]})
        if undo:
            self.crm.unlink(lead.end, card.end)
        else:
            self.crm.link(lead.end, card.end)

    @step(pick=PICK, other=PICK)
    def set_main_contact(self, pick: int, other: int) -> None:
        """Of a lead that has the contact; the others are not the main one any more."""
        lead, contact = self.card("leads", pick), self.card("contacts", other)
        told = self.door.call("ajax.set_main_contact", main_id=lead.id, linked_id=contact.id)
        if self.crm.links.find(lead.end, contact.end) is None:
            assert told == {"status": "fail"}
        else:
            assert told == {"status": "success"}
            self.crm.link(lead.end, contact.end, {"is_main": True})

    @step(kind=st.sampled_from(sorted(_NUMBERS)), pick=PICK, by=PICK, delete=st.booleans())
    def change_many(self, kind: str, pick: int, by: int, delete: bool) -> None:
        """Given to a user, or deleted."""
        user = chosen(self.users, by)
        cards = [self.fresh(kind)] if delete else [self.card(kind, pick)]
        data: Json = {"data": {"ACTION": "DELETE"} if delete else {"MAIN_USER_ID": user}}
        action = AjaxMultiaction(
            entity_type=_NUMBERS[kind],
            multiaction_type=4 if delete else 1,
            data=data,
            ids=[card.id for card in cards],
        )
        told = self.door.call("ajax.change_many", add=[action])
        assert len(told.response.multiactions.set.data) == 1
        for card in cards:
            if delete:
                self.trash(card)
                continue
            before, card.responsible = card.responsible, user
            self.changed(card)
            event, key = "entity_responsible_changed", "responsible_user"
            self.crm.log_change(event, card.end, key, {"id": before}, {"id": user})

    @step(kind=st.sampled_from(_TRASHED), pick=PICK, name=NAME, second=st.booleans())
    def merge(self, kind: str, pick: int, name: str, second: bool) -> None:
        """The one that stays has the tags and links of both."""
        call, crm = self.door.call, self.crm
        items = [
            {"name": "one", "_embedded": {"tags": [{"name": "t1"}]}},
            {"name": "two", "_embedded": {"tags": [{"name": "t2"}]}},
        ]
        cards = self.create(kind, items, typed=False)
        main, other = cards[::-1] if second else cards
        linked = self.card(_LINKED[kind], pick)
        self.tie(other, linked)
        ids = [main.id, other.id]
        shown = call(f"ajax.preview_merge.{kind}", id=ids).response
        assert shown.elements == ids
        names: Json = shown.compare_values["NAME"]
        assert [names[str(card.id)]["values"][0]["value"] for card in (main, other)] == [
            main.name,
            other.name,
        ]
        told = call(f"ajax.merge.{kind}", id=ids, result_element={"ID": main.id, "NAME": name})
        assert len(told.response.multiactions.set.data) == 1
        before, main.name = main.name, name
        self.changed(main)
        told_, key = "name_field_changed", "name_field_value"
        crm.log_change(told_, main.end, key, {"name": before}, {"name": name})
        crm.set_tags(main, [*main.tags, *(tag for tag in other.tags if tag not in main.tags)])
        crm.links.pairs.remove(crm.links.find(other.end, linked.end))
        crm.link(main.end, linked.end)
        self.trash(other)
        crm.log("entity_merged", main.end)

    @step(only=st.booleans())
    def list_by_page(self, only: bool) -> None:
        """Contacts and companies, in one list or each in its own, or only their number."""
        call, count = self.door.call, {"only_count": "Y"} if only else {}
        listed = {kind: self.crm.listed(kind) for kind in ("contacts", "companies")}
        for name, kinds in (
            ("ajax.find_all_contacts", ("contacts", "companies")),
            ("ajax.find_contacts.contacts", ("contacts",)),
            ("ajax.find_contacts.companies", ("companies",)),
        ):
            cards = [card for kind in kinds for card in listed[kind]]
            found = call(name, **count)
            if only:
                assert found.count == len(cards)
                continue
            rows = {item.id: item for item in found.response.items}
            assert set(rows) == {card.id for card in cards}
            assert found.response.summary.count == len(cards)
            for card in cards:
                row = rows[card.id]
                assert (row.name.text, row.entity) == (card.name, SINGULAR[card.kind])
                assert sorted(one["tag"]["name"] for one in row.tags.items) == sorted(card.tags)

    @step(pick=PICK)
    def sum_leads(self, pick: int) -> None:
        """Those of a pipeline, by stage, and of one stage."""
        pipeline = chosen(self.crm.pipelines, pick)
        leads = [card.own for card in self.crm.listed("leads")]
        stages = [own["status_id"] for own in leads if own["pipeline_id"] == pipeline]
        told = self.door.call("ajax.sum_leads", pipeline, leads_by_status="Y")
        assert told.all_count == len(stages)
        counts = told.leadsByStatus or {}
        assert counts == {str(stage): stages.count(stage) for stage in stages}
        stage = self.crm.first_status(pipeline)
        asked = {"pipe": {str(pipeline): [stage]}}
        found = self.door.call("ajax.sum_leads", pipeline, filter=asked)
        assert found.all_count == stages.count(stage)

    @step(phone=st.sampled_from(["79005550101", "79005550102"]))
    def find_duplicates(self, phone: str) -> None:
        """Two leads of people with the same phone; merging the people leaves none."""
        call = self.door.call
        values = [{"value": phone, "enum_code": "WORK"}]
        field = {"field_code": "PHONE", "values": values}
        item = {"name": "twin", "custom_fields_values": [field]}
        twins = self.create("contacts", [item, item], typed=False)
        leads = self.create("leads", [{"name": "a"}, {"name": "b"}], typed=False)
        for lead, twin in zip(leads, twins, strict=True):
            self.tie(lead, twin)
        found = call("ajax.find_duplicates", with_=["count"])
        assert found.total >= 1
        for card in (*leads, *twins):
            call(f"ajax.delete.{card.kind}", ID=[card.id])
            self.trash(card)
        left = call("ajax.find_duplicates", with_=["count"])
        assert left.total == found.total - 1

    @step(name=NAME, site=st.sampled_from(["https://example.com/a", "https://example.com/b"]))
    def submit_form(self, name: str, site: str) -> None:
        """A lead waits for being sorted; a form without a number is nothing."""
        crm = self.crm
        form: Json = {"form_id": "12", "hash": f"e{self.steps}", "user_origin": site}
        form["fields"] = {"name_2": name, "price_2": "9"}
        assert self.door.is_refused(400, "ajax.submit_form", **{**form, "form_id": ""})
        if sum(row["state"] == "waiting" for row in crm.unsorted.values()) >= _MOST_WAITING:
            return
        self.tick(1)
        assert self.door.call("ajax.submit_form", **form) == {"status": "success"}
        rows = walk(self.door, "unsorted.find")
        [row] = [row for row in rows if row["uid"] not in crm.unsorted]
        told = row["metadata"]
        assert (row["category"], row["source_uid"]) == ("forms", form["hash"])
        assert (told["form_id"], told["referer"], told["form_sent_at"]) == ("12", site, crm.now)
        pipeline = row["pipeline_id"]
        stage = next(one["id"] for one in crm.statuses(pipeline) if one["type"] == 1)
        item = {"name": name, "price": 9, "pipeline_id": pipeline, "status_id": stage}
        [ref] = row["_embedded"]["leads"]
        crm.add_card("leads", ref["id"], item).is_hidden = True
        crm.unsorted[row["uid"]] = {**row, "state": "waiting", "sorted_at": None}
