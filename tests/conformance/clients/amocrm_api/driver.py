"""Drives the PyPI client amocrm-api through the steps, from inside its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

import datetime

from amocrm.v2 import Company, Contact, Lead, Pipeline, Status, Tag, Task, User, tokens
from amocrm.v2 import custom_field as fields
from amocrm.v2.account import Account, AccountInteraction
from amocrm.v2.filters import (
    DateRangeFilter,
    FiltersByPipelineAndStatus,
    SingleListFilter,
)
from amocrm.v2.manager import Manager

_ONE_BY_ONE = "sends one entity a request"
NOT_OFFERED = {
    "create_leads": _ONE_BY_ONE,
    "create_contacts": _ONE_BY_ONE,
    "update_leads": _ONE_BY_ONE,
    "create_complex": "has no call for leads/complex",
    "refresh_refused": "goes by the token's own expiry only",
    "read_again": "repeats no request",
    "unlink_contact": "posts its unlink() to the link route",
}

_storage = tokens.MemoryTokensStorage()


class _Person(Contact):
    phone = fields.ContactPhoneField("Phone")
    email = fields.ContactEmailField("Email")


def _moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


def _ids(rows):
    return [row.id for row in rows]


def _refusal(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- the kind of the error is what is asked for
        return {"type": type(error).__name__, "message": str(error)}
    return None


def open_account(subdomain, client_id, client_secret, redirect_uri, **_):
    tokens.default_token_manager(
        client_id=client_id,
        client_secret=client_secret,
        subdomain=subdomain,
        redirect_url=redirect_uri,
        storage=_storage,
    )


def held_tokens():
    return {
        "access_token": _storage.get_access_token(),
        "refresh_token": _storage.get_refresh_token(),
    }


def hold_tokens(access_token, refresh_token, days):
    _storage.save_tokens(access_token, refresh_token)


def login(code):
    tokens.default_token_manager.init(code)
    return held_tokens()


def read_account():
    account = Manager(AccountInteraction(), model=Account).get(object_id=0)
    return {
        "id": account.id,
        "name": account.name,
        "subdomain": account.subdomain,
        "country": account.country,
    }


def create_lead(name, price):
    return Lead(name=name, price=price).save().id


def create_contact(first_name, last_name, phone, email):
    person = _Person(name=f"{first_name} {last_name}", first_name=first_name, last_name=last_name)
    person.phone = phone
    person.email = email
    return person.save().id


def create_company(name):
    return Company(name=name).save().id


def read_lead(lead_id):
    lead = Lead.objects.get(object_id=lead_id)
    return {
        "id": lead.id,
        "name": lead.name,
        "price": lead.price,
        "pipeline_id": lead.pipeline.id,
        "status_id": lead.status.id,
        "responsible_user_id": lead.responsible_user.id,
        "created_at": int(lead.created_at.replace(tzinfo=datetime.UTC).timestamp()),
        "contacts": _ids(lead.contacts),
        "tags": [tag.name for tag in lead.tags],
    }


def read_contact(contact_id):
    person = _Person.objects.get(object_id=contact_id)
    return {
        "id": person.id,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "email": person.email,
    }


def list_leads(limit):
    return _ids(Lead.objects.all())


def list_contacts(limit):
    return _ids(Contact.objects.all())


def find_by_id(ids):
    return _ids(Lead.objects.filter(filters=[SingleListFilter("id")(ids)]))


def find_by_time(start, end):
    created = DateRangeFilter("created_at")(_moment(start), _moment(end))
    return _ids(Lead.objects.filter(filters=[created]))


def find_by_stage(pipeline_id, status_id):
    stage = FiltersByPipelineAndStatus("statuses")(pipeline_id, status_id)
    return _ids(Lead.objects.filter(filters=[stage]))


def search(text):
    return _ids(Lead.objects.filter(query=text))


def list_backwards(ids):
    by_id = [SingleListFilter("id")(ids)]
    return _ids(Lead.objects.filter(filters=by_id, order={"id": "desc"}))


def update_lead(lead_id, name, price):
    lead = Lead.objects.get(object_id=lead_id)
    lead.name = name
    lead.price = price
    lead.save()


def update_contact(contact_id, first_name, last_name):
    person = Contact.objects.get(object_id=contact_id)
    person.first_name = first_name
    person.last_name = last_name
    person.save()


def save_again(lead_id, name):
    lead = Lead.objects.get(object_id=lead_id)
    lead.name = name
    lead.save()


def move_lead(lead_id, pipeline_id, status_id):
    lead = Lead.objects.get(object_id=lead_id)
    lead.pipeline = Pipeline.objects.get(object_id=pipeline_id)
    lead.status = Status.get_for(pipeline_id).get(object_id=status_id)
    lead.save()


def list_fields():
    return _ids(fields.CustomFieldModel.get_for(Lead()))


def _lead_with(definitions):
    kinds = {
        "text": fields.TextCustomField,
        "numeric": fields.NumericCustomField,
        "checkbox": fields.CheckboxCustomField,
        "select": fields.SelectCustomField,
        "date": fields.DateCustomField,
    }
    members = {
        kind: kinds[kind](field["name"], field_id=field["id"])
        for kind, field in definitions.items()
    }
    return type("_FilledLead", (Lead,), members)


def fill_fields(lead_id, definitions, values):
    lead = _lead_with(definitions).objects.get(object_id=lead_id)
    for kind, value in values.items():
        setattr(lead, kind, _moment(value) if kind == "date" else value)
    lead.save()


def read_fields(lead_id, definitions):
    lead = _lead_with(definitions).objects.get(object_id=lead_id)
    day = lead.date
    return {
        "text": lead.text,
        "numeric": lead.numeric,
        "checkbox": lead.checkbox,
        "select": lead.select.value,
        "date": [day.year, day.month, day.day],
    }


def tag_lead(lead_id, tags):
    lead = Lead.objects.get(object_id=lead_id)
    for tag in tags:
        lead.tags.append(tag)
    lead.save()


def create_tag(name):
    return Tag.leads.create(name=name).id


def list_tags():
    return [tag.name for tag in Tag.leads.all()]


def link_contact(lead_id, contact_id):
    lead = Lead.objects.get(object_id=lead_id)
    lead.contacts.append(Contact.objects.get(object_id=contact_id), main=True)


def employ_contact(contact_id, company_name):
    person = Contact.objects.get(object_id=contact_id)
    person.company = Company(name=company_name)
    return Contact.objects.get(object_id=contact_id).company.id


def add_note(lead_id, text):
    return Lead.objects.get(object_id=lead_id).notes(text=text).save().id


def list_notes(lead_id):
    return [note.text for note in Lead.objects.get(object_id=lead_id).notes.objects.all()]


def add_task(lead_id, text, complete_till):
    task = Task(text=text, complete_till=_moment(complete_till))
    Lead.objects.get(object_id=lead_id).tasks.add(task)
    return task.id


def list_tasks(lead_id):
    return _ids(Lead.objects.get(object_id=lead_id).tasks)


def complete_task(task_id):
    task = Task.objects.get(object_id=task_id)
    task.is_completed = True
    task.save()


def list_pipelines():
    return {str(pipeline.id): _ids(pipeline.statuses) for pipeline in Pipeline.objects.all()}


def list_users():
    return [{"id": user.id, "name": user.name, "email": user.email} for user in User.objects.all()]


def read_missing_lead(lead_id):
    return _refusal(lambda: Lead.objects.get(object_id=lead_id))


def create_invalid_lead(name, responsible_user_id):
    return _refusal(lambda: Lead(name=name, responsible_user=responsible_user_id).save())


def create_refused_lead(name):
    return _refusal(lambda: Lead(name=name, price=1).save())


def login_again(code):
    return _refusal(lambda: login(code))


def create_with_bad_token(name):
    held = held_tokens()
    # The claims stay readable and the signature does not fit them.
    forged = held["access_token"].rsplit(".", 1)[0] + ".AAAA"
    _storage.save_tokens(forged, held["refresh_token"])
    try:
        return _refusal(lambda: Lead(name=name, price=1).save())
    finally:
        _storage.save_tokens(**held)


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED)
