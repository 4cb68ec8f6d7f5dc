"""Finds contacts and companies by phone number and e-mail address: exactly, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from amocrm_gen.crm.emails import emails_in, read_email
from amocrm_gen.crm.phones import Phone, phones_in
from amocrm_gen.runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amocrm_gen import AmoCRM
    from amocrm_gen.crm.directory import Directory
    from amocrm_gen.v4.models.companies import Company
    from amocrm_gen.v4.models.contacts import Contact

__all__ = ["Persons"]

Reachable: TypeAlias = "Contact | Company"
P = TypeVar("P", bound="Contact | Company")


class Persons:
    """Finds who has a phone number or an e-mail address.

    amoCRM's `query` finds parts of anything: names, notes of a number in a text, longer numbers. It
    is asked for candidates, of which only those are taken that have the very number or address. A
    number without its country's code is taken for one of the account's country.
    """

    def __init__(self, amo: AmoCRM, directory: Directory) -> None:
        self._amo = amo
        self._directory = directory

    def phone(self, given: str) -> Phone:
        """Return the number that a text is.

        Raises `ConfigurationError` where it is none.
        """
        found = Phone.read(given, self._country)
        if found is None:
            raise ConfigurationError(
                f"{given!r} is no phone number", advice="give it with its country's code: +7916…"
            )
        return found

    def email(self, given: str) -> str:
        """Return the address that a text is, in the form in which addresses are compared.

        Raises `ConfigurationError` where it is none.
        """
        found = read_email(given)
        if found is None:
            raise ConfigurationError(
                f"{given!r} is no e-mail address", advice="give it as name@host"
            )
        return found

    def contacts_by_phone(self, given: str) -> list[Contact]:
        """Return the contacts that have a number."""
        return self._by_phone(given, self._ask_contacts)

    def companies_by_phone(self, given: str) -> list[Company]:
        """Return the companies that have a number."""
        return self._by_phone(given, self._ask_companies)

    def contacts_by_email(self, given: str) -> list[Contact]:
        """Return the contacts that have an address."""
        return self._by_email(given, self._ask_contacts)

    def companies_by_email(self, given: str) -> list[Company]:
        """Return the companies that have an address."""
        return self._by_email(given, self._ask_companies)

    def phones_of(self, person: Reachable) -> list[Phone]:
        """Return the numbers that a contact or a company has."""
        return [
            phone for text in values_of(person, "PHONE") for phone in phones_in(text, self._country)
        ]

    def emails_of(self, person: Reachable) -> list[str]:
        """Return the addresses that a contact or a company has, as they are compared."""
        return [email for text in values_of(person, "EMAIL") for email in emails_in(text)]

    @property
    def _country(self) -> str:
        return self._directory.account.country

    def _ask_contacts(self, text: str) -> Iterable[Contact]:
        return self._amo.contacts.find(query=text, with_=["leads"], order="id")

    def _ask_companies(self, text: str) -> Iterable[Company]:
        return self._amo.companies.find(query=text, with_=["leads"], order="id")

    def _by_phone(self, given: str, ask: Callable[[str], Iterable[P]]) -> list[P]:
        wanted = self.phone(given)
        found = [one for one in ask(wanted.search) if wanted in self.phones_of(one)]
        # Where a search does not see through brackets and blanks, the text itself may be found.
        return found or [
            one
            for text in dict.fromkeys([given.strip()])
            if text != wanted.search
            for one in ask(text)
            if wanted in self.phones_of(one)
        ]

    def _by_email(self, given: str, ask: Callable[[str], Iterable[P]]) -> list[P]:
        wanted = self.email(given)
        return [one for one in ask(given.strip()) if wanted in self.emails_of(one)]


def values_of(person: Reachable, code: str) -> list[str]:
    """Return the texts of a field of many, `PHONE` or `EMAIL`."""
    return [
        str(value.value)
        for field in person.custom_fields_values or []
        if field.field_code == code
        for value in field.values
        if value.value
    ]
