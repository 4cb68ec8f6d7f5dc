"""Contacts, companies, leads and customers as objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from amocrm_gen.objects.base import CrmObject
from amocrm_gen.objects.custom_fields import CustomFields
from amocrm_gen.objects.relations import Relations, RelationSet
from amocrm_gen.objects.values import ids_of

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Company", "Contact", "Customer", "Lead"]


class _Card(CrmObject):
    """An object with relations."""

    relations: ClassVar[Mapping[str, Relations]] = {}
    """By their names in reads."""

    _links: RelationSet

    def _prepare(self) -> None:
        self._links = RelationSet(self.relations)

    def fill(self, values: Mapping[str, object]) -> Self:
        """Take over values, and relations in the shape in which they are read."""
        for name in self.relations:
            if name in values:
                self._links.replace(name, ids_of(values[name]))
        return super().fill(values)

    def _more(self) -> JsonObject:
        return self._links.body()

    def after_save(self) -> None:
        """What was to be unlinked is."""
        self._links.settle()

    def linked(self, name: str) -> list[int]:
        """Return the ids of a relation: `lead.linked("contacts")`."""
        return self._links.ids(name)

    def _link(self, name: str, ids: tuple[int, ...]) -> Self:
        self._links.add(name, ids)
        return self

    def _unlink(self, name: str, ids: tuple[int, ...]) -> Self:
        self._links.remove(name, ids)
        return self


class _Reachable(_Card):
    """An object with a phone and an e-mail address."""

    def get_phone(self) -> str | None:
        """Return the first phone number, or None."""
        return self._first("PHONE")

    def get_email(self) -> str | None:
        """Return the first e-mail address, or None."""
        return self._first("EMAIL")

    def _first(self, code: str) -> str | None:
        field = CustomFields(self.custom_fields).by_code(code)
        values = field.get("values") if field else None
        first = values[0] if isinstance(values, list) and values else None
        value = first.get("value") if isinstance(first, Mapping) else first
        return None if value is None else str(value)


class Contact(_Reachable):
    """A person."""

    path = "/api/v2/contacts"
    known = frozenset({"closest_task_at", "first_name", "last_name", "company_name"})
    sent = (*CrmObject.sent, "first_name", "last_name", "company_name")
    relations: ClassVar = {
        "leads": Relations("leads_id", many=True),
        "customers": Relations("customers_id", many=True),
        "company": Relations("company_id", many=False),
    }
    first_name: str | None
    last_name: str | None
    company_name: str | None

    def add_leads(self, *ids: int) -> Self:
        """Link leads."""
        return self._link("leads", ids)

    def remove_leads(self, *ids: int) -> Self:
        """Unlink leads."""
        return self._unlink("leads", ids)

    def add_customers(self, *ids: int) -> Self:
        """Link customers."""
        return self._link("customers", ids)

    def remove_customers(self, *ids: int) -> Self:
        """Unlink customers."""
        return self._unlink("customers", ids)

    def add_company(self, number: int) -> Self:
        """Link the company; there is one."""
        return self._link("company", (number,))

    def remove_company(self, number: int) -> Self:
        """Unlink the company."""
        return self._unlink("company", (number,))


class Company(_Reachable):
    """A company."""

    path = "/api/v2/companies"
    known = frozenset({"closest_task_at"})
    relations: ClassVar = {
        "leads": Relations("leads_id", many=True),
        "contacts": Relations("contacts_id", many=True),
        "customers": Relations("customers_id", many=True),
    }

    def add_leads(self, *ids: int) -> Self:
        """Link leads."""
        return self._link("leads", ids)

    def remove_leads(self, *ids: int) -> Self:
        """Unlink leads."""
        return self._unlink("leads", ids)

    def add_contacts(self, *ids: int) -> Self:
        """Link contacts."""
        return self._link("contacts", ids)

    def remove_contacts(self, *ids: int) -> Self:
        """Unlink contacts."""
        return self._unlink("contacts", ids)

    def add_customers(self, *ids: int) -> Self:
        """Link customers."""
        return self._link("customers", ids)

    def remove_customers(self, *ids: int) -> Self:
        """Unlink customers."""
        return self._unlink("customers", ids)


class _Deal(_Card):
    """What contacts and a company belong to."""

    relations: ClassVar = {
        "contacts": Relations("contacts_id", many=True),
        "company": Relations("company_id", many=False),
    }
    most_contacts: ClassVar[int] = 40
    catalog_elements: Mapping[int, Mapping[int, float]] | None

    def add_contacts(self, *ids: int) -> Self:
        """Link contacts, at most 40; one that was to be unlinked stays.

        Raises ValueError for the 41st, before anything is sent.
        """
        if len({*self.linked("contacts"), *ids}) > self.most_contacts:
            raise ValueError(f"{self!r}: at most {self.most_contacts} contacts can be linked")
        return self._link("contacts", ids)

    def remove_contacts(self, *ids: int) -> Self:
        """Unlink contacts."""
        return self._unlink("contacts", ids)

    def add_company(self, number: int) -> Self:
        """Link the company; there is one."""
        return self._link("company", (number,))

    def remove_company(self, number: int) -> Self:
        """Unlink the company."""
        return self._unlink("company", (number,))

    def set_catalog_elements(self, elements: Mapping[int, Mapping[int, float]]) -> Self:
        """Link elements: quantities by catalog and element."""
        self.catalog_elements = elements
        return self

    def _more(self) -> JsonObject:
        body = super()._more()
        if self.catalog_elements:
            body["catalog_elements_id"] = {
                str(catalog): {str(element): quantity for element, quantity in elements.items()}
                for catalog, elements in self.catalog_elements.items()
            }
        return body


class Lead(_Deal):
    """A deal."""

    path = "/api/v2/leads"
    known = frozenset(
        {
            "is_deleted",
            "closed_at",
            "closest_task_at",
            "status_id",
            "sale",
            "pipeline_id",
            "catalog_elements",
        }
    )
    sent = (*CrmObject.sent, "status_id", "sale", "pipeline_id")
    status_id: int | None
    sale: int | None
    pipeline_id: int | None
    closed_at: int | None
    closest_task_at: int | None
    is_deleted: bool | None

    def fill(self, values: Mapping[str, object]) -> Self:
        """Take over values; the pipeline stands in an object of its own when it is read."""
        pipeline = ids_of(values.get("pipeline"))
        super().fill(values)
        if pipeline:
            self.pipeline_id = pipeline[0]
        return self


class Customer(_Deal):
    """A customer."""

    path = "/api/v2/customers"
    known = frozenset(
        {
            "next_price",
            "next_date",
            "period_id",
            "periodicity",
            "closest_task_at",
            "is_deleted",
            "catalog_elements",
        }
    )
    sent = (*CrmObject.sent, "next_price", "next_date", "period_id", "periodicity")
    next_price: int | None
    next_date: int | None
    period_id: int | None
    periodicity: int | None
