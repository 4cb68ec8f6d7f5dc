"""Drives the PyPI client aioamocrm through the steps, from inside its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

import asyncio
import datetime
import time

from aioamocrm import (
    AmoCRMClient,
    AmoCRMError,
    Company,
    Contact,
    Embedded,
    Lead,
    LongLivedToken,
    MemoryTokenStorage,
    Note,
    OAuth2,
    Tag,
    Task,
    TokenSet,
)

NOT_OFFERED = {
    "tag_directory": "reaches tags only through the entities that bear them",
}

_DAY = 86_400

_loop = asyncio.new_event_loop()
_storage = MemoryTokenStorage()
_session = {}


def _run(work):
    return _loop.run_until_complete(work)


def _client():
    return _session["client"]


async def _collect(rows):
    return [row async for row in rows]


def _ids(rows):
    return [row.id for row in _run(_collect(rows))]


def _refusal(work):
    try:
        _run(work)
    except AmoCRMError as error:
        return {"type": type(error).__name__, "message": str(error)}
    return None


def open_account(subdomain, client_id, client_secret, redirect_uri, **_):
    _session["subdomain"] = subdomain
    _session["integration"] = (client_id, client_secret, redirect_uri)
    _start()


def _start():
    auth = OAuth2(*_session["integration"], storage=_storage)
    _session["client"] = AmoCRMClient(subdomain=_session["subdomain"], auth=auth, rate_limit=None)


def held_tokens():
    held = _run(_storage.load())
    return {"access_token": held.access_token, "refresh_token": held.refresh_token}


def hold_tokens(access_token, refresh_token, days):
    # A process that starts anew and finds in the storage what another one left there.
    expires_at = time.time() + _DAY - days * _DAY
    _run(_storage.save(TokenSet(access_token, refresh_token, expires_at)))
    _run(_client().aclose())
    _start()


def login(code):
    _run(_client().exchange_code(code))
    return held_tokens()


def read_account():
    account = _run(_client().account.get(with_=["version", "users_groups", "datetime_settings"]))
    return {
        "id": account.id,
        "name": account.name,
        "subdomain": account.subdomain,
        "country": account.country,
    }


def create_lead(name, price):
    [created] = _run(_client().leads.create([Lead(name=name, price=price)]))
    return created.id


def create_contact(first_name, last_name, phone, email):
    person = Contact(name=f"{first_name} {last_name}", first_name=first_name, last_name=last_name)
    person.set_field("PHONE", phone, enum_code="WORK")
    person.set_field("EMAIL", email, enum_code="WORK")
    [created] = _run(_client().contacts.create([person]))
    return created.id


def create_company(name):
    [created] = _run(_client().companies.create([Company(name=name)]))
    return created.id


def create_leads(names):
    created = _run(_client().leads.create([Lead(name=name) for name in names], batch_size=2))
    return [row.id for row in created]


def create_contacts(names):
    created = _run(_client().contacts.create([Contact(name=name) for name in names]))
    return [row.id for row in created]


def create_complex(lead, contact, phone, company):
    person = Contact(name=contact)
    person.set_field("PHONE", phone, enum_code="WORK")
    embedded = Embedded(contacts=[person], companies=[Company(name=company)])
    deal = Lead(name=lead, price=10, embedded=embedded)
    [created] = _run(_client().leads.create_complex([deal]))
    return {
        "lead": created.id,
        "contact": created.contact_id,
        "company": created.company_id,
        "merged": created.merged,
    }


def read_lead(lead_id):
    lead = _run(_client().leads.get(lead_id, with_=["contacts", "loss_reason"]))
    return {
        "id": lead.id,
        "name": lead.name,
        "price": lead.price,
        "pipeline_id": lead.pipeline_id,
        "status_id": lead.status_id,
        "responsible_user_id": lead.responsible_user_id,
        "created_at": lead.created_at,
        "contacts": [contact.id for contact in lead.embedded.contacts],
        "tags": [tag.name for tag in lead.embedded.tags],
    }


def read_contact(contact_id):
    person = _run(_client().contacts.get(contact_id, with_="leads"))
    return {
        "id": person.id,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.field_value("PHONE", enum_code="WORK"),
        "email": person.field_value("EMAIL", enum_code="WORK"),
    }


def list_leads(limit):
    return _ids(_client().leads.iterate(limit=limit, with_=["contacts"]))


def list_contacts(limit):
    return _ids(_client().contacts.iterate(limit=limit))


def find_by_id(ids):
    return _ids(_client().leads.iterate(filter={"id": ids}))


def find_by_time(start, end):
    return _ids(_client().leads.iterate(filter={"created_at": {"from": start, "to": end}}))


def find_by_stage(pipeline_id, status_id):
    stage = {"pipeline_id": pipeline_id, "status_id": status_id}
    return _ids(_client().leads.iterate(filter={"statuses": [stage]}))


def search(text):
    return _ids(_client().leads.iterate(query=text))


def list_backwards(ids):
    return _ids(_client().leads.iterate(filter={"id": ids}, order={"id": "desc"}, limit=2))


def update_lead(lead_id, name, price):
    _run(_client().leads.update([Lead(id=lead_id, name=name, price=price)]))


def update_contact(contact_id, first_name, last_name):
    changed = Contact(id=contact_id, first_name=first_name, last_name=last_name)
    _run(_client().contacts.update([changed]))


def update_leads(prices):
    changed = [Lead(id=int(lead_id), price=price) for lead_id, price in prices.items()]
    return [row.id for row in _run(_client().leads.update(changed))]


def save_again(lead_id, name):
    lead = _run(_client().leads.get(lead_id, with_="contacts"))
    lead.name = name
    _run(_client().leads.update([lead]))


def move_lead(lead_id, pipeline_id, status_id):
    moved = Lead(id=lead_id, pipeline_id=pipeline_id, status_id=status_id)
    _run(_client().leads.update([moved]))


def list_fields():
    return _ids(_client().leads.custom_fields.iterate())


def fill_fields(lead_id, definitions, values):
    lead = Lead(id=lead_id)
    for kind, value in values.items():
        lead.set_field(definitions[kind]["id"], value)
    _run(_client().leads.update([lead]))


def read_fields(lead_id, definitions):
    lead = _run(_client().leads.get(lead_id))
    values = {kind: lead.field_value(field["id"]) for kind, field in definitions.items()}
    day = datetime.datetime.fromtimestamp(values["date"]).astimezone()
    return {
        **values,
        "numeric": float(values["numeric"]),
        "date": [day.year, day.month, day.day],
    }


def tag_lead(lead_id, tags):
    lead = _run(_client().leads.get(lead_id))
    changed = Lead(id=lead_id)
    kept = [Tag(id=tag.id) for tag in lead.embedded.tags]
    changed.embedded.tags = kept + [Tag(name=name) for name in tags]
    _run(_client().leads.update([changed]))


def link_contact(lead_id, contact_id):
    links = _client().leads.link(lead_id, "contacts", contact_id, metadata={"is_main": True})
    return [link.to_entity_id for link in _run(links)]


def unlink_contact(lead_id, contact_id):
    _run(_client().leads.unlink(lead_id, "contacts", contact_id))


def employ_contact(contact_id, company_name):
    company_id = create_company(company_name)
    _run(_client().contacts.link(contact_id, "companies", company_id))
    links = _run(_client().contacts.links(contact_id, filter={"to_entity_type": "companies"}))
    return links[0].to_entity_id


def add_note(lead_id, text):
    [created] = _run(_client().leads.notes.create([Note.common(lead_id, text)]))
    return created.id


def list_notes(lead_id):
    notes = _run(_collect(_client().leads.notes.iterate(entity_id=lead_id)))
    again = _run(_client().leads.notes.get(notes[0].id, entity_id=lead_id))
    assert again.text == notes[0].text
    return [note.text for note in notes]


def add_task(lead_id, text, complete_till):
    task = Task(text=text, complete_till=complete_till, entity_id=lead_id, entity_type="leads")
    [created] = _run(_client().tasks.create([task]))
    return created.id


def list_tasks(lead_id):
    wanted = {"entity_type": "leads", "entity_id": [lead_id], "is_completed": False}
    return _ids(_client().tasks.iterate(filter=wanted))


def complete_task(task_id):
    _run(_client().tasks.complete(task_id, result="Called back"))
    assert _run(_client().tasks.get(task_id)).is_completed


def list_pipelines():
    pipelines = _run(_client().pipelines.list())
    return {
        str(pipeline.id): [status.id for status in _run(_client().pipelines.statuses(pipeline.id))]
        for pipeline in pipelines
    }


def list_users():
    users = _run(_collect(_client().users.iterate(with_=["role", "group"])))
    return [{"id": user.id, "name": user.name, "email": user.email} for user in users]


def read_missing_lead(lead_id):
    return _refusal(_client().leads.get(lead_id))


def create_invalid_lead(name, responsible_user_id):
    return _refusal(
        _client().leads.create([Lead(name=name, responsible_user_id=responsible_user_id)])
    )


def create_refused_lead(name):
    return _refusal(_client().leads.create([Lead(name=name, price=1)]))


def login_again(code):
    return _refusal(_client().exchange_code(code))


def create_with_bad_token(name):
    forged = held_tokens()["access_token"].rsplit(".", 1)[0] + ".AAAA"

    async def attempt():
        auth = LongLivedToken(forged)
        async with AmoCRMClient(subdomain=_session["subdomain"], auth=auth) as stranger:
            await stranger.leads.create([Lead(name=name, price=1)])

    return _refusal(attempt())


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED)
