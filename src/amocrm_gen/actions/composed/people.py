"""Contacts: found by phone number and e-mail address, made where there is none, and doubles."""

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.fields import field_values
from amocrm_gen.actions.composed.views import PersonShown, person_shown
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.candidates import AmbiguousName, Candidate
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.common import (
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
    EntityTagRef,
)
from amocrm_gen.v4.models.contacts import Contact, ContactCreate

__all__ = [
    "ContactMade",
    "ContactsFound",
    "Duplicates",
    "FindByEmail",
    "FindByPhone",
    "FindDuplicates",
    "FindOrCreate",
    "SamePerson",
    "contact_create",
    "find_contact_by_email",
    "find_contact_by_phone",
    "find_duplicate_contacts",
    "find_or_create_contact",
    "known_contact",
]


@frozen(kw_only=True)
class FindByPhone:
    """Whose number."""

    phone: str = about(
        "Phone number, however it is written.",
        examples=("+7 (916) 123-45-67", "8 916 123 45 67"),
    )
    companies: bool = about("Look among companies, too.", default=True)


@frozen(kw_only=True)
class FindByEmail:
    """Whose address."""

    email: str = about("E-mail address.", examples=("anna@example.com",))
    companies: bool = about("Look among companies, too.", default=True)


@frozen(kw_only=True)
class ContactsFound:
    """Who has it; several are possible, none is no error."""

    count: int = about("So many contacts and companies.")
    contacts: list[PersonShown]
    companies: list[PersonShown]


@frozen(kw_only=True)
class FindOrCreate:
    """Who is looked for, and what a new contact gets."""

    name: str | None = about("Full name of a new contact.", default=None, examples=("Ann Lee",))
    phone: str | None = about(
        "Phone number, however it is written.", default=None, examples=("+7 916 123-45-67",)
    )
    email: str | None = about("E-mail address.", default=None, examples=("ann@example.com",))
    responsible: int | str | None = about(
        'Who is responsible for a new one: name, e-mail address or id of a user, or "me".',
        default=None,
    )
    position: str | None = about("Position of a new one.", default=None)
    tags: list[str] | None = about("Tags of a new one.", default=None)
    fields: dict[str, Any] | None = about(  # Any: by the fields' types
        "Custom fields of a new one: values by names, codes or ids.", default=None
    )
    key: str | None = about(
        "A key of yours: what was made with it is not made again.", default=None
    )


@frozen(kw_only=True)
class ContactMade:
    """The contact."""

    created: bool = about("False: the contact was there already.")
    contact: PersonShown


@frozen(kw_only=True)
class FindDuplicates:
    """By what persons are compared."""

    by_phone: bool = about("Those that share a phone number.", default=True)
    by_email: bool = about("Those that share an e-mail address.", default=True)
    limit: int = about("Show so many groups at most; all are counted.", default=50, least=1)


@frozen(kw_only=True)
class SamePerson:
    """Contacts that share a number or an address."""

    phone: str | None = None
    email: str | None = None
    contacts: list[PersonShown] = about("The oldest first.")


@frozen(kw_only=True)
class Duplicates:
    """Who is there more than once."""

    count: int = about("So many groups.")
    contacts_checked: int
    groups: list[SamePerson]


def find_contact_by_phone(desk: Desk, given: FindByPhone) -> ContactsFound:
    """Find contacts and companies by a phone number."""
    desk.phone("phone", given.phone)
    contacts = desk.persons.contacts_by_phone(given.phone)
    companies = desk.persons.companies_by_phone(given.phone) if given.companies else []
    return ContactsFound(
        count=len(contacts) + len(companies),
        contacts=[person_shown(desk, one) for one in contacts],
        companies=[person_shown(desk, one) for one in companies],
    )


def find_contact_by_email(desk: Desk, given: FindByEmail) -> ContactsFound:
    """Find contacts and companies by an e-mail address."""
    desk.email("email", given.email)
    contacts = desk.persons.contacts_by_email(given.email)
    companies = desk.persons.companies_by_email(given.email) if given.companies else []
    return ContactsFound(
        count=len(contacts) + len(companies),
        contacts=[person_shown(desk, one) for one in contacts],
        companies=[person_shown(desk, one) for one in companies],
    )


def find_or_create_contact(desk: Desk, given: FindOrCreate) -> ContactMade:
    """Find a contact by phone number or e-mail address, and make it where there is none."""
    if given.phone is None and given.email is None:
        desk.refuse("phone", "phone or email is needed to tell who it is", "give one of them")
    found = known_contact(desk, given.phone, given.email)
    if found is not None:
        return ContactMade(created=False, contact=person_shown(desk, found))
    new = contact_create(
        desk,
        name=given.name,
        phone=given.phone,
        email=given.email,
        user=given.responsible,
        position=given.position,
        tags=given.tags,
        fields=given.fields,
    )
    key = _identity(desk, given)
    made, is_new = desk.create(lambda: desk.amo.contacts.create(new, once=key))
    while not is_new:
        present = desk.amo.contacts.get_or_none(made.id, with_=["leads"])
        if present is not None:
            # A search does not show at once what was made.
            return ContactMade(created=False, contact=person_shown(desk, present))
        # What was made then has been deleted since; its id keeps the next key apart.
        key = f"{key}/{made.id}"
        made, is_new = desk.create(lambda key=key: desk.amo.contacts.create(new, once=key))  # type: ignore[misc]  # mypy sees no default of a lambda
    return ContactMade(
        created=True,
        contact=PersonShown(
            id=made.id,
            name=str(new.name or ""),
            phones=[given.phone] if given.phone else [],
            emails=[given.email] if given.email else [],
            responsible_user_id=new.responsible_user_id or desk.directory.account.current_user_id,
            link=desk.link("contacts", made.id),
        ),
    )


def _identity(desk: Desk, given: FindOrCreate) -> str:
    """The key of whoever has this number and address, whatever else the input says."""
    if given.key is not None:
        return f"find-or-create-contact/{given.key}"
    phone = "" if given.phone is None else desk.phone("phone", given.phone)
    email = "" if given.email is None else desk.email("email", given.email)
    return f"find-or-create-contact/{phone}/{email}"


def known_contact(desk: Desk, phone: str | None, email: str | None) -> Contact | None:
    """Return the one contact that has a number or an address.

    Raises `AmbiguousName` where these lead to several.
    """
    found: dict[int, Contact] = {}
    if phone is not None:
        desk.phone("phone", phone)
        found |= {one.id: one for one in desk.persons.contacts_by_phone(phone)}
    if email is not None:
        desk.email("email", email)
        found |= {one.id: one for one in desk.persons.contacts_by_email(email)}
    if len(found) > 1:
        candidates = [
            Candidate(one.id, one.name, ", ".join([*map(str, desk.persons.phones_of(one))]) or None)
            for one in found.values()
        ]
        given = " ".join(one for one in (phone, email) if one)
        raise AmbiguousName("contact", given, candidates)
    return next(iter(found.values()), None)


def contact_create(  # noqa: PLR0913 - all that a new contact can have
    desk: Desk,
    *,
    name: str | None,
    phone: str | None,
    email: str | None,
    user: int | str | None = None,
    position: str | None = None,
    tags: list[str] | None = None,
    fields: dict[str, Any] | None = None,  # Any: by the fields' types
) -> ContactCreate:
    """Return what a new contact is made of."""
    coded = (("PHONE", phone), ("EMAIL", email))
    values = [
        CustomFieldValuesWrite(
            field_code=code, values=[CustomFieldValueWrite(value=text.strip(), enum_code="WORK")]
        )
        for code, text in coded
        if text is not None
    ]
    if position is not None:
        own = [CustomFieldValueWrite(value=position)]
        values.append(CustomFieldValuesWrite(field_code="POSITION", values=own))
    values += field_values(desk, "contacts", fields or {}, "fields")
    return ContactCreate(
        name=name or phone or email or UNSET,
        responsible_user_id=UNSET if user is None else desk.directory.user(user),
        custom_fields_values=values or UNSET,
        tags_to_add=[EntityTagRef(name=tag) for tag in tags] if tags else UNSET,
    )


def find_duplicate_contacts(desk: Desk, given: FindDuplicates) -> Duplicates:
    """Go through all contacts, and tell which share a number or an address."""
    phones: dict[str, list[Contact]] = {}
    emails: dict[str, list[Contact]] = {}
    checked = 0
    for contact in desk.amo.contacts.find(order="id"):
        checked += 1
        if given.by_phone:
            for phone in dict.fromkeys(map(str, desk.persons.phones_of(contact))):
                phones.setdefault(phone, []).append(contact)
        if given.by_email:
            for email in dict.fromkeys(desk.persons.emails_of(contact)):
                emails.setdefault(email, []).append(contact)
    groups = [
        *((phone, None, found) for phone, found in phones.items() if len(found) > 1),
        *((None, email, found) for email, found in emails.items() if len(found) > 1),
    ]
    return Duplicates(
        count=len(groups),
        contacts_checked=checked,
        groups=[
            SamePerson(phone=phone, email=email, contacts=_shown(desk, found))
            for phone, email, found in groups[: given.limit]
        ],
    )


def _shown(desk: Desk, found: Iterable[Contact]) -> list[PersonShown]:
    return [person_shown(desk, one) for one in sorted(found, key=lambda one: one.created_at)]
