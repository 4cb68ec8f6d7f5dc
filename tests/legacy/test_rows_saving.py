"""Rows 50 to 57: objects are filled, saved and read again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from php_stage import KEY, MAIL, field_of, read, sent

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
    save_objects,
)

if TYPE_CHECKING:
    from php_stage import Place, Tenant


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
