"""Rows 63 to 70: tags, names, links and stages of contacts, companies and leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from php_stage import read

from amocrm_gen.objects import Catalog, CatalogElement, Company, Contact, Customer, Lead
from amocrm_gen.objects.codes import LOST, WON
from amocrm_gen.v4.models.customers import CustomersMode

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


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
