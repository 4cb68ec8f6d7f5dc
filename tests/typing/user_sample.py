"""What users write, checked by mypy --strict and by pyright strict: no narrowing, no casts."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal, assert_type

from amocrm_gen import UNSET, AmoCRM, AsyncAmoCRM
from amocrm_gen.v4 import (
    CallInNote,
    CommonNote,
    CommonNoteCreate,
    Contact,
    ContactCreate,
    ContactCreated,
    Lead,
    LeadCreate,
    LeadCreated,
    LeadFindFilter,
    LeadUpdate,
    LeadUpdated,
    LinkTo,
    Note,
    TaskCreate,
    TextParams,
)


def read_leads(amo: AmoCRM) -> list[tuple[str, int, date, list[str]]]:
    """Read what is always there without asking whether it is."""
    lead = amo.leads.get(1, with_=["contacts"])
    assert_type(lead, Lead)
    return [(lead.name.upper(), lead.price + 1, lead.created_at.date(), tags_of(lead))]


def tags_of(lead: Lead) -> list[str]:
    """Walk a list that is embedded in every answer."""
    return [tag.name for tag in lead.embedded.tags]


def walk_lists(amo: AmoCRM) -> int:
    """Items, pages, and the first of them."""
    budget = 0
    for lead in amo.leads.find(
        filter={
            "id": [1, 2],
            "price": {"from": 10_000},
            "created_at": {"from": datetime.now(UTC) - timedelta(days=1)},
            "statuses": [{"pipeline_id": 1, "status_id": 142}],
            "custom_fields_values": {77: ["x", "y"]},
        },
        with_=["contacts", "loss_reason"],
        order="-created_at",
        limit=60,
    ):
        assert_type(lead, Lead)
        budget += lead.price
    for page in amo.leads.find(page_size=50, prefetch=0).pages():
        budget += sum(lead.price for lead in page.items)
    first = amo.leads.find().first()
    assert_type(first, Lead | None)
    missing = amo.contacts.get_or_none(5)
    assert_type(missing, Contact | None)
    return budget if first is None or missing is None else first.price


def keep_a_filter() -> LeadFindFilter:
    """A filter has a type of its own, and so can be passed about."""
    wanted: LeadFindFilter = {"responsible_user_id": 7}
    wanted["updated_at"] = {"to": 1_700_000_000}
    return wanted


def write_leads(amo: AmoCRM) -> None:
    """One item gives one result, many give a list."""
    one = amo.leads.create(LeadCreate(name="Roof", price=25_000))
    assert_type(one, LeadCreated)
    many = amo.leads.create(LeadCreate(name=f"Lead {number}") for number in range(600))
    assert_type(many, list[LeadCreated])
    cleared = LeadUpdate(id=one.id, loss_reason_id=None, name=UNSET)
    assert_type(amo.leads.update(cleared), LeadUpdated)
    assert_type(amo.leads.update([cleared]), list[LeadUpdated])
    assert_type(amo.leads.update_one(cleared).updated_at.date(), date)
    with amo.leads.edit(one.id) as lead:
        lead.price = 5
        lead.name = lead.name.strip()
    contact = amo.contacts.create(ContactCreate(first_name="Ann"))
    assert_type(contact, ContactCreated)
    amo.links.link("leads", one.id, [LinkTo(to_entity_id=contact.id, to_entity_type="contacts")])
    amo.tasks.create(TaskCreate(text="Call", complete_till=datetime.now(UTC)))


def read_notes(amo: AmoCRM) -> list[str]:
    """A union of notes is told apart by its classes, or by its tag."""
    texts: list[str] = []
    for note in amo.notes.find("leads", filter={"note_type": ["common", "call_in"]}):
        assert_type(note, Note)
        if isinstance(note, CommonNote) and note.params:
            texts.append(note.params.text.strip())
        if isinstance(note, CallInNote):
            assert_type(note.note_type, Literal["call_in"])
        texts.append(note.note_type)
    amo.notes.create("leads", CommonNoteCreate(entity_id=1, params=TextParams(text="Hello")))
    amo.notes.create(
        "contacts", [CommonNoteCreate(entity_id=2, params=TextParams(text="Hello again"))]
    )
    return texts


async def the_same_for_asyncio(amo: AsyncAmoCRM) -> int:
    """Every call has a twin."""
    budget = 0
    async for lead in amo.leads.find(with_=["contacts"], order="id", limit=60):
        assert_type(lead, Lead)
        budget += lead.price
    lead = await amo.leads.get(1)
    names = [lead.name.upper(), *(tag.name for tag in lead.embedded.tags)]
    one = await amo.leads.create(LeadCreate(name=names[0], price=lead.price + 1))
    assert_type(one, LeadCreated)
    many = await amo.leads.create([LeadCreate(name="b")])
    assert_type(many, list[LeadCreated])
    async with amo.leads.edit(one.id) as changed:
        changed.price = 5
    first = await amo.leads.find(filter={"name": "Roof"}).first()
    assert_type(first, Lead | None)
    async for page in amo.contacts.find().pages():
        assert_type(page.items, list[Contact])
    return budget + lead.created_at.day
