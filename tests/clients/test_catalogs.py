"""Catalogs, their fields and elements through the client."""

import pytest

from amocrm_gen import AmoCRM, NotFound
from amocrm_gen.v4 import (
    CatalogCreate,
    CatalogElementCreate,
    CatalogElementUpdate,
    CatalogUpdate,
    CustomFieldCreate,
    CustomFieldGroupCreate,
    CustomFieldGroupUpdate,
    CustomFieldUpdate,
    LeadCreate,
    LinkMetadataWrite,
    LinkTo,
    ProductsSettingsWrite,
)


def test_life_of_a_catalog(amocrm: AmoCRM) -> None:
    """Made, read, changed alone and with others, found by type."""
    catalogs = amocrm.catalogs
    made = catalogs.create(CatalogCreate(name="Cars"))
    assert catalogs.get(made.id).name == "Cars"
    catalogs.update_one(CatalogUpdate(id=made.id, name="Boats"))
    catalogs.update([CatalogUpdate(id=made.id, sort=7)])
    with catalogs.edit(made.id) as catalog:
        catalog.can_link_multiple = False
    found = list(catalogs.find(type="regular"))
    assert [(one.name, one.sort, one.can_link_multiple) for one in found] == [("Boats", 7, False)]
    assert list(catalogs.find(type="invoices")) == []


def test_products_are_switched_on(amocrm: AmoCRM) -> None:
    """Their catalog is there from then on."""
    assert amocrm.products_settings.get().is_enabled is False
    settings = amocrm.products_settings.update(ProductsSettingsWrite(is_enabled=True))
    assert amocrm.products_settings.get() == settings
    assert isinstance(settings.catalog_id, int)
    assert amocrm.catalogs.get(settings.catalog_id).type == "products"


def test_fields_and_tabs_of_a_catalog(amocrm: AmoCRM) -> None:
    """Made, changed, moved to a tab, listed and deleted."""
    catalog = amocrm.catalogs.create(CatalogCreate(name="Cars")).id
    fields, groups = amocrm.custom_fields, amocrm.custom_field_groups
    field = fields.create_for_catalog(catalog, CustomFieldCreate(name="Price", type="price"))
    fields.update_one_of_catalog(catalog, CustomFieldUpdate(id=field.id, name="Cost"))
    fields.update_of_catalog(catalog, [CustomFieldUpdate(id=field.id, sort=9)])
    read = fields.get_of_catalog(catalog, field.id)
    assert (read.name, read.sort, read.catalog_id) == ("Cost", 9, catalog)
    group = groups.create_for_catalog(catalog, CustomFieldGroupCreate(name="Tech", sort=1))
    groups.update_of_catalog(catalog, CustomFieldGroupUpdate(id=group.id, fields=[field.id]))
    assert groups.get_of_catalog(catalog, group.id).fields == [field.id]
    assert [one.id for one in groups.find_of_catalog(catalog)] == ["default", group.id]
    groups.delete_of_catalog(catalog, group.id)
    assert [one.group_id for one in fields.find_of_catalog(catalog)] == [None]
    fields.delete_of_catalog(catalog, field.id)
    with pytest.raises(NotFound):
        fields.get_of_catalog(catalog, field.id)


def test_life_of_an_element(amocrm: AmoCRM) -> None:
    """Made, read, changed alone and with others, found, linked and unlinked."""
    settings = amocrm.products_settings.update(ProductsSettingsWrite(is_enabled=True))
    assert isinstance(settings.catalog_id, int)
    catalog, elements = settings.catalog_id, amocrm.catalog_elements
    price = {"field_code": "PRICE", "values": [{"value": 10}]}
    made = elements.create(catalog, CatalogElementCreate(name="Lada", custom_fields_values=[price]))
    read = elements.get(catalog, made.id, with_=["invoice_link"])
    assert (read.name, read.invoice_link) == ("Lada", None)
    elements.update_one(catalog, CatalogElementUpdate(id=made.id, name="Volga"))
    elements.update(catalog, [CatalogElementUpdate(id=made.id, created_by=0)])
    [found] = elements.find(catalog, filter={"id": [made.id]}, query="volga")
    assert (found.name, found.created_by) == ("Volga", 0)
    lead = amocrm.leads.create(LeadCreate(name="A")).id
    link = LinkTo(
        to_entity_id=lead, to_entity_type="leads", metadata=LinkMetadataWrite(quantity=2.5)
    )
    elements.link(catalog, made.id, [link])
    [shown] = amocrm.leads.get(lead, with_=["catalog_elements"]).embedded.catalog_elements
    assert (shown.id, shown.metadata.quantity) == (made.id, 2.5)
    assert [one.to_entity_id for one in elements.find_links(catalog, made.id)] == [lead]
    elements.unlink(catalog, made.id, [link])
    assert elements.find_links(catalog, made.id) == []
