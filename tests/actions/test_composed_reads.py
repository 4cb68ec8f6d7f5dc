"""What composed actions read: against what the tests have put there, and never a write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from attrs import frozen

from amocrm_gen import AmoError, NotFound
from amocrm_gen.crm import AmbiguousName, UnknownName
from amocrm_gen.v4 import CommonNoteCreate, ContactCreate, LeadCreate, LeadUpdate, TextParams

from .office import ACTIONS, MAIL, NOW, PHONE, Office, reachable

if TYPE_CHECKING:
    from collections.abc import Callable

ZONE = ZoneInfo("Europe/Moscow")


def names(output: Any) -> list[str]:
    """Return the names of what was listed."""
    return [one["name"] for one in output["items"]]


def test_a_phone_number_finds_its_holders(office: Office) -> None:
    """The look-alike of another country is not among them; texts are as they are in the CRM."""
    output = office.run("find-contact-by-phone", {"phone": "+7 916 123 45 67"})
    assert (output["count"], output["companies"]) == (1, [])
    assert output["contacts"][0] == {
        "id": office.ivan,
        "name": "Иван Сёмин",
        "phones": [PHONE],
        "emails": [MAIL],
        "responsible_user_id": office.me,
        "responsible_user": "Admin",
        "lead_ids": [office.roof],
        "link": f"https://{office.account.domain}/contacts/detail/{office.ivan}",
    }
    assert office.run("find-contact-by-phone", {"phone": "+7 916 123 45 68"})["count"] == 0


def test_an_address_finds_its_holder(office: Office) -> None:
    """Not one whose address ends with it."""
    output = office.run("find-contact-by-email", {"email": MAIL.upper()})
    assert [one["id"] for one in output["contacts"]] == [office.ivan]


def test_overdue_tasks_are_listed(office: Office) -> None:
    """Those before the moment, the oldest first; done ones and those of others are left out."""
    late = office.task("Поздно", NOW - timedelta(hours=1))
    later = office.task("Давно", NOW - timedelta(days=9), responsible_user_id=office.anna)
    office.task("Ещё есть время", NOW + timedelta(hours=1))
    office.task("Сделано", NOW - timedelta(days=1), is_completed=True)
    output = office.run("list-overdue-tasks", {})
    assert [one["id"] for one in output["items"]] == [later, late]
    assert output["items"][1]["due_at"] == "2026-11-18T14:30:00+03:00"
    assert output["items"][1]["is_overdue"] is True
    assert output["items"][1]["type"] == "Связаться"
    assert output["items"][0]["responsible_user"] == "Анна Петрова"
    mine = office.run("list-overdue-tasks", {"user": "me", "type": 1})
    assert [one["id"] for one in mine["items"]] == [late]
    limited = office.run("list-overdue-tasks", {"limit": 1})
    assert (limited["count"], len(limited["items"])) == (2, 1)


def test_todays_tasks_are_of_the_accounts_day(office: Office) -> None:
    """From midnight to midnight in the account's time zone, and not in that of this machine."""
    day = datetime(2026, 11, 18, tzinfo=ZONE)
    first = office.task("Первая", day)
    last = office.task("Последняя", day + timedelta(hours=23, minutes=59))
    office.task("Вчера", day - timedelta(seconds=1))
    office.task("Завтра", day + timedelta(days=1))
    output = office.run("list-todays-tasks", {"user": "me"})
    assert [one["id"] for one in output["items"]] == [first, last]


def test_leads_without_tasks_are_listed(office: Office) -> None:
    """Open ones that nothing is planned for."""
    office.task("A", NOW)
    office.lead("Продано", status_id=142)
    output = office.run("list-leads-without-tasks", {})
    assert sorted(names(output)) == ["Дверь", "Забор"]
    assert (output["sum"], output["currency"]) == (800, "RUB")
    assert names(office.run("list-leads-without-tasks", {"pipeline": "опт"})) == ["Дверь"]
    assert names(office.run("list-leads-without-tasks", {"user": "bob"})) == ["Забор"]


def test_leads_on_a_stage_are_listed(office: Office) -> None:
    """Also those on won, which is in every pipeline."""
    output = office.run("list-leads-on-stage", {"stage": "переговоры"})
    assert names(output) == ["Крыша"]
    shown = output["items"][0]
    assert (shown["status"], shown["pipeline"], shown["price"]) == ("Переговоры", "Воронка", 1000)
    assert shown["link"] == f"https://{office.account.domain}/leads/detail/{office.roof}"
    assert shown["created_at"] == "2026-11-17T15:30:00+03:00"
    office.lead("A", status_id=142)
    office.lead("B", status_id=142, pipeline_id=office.other.id)
    assert sorted(names(office.run("list-leads-on-stage", {"stage": "won"}))) == ["A", "B"]
    narrow = office.run("list-leads-on-stage", {"stage": "won", "pipeline": "Опт"})
    assert names(narrow) == ["B"]


def test_leads_of_a_user_are_listed(office: Office) -> None:
    """Open ones if nothing else is asked for."""
    office.lead("Продано", status_id=142)
    office.lead("Сорвалось", status_id=143)
    assert sorted(names(office.run("list-leads-of-user", {}))) == ["Дверь", "Крыша"]
    assert names(office.run("list-leads-of-user", {"user": "Bob"})) == ["Забор"]
    assert names(office.run("list-leads-of-user", {"state": "won"})) == ["Продано"]
    assert names(office.run("list-leads-of-user", {"state": "lost"})) == ["Сорвалось"]
    assert office.run("list-leads-of-user", {"state": "all"})["count"] == 4


def test_new_leads_are_listed(office: Office) -> None:
    """Since midnight if nothing is said, the newest first."""
    office.lead("Утро", ago=timedelta(hours=5))
    office.lead("Ночь", ago=timedelta(hours=16))
    output = office.run("list-new-leads", {})
    assert names(output) == ["Утро"]
    assert output["since"] == "2026-11-18T00:00:00+03:00"
    yesterday = office.run("list-new-leads", {"since": "вчера", "until": "вчера"})
    assert names(yesterday)[0] == "Ночь"
    assert sorted(names(yesterday)) == ["Дверь", "Забор", "Крыша", "Ночь"]


def test_stale_leads_are_listed(office: Office) -> None:
    """Open ones without a change, the longest first."""
    office.lead("Старая", ago=timedelta(days=20))
    office.lead("Очень старая", ago=timedelta(days=40))
    office.lead("Закрытая", ago=timedelta(days=40), status_id=143)
    assert names(office.run("list-stale-leads", {})) == ["Очень старая", "Старая"]
    assert names(office.run("list-stale-leads", {"days": 30})) == ["Очень старая"]


def closed(office: Office, name: str, days: int, status: int, **more: Any) -> int:
    """Make a lead that was closed so many days ago."""
    return office.lead(name, status_id=status, closed_at=NOW - timedelta(days=days), **more)


def test_won_leads_are_listed(office: Office) -> None:
    """By the time of closing, the latest first; lost ones are none."""
    closed(office, "Раньше", 30, 142, price=5)
    closed(office, "Первая", 9, 142, price=70)
    closed(office, "Вторая", 2, 142, price=7)
    closed(office, "Сорвалось", 2, 143)
    output = office.run("list-won-leads", {})
    assert (names(output), output["sum"]) == (["Вторая", "Первая"], 77)
    assert (output["since"], output["until"]) == (
        "2026-11-01T00:00:00+03:00",
        "2026-11-18T15:30:00+03:00",
    )
    before = office.run("list-won-leads", {"since": "last month", "until": "last month"})
    assert names(before) == ["Раньше"]


def test_a_pipeline_is_summed_up(office: Office) -> None:
    """Each stage in its order; won and lost since a time only, if that is asked for."""
    closed(office, "A", 2, 142, price=100)
    closed(office, "B", 40, 142, price=1)
    closed(office, "C", 2, 143, price=10)
    output = office.run("summarize-pipeline", {})
    assert (output["pipeline"], output["currency"]) == ("Воронка", "RUB")
    sums = {one["status"]: (one["count"], one["sum"]) for one in output["stages"]}
    assert sums["Переговоры"] == (1, 1000)
    assert sums["Первичный контакт"] == (1, 500)
    assert [one["status_id"] for one in output["stages"][-2:]] == [142, 143]
    assert output["open"] == {"count": 2, "sum": 1500}
    assert output["won"] == {"count": 2, "sum": 101}
    assert (output["lost"]["count"], output["win_rate"]) == (1, 66.7)
    since = office.run("summarize-pipeline", {"closed_since": "this month", "pipeline": "воронка"})
    assert since["won"] == {"count": 1, "sum": 100}
    assert office.run("summarize-pipeline", {"user": "bob"})["open"]["sum"] == 500


def test_sales_are_summed_up_by_user(office: Office) -> None:
    """The most sales first, with average and rate."""
    closed(office, "A", 2, 142, price=100)
    closed(office, "B", 3, 142, price=50)
    closed(office, "C", 2, 143, price=10)
    closed(office, "D", 2, 142, price=900, responsible_user_id=office.anna)
    closed(office, "E", 60, 142, price=9000)
    output = office.run("summarize-sales-by-user", {})
    assert [
        (one.get("user"), one["won"]["sum"], one.get("average"), one["win_rate"])
        for one in output["users"]
    ] == [("Анна Петрова", 900, 900, 100.0), ("Admin", 150, 75, 66.7)]
    assert (output["won"], output["lost"]) == ({"count": 3, "sum": 1050}, {"count": 1, "sum": 10})


def test_a_contacts_card_has_all_that_belongs_to_it(office: Office) -> None:
    """By phone number: company, leads, open tasks, notes and fields."""
    for text in ("Первое", "Второе"):
        note = CommonNoteCreate(entity_id=office.ivan, params=TextParams(text=text))
        office.amo.notes.create("contacts", note)
    office.task("Позвонить", NOW, entity_id=office.ivan, entity_type="contacts")
    output = office.run("show-contact-card", {"contact": "8 916 1234567"})
    assert output["contact"]["id"] == office.ivan
    assert [one["name"] for one in output["leads"]] == ["Крыша"]
    assert [one["text"] for one in output["tasks"]] == ["Позвонить"]
    assert {one["text"] for one in output["notes"]} == {"Первое", "Второе"}
    assert {one["code"]: one["values"] for one in output["fields"]} == {
        "PHONE": [PHONE],
        "EMAIL": [MAIL],
    }
    few = office.run("show-contact-card", {"contact": office.ivan, "notes": 1})
    assert len(few["notes"]) == 1
    by_name = office.run("show-contact-card", {"contact": "ИВАН СЕМИН", "notes": 0})
    assert (by_name["contact"]["id"], by_name["notes"]) == (office.ivan, [])


def test_a_leads_card_has_all_that_belongs_to_it(office: Office) -> None:
    """Contacts with the main one first, company, tasks, notes and why it was lost."""
    office.link(office.roof, "contacts", office.like_ivan)
    reason = office.amo.loss_reasons.find()[0]
    change = LeadUpdate(id=office.roof, status_id=143, loss_reason_id=reason.id)
    office.amo.leads.update_one(change)
    office.task("Позвонить", NOW)
    output = office.run("show-lead-card", {"lead": "крыша"})
    assert [one["name"] for one in output["contacts"]] == ["Иван Сёмин", "Джон"]
    assert (output["company"]["name"], output["loss_reason"]) == ("Ромашка", reason.name)
    assert [one["text"] for one in output["tasks"]] == ["Позвонить"]
    assert output["lead"]["next_task_at"] == "2026-11-18T15:30:00+03:00"


def test_duplicates_share_a_number_or_an_address(office: Office) -> None:
    """However they are written; look-alikes are none."""
    for name, phone, mail in (
        ("Ваня", "+7 916 1234567", None),
        ("Иван С.", None, "IVAN@example.com"),
        ("Мария", "+7 916 1234568", "maria@example.com"),
    ):
        fields = reachable(phone, mail)
        office.amo.contacts.create(ContactCreate(name=name, custom_fields_values=fields))
    output = office.run("find-duplicate-contacts", {})
    assert (output["count"], output["contacts_checked"]) == (2, 5)
    found = {
        one.get("phone") or one["email"]: sorted(who["name"] for who in one["contacts"])
        for one in output["groups"]
    }
    assert found == {
        "+79161234567": ["Ваня", "Иван Сёмин"],
        "ivan@example.com": ["Иван С.", "Иван Сёмин"],
    }
    assert office.run("find-duplicate-contacts", {"by_email": False})["count"] == 1


def test_long_lists_are_walked_to_the_end(office: Office) -> None:
    """More than a page is counted and summed, and shown as far as it is asked for."""
    office.amo.leads.create([LeadCreate(name=f"N{n}", price=2, created_at=NOW) for n in range(260)])
    output = office.run("list-new-leads", {"limit": 3})
    assert (output["count"], output["sum"], len(output["items"])) == (260, 520, 3)


@frozen
class Wrong:
    """An input that a reading action does not take, and what is said of it."""

    action: str
    given: dict[str, Any]
    error: type[AmoError]
    said: str


WRONG = [
    Wrong("find-contact-by-phone", {"phone": "12"}, AmoError, "'12' is no phone number"),
    Wrong("find-contact-by-email", {"email": "@"}, AmoError, "'@' is no e-mail address"),
    Wrong("list-overdue-tasks", {"user": "Ян"}, UnknownName, "no user 'Ян'"),
    Wrong("list-todays-tasks", {"type": "Полёт"}, UnknownName, "no task type 'Полёт'"),
    Wrong("list-leads-without-tasks", {"pipeline": "Х"}, UnknownName, "no pipeline 'Х'"),
    Wrong("list-leads-on-stage", {"stage": "Переговор"}, UnknownName, "'Переговоры'"),
    Wrong("list-leads-of-user", {"state": "sold"}, AmoError, "possible: open, won, lost, all"),
    Wrong("list-new-leads", {"since": "давно"}, AmoError, "since: 'давно' is no date or time"),
    Wrong("list-stale-leads", {"days": 0}, AmoError, "days: 0 is too little; give 1 or more"),
    Wrong("list-won-leads", {"limit": "5"}, AmoError, 'limit: "5" is not a whole number'),
    Wrong("summarize-pipeline", {"pipeline": 7}, AmoError, "there is no pipeline 7"),
    Wrong("summarize-sales-by-user", {"sinse": 1}, AmoError, "did you mean 'since'?"),
    Wrong("show-contact-card", {"contact": 7}, NotFound, "there is no contact 7"),
    Wrong("show-lead-card", {}, AmoError, "lead: is required and not there; for example 101"),
    Wrong("find-duplicate-contacts", {"by_phone": 1}, AmoError, "by_phone: 1 is not true or false"),
]


def test_every_reading_action_has_a_wrong_input() -> None:
    """None is left out."""
    reading = {action.id for action in ACTIONS.values() if not action.is_write}
    assert {wrong.action for wrong in WRONG} == reading


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong.action for wrong in WRONG])
def test_wrong_input_is_told(office: Office, wrong: Wrong) -> None:
    """What was wrong, and where; what would be right."""
    with pytest.raises(wrong.error) as caught:
        ACTIONS[wrong.action].perform(office.acting, wrong.given, clock=lambda: NOW)
    assert wrong.said in str(caught.value)


READS: list[tuple[str, Callable[[Office], dict[str, Any]]]] = [
    ("find-contact-by-phone", lambda _: {"phone": PHONE}),
    ("find-contact-by-email", lambda _: {"email": MAIL}),
    ("list-overdue-tasks", lambda _: {}),
    ("list-todays-tasks", lambda _: {}),
    ("list-leads-without-tasks", lambda _: {}),
    ("list-leads-on-stage", lambda _: {"stage": "Переговоры"}),
    ("list-leads-of-user", lambda _: {}),
    ("list-new-leads", lambda _: {}),
    ("list-stale-leads", lambda _: {}),
    ("list-won-leads", lambda _: {}),
    ("summarize-pipeline", lambda _: {}),
    ("summarize-sales-by-user", lambda _: {}),
    ("show-contact-card", lambda office: {"contact": office.ivan}),
    ("show-lead-card", lambda office: {"lead": office.roof}),
    ("find-duplicate-contacts", lambda _: {}),
]


def test_reads_write_nothing_and_fit_their_schemas(office: Office) -> None:
    """Twice the same output, which is of the output's schema, and no request but GET."""
    assert {name for name, _ in READS} == {
        action.id for action in ACTIONS.values() if not action.is_write
    }
    office.task("A", NOW - timedelta(hours=3))
    closed(office, "B", 2, 142)
    office.lead("C", ago=timedelta(days=50))
    for name, ask in READS:
        output = office.run(name, ask(office))
        assert office.run(name, ask(office)) == output
        jsonschema.validate(output, ACTIONS[name].output_schema)
    assert {one.method for one in office.wire.sent} == {"GET"}


def test_a_name_of_several_leads_is_told(office: Office) -> None:
    """With the ids of all; a part of a name is no name."""
    office.lead("Крыша")
    with pytest.raises(AmbiguousName) as caught:
        office.run("show-lead-card", {"lead": "Крыша"})
    assert {one.name for one in caught.value.candidates} == {"Крыша"}
    with pytest.raises(UnknownName, match="no lead 'Кры'"):
        office.run("show-lead-card", {"lead": "Кры"})
