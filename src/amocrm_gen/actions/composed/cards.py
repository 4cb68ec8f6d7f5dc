"""Finds the lead, contact, company or customer that an input means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

from attrs import frozen

from amocrm_gen.crm.candidates import AmbiguousName, Candidate, UnknownName
from amocrm_gen.crm.emails import read_email
from amocrm_gen.crm.names import fold, id_of
from amocrm_gen.runtime.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.actions.composed.desk import Desk
    from amocrm_gen.crm.directory import FieldOwner
    from amocrm_gen.v4.models.companies import Company
    from amocrm_gen.v4.models.contacts import Contact
    from amocrm_gen.v4.models.customers import Customer
    from amocrm_gen.v4.models.leads import Lead

__all__ = ["Card", "Target", "companies_named", "company_of", "contact_of", "lead_of", "target_of"]

Card: TypeAlias = "Lead | Contact | Company | Customer"
C = TypeVar("C")
N = TypeVar("N", bound="Lead | Contact | Company")
LeadWith: TypeAlias = Literal["contacts", "loss_reason", "catalog_elements", "source"]

_NUMBER: Final = re.compile(r"\+?(?:[\s().-]*\d){10,15}")

_YO: Final = re.compile("[её]", re.IGNORECASE)
_TELLING: Final = 3


@frozen
class Target:
    """A card, and what kind it is of."""

    kind: FieldOwner
    card: Card

    @property
    def id(self) -> int:
        """The card's id."""
        return self.card.id


def lead_of(desk: Desk, given: int | str, *with_: LeadWith) -> Lead:
    """Return the lead of an id, or the one of that very name."""
    number = id_of(given)
    if number is not None:
        found = desk.amo.leads.get_or_none(number, with_=with_)
        return _there("lead", number, found)
    wanted = fold(str(given))
    leads = desk.amo.leads.find(query=_search(str(given)), with_=with_)
    return _only("lead", given, [one for one in leads if fold(one.name) == wanted])


def contact_of(desk: Desk, given: int | str) -> Contact:
    """Return the contact of an id, a phone number, an e-mail address, or of that very name.

    A text of ten digits and more is a phone number: ids are shorter.
    """
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        desk.phone("contact", given)
        return _only("contact", given, desk.persons.contacts_by_phone(given))
    number = id_of(given)
    if number is not None:
        return _there("contact", number, desk.amo.contacts.get_or_none(number, with_=["leads"]))
    text = str(given)
    if read_email(text) is not None:
        return _only("contact", given, desk.persons.contacts_by_email(text))
    wanted = fold(text)
    contacts = desk.amo.contacts.find(query=_search(text), with_=["leads"])
    return _only("contact", given, [one for one in contacts if fold(one.name) == wanted])


def company_of(desk: Desk, given: int | str) -> Company:
    """Return the company of an id, or the one of that very name."""
    number = id_of(given)
    if number is not None:
        return _there("company", number, desk.amo.companies.get_or_none(number))
    return _only("company", given, companies_named(desk, str(given)))


def companies_named(desk: Desk, name: str) -> list[Company]:
    """Return the companies of that very name."""
    wanted = fold(name)
    return [one for one in desk.amo.companies.find(query=_search(name)) if fold(one.name) == wanted]


def target_of(
    desk: Desk,
    *,
    lead: int | str | None = None,
    contact: int | str | None = None,
    company: int | str | None = None,
    customer: int | None = None,
) -> Target:
    """Return the one card that is named; of two or none it is an `InputError`."""
    given = [one for one in (lead, contact, company, customer) if one is not None]
    if len(given) != 1:
        count = "none of them is" if not given else f"{len(given)} of them are"
        desk.refuse("", f"one of lead, contact, company and customer is needed, and {count} there")
    if lead is not None:
        return Target("leads", lead_of(desk, lead))
    if contact is not None:
        return Target("contacts", contact_of(desk, contact))
    if company is not None:
        return Target("companies", company_of(desk, company))
    assert customer is not None
    return Target(
        "customers", _there("customer", customer, desk.amo.customers.get_or_none(customer))
    )


def _there(what: str, number: int, found: C | None) -> C:
    if found is None:
        raise NotFound(f"there is no {what} {number}", status=404)
    return found


def _only(what: str, given: int | str, found: Sequence[N]) -> N:
    candidates = [Candidate(one.id, one.name) for one in found]
    if not found:
        raise UnknownName(what, given, advice="check the spelling, or give the id")
    if len(found) > 1:
        raise AmbiguousName(what, given, candidates)
    return found[0]


def _search(name: str) -> str:
    """What to search for, so that a name is among what is found whether it has ё or е."""
    words = name.split()
    plain = [word for word in words if not _YO.search(word) and len(word) >= _TELLING]
    return max(plain, key=len) if plain and _YO.search(name) else " ".join(words)
