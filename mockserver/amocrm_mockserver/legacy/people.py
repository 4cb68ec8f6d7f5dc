"""Contacts and companies of API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from amocrm_mockserver.body import Item
from amocrm_mockserver.legacy.answers import found
from amocrm_mockserver.legacy.cards import CardWriter, company_of, relations, shown_card
from amocrm_mockserver.legacy.listing import chosen, cut, one_of, shown_rows
from amocrm_mockserver.legacy.saving import save

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = [
    "CompanyWriter",
    "ContactWriter",
    "find_companies",
    "find_contacts",
    "save_companies",
    "save_contacts",
    "search_test",
]


class ContactWriter(CardWriter):
    """People."""

    path: ClassVar[str] = "contacts"
    empty_add: ClassVar[int] = 201
    empty_update: ClassVar[int] = 208
    empty: ClassVar[int] = 206
    wrong: ClassVar[int] = 207
    unknown: ClassVar[int] = 212
    links: ClassVar = {"company_id": "companies", "leads_id": "leads", "customers_id": "customers"}

    def add(self, call: LegacyCall, item: Row) -> Row:
        """A company that is named only is made, too."""
        name = item.get("company_name")
        row = super().add(call, item)
        if name and "company_id" not in item:
            exchange = call.v4("companies.create")
            [company] = call.engine.create(exchange, [Item("0", {"name": str(name)})])
            self._link(exchange, call, row, {"company_id": company["id"]}, fresh=True)
        return row


class CompanyWriter(CardWriter):
    """Companies."""

    path: ClassVar[str] = "companies"
    empty_add: ClassVar[int] = 201
    empty_update: ClassVar[int] = 208
    empty: ClassVar[int] = 206
    wrong: ClassVar[int] = 207
    unknown: ClassVar[int] = 212
    links: ClassVar = {"contacts_id": "contacts", "leads_id": "leads", "customers_id": "customers"}


def find_contacts(call: LegacyCall) -> Response:
    """List contacts."""
    rows = cut(call, chosen(call, shown_rows(call, "contacts"), _tests(call, "contacts")))
    return found(call, [_contact(call, row) for row in rows])


def find_companies(call: LegacyCall) -> Response:
    """List companies."""
    rows = cut(call, chosen(call, shown_rows(call, "companies"), _tests(call, "companies")))
    return found(call, [_company(call, row) for row in rows])


def save_contacts(call: LegacyCall) -> Response:
    """Add and change contacts."""
    return save(call, ContactWriter())


def save_companies(call: LegacyCall) -> Response:
    """Add and change companies."""
    return save(call, CompanyWriter())


def search_test(call: LegacyCall, kind: str) -> Callable[[Tree], Test]:
    """Makes tests of rows by a text in their filled fields."""
    behaviour = call.engine.behaviour(kind)
    exchange = call.v4(f"{kind}.find")
    return lambda tree: behaviour.search(exchange, tree if isinstance(tree, str) else "")


def _tests(call: LegacyCall, kind: str) -> Mapping[str, Callable[[Tree], Test]]:
    return {
        "responsible_user_id": one_of("responsible_user_id"),
        "query": search_test(call, kind),
    }


def _contact(call: LegacyCall, row: Row) -> Row:
    card = shown_card(call, "contacts", row)
    return {
        "id": card.pop("id"),
        "name": card.pop("name"),
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        **card,
        "company": company_of(call, "contacts", row),
        "leads": relations(call, "contacts", row, "leads"),
        "customers": relations(call, "contacts", row, "customers"),
    }


def _company(call: LegacyCall, row: Row) -> Row:
    return {
        **shown_card(call, "companies", row),
        "contacts": relations(call, "companies", row, "contacts"),
        "leads": relations(call, "companies", row, "leads"),
        "customers": relations(call, "companies", row, "customers"),
    }
