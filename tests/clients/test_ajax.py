"""What amoCRM's own pages call, by the client; the API then tells what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from amocrm_gen import NotFound, ValidationError
from amocrm_gen.v4 import (
    AjaxLink,
    AjaxMultiaction,
    CatalogElementUpdate,
    CommonNoteCreate,
    ContactCreate,
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
    LeadCreate,
    LeadUpdate,
    LinkTo,
    TextParams,
)

from .seeded import amocrm_with

_PHONE = {"field_code": "PHONE", "values": [{"value": "+79990000001", "enum_code": "WORK"}]}
_CATALOG = {"id": 4523, "name": "Cars"}
_PEOPLE: dict[str, Any] = {
    "contacts": [
        {"id": 7, "name": "Ann", "custom_fields_values": [_PHONE]},
        {"id": 8, "name": "Anna", "custom_fields_values": [_PHONE]},
    ],
    "companies": [{"id": 9, "name": "Acme"}],
    "leads": [
        {"id": 11, "name": "One", "price": 5, "_embedded": {"contacts": [{"id": 7}, {"id": 8}]}},
        {"id": 12, "name": "Two", "_embedded": {"contacts": [{"id": 8}]}},
    ],
}


@pytest.mark.parametrize("kind", ["leads", "contacts", "companies"])
def test_what_is_deleted_is_in_the_trash(kind: Any) -> None:
    """Once; the second time the rights do not suffice. A note for it is refused."""
    number = {"leads": 11, "contacts": 7, "companies": 9}[kind]
    with amocrm_with(_PEOPLE) as amo:
        resource: Any = getattr(amo, kind)
        assert amo.ajax.delete(kind, ID=[number]).status == "success"
        with pytest.raises(NotFound):
            resource.get(number)
        assert [row.id for row in resource.find(with_=["only_deleted"])] == [number]
        again = amo.ajax.delete(kind, ID=[number])
        assert (again.status, len(again.errors)) == ("fail", 1)
        told = [event.type for event in amo.events.find()]
        assert told == [f"{'company' if kind == 'companies' else kind[:-1]}_deleted"]


def test_a_lead_the_old_way() -> None:
    """It is in the trash, too."""
    with amocrm_with(_PEOPLE) as amo:
        assert amo.ajax.delete_lead(ID=11, ACTION="DELETE") == {"status": "ok", "id": 11}
        assert [lead.id for lead in amo.leads.find()] == [12]


def test_tasks_and_notes_are_gone() -> None:
    """A task that is gone is an error, a note that is gone is not."""
    task = {"id": 901, "entity_type": "leads", "entity_id": 11, "complete_till": 1_800_000_000}
    note = {"id": 902, "entity_id": 11, "note_type": "common", "params": {"text": "a"}}
    seed = {**_PEOPLE, "tasks": [{**task, "text": "Call"}], "notes": {"leads": [note]}}
    with amocrm_with(seed) as amo:
        assert amo.ajax.delete_note(ID=901, ACTION="TASK_DELETE").status == "ok"
        assert list(amo.tasks.find()) == []
        with pytest.raises(ValidationError):
            amo.ajax.delete_note(ID=901, ACTION="TASK_DELETE")
        assert amo.ajax.delete_note(ID=902, ACTION="NOTE_DELETE").status == "ok"
        assert list(amo.notes.find("leads")) == []
        assert amo.ajax.delete_note(ID=902, ACTION="NOTE_DELETE").status == "no note"


def test_customers_catalogs_and_elements() -> None:
    """They are gone from the API, and so are the links of elements."""
    seed = {
        **_PEOPLE,
        "customers": [{"id": 601, "name": "c"}],
        "catalogs": [_CATALOG],
        "catalog_elements": [
            {"id": 31, "catalog_id": 4523, "name": "Car"},
            {"id": 32, "catalog_id": 4523, "name": "Van"},
        ],
    }
    with amocrm_with(seed) as amo:
        link = AjaxLink(from_="leads", from_id=11, to="catalog_elements", to_id=31, quantity=2.5)
        amo.ajax.set_links(link=[link])
        [held] = amo.leads.get(11, with_=["catalog_elements"]).embedded.catalog_elements
        assert (held.id, held.metadata.quantity) == (31, 2.5)
        done = amo.ajax.delete_catalog_elements(delete=[31, 99]).response.catalog_elements.delete
        assert (done.catalog_elements, done.errors) == (
            {"31": {"id": 31, "name": "Car"}},
            [{"id": 99, "code": 282}],
        )
        assert amo.leads.get(11, with_=["catalog_elements"]).embedded.catalog_elements == []
        with pytest.raises(ValidationError):
            amo.catalog_elements.update(4523, CatalogElementUpdate(id=31, name="x"))
        gone = amo.ajax.delete_catalog(delete=4523).response.catalogs.delete
        assert gone.catalogs == {"4523": {"id": 4523, "name": "Cars"}}
        with pytest.raises(NotFound):
            amo.catalogs.get(4523)
        amo.ajax.delete_customers(delete=[601])
        assert list(amo.customers.find()) == []


def test_a_pipeline() -> None:
    """As the API deletes it."""
    pipelines = [{"id": 5, "name": "A", "is_main": True}, {"id": 6, "name": "B"}]
    with amocrm_with({"pipelines": pipelines}) as amo:
        assert amo.ajax.delete_pipeline(id=6).response["6"] is True
        assert 6 not in [pipeline.id for pipeline in amo.pipelines.find()]
        with pytest.raises(ValidationError):
            amo.ajax.delete_pipeline(id=6)


def test_links_and_the_main_contact() -> None:
    """Made, changed and undone."""
    with amocrm_with(_PEOPLE) as amo:
        amo.ajax.set_main_contact(main_id=11, linked_id=8)
        contacts = amo.leads.get(11, with_=["contacts"]).embedded.contacts
        assert [(each.id, each.is_main) for each in contacts] == [(7, False), (8, True)]
        company = AjaxLink(from_="leads", from_id=11, to="companies", to_id=9)
        amo.ajax.set_links(link=[company])
        assert [each.id for each in amo.leads.get(11).embedded.companies] == [9]
        amo.ajax.set_links(unlink=[company])
        assert amo.leads.get(11).embedded.companies == []


def test_a_message_into_the_chats_of_leads() -> None:
    """Talks in work get it; a lead without one is told."""
    talk = {"talk_id": 5, "contact_id": 7, "chat_id": "54caee02-e383-46d8-a9b7-1fb43f07cffe"}
    seed = {**_PEOPLE, "talks": [{**talk, "entity_type": "lead", "entity_id": 11}]}
    with amocrm_with(seed) as amo:
        told = amo.ajax.send_to_chats(ids=[11, 12], text="Hello")
        assert told == {"status": "fail", "sent": [11], "failed": [12]}
        [message] = amo.talks.find_messages(5)
        assert message.text == "Hello"


def test_lists_of_contacts_and_companies() -> None:
    """With all keys that a row of the page has; filters need `useFilter`."""
    with amocrm_with(_PEOPLE) as amo:
        amo.ajax.set_links(link=[AjaxLink(from_="contacts", from_id=7, to="companies", to_id=9)])
        found = amo.ajax.find_all_contacts(json=1)
        assert [(item.id, item.entity) for item in found.response.items] == [
            (7, "contact"),
            (8, "contact"),
            (9, "company"),
        ]
        assert (found.response.summary.count, found.response.summary.persons_count) == (3, 2)
        ann = found.response.items[0]
        assert (ann.name.text, ann.company_name.name, ann.tags.items) == ("Ann", "Acme", [])
        [phone] = ann.custom_fields
        assert phone.values[0].value == "+79990000001"
        assert (phone.id.isdecimal(), phone.values[0].enum.isdecimal()) == (True, True)
        assert amo.ajax.find_contacts("companies", only_count="Y").count == 1
        asked = {"cf": {phone.id: "+70000000000"}}
        assert amo.ajax.find_contacts("contacts", filter=asked, only_count="Y").count == 2
        chosen = amo.ajax.find_contacts("contacts", filter=asked, useFilter="y")
        assert chosen.response.items == []
        assert [contact.id for contact in amo.contacts.find()] == [7, 8]


def test_counts_of_leads() -> None:
    """Of a pipeline, by stage, and of some of its stages."""
    with amocrm_with(_PEOPLE) as amo:
        lead = amo.leads.get(11)
        amo.leads.update(LeadUpdate(id=12, status_id=142))
        told = amo.ajax.sum_leads(lead.pipeline_id, leads_by_status="Y")
        assert (told.all_count, told.leadsByStatus) == (2, {str(lead.status_id): 1, "142": 1})
        asked = {"pipe": {str(lead.pipeline_id): [142]}}
        assert amo.ajax.sum_leads(lead.pipeline_id, filter=asked).all_count == 1
        assert amo.ajax.sum_leads(99).all_count == 0
        assert len(list(amo.leads.find())) == told.all_count


def test_duplicates_become_one() -> None:
    """The group is named, its fields are compared, and the one that stays has what all had."""
    with amocrm_with(_PEOPLE) as amo:
        doubles = amo.ajax.find_duplicates(with_=["count"])
        assert doubles.total == 1
        assert doubles.double is not None
        assert (doubles.double.leads, doubles.double.contacts) == ([11, 12], [7, 8])
        fields = amo.ajax.preview_merge("leads", id=[11, 12]).response
        assert fields.elements == [11, 12]
        values: Any = fields.compare_values
        assert values["NAME"]["12"]["values"][0]["value"] == "Two"
        job = amo.ajax.merge("leads", id=[11, 12], result_element={"ID": 12, "NAME": "Both"})
        assert len(job.response.multiactions.set.data) == 1
        [lead] = amo.leads.find(with_=["contacts"])
        assert (lead.id, lead.name) == (12, "Both")
        assert sorted(contact.id for contact in lead.embedded.contacts) == [7, 8]
        assert amo.ajax.find_duplicates().double is None
        assert amo.ajax.preview_merge("contacts", id=[7, 8]).response.elements == [7, 8]
        amo.ajax.merge("contacts", id=[7, 8], result_element={"ID": 7})
        [contact] = amo.contacts.find()
        assert contact.custom_fields_values is not None
        assert [value.value for value in contact.custom_fields_values[0].values] == ["+79990000001"]
        assert "entity_merged" in [event.type for event in amo.events.find()]


def test_companies_become_one() -> None:
    """As contacts do, though nobody has seen it: people, phones, tags and notes are united."""
    phones = [[{"field_code": "PHONE", "values": [{"value": f"+7999000000{n}"}]}] for n in (1, 2)]
    companies = [
        {
            "id": 3,
            "name": "Firm",
            "custom_fields_values": phones[0],
            "tags_to_add": [{"name": "a"}],
        },
        {"id": 4, "name": "Co", "custom_fields_values": phones[1], "tags_to_add": [{"name": "b"}]},
    ]
    with amocrm_with({**_PEOPLE, "companies": companies}) as amo:
        amo.links.link("contacts", 7, [LinkTo(to_entity_id=3, to_entity_type="companies")])
        params = TextParams(text="Hello")
        amo.notes.create("companies", CommonNoteCreate(entity_id=3, params=params))
        shown = amo.ajax.preview_merge("companies", id=[3, 4]).response
        assert shown.elements == [3, 4]
        values: Any = shown.compare_values
        assert values["NAME"]["3"]["values"][0]["value"] == "Firm"
        amo.ajax.merge("companies", id=[3, 4], result_element={"ID": 4, "NAME": "Firm & Co"})
        [company] = amo.companies.find(with_=["contacts"])
        assert (company.id, company.name) == (4, "Firm & Co")
        assert [contact.id for contact in company.embedded.contacts] == [7]
        assert [tag.name for tag in company.embedded.tags] == ["b", "a"]
        assert company.custom_fields_values is not None
        held = [value.value for value in company.custom_fields_values[0].values]
        assert held == ["+79990000002", "+79990000001"]
        assert len(list(amo.notes.find("companies"))) == 1


def test_many_at_once() -> None:
    """Deleted, and given to another user."""
    seed = {**_PEOPLE, "users": [{"id": 501, "name": "A", "admin": True}, {"id": 502, "name": "B"}]}
    with amocrm_with(seed) as amo:
        give: dict[str, Any] = {"data": {"MAIN_USER_ID": 502}}
        drop: dict[str, Any] = {"data": {"ACTION": "DELETE"}}
        amo.ajax.change_many(
            add=[
                AjaxMultiaction(entity_type=2, multiaction_type=1, data=give, ids=[11]),
                AjaxMultiaction(entity_type=1, multiaction_type=4, data=drop, ids=[7, 8]),
            ]
        )
        assert amo.leads.get(11).responsible_user_id == 502
        assert list(amo.contacts.find()) == []


def test_users_by_department() -> None:
    """The same by both methods."""
    with amocrm_with({"users": [{"id": 501, "name": "Ann", "admin": True}]}) as amo:
        told = amo.ajax.find_managers(free_users="Y")
        assert (told.managers["501"].title, told.managers["501"].is_admin) == ("Ann", "Y")
        assert told.managers["501"].group in told.groups
        assert amo.ajax.load_managers(free_users="Y") == told
        assert [str(user.id) for user in amo.users.find()] == list(told.managers)


def test_a_web_form_becomes_an_incoming_lead() -> None:
    """With a contact, its phone, and a note; nobody has to log in."""
    with amocrm_with({}) as amo:
        phone = next(f for f in amo.custom_fields.find("contacts") if f.code == "PHONE")
        work = next(enum for enum in phone.enums or [] if enum.value == "WORK")
        fields: dict[str, Any] = {
            "name_1": "Ann",
            "name_2": "Site",
            "price_2": "500",
            f"{phone.id}_1": {str(work.id): "+79990000001"},
            "777_1": "unknown",
            "note_2": "Call me",
        }
        origin = '{"datetime": "today", "referer": "https://example.com/a"}'
        told = amo.ajax.submit_form(form_id="12", hash="e29", fields=fields, user_origin=origin)
        assert told == {"status": "success"}
        [waiting] = amo.unsorted.find()
        assert waiting.category == "forms"
        amo.unsorted.accept(waiting.uid)
        [lead] = amo.leads.find(with_=["contacts"])
        assert (lead.name, lead.price) == ("Site", 500)
        contact = amo.contacts.get(lead.embedded.contacts[0].id)
        assert contact.name == "Ann"
        assert contact.custom_fields_values is not None
        [value] = contact.custom_fields_values[0].values
        assert (value.value, value.enum_code) == ("+79990000001", "WORK")
        assert [note.params.text for note in amo.notes.find("leads")] == ["Call me"]


def test_what_browsers_load() -> None:
    """Scripts for other people's sites, and the page of a new contact."""
    with amocrm_with({}) as amo:
        assert b"/queue/add" in amo.ajax.get_form_script()
        assert b"crmPlugin" in amo.ajax.get_site_button_script()
        assert b"AMOPIXEL_IDENTIFIER" in amo.ajax.get_pixel_script()
        assert b'value="+7&quot;9"' in amo.ajax.get_contact_page(phone='+7"9')


def test_custom_fields_in_a_merge() -> None:
    """A chosen value goes before those of the cards."""
    with amocrm_with({}) as amo:
        position = next(f for f in amo.custom_fields.find("contacts") if f.code == "POSITION")

        def create(text: str) -> int:
            value = CustomFieldValueWrite(value=text)
            field = CustomFieldValuesWrite(field_id=position.id, values=[value])
            return amo.contacts.create(ContactCreate(name=text, custom_fields_values=[field])).id

        one, two = create("Chief"), create("Clerk")
        lead = amo.leads.create(LeadCreate(name="l")).id
        amo.ajax.set_links(link=[AjaxLink(from_="leads", from_id=lead, to="contacts", to_id=two)])
        chosen: dict[str, Any] = {"ID": one, "cfv": {str(position.id): "Boss"}, "LEADS": [lead]}
        amo.ajax.merge("contacts", id=[one, two], result_element=chosen)
        contact = amo.contacts.get(one, with_=["leads"])
        assert contact.custom_fields_values is not None
        assert contact.custom_fields_values[0].values[0].value == "Boss"
        assert [each.id for each in contact.embedded.leads] == [lead]
