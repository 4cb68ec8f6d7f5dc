"""Rows 50 to 75: entities as objects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from php_stage import KEY, MAIL, sent

from amocrm_gen import AmoCRM, ConfigurationError, Conflict, NotFound
from amocrm_gen.legacy import Settings
from amocrm_gen.objects import (
    Catalog,
    CatalogElement,
    Company,
    Contact,
    CrmObject,
    Customer,
    Lead,
    Note,
    Task,
    delete_objects,
    pages,
    save_objects,
)
from amocrm_gen.objects.codes import ADDRESS_PARTS, LOST, WON, ElementType, NoteType, TaskType
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate, CustomFieldEnumWrite
from amocrm_gen.v4.models.customers import CustomersMode

if TYPE_CHECKING:
    from php_stage import Place, Tenant


def read(amo: AmoCRM, kind: str, number: int, **query: object) -> Any:
    """Return an entity as API v2 shows it."""
    answer: Any = amo.request("GET", f"/api/v2/{kind}", query={"id": number, **query})
    return answer["_embedded"]["items"][0]


def field_of(amo: AmoCRM, kind: Any, code: str) -> int:
    """Return the id of a field that every account has."""
    return next(one.id for one in amo.custom_fields.find(kind) if one.code == code)


def new_field(amo: AmoCRM, kind: Any, type: Any, *values: str) -> int:
    """Make a custom field; return its id."""
    enums: Any = [CustomFieldEnumWrite(value=value, sort=n) for n, value in enumerate(values)]
    more: dict[str, Any] = {"enums": enums} if values else {}
    return amo.custom_fields.create(kind, CustomFieldCreate(name="own", type=type, **more)).id


def enums_of(amo: AmoCRM, kind: Any, number: int) -> dict[str, int]:
    """Return the ids of a field's values."""
    found = next(one for one in amo.custom_fields.find(kind) if one.id == number)
    return {enum.value: enum.id for enum in found.enums or []}


def test_a50_model_from_a_dict(amo: AmoCRM) -> None:
    """Known keys are taken, others passed over."""
    lead = Lead(amo, {"name": "a", "sale": 5, "strange": 1, "subdomain": "x"}, status_id=142)
    assert (lead.name, lead.sale, lead.status_id) == ("a", 5, 142)
    assert not hasattr(lead, "strange")
    assert not hasattr(lead, "subdomain")


def test_a51_fill_by_id(amo: AmoCRM) -> None:
    """What is there is taken over; an unknown id is an error."""
    number = Lead(amo, name="a", sale=5).save()
    lead = Lead(amo).fill_by_id(number)
    assert (lead.id, lead.name, lead.sale) == (number, "a", 5)
    assert lead.created_at is not None
    with pytest.raises(NotFound):
        Lead(amo).fill_by_id(number + 1)


def test_a52_body(amo: AmoCRM) -> None:
    """What is read becomes what is written."""
    lead = Lead(
        amo,
        {
            "name": "a",
            "company": {"id": 7, "name": "Acme"},
            "contacts": {"id": [1, 2]},
            "pipeline": {"id": 3},
            "main_contact": {"id": 1},
            "tags": [{"id": 4, "name": "vip"}],
        },
    )
    assert lead.params() == {
        "name": "a",
        "company_id": 7,
        "contacts_id": [1, 2],
        "pipeline_id": 3,
        "tags": ["vip"],
    }
    customer = Customer(amo, {"company": {"id": 7}, "contacts": {}})
    assert customer.params() == {"company_id": 7}


def test_a53_save_adds(amo: AmoCRM) -> None:
    """The new id comes back, and the object has it."""
    lead = Lead(amo, name="a")
    number = lead.save()
    assert lead.id == number
    assert read(amo, "leads", number)["name"] == "a"


def test_a54_save_updates(amo: AmoCRM, place: Place) -> None:
    """With the time and what differs; a second save does not add."""
    lead = Lead(amo, name="a", sale=5)
    number = lead.save()
    lead.name = "b"
    before = int(time.time())
    place.asked()
    assert lead.save() == number
    [asked] = place.asked()
    [body] = sent(asked.request)["update"]
    assert body.keys() == {"id", "name", "updated_at"}
    assert before + 5 <= body["updated_at"] <= int(time.time()) + 5
    assert [found.name for found in amo.leads.find()] == ["b"]


def test_a55_delta(amo: AmoCRM) -> None:
    """A setting; a time before the server's is refused."""
    number = Lead(amo, name="a").save()
    late = Lead(amo, {"id": number, "name": "b"}, updated_at_delta=-3600)
    with pytest.raises(Conflict) as caught:
        late.save()
    assert caught.value.ids == (number,)
    soon = Lead(amo, {"id": number, "name": "b"}, updated_at_delta=60)
    soon.save()
    assert read(amo, "leads", number)["updated_at"] >= int(time.time()) + 55


def test_a55_delta_of_all_objects(place: Place, tenant: Tenant) -> None:
    """`Settings(updated_at_delta=…)` is for all objects of its accounts; an object may differ."""
    accounts = place.accounts(updated_at_delta=-3600)
    amo = accounts.log_in_by_key(tenant.domain, MAIL, KEY)
    number = Lead(amo, name="a").save()
    with pytest.raises(Conflict):
        Lead(amo, {"id": number, "name": "b"}).save()
    with pytest.raises(Conflict):
        save_objects(amo, Lead(amo.as_user(1), {"id": number, "name": "b"}))
    Lead(amo, {"id": number, "name": "c"}, updated_at_delta=5).save()
    assert read(amo, "leads", number)["name"] == "c"
    for bad in (1.5, True, None):
        given: Any = {"updated_at_delta": bad}
        with pytest.raises(ConfigurationError, match="updated_at_delta is"):
            Settings(**given)


def test_a56_whole_answer(amo: AmoCRM) -> None:
    """On request."""
    lead = Lead(amo, name="a")
    answer: Any = lead.save(whole=True)
    assert answer["_embedded"]["items"][0]["id"] == lead.id
    assert "_links" in answer


@pytest.mark.parametrize("kind", [Contact, Company, Lead, Task, Note, Catalog, CatalogElement])
def test_a57_read_and_saved(kind: type[CrmObject], amo: AmoCRM) -> None:
    """What is read and saved at once changes nothing but the time of the change."""
    phone = field_of(amo, "contacts", "PHONE")
    contact = Contact(amo, name="Ann", tags="a, b").set_custom_fields(
        {phone: [{"value": "+7", "enum": "WORK"}]}
    )
    catalog = Catalog(amo, name="Cars")
    company = Company(amo, name="Acme", tags="c")
    contact.add_company(company.save()).save()
    lead = Lead(amo, name="l", sale=5).add_contacts(contact.need_id())
    lead.add_company(company.need_id()).save()
    task = Task(amo, text="t", task_type=1).add_lead(lead.need_id())
    note = Note(amo, text="n", note_type=Note.COMMON).add_lead(lead.need_id())
    catalog.save()
    element = CatalogElement(amo, name="Van", catalog_id=catalog.id)
    for one in (task, note, element):
        one.save()
    known = (contact, company, lead, task, note, catalog, element)
    number = next(one for one in known if type(one) is kind).need_id()
    name = kind.path.rsplit("/", 1)[1]
    query = {"catalog_id": catalog.id} if kind is CatalogElement else {}
    before = read(amo, name, number, **query)
    kind(amo, before).save()
    after = read(amo, name, number, **query)
    for answer in (before, after):
        answer.pop("updated_at", None)
        answer.pop("_links", None)
    assert after == before


def test_a58_custom_fields_set(amo: AmoCRM) -> None:
    """One value, several, or ids of enums; a field is replaced, or put behind the others."""
    text = new_field(amo, "contacts", "text")
    multi = new_field(amo, "contacts", "multiselect", "red", "green", "blue")
    phone = field_of(amo, "contacts", "PHONE")
    enums = enums_of(amo, "contacts", multi)
    contact = Contact(amo, name="Ann").set_custom_fields({text: "one"})
    contact.set_custom_fields({str(text): "two", multi: [enums["red"], enums["blue"]]})
    contact.set_custom_fields({phone: [{"value": "+7", "enum": "MOB"}, {"value": "+8"}]})
    assert [one["id"] for one in contact.custom_fields] == [text, multi, phone]
    found = Contact(amo).fill_by_id(contact.save())
    assert found.get_custom_field_value(text) == "two"
    assert found.get_custom_field_value(multi, first=False) == ["red", "blue"]
    assert found.get_custom_field_value(phone, first=False) == ["+7", "+8"]


def test_a59_custom_fields_get(amo: AmoCRM) -> None:
    """By id; the first or all; value, enum, subtype; None without any."""
    values: list[Any] = [{"value": "a", "enum": "1"}, {"value": "b", "subtype": "3"}, "plain"]
    fields = [{"id": 5, "values": values}, {"id": 6, "values": []}, {"id": "7", "values": ["x"]}]
    contact = Contact(amo, {"custom_fields": fields})
    assert [one["id"] for one in contact.get_custom_fields(5, 7)] == [5, "7"]
    assert contact.get_custom_field_value(5) == "a"
    assert contact.get_custom_field_value(5, first=False) == ["a", "b", "plain"]
    assert contact.get_custom_field_value(5, part="enum") == "1"
    assert contact.get_custom_field_value(5, part="subtype", first=False) == ["3", "plain"]
    assert contact.get_custom_field_value(6) is None
    assert contact.get_custom_field_value(99) is None
    assert contact.get_custom_field_value(99, first=False) is None


def test_a60_enum_by_code_or_id(amo: AmoCRM) -> None:
    """Written as either, read as the id."""
    phone = field_of(amo, "contacts", "PHONE")
    enums = enums_of(amo, "contacts", phone)
    for given in ("WORK", enums["WORK"], str(enums["WORK"])):
        contact = Contact(amo, name="Ann")
        contact.set_custom_fields({phone: [{"value": "+7", "enum": given}]})
        found = Contact(amo).fill_by_id(contact.save())
        assert found.get_custom_field_value(phone, part="enum") == str(enums["WORK"])


def test_a61_address_subtypes(amo: AmoCRM) -> None:
    """Written by name, read by number; what is not sent is gone."""
    address = new_field(amo, "companies", "smart_address")
    company = Company(amo, name="Acme").set_custom_fields(
        {
            address: [
                {"value": "1 Road", "subtype": "address_line_1"},
                {"value": "London", "subtype": "city"},
            ]
        }
    )
    found = Company(amo).fill_by_id(company.save())
    assert found.get_custom_field_value(address, part="subtype", first=False) == [
        str(ADDRESS_PARTS["address_line_1"]),
        str(ADDRESS_PARTS["city"]),
    ]
    found.set_custom_fields({address: [{"value": "Paris", "subtype": "city"}]}).save()
    again = Company(amo).fill_by_id(found.need_id())
    assert again.get_custom_field_value(address, first=False) == ["Paris"]


def test_a62_phone_and_mail(amo: AmoCRM) -> None:
    """The first of each; None without."""
    for kind, name in ((Contact, "contacts"), (Company, "companies")):
        person: Any = kind(amo, name="x")
        assert (person.get_phone(), person.get_email()) == (None, None)
        phone, mail = field_of(amo, name, "PHONE"), field_of(amo, name, "EMAIL")
        person.set_custom_fields(
            {phone: [{"value": "+1", "enum": "MOB"}, {"value": "+2"}], mail: "a@example.com"}
        )
        found: Any = kind(amo).fill_by_id(person.save())
        assert (found.get_phone(), found.get_email()) == ("+1", "a@example.com")


def test_a63_tags(amo: AmoCRM) -> None:
    """No doubles; the last one can go."""
    contact = Contact(amo, name="Ann").add_tags("a", "b").add_tags("a", "c")
    number = contact.save()

    def shown() -> list[str]:
        return [tag["name"] for tag in read(amo, "contacts", number)["tags"]]

    assert sorted(shown()) == ["a", "b", "c"]
    contact.remove_tags("a").remove_tags("b")
    contact.save()
    assert shown() == ["c"]
    contact.remove_tags("c")
    contact.save()
    assert shown() == []
    fresh = Contact(amo).fill_by_id(number).add_tags("d")
    fresh.save()
    Contact(amo).fill_by_id(number).remove_tags("d").save()
    assert shown() == []


def customer_of(amo: AmoCRM) -> int:
    """Make a customer; return its id."""
    amo.customers.set_mode(CustomersMode(mode="periodicity", is_enabled=True))
    return Customer(amo, name="c", next_date=1_900_000_000, next_price=5).save()


def test_a64_contact_links(amo: AmoCRM) -> None:
    """Leads, customers and a company; both sides show it."""
    lead, company, customer = Lead(amo, name="l"), Company(amo, name="c"), customer_of(amo)
    contact = Contact(amo, name="Ann").add_leads(lead.save()).add_company(company.save())
    number = contact.add_customers(customer).save()
    shown = read(amo, "contacts", number)
    assert shown["leads"]["id"] == [lead.id]
    assert shown["company"]["id"] == company.id
    assert shown["customers"]["id"] == [customer]
    assert read(amo, "leads", lead.need_id())["contacts"]["id"] == [number]
    assert read(amo, "companies", company.need_id())["contacts"]["id"] == [number]
    assert read(amo, "customers", customer)["contacts"]["id"] == [number]
    contact.remove_leads(lead.need_id()).save()
    assert read(amo, "leads", lead.need_id())["contacts"] == {}


def test_a65_first_and_last_name(amo: AmoCRM) -> None:
    """Sent and read."""
    number = Contact(amo, first_name="Ann", last_name="Lee").save()
    found = Contact(amo).fill_by_id(number)
    assert (found.first_name, found.last_name) == ("Ann", "Lee")
    assert amo.contacts.get(number).last_name == "Lee"


def test_a66_company_links(amo: AmoCRM) -> None:
    """Leads, contacts and customers."""
    lead, contact = Lead(amo, name="l").save(), Contact(amo, name="Ann").save()
    customer = customer_of(amo)
    company = Company(amo, name="c").add_leads(lead).add_contacts(contact).add_customers(customer)
    number = company.save()
    shown = read(amo, "companies", number)
    assert [shown[name]["id"] for name in ("leads", "contacts", "customers")] == [
        [lead],
        [contact],
        [customer],
    ]
    assert read(amo, "leads", lead)["company"]["id"] == number


def test_a67_lead_links(amo: AmoCRM) -> None:
    """What is added after it was removed is not unlinked."""
    one, two = Contact(amo, name="a").save(), Contact(amo, name="b").save()
    company = Company(amo, name="c").save()
    lead = Lead(amo, name="l").add_contacts(one, two, one).add_company(company)
    lead.save()
    lead.remove_contacts(one).remove_company(company)
    assert lead.params()["unlink"] == {"contacts_id": [one], "company_id": company}
    lead.add_contacts(one).add_company(company)
    assert "unlink" not in lead.params()
    lead.save()
    shown = read(amo, "leads", lead.need_id())
    assert sorted(shown["contacts"]["id"]) == sorted([one, two])
    assert shown["company"]["id"] == company


def test_a68_lead_unlink(amo: AmoCRM) -> None:
    """Contacts and the company vanish on both sides."""
    contact, company = Contact(amo, name="a").save(), Company(amo, name="c").save()
    lead = Lead(amo, name="l").add_contacts(contact).add_company(company)
    number = lead.save()
    Lead(amo).fill_by_id(number).remove_contacts(contact).remove_company(company).save()
    shown = read(amo, "leads", number)
    assert (shown["contacts"], shown["company"], shown["main_contact"]) == ({}, {}, {})
    assert read(amo, "contacts", contact)["leads"] == {}
    assert read(amo, "companies", company)["leads"] == {}


def test_a69_catalog_elements_of_a_lead(amo: AmoCRM) -> None:
    """Quantities by catalog and element."""
    catalog = Catalog(amo, name="Cars", can_link_multiple=True).save()
    element = CatalogElement(amo, catalog_id=catalog, name="Van").save()
    number = Lead(amo, name="l").set_catalog_elements({catalog: {element: 3}}).save()
    shown = read(amo, "leads", number, **{"with": "catalog_elements_links"})
    [link] = shown["_embedded"]["catalog_elements_links"]
    assert (link["id"], link["catalog_id"], link["quantity"]) == (element, catalog, 3)


@pytest.mark.parametrize("stage", [WON, LOST])
def test_a70_status_pipeline_and_sale(stage: int, amo: AmoCRM) -> None:
    """Written and read; a closed lead knows when it was closed."""
    pipeline = next(iter(amo.pipelines.find()))
    lead = Lead(amo, name="l", sale=500, pipeline_id=pipeline.id)
    number = lead.save()
    assert Lead(amo).fill_by_id(number).closed_at == 0
    lead.status_id = stage
    lead.save()
    found = Lead(amo).fill_by_id(number)
    assert (found.status_id, found.pipeline_id, found.sale) == (stage, pipeline.id, 500)
    assert found.closed_at


def test_a71_notes(amo: AmoCRM) -> None:
    """Constants; common, SMS and system notes with parameters; a change."""
    assert (Note.COMMON, Note.SYSTEM, Note.SMS_IN, Note.SMS_OUT) == (4, 25, 102, 103)
    assert NoteType.TASK_RESULT == Note.TASK_RESULT == 13
    lead = Lead(amo, name="l").save()
    common = Note(amo, text="hello", note_type=Note.COMMON).add_lead(lead)
    common.save()
    common.text = "bye"
    common.save()
    assert Note(amo).fill_by_id(common.need_id()).text == "bye"
    system = Note(amo, note_type=Note.SYSTEM, note_params={"text": "t", "service": "bot"})
    number = system.add_lead(lead).save()
    assert Note(amo).fill_by_id(number).note_params == {"text": "t", "service": "bot"}
    sms = Note(amo, note_type=Note.SMS_OUT, note_params={"text": "t", "phone": "+7"})
    number = sms.add_lead(lead).save()
    found = Note(amo).fill_by_id(number)
    assert found.note_params is not None
    assert (found.note_params["text"], found.note_params["phone"]) == ("t", "+7")


def test_a72_tasks(amo: AmoCRM) -> None:
    """Constants; the last element wins; a result."""
    assert (Task.CALL, Task.MEETING, Task.LETTER) == tuple(TaskType) == (1, 2, 3)
    contact, lead = Contact(amo, name="a").save(), Lead(amo, name="l").save()
    task = Task(amo, text="t", task_type=Task.MEETING, complete_till_at=1_900_000_000)
    number = task.add_contact(contact).add_lead(lead).save()
    shown = read(amo, "tasks", number)
    assert (shown["element_id"], shown["element_type"]) == (lead, ElementType.LEAD)
    assert shown["task_type"] == Task.MEETING
    task.complete("done so").save()
    shown = read(amo, "tasks", number)
    assert shown["is_completed"] is True
    assert shown["result"]["text"] == "done so"


def test_a73_catalogs(amo: AmoCRM) -> None:
    """Add, rename, delete."""
    catalog = Catalog(amo, name="Cars", can_add_elements=True)
    number = catalog.save()
    catalog.name = "Vans"
    catalog.save()
    assert read(amo, "catalogs", number)["name"] == "Vans"
    catalog.delete()
    assert amo.request("GET", "/api/v2/catalogs", query={"id": number}) is None


def test_a74_catalog_elements(amo: AmoCRM) -> None:
    """Add with fields, search, delete."""
    catalog = Catalog(amo, name="Cars").save()
    own = amo.custom_fields.create_for_catalog(
        catalog, CustomFieldCreate(name="sku", type="text")
    ).id
    element = CatalogElement(amo, catalog_id=catalog, name="Big van")
    number = element.set_custom_fields({own: "A1"}).save()
    CatalogElement(amo, catalog_id=catalog, name="Bike").save()
    found = list(pages(amo, "/api/v2/catalog_elements", {"catalog_id": catalog, "term": "VAN"}))
    assert [item["id"] for page in found for item in page] == [number]
    assert CatalogElement(amo, found[0][0]).get_custom_field_value(own) == "A1"
    delete_objects(amo, element)
    left = list(pages(amo, "/api/v2/catalog_elements", {"catalog_id": catalog}))
    assert [item["name"] for page in left for item in page] == ["Bike"]


def test_a75_delete_without_id(amo: AmoCRM, place: Place) -> None:
    """An error, and nothing is sent, not even for the others."""
    with pytest.raises(ConfigurationError, match="no id"):
        delete_objects(amo, [Catalog(amo, id=5), Catalog(amo, name="new")])
    with pytest.raises(ConfigurationError):
        Catalog(amo, name="new").delete()
    assert place.asked() == []
