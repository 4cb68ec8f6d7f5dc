"""Drives the PyPI client kommo-python through the steps, from inside its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

import json

from kommo.client import Client

NOT_OFFERED = {
    "*": "has no call for it",
    "list_leads": "lists the first page only",
    "list_contacts": "lists the first page only",
    "read_again": "repeats no request",
    "refresh": "renews tokens only when it is told to",
    "refresh_refused": "renews tokens only when it is told to",
}
GENERIC = ("read_lead", "filter_by_id", "find_nothing", "search", "read_contact")

_session = {}


def _client():
    return _session["client"]


def _read(text):
    # It decodes application/json only, so the API's answers come as text.
    return json.loads(text) if text else None


def _refusal(call):
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 -- the kind of the error is what is asked for
        return {"type": type(error).__name__, "message": str(error)}
    # Only 400, 401 and 500 are errors for it; it hands on whatever else was answered.
    taken = isinstance(answer, str) and "_embedded" in answer
    return None if taken else {"type": "other answer", "message": str(answer)}


def open_account(subdomain, zone, client_id, client_secret, redirect_uri, **_):
    _session["domain"] = f"{subdomain}.{zone}"
    _session["client"] = Client(client_id, client_secret, _session["domain"], redirect_uri)


def held_tokens():
    return _session["tokens"]


def login(code):
    answer = _client().get_access_token(code, _session["domain"])
    _session["tokens"] = {name: answer[name] for name in ("access_token", "refresh_token")}
    _client().set_token(answer["access_token"])
    return _session["tokens"]


def read_account():
    account = _read(_client().get_account_info())
    return {name: account[name] for name in ("id", "name", "subdomain", "country")}


def create_lead(name, price):
    answer = _read(_client().create_lead({"name": name, "price": price}))
    return answer["_embedded"]["leads"][0]["id"]


def create_contact(first_name, last_name, phone, email):
    values = [
        {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]},
        {"field_code": "EMAIL", "values": [{"value": email, "enum_code": "WORK"}]},
    ]
    names = {"first_name": first_name, "last_name": last_name}
    answer = _read(_client().create_contact(names, values))
    return answer["_embedded"]["contacts"][0]["id"]


def create_company(name):
    answer = _read(_client().create_company({"name": name}))
    return answer["_embedded"]["companies"][0]["id"]


def read_lead(lead_id):
    lead = _read(_client().get(f"/api/v4/leads/{lead_id}", params={"with": "contacts"}))
    plain = (
        "id",
        "name",
        "price",
        "pipeline_id",
        "status_id",
        "responsible_user_id",
        "created_at",
    )
    return {
        **{name: lead[name] for name in plain},
        "contacts": [contact["id"] for contact in lead["_embedded"]["contacts"]],
        "tags": [tag["name"] for tag in lead["_embedded"]["tags"]],
    }


def read_contact(contact_id):
    person = _read(_client().get(f"/api/v4/contacts/{contact_id}"))
    values = {
        field["field_code"]: field["values"][0]["value"] for field in person["custom_fields_values"]
    }
    return {
        **{name: person[name] for name in ("id", "name", "first_name", "last_name")},
        "phone": values["PHONE"],
        "email": values["EMAIL"],
    }


def find_by_id(ids):
    return _leads({"filter[id][]": ids})


def search(text):
    return _leads({"query": text})


def _leads(query):
    answer = _read(_client().get("/api/v4/leads", params=query))
    return [lead["id"] for lead in answer["_embedded"]["leads"]] if answer else []


def list_fields():
    answer = _read(_client().get_custom_fields_leads())
    return [field["id"] for field in answer["_embedded"]["custom_fields"]]


def add_task(lead_id, text, complete_till):
    task = {
        "text": text,
        "complete_till": complete_till,
        "entity_id": lead_id,
        "entity_type": "leads",
    }
    return _read(_client().create_task(task))["_embedded"]["tasks"][0]["id"]


def read_missing_lead(lead_id):
    found = _client().get(f"/api/v4/leads/{lead_id}")
    return {"type": "nothing", "message": "None"} if found is None else None


def create_invalid_lead(name, responsible_user_id):
    lead = {"name": name, "responsible_user_id": responsible_user_id}
    return _refusal(lambda: _client().create_lead(lead))


def create_with_bad_token(name):
    held = held_tokens()["access_token"]
    _client().set_token(held.rsplit(".", 1)[0] + ".AAAA")
    try:
        return _refusal(lambda: _client().create_lead({"name": name, "price": 1}))
    finally:
        _client().set_token(held)


def create_refused_lead(name):
    return _refusal(lambda: _client().create_lead({"name": name, "price": 1}))


def login_again(code):
    held = held_tokens()["access_token"]
    try:
        return _refusal(lambda: _client().get_access_token(code, _session["domain"]))
    finally:
        _client().set_token(held)


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED, GENERIC)
