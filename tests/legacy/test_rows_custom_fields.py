"""Rows 58 to 62: custom fields of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from php_stage import field_of

from amocrm_gen.objects import Company, Contact
from amocrm_gen.objects.codes import ADDRESS_PARTS
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate, CustomFieldEnumWrite

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def new_field(amo: AmoCRM, kind: Any, type: Any, *values: str) -> int:
    """Make a custom field; return its id."""
    enums: Any = [CustomFieldEnumWrite(value=value, sort=n) for n, value in enumerate(values)]
    more: dict[str, Any] = {"enums": enums} if values else {}
    return amo.custom_fields.create(kind, CustomFieldCreate(name="own", type=type, **more)).id


def enums_of(amo: AmoCRM, kind: Any, number: int) -> dict[str, int]:
    """Return the ids of a field's values."""
    found = next(one for one in amo.custom_fields.find(kind) if one.id == number)
    return {enum.value: enum.id for enum in found.enums or []}


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
