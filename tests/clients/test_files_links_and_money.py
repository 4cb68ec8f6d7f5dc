"""Files of entities, short links and currencies through the client."""

from uuid import uuid4

from amocrm_gen import AmoCRM
from amocrm_gen.v4 import (
    CatalogCreate,
    CatalogElementCreate,
    ContactCreate,
    EntityFileRef,
    LeadCreate,
    ShortLinkCreate,
    ShortLinkTarget,
)


def test_files_of_a_lead(amocrm: AmoCRM) -> None:
    """Attached, listed, told by the file, detached."""
    files = amocrm.entity_files
    lead = amocrm.leads.create(LeadCreate(name="A")).id
    uuid = str(uuid4())
    files.attach("leads", lead, [EntityFileRef(file_uuid=uuid)])
    assert [one.file_uuid for one in files.find("leads", lead, limit=5)] == [uuid]
    assert [holder.id for holder in files.find_holders(uuid).entities] == [lead]
    files.detach("leads", lead, [EntityFileRef(file_uuid=uuid)])
    assert files.find("leads", lead) == []


def test_files_of_a_catalog_element(amocrm: AmoCRM) -> None:
    """The same, by another path."""
    files = amocrm.entity_files
    catalog = amocrm.catalogs.create(CatalogCreate(name="Cars")).id
    element = amocrm.catalog_elements.create(catalog, CatalogElementCreate(name="Lada")).id
    file = EntityFileRef(file_uuid=str(uuid4()))
    files.attach_to_catalog_element(catalog, element, [file])
    [found] = files.find_of_catalog_element(catalog, element)
    assert found.file_uuid == file.file_uuid
    files.detach_from_catalog_element(catalog, element, [file])
    assert files.find_of_catalog_element(catalog, element) == []


def test_short_links_match_by_place(amocrm: AmoCRM) -> None:
    """Each answer belongs to the item in its place."""
    contacts = amocrm.contacts.create([ContactCreate(name="A"), ContactCreate(name="B")])
    targets = [ShortLinkTarget(entity_type="contacts", entity_id=one.id) for one in contacts]
    made = amocrm.short_links.create(
        [ShortLinkCreate(url="https://example.com", metadata=target) for target in targets]
    )
    assert [link.metadata for link in made] == targets
    assert all(link.url.startswith("https://amo.sh/") for link in made)


def test_currencies(amocrm: AmoCRM) -> None:
    """All of them, over several pages."""
    codes = [currency.code for currency in amocrm.currencies.find(page_size=15)]
    assert codes == [currency.code for currency in amocrm.currencies.find()]
    assert {"RUB", "EUR", "KZT"} < set(codes)
