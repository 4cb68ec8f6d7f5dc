"""One scene for each composed action that writes: what is there, what is asked, what follows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from amocrm_gen.v4 import EntityTagRef, LeadUpdate
from amocrm_gen.v4.models.unsorted import FormMetadataWrite, FormUnsortedWrite

from .office import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from .office import Office

__all__ = ["SCENES", "Scene"]

_ZONE = ZoneInfo("Europe/Moscow")


@frozen
class Scene:
    """An input, made in an office, and a look at what came of it."""

    action: str
    ask: Callable[[Office], dict[str, Any]]
    look: Callable[[Office, Any], None]
    bad: dict[str, Any]
    """What of the input to change, so that a name or a value in it is wrong."""
    error: str
    """What is said of that."""


def _fields(card: Any) -> dict[str, list[Any]]:
    return {
        one.field_name: [value.value for value in one.values]
        for one in card.custom_fields_values or []
    }


def _texts(office: Office, kind: Any, number: int) -> list[str]:
    return [
        note.params.text
        for note in office.amo.notes.find_of_entity(kind, number)
        if note.note_type == "common"
    ]


def _made_lead(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(output["lead_id"], with_=["contacts"])
    assert (lead.name, lead.price, lead.pipeline_id) == ("Баня", 900, office.other.id)
    assert lead.status_id == next(
        one.id for one in office.other.embedded.statuses if one.name == "Отгрузка"
    )
    assert lead.responsible_user_id == office.anna
    assert [tag.name for tag in lead.embedded.tags] == ["лето"]
    assert _fields(lead) == {"Источник": ["Звонок"]}
    assert [one.id for one in lead.embedded.contacts or []] == [output["contact_id"]]
    assert [one.id for one in lead.embedded.companies] == [office.company]
    contact = office.amo.contacts.get(output["contact_id"])
    assert contact.name == "Пётр"
    assert output["contact_found"] is False
    assert _fields(contact)["Телефон"] == ["+7 495 000-11-22"]
    task = office.amo.tasks.get(output["task_id"])
    assert (task.text, task.entity_id, task.responsible_user_id) == (
        "Позвонить",
        lead.id,
        office.anna,
    )
    assert task.complete_till == datetime(2026, 11, 19, 10, tzinfo=_ZONE)
    assert _texts(office, "leads", lead.id) == ["Просит смету"]


def _found_or_made(office: Office, output: Any) -> None:
    contact = office.amo.contacts.get(output["contact"]["id"])
    assert (contact.name, contact.responsible_user_id) == ("Олег", office.anna)
    assert _fields(contact) == {"Телефон": ["8 495 1234567"], "Email": ["oleg@example.com"]}


def _moved(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(office.roof)
    assert (lead.pipeline_id, output["lead"]["status"]) == (office.other.id, "Отгрузка")
    assert lead.status_id == output["lead"]["status_id"]
    assert (output["lead"]["pipeline"], output["previous_status"]) == ("Опт", "Переговоры")


def _won(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(office.door)
    assert (lead.status_id, lead.pipeline_id, lead.price) == (142, office.other.id, 350)
    assert lead.closed_at == datetime(2026, 11, 17, tzinfo=_ZONE)
    assert output["lead"]["closed_at"] == "2026-11-17T00:00:00+03:00"
    assert output["lead"]["price"] == 350


def _lost(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(office.roof, with_=["loss_reason"])
    assert (lead.status_id, output["lead"]["status_id"]) == (143, 143)
    assert [one.name for one in lead.embedded.loss_reason or []] == ["Выбрали других"]


def _closed_lead(office: Office) -> dict[str, Any]:
    reason = office.amo.loss_reasons.find()[0].id
    office.amo.leads.update_one(LeadUpdate(id=office.roof, status_id=143, loss_reason_id=reason))
    return {"lead": office.roof}


def _reopened(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(office.roof)
    assert output["lead"]["status"] == "Первичный контакт"
    assert lead.status_id == office.stages["Первичный контакт"]
    assert (lead.closed_at, lead.loss_reason_id) == (None, None)


def _with_tasks(office: Office) -> dict[str, Any]:
    office.task("A", NOW)
    office.task("B", NOW, responsible_user_id=office.bob)
    return {"lead": "Крыша", "user": "анна петрова", "tasks": True}


def _assigned(office: Office, output: Any) -> None:
    assert office.amo.leads.get(office.roof).responsible_user_id == office.anna
    users = {one.text: one.responsible_user_id for one in office.amo.tasks.find()}
    assert users == {"A": office.anna, "B": office.bob}
    assert (output["responsible_user"], output["tasks_changed"]) == ("Анна Петрова", 1)


def _portfolio(office: Office) -> dict[str, Any]:
    office.lead("Продано", status_id=142)
    office.task("A", NOW)
    return {"from_user": "me", "to_user": "anna@example.com", "tasks": True}


def _reassigned(office: Office, output: Any) -> None:
    users = {one.name: one.responsible_user_id for one in office.amo.leads.find()}
    assert users == {
        "Крыша": office.anna,
        "Дверь": office.anna,
        "Забор": office.bob,
        "Продано": office.me,
    }
    assert (output["count"], output["tasks_changed"]) == (2, 1)
    assert sorted(output["lead_ids"]) == sorted([office.roof, office.door])
    assert [one.responsible_user_id for one in office.amo.tasks.find()] == [office.anna]


def _tagged_before(office: Office) -> dict[str, Any]:
    tags = [EntityTagRef(name="vip"), EntityTagRef(name="старый")]
    office.amo.leads.update_one(LeadUpdate(id=office.roof, tags_to_add=tags))
    return {"ids": [office.roof, office.fence], "tags": ["VIP", "Выставка"]}


def _tags(office: Office) -> dict[str, list[str]]:
    return {
        one.name: sorted(tag.name for tag in one.embedded.tags) for one in office.amo.leads.find()
    }


def _tagged(office: Office, output: Any) -> None:
    found = _tags(office)
    assert [name.casefold() for name in found["Крыша"]] == ["vip", "выставка", "старый"]
    assert sorted(name.casefold() for name in found["Забор"]) == ["vip", "выставка"]
    assert found["Дверь"] == []
    assert output["count"] == 2


def _untagged(office: Office, output: Any) -> None:
    assert _tags(office) == {"Крыша": ["старый"], "Забор": [], "Дверь": []}
    assert output["changed_ids"] == [office.roof]


def _noted(kind: str, name: str) -> Callable[[Office, Any], None]:
    def look(office: Office, output: Any) -> None:
        assert output["name"] == name
        assert _texts(office, kind, output["entity_id"]) == ["Просил прайс"]

    return look


def _logged(office: Office, output: Any) -> None:
    notes = [one for one in office.amo.notes.find("leads") if one.note_type == "call_out"]
    assert [one.id for one in notes] == [output["note_id"]]
    params: Any = notes[0].params
    assert (params.duration, params.call_status, params.phone) == (240, 4, "+79161234567")
    assert (output["entity_type"], output["entity_id"]) == ("leads", office.roof)
    assert notes[0].created_by == office.me


def _followed(office: Office, output: Any) -> None:
    task = next(iter(office.amo.tasks.find()))
    assert (task.id, task.text) == (output["task_id"], "Перезвонить")
    assert task.complete_till == datetime(2026, 11, 20, 23, 59, 59, tzinfo=_ZONE)
    assert (task.task_type_id, task.responsible_user_id) == (2, office.me)
    assert (task.entity_type, task.entity_id) == ("contacts", office.ivan)
    assert output["due_at"] == "2026-11-20T23:59:59+03:00"


def _completed(office: Office, output: Any) -> None:
    task = office.amo.tasks.get(output["task"]["id"])
    assert task.is_completed
    assert task.result
    assert task.result.text == output["task"]["result"] == "Договорились"


def _set(office: Office, output: Any) -> None:
    assert _fields(office.amo.leads.get(office.roof)) == {"Источник": ["Сайт"]}
    assert (output["field_id"], output["field"]) == (office.source, "Источник")


def _linked(office: Office, output: Any) -> None:
    lead = office.amo.leads.get(office.roof, with_=["contacts"])
    assert {one.id: one.is_main for one in lead.embedded.contacts or []} == {
        office.ivan: False,
        office.like_ivan: True,
    }
    assert (output["contact"], output["is_main"]) == ("Джон", True)


def _incoming(office: Office) -> dict[str, Any]:
    metadata = FormMetadataWrite(form_id=1, form_name="x", form_page="y", form_sent_at=1)
    made = office.amo.unsorted.create_forms(
        FormUnsortedWrite(source_uid="site", source_name="Site", metadata=metadata)
    )
    number = office.amo.unsorted.get(made.uid).embedded.leads[0].id
    return {"lead": number, "stage": "Переговоры", "user": "Анна Петрова"}


def _accepted(office: Office, output: Any) -> None:
    assert list(office.amo.unsorted.find()) == []
    lead = office.amo.leads.get(output["lead_id"])
    assert lead.status_id == office.stages["Переговоры"]
    assert lead.responsible_user_id == office.anna


def _subscribed(office: Office, output: Any) -> None:
    hooks = office.amo.webhooks.find()
    assert {one.destination: sorted(one.settings) for one in hooks} == {
        "https://example.com/hook": ["add_lead", "status_lead"]
    }
    assert output["added"] == ["add_lead", "status_lead"]


SCENES: Final = [
    Scene(
        "create-lead-with-contact",
        lambda _: {
            "name": "Баня",
            "price": 900,
            "pipeline": "опт",
            "stage": "отгрузка",
            "responsible": "anna@example.com",
            "tags": ["лето"],
            "fields": {"Источник": "Звонок"},
            "contact": {"name": "Пётр", "phone": "+7 495 000-11-22"},
            "company": "РОМАШКА",
            "task": {"text": "Позвонить", "due": "завтра 10:00"},
            "note": "Просит смету",
        },
        _made_lead,
        {"stage": "Отгрузки"},
        "no stage 'Отгрузки' in the pipeline 'Опт'",
    ),
    Scene(
        "find-or-create-contact",
        lambda _: {
            "name": "Олег",
            "phone": "8 495 1234567",
            "email": "oleg@example.com",
            "responsible": "Анна Петрова",
        },
        _found_or_made,
        {"phone": "нет"},
        "phone: 'нет' is no phone number",
    ),
    Scene(
        "move-lead-to-stage",
        lambda _: {"lead": "крыша", "stage": "отгрузка"},
        _moved,
        {"stage": "Отгрузка", "pipeline": "Воронка"},
        "no stage 'Отгрузка' in the pipeline 'Воронка'",
    ),
    Scene(
        "win-lead",
        lambda office: {"lead": office.door, "price": 350, "closed_at": "вчера"},
        _won,
        {"closed_at": "когда-нибудь"},
        "closed_at: 'когда-нибудь' is no date or time",
    ),
    Scene(
        "lose-lead",
        lambda office: {"lead": office.roof, "reason": "выбрали других"},
        _lost,
        {"reason": "Дождь"},
        "no loss reason 'Дождь'",
    ),
    Scene("reopen-lead", _closed_lead, _reopened, {"stage": "won"}, "'won' is won or lost"),
    Scene("assign-responsible", _with_tasks, _assigned, {"user": "Аня"}, "no user 'Аня'"),
    Scene(
        "reassign-all-leads",
        _portfolio,
        _reassigned,
        {"to_user": "me"},
        "is the user who has them already",
    ),
    Scene("tag-many", _tagged_before, _tagged, {"ids": [1]}, "there are no leads 1"),
    Scene(
        "untag-many",
        lambda office: _tagged_before(office) | {"tags": ["Vip"]},
        _untagged,
        {"tags": []},
        "tags: is empty",
    ),
    Scene(
        "add-note",
        lambda _: {"contact": "+7 916 123 45 67", "text": "Просил прайс"},
        _noted("contacts", "Иван Сёмин"),
        {"lead": 1},
        "one of lead, contact, company and customer is needed, and 2 of them are there",
    ),
    Scene(
        "add-note-by-phone",
        lambda _: {"phone": "79161234567", "text": "Просил прайс", "on": "lead"},
        _noted("leads", "Крыша"),
        {"phone": "+7 916 123-45-68"},
        "no open lead '+7 916 123-45-68'",
    ),
    Scene(
        "log-call",
        lambda _: {
            "phone": "8-916-123-45-67",
            "direction": "outbound",
            "duration": 240,
            "status": "talked",
            "user": "me",
            "at": "today 10:30",
        },
        _logged,
        {"direction": "out"},
        "possible: inbound, outbound",
    ),
    Scene(
        "create-follow-up-task",
        lambda _: {
            "contact": "иван  Семин",
            "text": "Перезвонить",
            "due": "2026-11-20",
            "type": "MEETING",
        },
        _followed,
        {"due": "скоро"},
        "due: 'скоро' is no date or time",
    ),
    Scene(
        "complete-task",
        lambda office: {"task": office.task("A", NOW), "result": "Договорились"},
        _completed,
        {"task": "A"},
        'task: "A" is not a whole number',
    ),
    Scene(
        "set-custom-field",
        lambda office: {"lead": office.roof, "field": "источник", "value": "сайт"},
        _set,
        {"value": "Радио"},
        "no choice 'Радио' in the field 'Источник'",
    ),
    Scene(
        "link-contact-to-lead",
        lambda _: {"lead": "Крыша", "contact": "x" + "ivan@example.com", "main": True},
        _linked,
        {"contact": "nobody@example.com"},
        "no contact 'nobody@example.com'",
    ),
    Scene(
        "accept-unsorted-into-stage",
        _incoming,
        _accepted,
        {"stage": "Переговор"},
        "no stage 'Переговор'",
    ),
    Scene(
        "subscribe-webhook",
        lambda _: {"url": "https://example.com/hook", "events": ["add_lead", "status_lead"]},
        _subscribed,
        {"events": ["add_leads"]},
        "did you mean 'add_lead'?",
    ),
]
