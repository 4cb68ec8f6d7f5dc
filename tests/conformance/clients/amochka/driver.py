"""Drives the PyPI client amochka through the steps, from inside its own environment."""

from conformance_wire import serve  # isort: skip -- maps the connection, so it comes first

import datetime
import json
import time

from amochka import AmoCRMClient, CacheConfig
from amochka.errors import AmoCRMError

_HANDED = "is handed its tokens and cannot exchange a code"
_REPEATS = "repeats writes as well"
NOT_OFFERED = {
    "*": "has no call for it",
    "login": _HANDED,
    "login_again": _HANDED,
    "update_leads": "updates one lead a request",
    "save_again": "sends nothing back of what it read",
    "fill_fields": "writes whole numbers and truth values as ids of options",
    "write_too_often": _REPEATS,
    "write_to_broken_server": _REPEATS,
}

_DAY = 86_400

_session = {}


def _client():
    return _session["client"]


def _ids(rows):
    return [row["id"] for row in rows]


def _refusal(call):
    try:
        call()
    except AmoCRMError as error:
        return {"type": type(error).__name__, "message": str(error)}
    return None


def _connect(access_token, refresh_token, days=0):
    saved = {
        "access_token": access_token,
        "refresh_token": refresh_token,
        "expires_at": time.time() + _DAY - days * _DAY,
        **_session["integration"],
    }
    return AmoCRMClient(
        _session["url"],
        token_file=json.dumps(saved),
        cache_config=CacheConfig.disabled(),
        disable_logging=True,
        rate_limit=1000,
        max_retries=1,
        retry_delay=0.1,
    )


def open_account(
    subdomain, zone, client_id, client_secret, redirect_uri, access_token, refresh_token
):
    _session["url"] = f"https://{subdomain}.{zone}"
    _session["integration"] = {
        "client_id": client_id,
        "client_secret": client_secret,
        "redirect_uri": redirect_uri,
    }
    _session["client"] = _connect(access_token, refresh_token)


def hold_tokens(access_token, refresh_token, days):
    _session["client"] = _connect(access_token, refresh_token, days)


def held_tokens():
    return {"access_token": _client().token, "refresh_token": _client().refresh_token}


def read_account():
    account = _client().get_account(with_=["version", "users_groups"])
    return {name: account[name] for name in ("id", "name", "subdomain", "country")}


def create_lead(name, price):
    return _client().create_lead({"name": name, "price": price})["id"]


def create_contact(first_name, last_name, phone, email):
    person = {
        "first_name": first_name,
        "last_name": last_name,
        "custom_fields_values": [
            {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]},
            {"field_code": "EMAIL", "values": [{"value": email, "enum_code": "WORK"}]},
        ],
    }
    return _client().create_contact(person)["id"]


def create_leads(names):
    return _ids(_client().create_leads([{"name": name} for name in names]))


def create_contacts(names):
    return _ids(_client().create_contacts([{"name": name} for name in names]))


def read_lead(lead_id):
    lead = _client().get_deal_by_id(lead_id)
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
        "contacts": _ids(lead["_embedded"]["contacts"]),
        "tags": [tag["name"] for tag in lead["_embedded"]["tags"]],
    }


def read_contact(contact_id):
    person = _client().get_contact_by_id(contact_id, include=["leads"])
    values = {
        field["field_code"]: field["values"][0]["value"] for field in person["custom_fields_values"]
    }
    return {
        **{name: person[name] for name in ("id", "name", "first_name", "last_name")},
        "phone": values["PHONE"],
        "email": values["EMAIL"],
    }


def list_leads(limit):
    return _ids(_client().iter_leads(limit=limit, include_contacts=True))


def list_contacts(limit):
    return _ids(_client().iter_contacts(limit=limit))


def find_by_id(ids):
    return _ids(_client().iter_leads(extra_params={"filter[id][]": ids}))


def find_by_time(start, end):
    span = {"filter[created_at][from]": start, "filter[created_at][to]": end}
    return _ids(_client().iter_leads(extra_params=span))


def find_by_stage(pipeline_id, status_id):
    stage = {
        "filter[statuses][0][pipeline_id]": pipeline_id,
        "filter[statuses][0][status_id]": status_id,
    }
    return _ids(_client().iter_leads(extra_params=stage))


def search(text):
    return _ids(_client().iter_leads(extra_params={"query": text}))


def list_backwards(ids):
    wanted = {"filter[id][]": ids, "order[id]": "desc"}
    return _ids(_client().iter_leads(extra_params=wanted, limit=2))


def update_lead(lead_id, name, price):
    _client().update_lead(lead_id, {"name": name, "price": price})


def move_lead(lead_id, pipeline_id, status_id):
    _client().update_lead(lead_id, {"pipeline_id": pipeline_id, "status_id": status_id})


def list_fields():
    return [int(field) for field in _client().get_custom_fields_mapping(force_update=True)]


def read_fields(lead_id, definitions):
    lead = _client().get_deal_by_id(lead_id)
    values = {kind: lead[field["id"]] for kind, field in definitions.items()}
    day = datetime.datetime.fromtimestamp(values["date"]).astimezone()
    return {
        **values,
        "numeric": float(values["numeric"]),
        "date": [day.year, day.month, day.day],
    }


def tag_lead(lead_id, tags):
    _client().update_lead(lead_id, {}, tags_to_add=tags)


def link_contact(lead_id, contact_id):
    _client().link_entity("lead", lead_id, contact_id, "contact", metadata={"is_main": True})


def add_note(lead_id, text):
    return _client().add_entity_note("lead", lead_id, "common", {"text": text})["id"]


def list_notes(lead_id):
    notes = _client().get_entity_notes("lead", lead_id, get_all=True)
    return [note["params"]["text"] for note in notes]


def list_tasks(lead_id):
    return _ids(_client().iter_tasks(entity_type="leads", entity_ids=[lead_id]))


def list_pipelines():
    return {
        str(pipeline["id"]): _ids(pipeline["_embedded"]["statuses"])
        for pipeline in _client().get_pipelines()
    }


def list_users():
    users = _client().iter_users()
    return [{name: user[name] for name in ("id", "name", "email")} for user in users]


def read_missing_lead(lead_id):
    return _refusal(lambda: _client().get_deal_by_id(lead_id))


def create_invalid_lead(name, responsible_user_id):
    lead = {"name": name, "responsible_user_id": responsible_user_id}
    return _refusal(lambda: _client().create_lead(lead))


def create_with_bad_token(name):
    forged = _client().token.rsplit(".", 1)[0] + ".AAAA"
    stranger = _connect(forged, "not a refresh token")
    return _refusal(lambda: stranger.create_lead({"name": name, "price": 1}))


if __name__ == "__main__":
    serve(__name__, NOT_OFFERED)
