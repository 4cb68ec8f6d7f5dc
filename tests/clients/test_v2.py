"""Every operation of API v2 by the client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from amocrm_gen import ApiError
from amocrm_gen.v2 import (
    BotRun,
    CallAdd,
    CallNotice,
    CatalogCreate,
    CatalogElementCreate,
    CatalogElementUpdate,
    CompanyCreate,
    ContactCreate,
    ContactUpdate,
    CustomerCreate,
    CustomFieldWrite,
    FieldAdd,
    FieldDelete,
    FormInfo,
    IncomingForm,
    IncomingSip,
    LeadCreate,
    LeadUnlink,
    LeadUpdate,
    NoteCreate,
    NoteUpdate,
    PeriodWrite,
    PipelineRequest,
    SipInfo,
    TaskCreate,
    TaskUpdate,
    TransactionAdd,
    TransactionComment,
    WebhookWrite,
    WidgetWrite,
)

from .places import KINDS, Kind, Place
from .seeded import amocrm_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen import AmoCRM

_LATER = datetime(2050, 1, 1, tzinfo=UTC)
_WIDGET = {
    "id": 972,
    "code": "amo_asterisk",
    "version": "1.1.6",
    "rating": "2,7",
    "settings_template": [{"key": "login", "name": "L", "type": "text", "is_required": True}],
    "is_lead_source": False,
    "is_work_with_dp": False,
    "is_crm_template": False,
    "client_uuid": None,
    "pipeline_id": None,
    "is_active_in_account": False,
}
_BOT = {"id": 1, "name": "A", "type_functionality": "regular", "settings": {"active": True}}


@pytest.fixture
def amo() -> Iterator[AmoCRM]:
    """A client of an account with customers, a widget and a bot."""
    contents = {"customers_mode": "periodicity", "widgets": [_WIDGET], "bots": [_BOT]}
    with amocrm_with(contents) as amo:
        yield amo


def test_cards(amo: AmoCRM) -> None:
    """Added, changed, linked, unlinked, read; stale changes are told beside what is saved."""
    v2 = amo.v2
    [firm] = v2.companies.save(add=[CompanyCreate(name="Acme", tags=["a"])])
    person = ContactCreate(name="Ann", company_id=firm.id)
    [ann] = v2.contacts.save(add=[person])
    deal = LeadCreate(name="Roof", sale=5, contacts_id=[ann.id], company_id=firm.id)
    first, second = v2.leads.save(add=[deal, LeadCreate(name="Door")])
    lead = v2.leads.find(id=[first.id]).first()
    assert lead is not None
    assert lead.contacts.id == [ann.id]
    assert lead.company.id == firm.id
    assert [one.name for one in v2.companies.find(query="Acme")] == ["Acme"]
    gone = LeadUnlink(contacts_id=[ann.id])
    stale = datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(ApiError, match="Last modified date is older") as caught:
        v2.leads.save(
            update=[
                LeadUpdate(id=first.id, updated_at=_LATER, unlink=gone),
                LeadUpdate(id=second.id, updated_at=stale, name="never"),
            ]
        )
    assert [row.id for row in caught.value.saved] == [first.id]
    assert [row.name for row in v2.leads.find(page_size=1)] == ["Roof", "Door"]
    v2.contacts.save(update=[ContactUpdate(id=ann.id, updated_at=_LATER, first_name="Anna")])
    [contact] = v2.contacts.find(modified_since=_LATER)
    assert contact.first_name == "Anna"
    assert list(v2.contacts.find(id=[1])) == []


def test_tasks_and_notes(amo: AmoCRM) -> None:
    """On a lead, changed and found."""
    v2 = amo.v2
    [lead] = v2.leads.save(add=[LeadCreate(name="L")])
    end = {"element_id": lead.id, "element_type": 2}
    task = TaskCreate(text="T", task_type=1, complete_till_at=_LATER, **end)
    [made] = v2.tasks.save(add=[task])
    change = TaskUpdate(id=made.id, updated_at=_LATER, text="T", is_completed=True)
    v2.tasks.save(update=[change])
    [row] = v2.tasks.find(filter={"status": [1]})
    assert row.is_completed
    [note] = v2.notes.save(add=[NoteCreate(note_type=4, text="N", **end)])
    v2.notes.save(update=[NoteUpdate(id=note.id, updated_at=_LATER, text="M")])
    assert [one.text for one in v2.notes.find(type="lead", note_type=[4])] == ["M"]


def test_catalogs(amo: AmoCRM) -> None:
    """With elements, which are found by their names."""
    v2 = amo.v2
    [cars] = v2.catalogs.save(add=[CatalogCreate(name="Cars", type="regular")])
    assert [row.name for row in v2.catalogs.find(id=[cars.id])] == ["Cars"]
    [lada] = v2.catalog_elements.save(add=[CatalogElementCreate(catalog_id=cars.id, name="Lada")])
    change = CatalogElementUpdate(id=lada.id, name="Volga")
    v2.catalog_elements.save(update=[change])
    found = v2.catalog_elements.find(catalog_id=[cars.id], term="vol")
    assert [row.name for row in found] == ["Volga"]
    assert v2.catalogs.save(delete=[cars.id]) == []
    assert list(v2.catalog_elements.find(catalog_id=[cars.id])) == []


def test_customers(amo: AmoCRM) -> None:
    """With purchases and stages."""
    v2 = amo.v2
    v2.customers.save(add=[CustomerCreate(name="C", next_date=1900000000, next_price=5)])
    [customer] = v2.customers.find()
    bought = TransactionAdd(customer_id=customer.id, date=_LATER, price=100)
    [made] = v2.transactions.save(add=[bought])
    comment = TransactionComment(transaction_id=made.id, comment="thanks")
    v2.transactions.save(update=[comment])
    [row] = v2.transactions.find(customer_id=[customer.id])
    assert (row.price, row.comment) == (100, "thanks")
    count = len(v2.customers_periods.find())
    v2.customers_periods.save(update=[PeriodWrite(period=5, color="#fffeb2")])
    assert len(v2.customers_periods.find()) == count + 1
    v2.customers.save(delete=[customer.id])
    assert list(v2.customers.find()) == []


def test_incoming_leads(amo: AmoCRM) -> None:
    """Taken in, listed, accepted, declined, counted."""
    incoming = amo.v2.incoming_leads
    info = FormInfo(form_id=1, form_page="p")
    form = incoming.add_forms(add=[IncomingForm(source_name="site", incoming_lead_info=info)])
    told = SipInfo(to="5", from_="79", date_call=_LATER, service_code="x")
    sip = incoming.add_sips(add=[IncomingSip(source_name="pbx", incoming_lead_info=told)])
    assert {row.uid for row in incoming.find()} == {*form.data, *sip.data}
    assert [row.category for row in incoming.find(categories=["sip"])] == ["sip"]
    assert incoming.accept(accept=form.data).status == "success"
    assert incoming.decline(decline=sip.data).data == {sip.data[0]: False}
    summary = incoming.summarise()
    assert (summary["total"], summary["accepted"]) == (2, 1)
    assert len(list(amo.v2.leads.find())) == 1


def test_settings(amo: AmoCRM) -> None:
    """The account, its pipelines, fields and goods."""
    v2 = amo.v2
    field = FieldAdd(name="Colour", origin="me", type=1, element_type=2)
    [made] = v2.fields.save(add=[field])
    assert not v2.account.get().embedded
    parts = v2.account.get(with_=["custom_fields", "users", "pipelines"]).embedded
    assert parts is not None
    assert parts.custom_fields["leads"][str(made.id)]["name"] == "Colour"
    v2.fields.save(delete=[FieldDelete(id=made.id, origin="me")])
    known = v2.pipelines.find().embedded.items
    item = {"name": "Two", "sort": 5, "statuses": [{"name": "In", "sort": 10}]}
    v2.pipelines.save(PipelineRequest(request={"pipelines": {"add": [item]}}))
    [new] = set(v2.pipelines.find().embedded.items) - set(known)
    v2.pipelines.delete(PipelineRequest(request={"id": [int(new)]}))
    assert v2.pipelines.find().embedded.items.keys() == known.keys()
    assert v2.products_settings.switch(enabled=True).is_enabled
    assert v2.products_settings.get().is_enabled


def test_what_connects(amo: AmoCRM) -> None:
    """Webhooks, widgets, calls, bots, short links."""
    v2 = amo.v2
    hook = WebhookWrite(url="https://example.com/1", events=["add_lead"])
    assert [row.result for row in v2.webhooks.subscribe(subscribe=[hook])] == [True]
    assert [row.url for row in v2.webhooks.find()] == [hook.url]
    v2.webhooks.unsubscribe(unsubscribe=[hook])
    assert v2.webhooks.find() == []
    widget = WidgetWrite(widget_id=972, widget_code="amo_asterisk")
    v2.widgets.save(install=[widget])
    assert [row.active for row in v2.widgets.find()] == [1]
    assert [row.widget_id for row in v2.widgets.find_installed()] == [972]
    v2.widgets.set_sources(code="amo_asterisk", services={"Telegram": "https://t.me/x"})
    fields = {field.code: field.id for field in amo.custom_fields.find("contacts")}
    phone = {"value": "+79001234567", "enum": "WORK"}
    values = CustomFieldWrite(id=fields["PHONE"], values=[phone])
    [ann] = v2.contacts.save(add=[ContactCreate(name="Ann", custom_fields=[values])])
    [call] = v2.calls.save(add=[CallAdd(phone_number="+79001234567", direction="inbound")])
    assert (call.element_id, call.element_type) == (ann.id, 1)
    [notice] = v2.events.save(add=[CallNotice(type="phone_call", phone_number="+79001234567")])
    assert notice.element_id == ann.id
    [lead] = v2.leads.save(add=[LeadCreate(name="L")])
    v2.salesbot.run([BotRun(bot_id=1, entity_id=lead.id, entity_type=2)])
    short = v2.url_shortener.shorten({"url": "https://example.com/long"})
    assert short["long_url"] == "https://example.com/long"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_of_it(kind: Kind) -> None:
    """A call leaves a note, a bot a run, a short link itself; a notice of a call leaves nothing."""
    seed = {"bots": [{"id": 1, "name": "A"}], "leads": [{"id": 7, "name": "L"}]}
    with Place.opened(kind, seed) as place:
        fields = place.ask(lambda amo: amo.custom_fields.find("contacts"))
        [phone] = [field.id for field in fields if field.code == "PHONE"]
        number = {"value": "+79001234567", "enum": "WORK"}
        ann = ContactCreate(name="Ann", custom_fields=[CustomFieldWrite(id=phone, values=[number])])
        [made] = place.ask(lambda amo: amo.v2.contacts.save(add=[ann]))
        call = CallAdd(phone_number="+79001234567", direction="inbound", duration=9)
        [called] = place.ask(lambda amo: amo.v2.calls.save(add=[call]))
        notes = place.ask(lambda amo: amo.v2.notes.find(type="contact", element_id=[made.id]))
        assert [note.note_type for note in notes if note.id == called.id] == [10]
        before = place.control("state")["tables"]
        notice = CallNotice(type="phone_call", phone_number="+79001234567")
        place.ask(lambda amo: amo.v2.events.save(add=[notice]))
        assert place.control("state")["tables"] == before
        run = BotRun(bot_id=1, entity_id=7, entity_type=2)
        place.ask(lambda amo: amo.v2.salesbot.run([run]))
        [row] = place.table("bot_runs")
        assert (row["bot_id"], row["entity_type"], row["entity_id"]) == (1, "leads", 7)
        url = "https://example.com/long"
        short = place.ask(lambda amo: amo.v2.url_shortener.shorten({"url": url}))
        assert [row["url"] for row in place.table("short_links")] == [short["url"]]
