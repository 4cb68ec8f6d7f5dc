"""A number is found however it is written, and never another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amocrm_gen import ConfigurationError
from amocrm_gen.crm.directory import Directory
from amocrm_gen.crm.emails import emails_in, read_email
from amocrm_gen.crm.persons import Persons
from amocrm_gen.crm.phones import Phone, phones_in
from amocrm_gen.v4 import (
    CompanyCreate,
    ContactCreate,
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
)

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM

SAME = [
    "+7 (916) 123-45-67",
    "+79161234567",
    "79161234567",
    "8 916 123 45 67",
    "8(916)1234567",
    "89161234567",
    "916 123-45-67",
    "(916) 123.45.67",
    "0079161234567",
    "tel:+7-916-123-45-67",
    "+7\N{NO-BREAK SPACE}916\N{NO-BREAK SPACE}123\N{EN DASH}45\N{EN DASH}67",
    "+７ ９１６ １２３ ４５ ６７",
]
OTHERS = [
    "+1 916 123-45-67",
    "+375 916 123 45 67",
    "+7 916 123-45-68",
    "+7 906 123-45-67",
    "+7 916 123-45-67 доб. 12",
    "+7 916 123-45-67 ext 2",
    "+7 916 123-45-670",
    "123-45-67",
    "+44 9161 234567",
    "+8 916 123 45 67",
]


@pytest.mark.parametrize("text", SAME)
def test_one_number_has_many_forms(text: str) -> None:
    """Blanks, brackets, +7 and 8, and other digits of Unicode make no difference."""
    assert Phone.read(text, "RU") == Phone("79161234567")


@pytest.mark.parametrize("text", OTHERS)
def test_look_alikes_are_other_numbers(text: str) -> None:
    """Another country, one digit more or less, or an extension is somebody else."""
    assert Phone.read(text, "RU") not in {None, Phone("79161234567")}


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("(415) 555-0100", "US", "14155550100"),
        ("8 916 123 45 67", "US", "89161234567"),
        ("050 123 45 67", "UA", "380501234567"),
        ("8 029 123 45 67", "BY", "375291234567"),
        ("11 91234-5678", "BR", "5511912345678"),
        ("612 34 56 78", "ES", "34612345678"),
        ("55 1234 5678", "MX", "525512345678"),
        ("030 123456", "DE", "030123456"),
        ("+49 30 123456", "RU", "4930123456"),
    ],
)
def test_numbers_at_home_get_their_code(text: str, country: str, digits: str) -> None:
    """Each country writes them its way; of an unknown one nothing is made up."""
    assert Phone.read(text, country) == Phone(digits)


@pytest.mark.parametrize("text", ["", "call me", "12", "+7", "1" * 20])
def test_what_is_no_number_is_none(text: str) -> None:
    """Texts without, with too few and with too many digits."""
    assert Phone.read(text, "RU") is None
    assert phones_in(text, "RU") == []


def test_several_numbers_in_one_value() -> None:
    """People write them with commas and slashes between."""
    found = phones_in("8 916 123-45-67, +1 415 555 0100 / 8(495)1234567", "RU")
    assert [one.digits for one in found] == ["79161234567", "14155550100", "74951234567"]
    assert phones_in("123-45-67, 765-43-21") == [Phone("1234567"), Phone("7654321")]
    assert phones_in("+7 495 1234567, доб. 12") == [Phone("74951234567", "12")]
    assert phones_in("123-45-67/68") == [Phone("1234567")]


DIGITS = st.text("0123456789", min_size=10, max_size=10).filter(lambda text: text[0] in "3489")
STYLES = ["+7{}", "7{}", "8{}", "{}", "8 ({:.3}) rest", "+7 {:.3}-rest"]


def written(digits: str, style: str) -> str:
    """Write a number in a style."""
    return style.format(digits).replace("rest", f"{digits[3:6]}-{digits[6:8]}-{digits[8:]}")


@given(DIGITS, DIGITS, st.sampled_from(STYLES), st.sampled_from(STYLES))
def test_forms_are_equal_just_when_numbers_are(
    one: str, other: str, first: str, second: str
) -> None:
    """Of any two numbers in any two styles."""
    same = Phone.read(written(one, first), "RU") == Phone.read(written(other, second), "RU")
    assert same == (one == other)
    assert Phone.read(written(one, first), "RU") == Phone.read(written(one, second), "RU")


@given(DIGITS, st.integers(0, 9), st.sampled_from("0123456789"))
def test_one_other_digit_is_another_number(digits: str, place: int, digit: str) -> None:
    """Wherever it stands."""
    other = digits[:place] + digit + digits[place + 1 :]
    assume(other != digits)
    assert Phone.read("+7" + other, "RU") != Phone.read("8" + digits, "RU")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Anna@Example.COM ", "anna@example.com"),
        ("mailto:anna@example.com", "anna@example.com"),
        ("анна@пример.рф", "анна@xn--e1afmkfd.xn--p1ai"),
        ("anna", None),
        ("anna@example", None),
        ("a@b@example.com", None),
        ("a..@x..com", None),
        ("", None),
    ],
)
def test_addresses_are_compared_without_case(text: str, address: str | None) -> None:
    """National hosts have an ASCII form; what is no address is None."""
    assert read_email(text) == address


def test_several_addresses_in_one_value() -> None:
    """Names beside them, commas and blanks are passed over."""
    found = emails_in("Anna <anna@example.com>; bob@example.com, x")
    assert found == ["anna@example.com", "bob@example.com"]


def reachable(code: str, *values: str) -> list[CustomFieldValuesWrite]:
    """Return the values of a phone or e-mail field."""
    written = [CustomFieldValueWrite(value=value, enum_code="WORK") for value in values]
    return [CustomFieldValuesWrite(field_code=code, values=written)]


@pytest.fixture
def persons(amocrm: AmoCRM) -> Persons:
    """Return a search in a fresh account."""
    return Persons(amocrm, Directory(amocrm))


@pytest.mark.parametrize("asked", SAME)
def test_the_one_contact_is_found_among_look_alikes(
    amocrm: AmoCRM, persons: Persons, asked: str
) -> None:
    """Of contacts whose numbers contain or resemble it, all forms of the number find the same."""
    wanted = [
        amocrm.contacts.create(
            ContactCreate(name=form, custom_fields_values=reachable("PHONE", form))
        ).id
        for form in ("8 (916) 123-45-67", "+79161234567")
    ]
    amocrm.contacts.create(
        [ContactCreate(name=asked, custom_fields_values=reachable("PHONE", one)) for one in OTHERS]
    )
    amocrm.contacts.create(ContactCreate(name="79161234567"))
    assert [one.id for one in persons.contacts_by_phone(asked)] == wanted


@pytest.mark.parametrize("stored", OTHERS)
def test_never_another_contact_or_company(amocrm: AmoCRM, persons: Persons, stored: str) -> None:
    """A number that merely looks alike finds nobody, and the other way round."""
    fields = reachable("PHONE", stored)
    amocrm.contacts.create(ContactCreate(name="A", custom_fields_values=fields))
    amocrm.companies.create(CompanyCreate(name="B", custom_fields_values=fields))
    assert persons.contacts_by_phone("+7 916 123-45-67") == []
    assert persons.companies_by_phone("8 916 123-45-67") == []
    assert [one.name for one in persons.contacts_by_phone(stored)] == ["A"]
    assert [one.name for one in persons.companies_by_phone(stored)] == ["B"]


def test_an_address_finds_its_holder_alone(amocrm: AmoCRM, persons: Persons) -> None:
    """Not one whose address contains it."""
    for name in ("anna@example.com", "joanna@example.com", "anna@example.com.br"):
        amocrm.contacts.create(
            ContactCreate(name=name, custom_fields_values=reachable("EMAIL", name.title()))
        )
    found = persons.contacts_by_email("ANNA@example.com")
    assert [one.name for one in found] == ["anna@example.com"]
    assert persons.companies_by_email("anna@example.com") == []


def test_what_is_no_number_or_address_is_refused(persons: Persons) -> None:
    """Before anybody is looked for."""
    with pytest.raises(ConfigurationError, match="'abc' is no phone number"):
        persons.contacts_by_phone("abc")
    with pytest.raises(ConfigurationError, match="'abc' is no e-mail address"):
        persons.contacts_by_email("abc")
