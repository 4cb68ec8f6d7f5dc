"""What composed actions do where it is not plain: namesakes, keys, deletions, broken batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from urllib3 import HTTPResponse

from amocrm_gen import AmoCRM, BatchError, MemoryLedger, NotFound, ValidationError
from amocrm_gen.actions.fault import InputError
from amocrm_gen.crm import AmbiguousName, UnknownName
from amocrm_gen.v4 import (
    CompanyCreate,
    ContactCreate,
    CustomFieldCreate,
    CustomFieldEnumWrite,
    LeadCreate,
    LeadUpdate,
    StatusUpdate,
)
from amocrm_gen.v4.models.custom_fields import CustomFieldType
from amocrm_gen.v4.models.unsorted import FormMetadataWrite, FormUnsortedWrite

from .office import ACTIONS, NOW, PHONE, Office, reachable

ZONE = ZoneInfo("Europe/Moscow")


def contacts(office: Office) -> dict[int, str]:
    """Return all contacts."""
    return {one.id: one.name for one in office.amo.contacts.find()}


def test_who_is_known_is_not_made_again(office: Office) -> None:
    """By any form of the number; name and other values of the input do not matter."""
    before = contacts(office)
    given = {"name": "Другой", "phone": "+7-916-123-45-67"}
    output = office.run("find-or-create-contact", given)
    assert (output["created"], output["contact"]["id"]) == (False, office.ivan)
    assert contacts(office) == before


def test_a_number_of_one_and_an_address_of_another_are_ambiguous(office: Office) -> None:
    """Nobody is chosen, and nobody is made."""
    before = contacts(office)
    with pytest.raises(AmbiguousName) as caught:
        office.run("find-or-create-contact", {"phone": PHONE, "email": "xivan@example.com"})
    assert {one.id for one in caught.value.candidates} == {office.ivan, office.like_ivan}
    assert contacts(office) == before


def test_one_person_is_made_once_whatever_else_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the search does not show the new contact yet."""
    first = office.run("find-or-create-contact", {"name": "A", "phone": "8 495 1112233"})
    monkeypatch.setattr(type(office.acting.contacts), "find", lambda *_, **__: [])
    again = office.run("find-or-create-contact", {"name": "B", "phone": "+7 (495) 111-22-33"})
    assert (again["created"], again["contact"]["id"]) == (False, first["contact"]["id"])
    assert again["contact"]["name"] == "A"


def test_who_was_deleted_is_made_anew(office: Office) -> None:
    """The ledger remembers a contact that is gone: a new one is made, and again just one."""
    given = {"name": "A", "phone": "8 495 1112233"}
    first = office.run("find-or-create-contact", given)["contact"]["id"]
    office.amo.request(
        "POST",
        f"/__mock__/accounts/{office.account.subdomain}/trash",
        json={"entity_type": "contacts", "id": first},
    )
    second = office.run("find-or-create-contact", given)
    assert second["created"]
    assert second["contact"]["id"] != first
    third = office.run("find-or-create-contact", given)
    assert (third["created"], third["contact"]["id"]) == (False, second["contact"]["id"])


def test_a_contact_needs_a_number_or_an_address(office: Office) -> None:
    """A name does not tell who somebody is."""
    with pytest.raises(InputError, match="phone or email is needed"):
        office.run("find-or-create-contact", {"name": "Ann"})


def test_a_lead_takes_the_contact_and_the_company_that_are_there(office: Office) -> None:
    """Nobody is made twice; the lead is in the main pipeline if nothing else is said."""
    before = contacts(office)
    given = {
        "name": "Баня",
        "contact": {"name": "Иван", "phone": "+7 916 123 45 67"},
        "company": "ромашка",
    }
    output = office.run("create-lead-with-contact", given)
    assert (output["contact_id"], output["contact_found"]) == (office.ivan, True)
    assert output["company_id"] == office.company
    assert contacts(office) == before
    assert office.amo.leads.get(output["lead_id"]).pipeline_id == office.main.id


def test_again_makes_another_one(office: Office) -> None:
    """So does another key; the same key does not, whatever else the input says."""
    given = {"name": "Баня"}
    first = office.run("create-lead-with-contact", given)["lead_id"]
    assert office.run("create-lead-with-contact", given)["lead_id"] == first
    second = office.run("create-lead-with-contact", {**given, "again": True})["lead_id"]
    third = office.run("create-lead-with-contact", {**given, "key": "17"})["lead_id"]
    fourth = office.run("create-lead-with-contact", {"name": "Сауна", "key": "17"})
    assert len({first, second, third}) == 3
    assert (fourth["lead_id"], fourth["created"]) == (third, False)


def test_a_lead_that_was_deleted_is_not_made_by_itself(office: Office) -> None:
    """Somebody did not want it: the answer says that it is gone, and nothing is made."""
    given = {"name": "Баня", "task": {"text": "Позвонить"}, "note": "Срочно"}
    first = office.run("create-lead-with-contact", given)["lead_id"]
    office.amo.request(
        "POST",
        f"/__mock__/accounts/{office.account.subdomain}/trash",
        json={"entity_type": "leads", "id": first},
    )
    sent = len(office.wire.writes)
    output = office.run("create-lead-with-contact", given)
    assert (output["lead_id"], output["created"], output["is_deleted"]) == (first, False, True)
    assert len(office.wire.writes) == sent
    assert office.run("create-lead-with-contact", {**given, "again": True})["lead_id"] != first


def test_what_was_begun_is_finished_by_the_same_input(office: Office) -> None:
    """A run that breaks off at the task makes no second lead when it is repeated."""
    given = {"name": "Баня", "task": {"text": "Позвонить"}, "note": "Срочно"}
    with breaking(office, "POST", "tasks"), pytest.raises(ValidationError):
        office.run("create-lead-with-contact", given)
    output = office.run("create-lead-with-contact", given, office.acting)
    assert output["created"] is False
    assert [one.name for one in office.amo.leads.find()].count("Баня") == 1
    assert len(office.amo.tasks.find().all()) == 1
    assert office.amo.tasks.get(output["task_id"]).entity_id == output["lead_id"]
    assert len(office.amo.notes.find_of_entity("leads", output["lead_id"]).all()) == 1


class breaking:  # noqa: N801 - it reads as a statement
    """Lets requests of a method and path be refused before they do anything."""

    def __init__(self, office: Office, method: str, path: str, *, skip: int = 0) -> None:
        self._office, self._rule = office, {"method": method, "path": path, "skip": skip}

    def __enter__(self) -> None:
        wire = self._office.wire
        self._old = wire.urlopen
        left = [self._rule["skip"]]

        def urlopen(method: str, url: str, **more: Any) -> Any:
            path = url.partition("?")[0]
            if method == self._rule["method"] and path.endswith(str(self._rule["path"])):
                left[0] = int(str(left[0])) - 1
                if left[0] < 0:
                    return HTTPResponse(
                        BytesIO(b'{"detail": "no"}'),
                        {"content-type": "application/problem+json"},
                        status=400,
                        preload_content=False,
                    )
            return self._old(method, url, **more)

        wire.urlopen = urlopen  # type: ignore[method-assign]  # for a while

    def __exit__(self, *_: object) -> None:
        self._office.wire.urlopen = self._old  # type: ignore[method-assign]  # as it was


def test_two_companies_of_one_name_are_told(office: Office) -> None:
    """Before anything is made."""
    office.amo.companies.create(CompanyCreate(name="Ромашка"))
    with pytest.raises(AmbiguousName):
        office.run("create-lead-with-contact", {"name": "Баня", "company": "Ромашка"})
    assert "Баня" not in [one.name for one in office.amo.leads.find()]


def test_a_note_is_written_again_if_that_is_said(office: Office) -> None:
    """The same words on another card are another note."""
    given = {"lead": office.roof, "text": "Звонил"}
    first = office.run("add-note", given)["note_id"]
    assert office.run("add-note", given)["note_id"] == first
    assert office.run("add-note", {**given, "again": True})["note_id"] != first
    assert office.run("add-note", {"lead": office.fence, "text": "Звонил"})["created"]


def test_a_note_by_phone_goes_to_a_company_where_no_contact_has_the_number(
    office: Office,
) -> None:
    """And to nobody where none has it."""
    fields = reachable("+7 812 000 00 01")
    number = office.amo.companies.create(
        CompanyCreate(name="Лютик", custom_fields_values=fields)
    ).id
    output = office.run("add-note-by-phone", {"phone": "8 812 0000001", "text": "Звонил"})
    assert (output["entity_type"], output["entity_id"]) == ("companies", number)
    with pytest.raises(UnknownName, match="find-or-create-contact makes one"):
        office.run("add-note-by-phone", {"phone": "8 812 0000002", "text": "Звонил"})


def test_two_holders_of_a_number_are_told(office: Office) -> None:
    """A note is not written to one of them by chance."""
    office.amo.contacts.create(
        ContactCreate(name="Ваня", custom_fields_values=reachable("+79161234567"))
    )
    with pytest.raises(AmbiguousName) as caught:
        office.run("add-note-by-phone", {"phone": PHONE, "text": "Звонил"})
    assert {one.name for one in caught.value.candidates} == {"Ваня", "Иван Сёмин"}
    assert office.wire.writes == []


def test_a_task_of_tomorrow_is_another_one_each_day(office: Office) -> None:
    """The same words on another day mean another deadline."""
    given = {"lead": office.roof, "text": "Позвонить", "due": "tomorrow 10:00"}
    action = ACTIONS["create-follow-up-task"]
    made: list[Any] = [
        action.perform(office.acting, given, clock=lambda day=day: NOW + timedelta(day))
        for day in (0, 0, 1)
    ]
    assert [one["created"] for one in made] == [True, False, True]
    dues = sorted(one.complete_till for one in office.amo.tasks.find())
    assert dues == [datetime(2026, 11, day, 10, tzinfo=ZONE) for day in (19, 20)]


def test_a_task_that_another_machine_has_made_is_seen(office: Office) -> None:
    """It needs no ledger: an open task that is just the same is there."""
    given = {"lead": office.roof, "text": "Позвонить", "due": "2026-11-25 10:00"}
    first = office.run("create-follow-up-task", given)
    account = office.account
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, ledger=MemoryLedger()
    ) as other:
        second = office.run("create-follow-up-task", {**given, "text": "позвонить"}, other)
    assert (second["created"], second["task_id"]) == (False, first["task_id"])


def test_a_completed_task_keeps_its_result(office: Office) -> None:
    """A second result is not written over the first."""
    number = office.task("A", NOW)
    office.run("complete-task", {"task": number, "result": "Да"})
    again = office.run("complete-task", {"task": number, "result": "Нет"})
    assert (again["changed"], again["task"]["result"]) == (False, "Да")


@pytest.mark.parametrize("stage", ["won", "Оплачено", 142, "142"])
def test_a_lead_is_won_in_its_own_pipeline(office: Office, stage: int | str) -> None:
    """Also by the name that the pipeline has for it; it does not go to another pipeline."""
    office.amo.statuses.update(office.other.id, StatusUpdate(id=142, name="Оплачено"))
    output = office.run("move-lead-to-stage", {"lead": office.door, "stage": stage})
    assert (output["lead"]["status"], output["lead"]["pipeline"]) == ("Оплачено", "Опт")
    lead = office.amo.leads.get(office.door)
    assert (lead.status_id, lead.pipeline_id) == (142, office.other.id)


def test_a_lost_lead_may_get_another_reason(office: Office) -> None:
    """And one that was won may be lost after all."""
    first, second = [one.name for one in office.amo.loss_reasons.find()][:2]
    office.run("win-lead", {"lead": office.roof})
    assert office.run("lose-lead", {"lead": office.roof, "reason": first})["changed"]
    assert office.run("lose-lead", {"lead": office.roof, "reason": second})["changed"]
    assert not office.run("lose-lead", {"lead": office.roof})["changed"]
    lead = office.amo.leads.get(office.roof, with_=["loss_reason"])
    assert [one.name for one in lead.embedded.loss_reason or []] == [second]


def test_an_open_lead_is_not_moved_by_reopening(office: Office) -> None:
    """To another stage it is moved, and not reopened."""
    given = {"lead": office.roof, "stage": "Первичный контакт"}
    assert not office.run("reopen-lead", given)["changed"]
    assert office.amo.leads.get(office.roof).status_id == office.stages["Переговоры"]


def test_more_leads_than_a_request_takes_change_hands(office: Office) -> None:
    """All pages are read before the first lead is changed, and then they go by batches."""
    rows = [LeadCreate(name=f"N{n}", responsible_user_id=office.bob) for n in range(300)]
    office.amo.leads.create(rows)
    output = office.run("reassign-all-leads", {"from_user": "Bob", "to_user": "me"})
    assert output["count"] == 301
    assert [len(one.body) for one in office.wire.writes] == [250, 51]
    assert office.run("list-leads-of-user", {"user": "Bob"})["count"] == 0


def test_a_batch_that_breaks_off_says_what_is_done(office: Office) -> None:
    """The same input goes on with what is left."""
    rows = [LeadCreate(name=f"N{n}", responsible_user_id=office.bob) for n in range(300)]
    office.amo.leads.create(rows)
    given = {"from_user": "Bob", "to_user": "me"}
    with breaking(office, "PATCH", "leads", skip=1), pytest.raises(BatchError) as caught:
        office.run("reassign-all-leads", given)
    assert len(caught.value.done) == 250
    assert office.run("reassign-all-leads", given)["count"] == 51


def test_only_leads_of_a_stage_change_hands(office: Office) -> None:
    """By the names of the pipeline and the stage."""
    given = {"from_user": "me", "to_user": "Bob", "pipeline": "воронка", "stage": "переговоры"}
    assert office.run("reassign-all-leads", given)["lead_ids"] == [office.roof]


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_tags_go_on_and_off_all_kinds_of_cards(office: Office, kind: str) -> None:
    """Other tags stay."""
    number = office.ivan if kind == "contacts" else office.company
    given = {"entity": kind, "ids": [number, number], "tags": ["A", "B"]}
    assert office.run("tag-many", given)["changed_ids"] == [number]
    assert office.run("untag-many", {**given, "tags": ["a"]})["count"] == 1
    card = (
        office.amo.contacts.get(number) if kind == "contacts" else office.amo.companies.get(number)
    )
    assert [tag.name for tag in card.embedded.tags] == ["B"]


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("text", "Рига", ["Рига"]),
        ("text", 5, ["5"]),
        ("numeric", "1 234,5", ["1234.5"]),
        ("numeric", 7, ["7"]),
        ("checkbox", "да", [True]),
        ("checkbox", False, [False]),
        ("date", "25.11.2026", [int(datetime(2026, 11, 25, tzinfo=ZONE).timestamp())]),
        (
            "date_time",
            "завтра 10:00",
            [int(datetime(2026, 11, 19, 10, tzinfo=ZONE).timestamp())],
        ),
        ("multiselect", ["б", "А"], ["Б", "А"]),
        ("select", "А", ["А"]),
        ("url", "https://example.com", ["https://example.com"]),
    ],
)
def test_fields_take_values_as_people_write_them(
    office: Office, kind: str, given: Any, stored: list[Any]
) -> None:
    """Choices by text, dates in words, numbers with a comma; twice nothing is sent."""
    enums = [CustomFieldEnumWrite(value=value, sort=n) for n, value in enumerate("АБ")]
    field = CustomFieldCreate(name="Поле", type=CustomFieldType(kind))
    if kind in {"select", "multiselect"}:
        field.enums = enums
    office.amo.custom_fields.create("leads", field)
    asked = {"lead": office.roof, "field": "поле", "value": given}
    assert office.run("set-custom-field", asked)["changed"]
    values = office.amo.leads.get(office.roof).custom_fields_values or []
    assert [[value.value for value in one.values] for one in values] == [stored]
    assert not office.run("set-custom-field", asked)["changed"]
    cleared = {"lead": office.roof, "field": "поле", "clear": True}
    assert office.run("set-custom-field", cleared)["changed"]
    assert office.amo.leads.get(office.roof).custom_fields_values is None
    assert not office.run("set-custom-field", cleared)["changed"]


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("numeric", "много", "'много' is no number"),
        ("checkbox", "может быть", "'может быть' is neither true nor false"),
        ("date", True, "True is no date"),
    ],
)
def test_values_of_another_type_are_told(office: Office, kind: str, given: Any, said: str) -> None:
    """Before anything is sent."""
    field = CustomFieldCreate(name="Поле", type=CustomFieldType(kind))
    office.amo.custom_fields.create("leads", field)
    with pytest.raises(InputError, match=said):
        office.run("set-custom-field", {"lead": office.roof, "field": "Поле", "value": given})
    assert office.wire.writes == []


def test_a_second_contact_is_not_the_main_one(office: Office) -> None:
    """Unless that is said; the main one is made main only once."""
    given = {"lead": office.roof, "contact": office.like_ivan}
    assert office.run("link-contact-to-lead", given)["is_main"] is False
    assert office.run("link-contact-to-lead", {**given, "main": True})["changed"]
    assert not office.run("link-contact-to-lead", {**given, "main": True})["changed"]
    assert not office.run("link-contact-to-lead", given)["changed"]


def incoming(office: Office) -> str:
    """Let a form come in, and return its uid."""
    metadata = FormMetadataWrite(form_id=1, form_name="x", form_page="y", form_sent_at=1)
    form = FormUnsortedWrite(source_uid="site", source_name="Site", metadata=metadata)
    return office.amo.unsorted.create_forms(form).uid


def test_an_incoming_lead_goes_to_another_pipeline(office: Office) -> None:
    """It is accepted where it came in, and moved afterwards."""
    given = {"uid": incoming(office), "stage": "Отгрузка"}
    output = office.run("accept-unsorted-into-stage", given)
    lead = office.amo.leads.get(output["lead_id"])
    assert (lead.pipeline_id, output["lead"]["status"]) == (office.other.id, "Отгрузка")
    with pytest.raises(NotFound, match="does not wait any more"):
        office.run("accept-unsorted-into-stage", given, office.acting)
    again = {"lead": output["lead_id"], "stage": "Отгрузка"}
    assert office.run("accept-unsorted-into-stage", again)["changed"] is False


def test_events_of_an_address_are_added(office: Office) -> None:
    """What it has been told of so far is not lost, unless that is said."""
    url = "https://example.com/hook"
    office.run("subscribe-webhook", {"url": url, "events": ["add_lead"]})
    more = office.run("subscribe-webhook", {"url": url, "events": ["add_task"]})
    assert (more["events"], more["added"]) == (["add_lead", "add_task"], ["add_task"])
    given = {"url": url, "events": ["add_task"], "replace": True}
    only = office.run("subscribe-webhook", given)
    assert (only["events"], only["removed"]) == (["add_task"], ["add_lead"])
    assert [list(one.settings) for one in office.amo.webhooks.find()] == [["add_task"]]
    with pytest.raises(InputError, match="is no address"):
        office.run("subscribe-webhook", {"url": "example.com", "events": ["add_task"]})


def test_a_lead_may_be_named_by_digits_alone(office: Office) -> None:
    """Digits are an id, also in a text."""
    assert office.run("show-lead-card", {"lead": str(office.roof)})["lead"]["name"] == "Крыша"
    with pytest.raises(NotFound):
        office.run("win-lead", {"lead": "7"})


@pytest.fixture
def closed_early(office: Office) -> int:
    """A lead that was won some days ago."""
    moment = NOW - timedelta(days=3)
    office.amo.leads.update_one(LeadUpdate(id=office.roof, status_id=142, closed_at=moment))
    return office.roof


def test_winning_again_keeps_the_time_of_closing(office: Office, closed_early: int) -> None:
    """Only a new price is written."""
    output = office.run("win-lead", {"lead": closed_early, "price": 1100})
    lead = office.amo.leads.get(closed_early)
    assert (output["changed"], lead.price) == (True, 1100)
    assert lead.closed_at == NOW - timedelta(days=3)
