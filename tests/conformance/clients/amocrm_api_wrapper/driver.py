"""Drives the PyPI client amocrm-api-wrapper through the steps, from its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

from amocrm_api import AmoOAuthClient
from amocrm_api.errors import AmoException

NOT_OFFERED = {
    "*": "cannot read: hands a body to httpx's get(), which takes none",
    "login": "is handed its tokens and cannot exchange a code",
    "login_again": "is handed its tokens and cannot exchange a code",
    "write_too_often": "repeats writes as well",
    "write_to_broken_server": "repeats writes as well",
}

_session = {}


def _client():
    return _session["client"]


def _ids(rows):
    return [row["id"] for row in rows]


def _made(answer, key):
    return _ids(answer["_embedded"][key])


def _refusal(call):
    try:
        call()
    except AmoException as error:
        return {"type": type(error).__name__, "message": str(error)}
    return None


def _connect(access_token, refresh_token):
    client = AmoOAuthClient(access_token, refresh_token, *_session["integration"])
    client.retry_sleep_429 = client.retry_sleep_base = 0.1
    return client


def open_account(
    subdomain, zone, client_id, client_secret, redirect_uri, access_token, refresh_token
):
    url = f"https://{subdomain}.{zone}"
    _session["integration"] = (url, client_id, client_secret, redirect_uri)
    _session["client"] = _connect(access_token, refresh_token)


def hold_tokens(access_token, refresh_token, days):
    _session["client"] = _connect(access_token, refresh_token)


def held_tokens():
    return _client().tokens


def create_lead(name, price):
    return _made(_client().create_leads([{"name": name, "price": price}]), "leads")[0]


def create_contact(first_name, last_name, phone, email):
    person = {
        "first_name": first_name,
        "last_name": last_name,
        "custom_fields_values": [
            {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]},
            {"field_code": "EMAIL", "values": [{"value": email, "enum_code": "WORK"}]},
        ],
    }
    return _made(_client().create_contacts([person]), "contacts")[0]


def create_company(name):
    return _made(_client().create_companies([{"name": name}]), "companies")[0]


def create_leads(names):
    return _made(_client().create_leads([{"name": name} for name in names]), "leads")


def create_contacts(names):
    return _made(_client().create_contacts([{"name": name} for name in names]), "contacts")


def create_complex(lead, contact, phone, company):
    phones = {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]}
    embedded = {
        "contacts": [{"name": contact, "custom_fields_values": [phones]}],
        "companies": [{"name": company}],
    }
    [made] = _client().create_leads_complex([{"name": lead, "price": 10, "_embedded": embedded}])
    return {
        "lead": made["id"],
        "contact": made["contact_id"],
        "company": made["company_id"],
        "merged": made["merged"],
    }


def update_lead(lead_id, name, price):
    _client().update_leads([{"id": lead_id, "name": name, "price": price}])


def update_contact(contact_id, first_name, last_name):
    changed = {"id": contact_id, "first_name": first_name, "last_name": last_name}
    _client().update_contacts([changed])


def update_leads(prices):
    changed = [{"id": int(lead_id), "price": price} for lead_id, price in prices.items()]
    return _made(_client().update_leads(changed), "leads")


def move_lead(lead_id, pipeline_id, status_id):
    moved = {"id": lead_id, "pipeline_id": pipeline_id, "status_id": status_id}
    _client().update_leads([moved])


def fill_fields(lead_id, definitions, values):
    fields = [
        {"field_id": definitions[kind]["id"], "values": [{"value": value}]}
        for kind, value in values.items()
    ]
    _client().update_leads([{"id": lead_id, "custom_fields_values": fields}])


def link_contact(lead_id, contact_id):
    link = {
        "to_entity_id": contact_id,
        "to_entity_type": "contacts",
        "metadata": {"is_main": True},
    }
    _client().link_leads_entity(lead_id, [link])


def unlink_contact(lead_id, contact_id):
    link = {"to_entity_id": contact_id, "to_entity_type": "contacts"}
    _client().unlink_leads_entity(lead_id, [link])


def add_note(lead_id, text):
    note = {"note_type": "common", "params": {"text": text}}
    return _made(_client().create_entity_note("leads", [note], lead_id), "notes")[0]


def add_task(lead_id, text, complete_till):
    task = {
        "text": text,
        "complete_till": complete_till,
        "entity_id": lead_id,
        "entity_type": "leads",
    }
    return _made(_client().add_tasks([task]), "tasks")[0]


def complete_task(task_id):
    _client().execution_task(task_id, is_completed=True, result="Called back")


def create_invalid_lead(name, responsible_user_id):
    lead = {"name": name, "responsible_user_id": responsible_user_id}
    return _refusal(lambda: _client().create_leads([lead]))


def create_with_bad_token(name):
    forged = held_tokens()["access_token"].rsplit(".", 1)[0] + ".AAAA"
    stranger = _connect(forged, "not a refresh token")
    return _refusal(lambda: stranger.create_leads([{"name": name, "price": 1}]))


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED)
