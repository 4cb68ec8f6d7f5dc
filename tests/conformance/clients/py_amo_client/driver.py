"""Drives the PyPI client py-amo-client through the steps, from inside its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

from py_amo.schemas import LeadSchema
from py_amo.services import AmoSession

_TOKEN = "is handed one access token and never renews it"
_NO_IDS = "tells no ids of what it created, but for leads"
NOT_OFFERED = {
    "*": "has no call for it",
    "login": _TOKEN,
    "login_again": _TOKEN,
    "refresh": _TOKEN,
    "refresh_refused": _TOKEN,
    "create_contact": _NO_IDS,
    "create_company": _NO_IDS,
    "create_contacts": _NO_IDS,
    "find_nothing": "reads JSON in an empty answer",
    "update_contact": "cannot read the answer to the update of a contact",
    "update_leads": "updates one entity a request",
    "read_again": "repeats no request",
}

_session = {}


def _client():
    return _session["client"]


def _ids(rows):
    return [row.id for row in rows]


def _walk(repository, **criteria):
    page, limit, ids = 1, 50, []
    while True:
        rows = repository.get_all(page=page, limit=limit, **criteria)
        ids += _ids(rows)
        if len(rows) < limit:
            return ids
        page += 1


def _refusal(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- the kind of the error is what is asked for
        answer = getattr(error, "response", None)
        body = "" if answer is None else answer.text
        return {"type": type(error).__name__, "message": f"{error} {body}"}
    return None


def open_account(subdomain, access_token, **_):
    _session["subdomain"] = subdomain
    _session["client"] = AmoSession(access_token, subdomain)


def read_account():
    account = _client().get_me()
    return {
        "id": account.id,
        "name": account.name,
        "subdomain": account.subdomain,
        "country": account.country,
    }


def create_lead(name, price):
    [created] = _client().leads.create([LeadSchema(name=name, price=price)])
    return created.id


def create_leads(names):
    return _ids(_client().leads.create([LeadSchema(name=name) for name in names]))


def read_lead(lead_id):
    lead = _client().leads.get_by_id(lead_id, with_="contacts")
    return {
        "id": lead.id,
        "name": lead.name,
        "price": lead.price,
        "pipeline_id": lead.pipeline_id,
        "status_id": lead.status_id,
        "responsible_user_id": lead.responsible_user_id,
        "created_at": lead.created_at,
        "contacts": [contact["id"] for contact in lead.embedded["contacts"]],
        "tags": [tag["name"] for tag in lead.embedded["tags"]],
    }


def read_contact(contact_id):
    person = _client().contacts.get_by_id(contact_id)
    values = {field.field_code: field.values[0].value for field in person.custom_fields_values}
    return {
        "id": person.id,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": values["PHONE"],
        "email": values["EMAIL"],
    }


def list_leads(limit):
    return _walk(_client().leads)


def list_contacts(limit):
    return _walk(_client().contacts)


def find_by_id(ids):
    return _walk(_client().leads, **{"filter[id][]": ids})


def find_by_time(start, end):
    span = {"filter[created_at][from]": start, "filter[created_at][to]": end}
    return _walk(_client().leads, **span)


def find_by_stage(pipeline_id, status_id):
    stage = {
        "filter[statuses][0][pipeline_id]": pipeline_id,
        "filter[statuses][0][status_id]": status_id,
    }
    return _walk(_client().leads, **stage)


def search(text):
    return _walk(_client().leads, query=text)


def list_backwards(ids):
    return _walk(_client().leads, **{"filter[id][]": ids, "order[id]": "desc"})


def update_lead(lead_id, name, price):
    _client().leads.update(LeadSchema(id=lead_id, name=name, price=price))


def save_again(lead_id, name):
    lead = _client().leads.get_by_id(lead_id)
    lead.name = name
    _client().leads.update(lead)


def move_lead(lead_id, pipeline_id, status_id):
    moved = LeadSchema(id=lead_id, pipeline_id=pipeline_id, status_id=status_id)
    _client().leads.update(moved)


def list_pipelines():
    return {
        str(pipeline.id): _ids(_client().pipeline_statuses(pipeline.id).get_all())
        for pipeline in _client().pipelines.get_all()
    }


def list_users():
    users = _client().users.get_all(limit=250)
    return [{"id": user.id, "name": user.name, "email": user.email} for user in users]


def read_missing_lead(lead_id):
    found = _client().leads.get_by_id(lead_id)
    return {"type": "nothing", "message": "None"} if found is None else None


def create_invalid_lead(name, responsible_user_id):
    lead = LeadSchema(name=name, responsible_user_id=responsible_user_id)
    return _refusal(lambda: _client().leads.create([lead]))


def create_with_bad_token(name):
    forged = _client().token.rsplit(".", 1)[0] + ".AAAA"
    stranger = AmoSession(forged, _session["subdomain"])
    return _refusal(lambda: stranger.leads.create([LeadSchema(name=name, price=1)]))


def create_refused_lead(name):
    return _refusal(lambda: _client().leads.create([LeadSchema(name=name, price=1)]))


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED)
