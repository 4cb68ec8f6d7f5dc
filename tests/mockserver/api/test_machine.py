"""The server against an independent model, step by step."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from .crm import Crm, Json, make_crm
from .model import LOST, WON, ModelContact, ModelCrm, ModelLead, ModelTask

_Maybe: TypeAlias = "st.SearchStrategy[str | None]"
_NAMES = st.text(st.sampled_from("ab я"), min_size=1, max_size=4)
_PARTS: _Maybe = st.one_of(st.none(), st.sampled_from(["Ann", "Lee", ""]))
_MOST = 4
"""Rows of a kind; with few of them, steps often meet in one."""
_TAGS = st.lists(st.sampled_from(["t1", "t2", "t3"]), unique=True)


class Machine(RuleBasedStateMachine):
    """Does the same to the server and to the model, and compares what is read."""

    leads: Bundle[int] = Bundle("leads")
    contacts: Bundle[int] = Bundle("contacts")
    companies: Bundle[int] = Bundle("companies")
    tasks: Bundle[int] = Bundle("tasks")

    def __init__(self) -> None:
        super().__init__()
        self.crm: Crm = make_crm()
        [main] = self.crm.find("leads/pipelines")
        stages = [{"name": "X"}, {"name": "Y"}]
        body = [{"name": "Second", "_embedded": {"statuses": stages}}]
        [second] = self.crm.post("leads/pipelines", body)["_embedded"]["pipelines"]
        self.stages = {
            pipeline["id"]: [
                stage["id"] for stage in pipeline["_embedded"]["statuses"] if stage["type"] == 0
            ]
            for pipeline in (main, second)
        }
        self.reason = next(iter(self.crm.account.table("loss_reasons").rows))
        self.model = ModelCrm({number: stages[0] for number, stages in self.stages.items()})
        self.main = main["id"]

    @property
    def now(self) -> int:
        """The server's clock."""
        return self.crm.clock.timestamp()

    @initialize(target=contacts)
    def first_contacts(self) -> Json:
        """Something to link from the start."""
        return multiple(*(self._contact(name, None) for name in ("Ann", None, "Bo")))

    @initialize(target=companies)
    def first_companies(self) -> Json:
        """Two, so that one can take the other's place."""
        return multiple(self._company(), self._company())

    @initialize(target=leads)
    def first_leads(self) -> Json:
        """Few, so that steps meet in one."""
        return multiple(self._lead("a", 1, []), self._lead("b", 2, []))

    def _contact(self, first: str | None, last: str | None) -> int:
        [number] = self.crm.create("contacts", {"first_name": first, "last_name": last})
        parts = first or "", last or ""
        name = " ".join(part for part in parts if part)
        self.model.contacts[number] = ModelContact(number, *parts, name, self.now)
        return number

    @rule(seconds=st.integers(0, 100))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.crm.clock.advance(seconds)

    @precondition(lambda self: len(self.model.leads) < _MOST)
    @rule(target=leads, name=_NAMES, price=st.integers(0, 99), tags=_TAGS)
    def create_lead(self, name: str, price: int, tags: list[str]) -> int:
        """A lead in the first stage of the main pipeline."""
        return self._lead(name, price, tags)

    def _lead(self, name: str, price: int, tags: list[str]) -> int:
        item = {"name": name, "price": price, "_embedded": {"tags": [{"name": t} for t in tags]}}
        [number] = self.crm.create("leads", item)
        stage = self.model.first_stage[self.main]
        lead = ModelLead(number, name, price, self.main, stage, self.now, tags=tags)
        self.model.leads[number] = lead
        return number

    @precondition(lambda self: len(self.model.contacts) < _MOST)
    @rule(target=contacts, first=_PARTS, last=_PARTS)
    def create_contact(self, first: str | None, last: str | None) -> int:
        """A contact whose name is made of its parts."""
        return self._contact(first, last)

    def _company(self) -> int:
        [number] = self.crm.create("companies", {"name": "Co"})
        self.model.companies[number] = self.now
        return number

    @rule(number=leads, name=_NAMES, price=st.integers(0, 99))
    def rename_lead(self, number: int, name: str, price: int) -> None:
        """Name and price."""
        self.crm.patch(f"leads/{number}", {"name": name, "price": price})
        lead = self.model.leads[number]
        lead.name, lead.price, lead.updated = name, price, self.now

    @rule(
        number=leads,
        place=st.one_of(st.none(), st.integers(0, 5)),
        pipeline=st.one_of(st.none(), st.integers(0, 1)),
        with_reason=st.booleans(),
        close=st.booleans(),
    )
    def move_lead(
        self,
        number: int,
        place: int | None,
        pipeline: int | None,
        *,
        with_reason: bool,
        close: bool,
    ) -> None:
        """To a stage, a pipeline, both, or into one that is not there."""
        lead = self.model.leads[number]
        chosen = None if pipeline is None else list(self.stages)[pipeline]
        known = self.stages[chosen or lead.pipeline]
        stage = None if place is None else [*known, 999][place % (len(known) + 1)]
        if close and place is not None:
            stage = WON if place % 2 else LOST
        body = {"pipeline_id": chosen, "status_id": stage, "id": number}
        if with_reason:
            body["loss_reason_id"] = self.reason
        response = self.crm.send("PATCH", "leads", [body])
        if stage == 999:
            assert response.status == 400
            return
        assert response.status == 200
        if with_reason:
            lead.reason = self.reason
        self.model.move(lead, pipeline=chosen, stage=stage, now=self.now)
        lead.updated = self.now

    @rule(number=leads, add=_TAGS, remove=_TAGS)
    def retag_lead(self, number: int, add: list[str], remove: list[str]) -> None:
        """Some tags come, some go."""
        body = {
            "tags_to_add": [{"name": tag} for tag in add],
            "tags_to_delete": [{"name": tag} for tag in remove],
        }
        self.crm.patch(f"leads/{number}", body)
        lead = self.model.leads[number]
        tags = [*lead.tags, *(tag for tag in add if tag not in lead.tags)]
        lead.tags = [tag for tag in tags if tag not in remove]
        lead.updated = self.now

    @rule(number=contacts, first=_PARTS, last=_PARTS, phones=st.lists(st.sampled_from("123")))
    def change_contact(
        self, number: int, first: str | None, last: str | None, phones: list[str]
    ) -> None:
        """Parts of the name, and all phones at once."""
        values = [{"value": phone} for phone in phones] or None
        body = {
            "first_name": first,
            "last_name": last,
            "custom_fields_values": [{"field_code": "PHONE", "values": values}],
        }
        self.crm.patch(f"contacts/{number}", body)
        contact = self.model.contacts[number]
        before = contact.first, contact.last
        contact.first = contact.first if first is None else first
        contact.last = contact.last if last is None else last
        if (contact.first, contact.last) != before:
            name = " ".join(part for part in (contact.first, contact.last) if part)
            contact.name = name or contact.name
        contact.phones, contact.updated = phones, self.now

    @rule(number=leads, contact=contacts, main=st.booleans(), from_lead=st.booleans())
    def link_contact(self, number: int, contact: int, *, main: bool, from_lead: bool) -> None:
        """From either side; only the lead's side can mark the main one."""
        lead = self.model.leads[number]
        is_new = contact not in lead.contacts
        if from_lead:
            metadata = {"is_main": main}
            body = [{"to_entity_id": contact, "to_entity_type": "contacts", "metadata": metadata}]
            self.crm.post(f"leads/{number}/link", body)
            self.model.link_contact(lead, contact, main=main, now=self.now)
        else:
            body = [{"to_entity_id": number, "to_entity_type": "leads"}]
            self.crm.post(f"contacts/{contact}/link", body)
            updated = lead.updated
            self.model.link_contact(lead, contact, main=False, now=self.now)
            lead.updated = self.now if is_new else updated
            self.model.contacts[contact].updated = self.now

    @rule(number=leads, contact=contacts)
    def unlink_contact(self, number: int, contact: int) -> None:
        """Also of one that is not linked."""
        body = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
        assert self.crm.send("POST", f"leads/{number}/unlink", body).status == 204
        self.model.unlink_contact(self.model.leads[number], contact, self.now)

    @rule(number=leads, company=companies)
    def set_company_of_lead(self, number: int, company: int) -> None:
        """It takes the place of another."""
        body = [{"entity_id": number, "to_entity_id": company, "to_entity_type": "companies"}]
        self.crm.post("leads/link", body)
        self.model.set_company(self.model.leads[number], company, self.now)

    @rule(number=contacts, company=companies)
    def set_company_of_contact(self, number: int, company: int) -> None:
        """It takes the place of another."""
        body = [{"to_entity_id": company, "to_entity_type": "companies"}]
        self.crm.post(f"contacts/{number}/link", body)
        self.model.set_company(self.model.contacts[number], company, self.now)

    @rule(target=tasks, number=st.one_of(st.none(), leads), till=st.integers(1, 9))
    def create_task(self, number: int | None, till: int) -> int:
        """For a lead, or for nothing."""
        body: Json = {"text": "x", "complete_till": till}
        if number is not None:
            body |= {"entity_id": number, "entity_type": "leads"}
        [task] = self.crm.create("tasks", body)
        self.model.tasks[task] = ModelTask(task, till, number)
        return task

    @rule(number=tasks, till=st.integers(1, 9))
    def postpone_task(self, number: int, till: int) -> None:
        """Another deadline."""
        self.crm.patch(f"tasks/{number}", {"complete_till": till})
        self.model.tasks[number].till = till

    @rule(number=consumes(tasks), text=st.one_of(st.none(), st.just("ok")))
    def complete_task(self, number: int, text: str | None) -> None:
        """With a result or without."""
        result = None if text is None else {"text": text}
        self.crm.patch("tasks", [{"id": number, "is_completed": True, "result": result}])
        task = self.model.tasks[number]
        task.done, task.result = True, text

    @invariant()
    def all_rows_agree(self) -> None:
        """Everything that the model knows is read from the server."""
        for number in self.model.leads:
            self._compare_lead(self.crm.get(f"leads/{number}", "with=contacts"))
        for number in self.model.contacts:
            self._compare_contact(self.crm.get(f"contacts/{number}", "with=leads"))
        for number in self.model.companies:
            self._compare_company(self.crm.get(f"companies/{number}", "with=leads,contacts"))

    def _compare_lead(self, shown: Json) -> None:
        lead = self.model.leads[shown["id"]]
        embedded = shown["_embedded"]
        assert (shown["name"], shown["price"]) == (lead.name, lead.price)
        assert (shown["pipeline_id"], shown["status_id"]) == (lead.pipeline, lead.stage)
        assert (shown["closed_at"], shown["loss_reason_id"]) == (lead.closed, lead.reason)
        assert shown["updated_at"] == lead.updated
        assert shown["closest_task_at"] == self.model.deadline(lead.id)
        assert [tag["name"] for tag in embedded["tags"]] == lead.tags
        assert [company["id"] for company in embedded["companies"]] == [
            company for company in (lead.company,) if company is not None
        ]
        assert [contact["id"] for contact in embedded["contacts"]] == lead.contacts
        mains = [contact["id"] for contact in embedded["contacts"] if contact["is_main"]]
        assert mains == [main for main in (lead.main,) if main is not None]

    def _compare_contact(self, shown: Json) -> None:
        number = shown["id"]
        contact = self.model.contacts[number]
        names = shown["name"], shown["first_name"], shown["last_name"]
        assert names == (contact.name, contact.first, contact.last)
        assert shown["updated_at"] == contact.updated
        fields = shown["custom_fields_values"] or []
        phones = [value["value"] for field in fields for value in field["values"]]
        assert phones == contact.phones
        linked = {lead.id for lead in self.model.leads.values() if number in lead.contacts}
        assert {lead["id"] for lead in shown["_embedded"]["leads"]} == linked
        assert [company["id"] for company in shown["_embedded"]["companies"]] == [
            company for company in (contact.company,) if company is not None
        ]

    def _compare_company(self, shown: Json) -> None:
        number = shown["id"]
        assert shown["updated_at"] == self.model.companies[number]
        for kind, owners in (("leads", self.model.leads), ("contacts", self.model.contacts)):
            mine = {owner.id for owner in owners.values() if owner.company == number}
            assert {one["id"] for one in shown["_embedded"][kind]} == mine

    @rule()
    def read_open_tasks(self) -> None:
        """What is still to be done."""
        shown = self.crm.find("tasks", "filter[is_completed]=0&order[id]=asc&limit=250")
        still = [task for task in self.model.tasks.values() if not task.done]
        assert [(task["id"], task["complete_till"]) for task in shown] == [
            (task.id, task.till) for task in still
        ]
        done = self.crm.find("tasks", "filter[is_completed]=1&order[id]=asc&limit=250")
        results = [task["result"] for task in done]
        assert results == [
            {"text": task.result} if task.result else []
            for task in self.model.tasks.values()
            if task.done
        ]

    @rule(size=st.integers(1, 4))
    def walk_leads(self, size: int) -> None:
        """All pages, in order, each lead as it should be."""
        query: str | None = f"with=contacts&limit={size}"
        seen: list[int] = []
        while query is not None and (rows := self.crm.find("leads", query)):
            for row in rows:
                self._compare_lead(row)
            seen += [row["id"] for row in rows]
            following = self.crm.get("leads", query)["_links"].get("next")
            query = following["href"].partition("?")[2] if following else None
        assert seen == self.model.leads_in_order()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
