"""Leads, contacts and companies: create, read, update."""

from typing import Any, Final

from .step import Context, Step, expect, same, step

__all__ = ["ENTITIES"]


@step("Entities", "creates a lead")
def create_lead(context: Context) -> None:
    """One more lead, as it was told."""
    with_before = context.account.ids("leads")
    told = context.driver.ask("create_lead", name="Website order", price=5000)
    new = context.account.ids("leads") - with_before
    same(new, {told}, "the set of new leads")
    lead = context.account.row(f"leads/{told}")
    same((lead["name"], lead["price"]), ("Website order", 5000), "the lead")


@step("Entities", "creates a contact with a phone and an e-mail")
def create_contact(context: Context) -> None:
    """One more contact, with both of its predefined fields filled."""
    before = context.account.ids("contacts")
    told = context.driver.ask(
        "create_contact",
        first_name="Anna",
        last_name="Petrova",
        phone="+79990000001",
        email="anna@example.com",
    )
    same(context.account.ids("contacts") - before, {told}, "the set of new contacts")
    contact = context.account.row(f"contacts/{told}")
    names = (contact["name"], contact["first_name"], contact["last_name"])
    same(names, ("Anna Petrova", "Anna", "Petrova"), "the names")
    same(_values(contact, "PHONE"), [("+79990000001", "WORK")], "the phones")
    same(_values(contact, "EMAIL"), [("anna@example.com", "WORK")], "the e-mails")


@step("Entities", "creates a company")
def create_company(context: Context) -> None:
    """One more company, as it was told."""
    before = context.account.ids("companies")
    told = context.driver.ask("create_company", name="Romashka")
    same(context.account.ids("companies") - before, {told}, "the set of new companies")
    same(context.account.row(f"companies/{told}")["name"], "Romashka", "the name")


@step("Entities", "creates several leads at once")
def create_leads(context: Context) -> None:
    """Three more leads, in the order in which they were told."""
    _create_several(context, "leads", ["First", "Second", "Third"])


@step("Entities", "creates several contacts at once")
def create_contacts(context: Context) -> None:
    """Three more contacts, in the order in which they were told."""
    _create_several(context, "contacts", ["Boris", "Vera", "Gleb"])


@step("Entities", "creates a lead with its contact and company in one call")
def create_complex(context: Context) -> None:
    """All three exist and are linked with each other."""
    tables = {"lead": "leads", "contact": "contacts", "company": "companies"}
    before = {kind: context.account.ids(table) for kind, table in tables.items()}
    told = context.driver.ask(
        "create_complex",
        lead="Complex order",
        contact="Dmitri",
        phone="+79990000002",
        company="Vasilyok",
    )
    for kind, table in tables.items():
        same(context.account.ids(table) - before[kind], {told[kind]}, f"the set of new {table}")
    same(told["merged"], False, "whether it was merged")
    lead = context.account.row(f"leads/{told['lead']}", **{"with": "contacts"})
    same(_ids(lead["_embedded"]["contacts"]), [told["contact"]], "the lead's contacts")
    same(_ids(lead["_embedded"]["companies"]), [told["company"]], "the lead's companies")
    contact = context.account.row(f"contacts/{told['contact']}")
    same(_ids(contact["_embedded"]["companies"]), [told["company"]], "the contact's companies")
    same(_values(contact, "PHONE"), [("+79990000002", "WORK")], "the phones")


@step("Entities", "reads a lead with its contacts and tags")
def read_lead(context: Context) -> None:
    """Compare each part of what it tells."""
    (contact,) = context.account.add("contacts", [{"name": "Egor"}])
    embedded = {"tags": [{"name": "warm"}], "contacts": [{"id": contact}]}
    (lead,) = context.account.add("leads", [{"name": "Known", "price": 700, "_embedded": embedded}])
    told = context.driver.ask("read_lead", lead_id=lead)
    stored = context.account.row(f"leads/{lead}", **{"with": "contacts"})
    plain = {name: stored[name] for name in told if name not in {"contacts", "tags"}}
    same(told, {**plain, "contacts": [contact], "tags": ["warm"]}, "the lead")


@step("Entities", "reads a contact with its fields")
def read_contact(context: Context) -> None:
    """Compare each part of what it tells."""
    fields = [
        {"field_code": "PHONE", "values": [{"value": "+79990000003", "enum_code": "WORK"}]},
        {"field_code": "EMAIL", "values": [{"value": "zoya@example.com", "enum_code": "WORK"}]},
    ]
    person = {"first_name": "Zoya", "last_name": "Orlova", "custom_fields_values": fields}
    (contact,) = context.account.add("contacts", [person])
    told = context.driver.ask("read_contact", contact_id=contact)
    stored = context.account.row(f"contacts/{contact}")
    wanted = {
        **{name: stored[name] for name in ("id", "name", "first_name", "last_name")},
        "phone": "+79990000003",
        "email": "zoya@example.com",
    }
    same(told, wanted, "the contact")


@step("Entities", "updates a lead")
def update_lead(context: Context) -> None:
    """The two values change and nothing else does."""
    (lead,) = context.account.add(
        "leads", [{"name": "Old", "price": 1, "_embedded": {"tags": [{"name": "kept"}]}}]
    )
    before = context.account.row(f"leads/{lead}")
    context.driver.ask("update_lead", lead_id=lead, name="New", price=2)
    after = context.account.row(f"leads/{lead}")
    same(_settled(after), _settled({**before, "name": "New", "price": 2}), "the lead")


@step("Entities", "updates a contact")
def update_contact(context: Context) -> None:
    """Its names change and its full name follows."""
    (contact,) = context.account.add("contacts", [{"first_name": "Ivan", "last_name": "Old"}])
    context.driver.ask("update_contact", contact_id=contact, first_name="Inna", last_name="Newman")
    stored = context.account.row(f"contacts/{contact}")
    names = (stored["name"], stored["first_name"], stored["last_name"])
    same(names, ("Inna Newman", "Inna", "Newman"), "the names")


@step("Entities", "updates several leads at once")
def update_leads(context: Context) -> None:
    """Each lead gets its own value."""
    leads = context.account.add("leads", [{"name": "A"}, {"name": "B"}, {"name": "C"}])
    prices = {lead: 100 + place for place, lead in enumerate(leads)}
    told = context.driver.ask("update_leads", prices={str(key): prices[key] for key in prices})
    same(sorted(told), sorted(leads), "the leads that it says were updated")
    stored = {lead: context.account.row(f"leads/{lead}")["price"] for lead in leads}
    same(stored, prices, "the prices")


@step("Entities", "reads a lead, changes it and saves it as it was read")
def save_again(context: Context) -> None:
    """All that it sends back leaves the lead as it is, but for the name."""
    (contact,) = context.account.add("contacts", [{"name": "Kept"}])
    (company,) = context.account.add("companies", [{"name": "Kept"}])
    embedded = {
        "tags": [{"name": "kept"}, {"name": "also kept"}],
        "contacts": [{"id": contact}],
        "companies": [{"id": company}],
    }
    (lead,) = context.account.add("leads", [{"name": "Before", "price": 12, "_embedded": embedded}])
    before = context.account.row(f"leads/{lead}", **{"with": "contacts"})
    context.driver.ask("save_again", lead_id=lead, name="After")
    after = context.account.row(f"leads/{lead}", **{"with": "contacts"})
    same(_settled(after), _settled({**before, "name": "After"}), "the lead")


def _create_several(context: Context, table: str, names: list[str]) -> None:
    before = context.account.ids(table)
    told = context.driver.ask(f"create_{table}", names=names)
    same(context.account.ids(table) - before, set(told), f"the set of new {table}")
    stored = [context.account.row(f"{table}/{row}")["name"] for row in told]
    same(stored, names, "the names, in order")


def _settled(row: dict[str, Any]) -> dict[str, Any]:
    expect("updated_at" in row, "the row has no updated_at")
    return {name: value for name, value in row.items() if name not in {"updated_at", "_links"}}


def _ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


def _values(row: dict[str, Any], code: str) -> list[tuple[str, str]]:
    filled = row["custom_fields_values"] or []
    return [
        (value["value"], value["enum_code"])
        for field in filled
        if field["field_code"] == code
        for value in field["values"]
    ]


ENTITIES: Final[tuple[Step, ...]] = (
    create_lead,
    create_contact,
    create_company,
    create_leads,
    create_contacts,
    create_complex,
    read_lead,
    read_contact,
    update_lead,
    update_contact,
    update_leads,
    save_again,
)
