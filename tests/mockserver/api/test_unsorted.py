"""Incoming leads: created hidden, then accepted, declined or attached."""

from __future__ import annotations

from urllib.parse import parse_qs

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json, make_crm

_PATH = "leads/unsorted"
_CALL: Json = {
    "source_uid": "pbx",
    "source_name": "Calls",
    "metadata": {
        "from": "15550003",
        "phone": "15559999",
        "called_at": NOON,
        "duration": 54,
        "service_code": "wg1",
        "uniq": "a1",
        "is_call_event_needed": True,
    },
    "_embedded": {
        "leads": [{"name": "Call", "request_id": "x"}],
        "contacts": [{"name": "Ann"}],
        "companies": [{"name": "Ltd"}],
    },
}
_FORM: Json = {
    "source_uid": "site",
    "source_name": "Site",
    "metadata": {"form_id": 17, "form_name": "Ask", "form_page": "x", "form_sent_at": NOON},
}
_CHAT: Json = {
    "uid": "c1",
    "source_uid": "amojo",
    "metadata": {"from": "Oleg", "service": "telegram", "origin": {"chat_id": "x"}},
    "_embedded": {"contacts": [{"id": 208, "name": "Oleg"}]},
}


def _add(crm: Crm, category: str, *items: Json) -> list[Json]:
    rows: list[Json] = crm.post(f"{_PATH}/{category}", list(items))["_embedded"]["unsorted"]
    return rows


def _ids(embedded: Json) -> list[int]:
    return [row["id"] for kind in ("leads", "contacts", "companies") for row in embedded[kind]]


def test_a_call_comes_with_all_it_brings(crm: Crm) -> None:
    """The answer names what was made; the item is read as it was written."""
    [made] = _add(crm, "sip", _CALL)
    lead, contact, company = _ids(made["_embedded"])
    uid = made["uid"]
    links = {"self": {"href": f"{ORIGIN}/api/v4/{_PATH}/{uid}"}}
    assert list(made) == ["uid", "account_id", "request_id", "_links", "_embedded"]
    assert len(uid) > 36
    shown = crm.get(f"{_PATH}/{uid}")
    metadata = {k: v for k, v in _CALL["metadata"].items() if k != "is_call_event_needed"}
    pipeline = crm.get(f"leads/{lead}")["pipeline_id"]
    assert shown == {
        "uid": uid,
        "source_uid": "pbx",
        "source_name": "Calls",
        "category": "sip",
        "pipeline_id": pipeline,
        "created_at": NOON,
        "metadata": metadata,
        "account_id": crm.account.id,
        "_links": links,
        "_embedded": made["_embedded"],
    }
    assert crm.get(f"leads/{lead}", "with=contacts")["_embedded"]["contacts"][0]["id"] == contact
    assert crm.get(f"companies/{company}")["name"] == "Ltd"
    [note] = crm.find(f"leads/{lead}/notes")
    assert (note["note_type"], note["params"]["uniq"]) == ("call_in", "a1")


def test_hidden_until_accepted(crm: Crm) -> None:
    """Lists pass over the lead, contact and company; the log does not know of them."""
    [made] = _add(crm, "sip", _CALL)
    lead, contact, company = _ids(made["_embedded"])
    for kind, number in (("leads", lead), ("contacts", contact), ("companies", company)):
        assert crm.find(kind) == []
        assert crm.find(kind, f"filter[id]={number}") == []
    assert crm.get(f"contacts/{contact}")["is_unsorted"] is True
    assert crm.events("lead_added") == []
    crm.clock.advance(60)
    accepted = crm.post(f"{_PATH}/{made['uid']}/accept", {})
    assert accepted == {
        "uid": made["uid"],
        "pipeline_id": crm.get(f"leads/{lead}")["pipeline_id"],
        "category": "sip",
        "created_at": NOON,
        "_embedded": made["_embedded"],
    }
    assert [len(crm.find(kind)) for kind in ("leads", "contacts", "companies")] == [1, 1, 1]
    assert crm.get(f"contacts/{contact}")["is_unsorted"] is False
    assert [event["entity_id"] for event in crm.events("lead_added")] == [lead]
    assert [event["entity_id"] for event in crm.events("contact_added")] == [contact]
    stages = crm.get(f"leads/pipelines/{accepted['pipeline_id']}")["_embedded"]["statuses"]
    assert crm.get(f"leads/{lead}")["status_id"] == stages[1]["id"]
    assert crm.send("GET", _PATH).status == 204
    assert crm.send("GET", f"{_PATH}/{made['uid']}").status == 404
    assert crm.send("POST", f"{_PATH}/{made['uid']}/accept", []).status == 404


def test_accepted_by_somebody_into_a_stage() -> None:
    """The user becomes responsible; a closed stage closes the lead."""
    people = [{"id": 501, "name": "A", "admin": True}, {"id": 502, "name": "B"}]
    crm = make_crm({"users": people})
    [made] = _add(crm, "forms", _FORM)
    body = {"user_id": 502, "status_id": 142}
    crm.post(f"{_PATH}/{made['uid']}/accept", body)
    lead = crm.get(f"leads/{_ids(made['_embedded'])[0]}")
    assert (lead["responsible_user_id"], lead["created_by"]) == (502, 502)
    assert (lead["status_id"], lead["closed_at"]) == (142, NOON)
    assert crm.events("lead_added")[0]["created_by"] == 502


@pytest.mark.parametrize("body", [{"user_id": 9}, {"status_id": 9}])
def test_accepted_by_nobody_into_nothing(crm: Crm, body: Json) -> None:
    """Unknown users and stages are refused, and so is the stage of unsorted."""
    [made] = _add(crm, "forms", _FORM)
    answer = crm.send("POST", f"{_PATH}/{made['uid']}/accept", body)
    [item] = orjson.loads(answer.body)["validation-errors"]
    assert (answer.status, item["errors"][0]["path"]) == (400, next(iter(body)))
    lead = crm.get(f"leads/{_ids(made['_embedded'])[0]}")
    stage = {"status_id": lead["status_id"]}
    assert crm.send("POST", f"{_PATH}/{made['uid']}/accept", stage).status == 400
    assert len(crm.find(_PATH)) == 1


def test_declined_goes_to_the_trash(crm: Crm) -> None:
    """At once, with its contact."""
    [made] = _add(crm, "sip", _CALL)
    lead, contact, _ = _ids(made["_embedded"])
    declined = crm.send("DELETE", f"{_PATH}/{made['uid']}/decline", {})
    assert (declined.status, orjson.loads(declined.body)["uid"]) == (200, made["uid"])
    assert crm.send("GET", f"leads/{lead}").status == 204
    assert crm.send("GET", f"contacts/{contact}").status == 204
    assert [row["id"] for row in crm.find("leads", "with=only_deleted")] == [lead]
    assert [event["entity_id"] for event in crm.events("lead_deleted")] == [lead]
    assert crm.send("DELETE", f"{_PATH}/{made['uid']}/decline").status == 404
    [alone] = _add(crm, "forms", _FORM)
    answer = crm.send("DELETE", f"{_PATH}/{alone['uid']}/decline", [])
    assert orjson.loads(answer.body)["_embedded"]["contacts"] == []


def test_chats_and_mail_join_what_is_there() -> None:
    """The given contact takes over; the lead of the item is not needed any more."""
    crm = make_crm(
        {
            "contacts": [{"id": 201, "name": "Oleg"}],
            "leads": [{"id": 101, "name": "L"}],
            "unsorted": {"chats": [_CHAT], "mail": [{**_CHAT, "uid": "m1", "_embedded": {}}]},
        }
    )
    own = crm.get(f"{_PATH}/c1")["_embedded"]["leads"][0]["id"]
    to = {"entity_id": 101, "entity_type": "leads", "metadata": {"contact_id": 201}}
    answer = crm.post(f"{_PATH}/c1/link", {"link": to})
    ref = {"id": 101, "_links": {"self": {"href": f"{ORIGIN}/api/v4/leads/101"}}}
    assert answer == {"uid": "c1", "_embedded": {"leads": [ref]}}
    assert crm.send("GET", f"leads/{own}").status == 204
    assert crm.send("GET", "contacts/208").status == 204
    contacts = crm.get("leads/101", "with=contacts")["_embedded"]["contacts"]
    assert [one["id"] for one in contacts] == [201]
    assert [row["uid"] for row in crm.find(_PATH)] == ["m1"]
    crm.post(f"{_PATH}/m1/link", {"link": {"entity_id": 101, "entity_type": "leads"}})
    assert crm.find(_PATH) == []


def test_its_own_contact_stays_without_another() -> None:
    """It becomes visible, and is linked with the lead."""
    crm = make_crm({"leads": [{"id": 101, "name": "L"}], "unsorted": {"chats": [_CHAT]}})
    crm.post(f"{_PATH}/c1/link", {"link": {"entity_id": 101, "entity_type": "leads"}})
    [contact] = crm.find("contacts", "with=leads")
    assert (contact["id"], contact["_embedded"]["leads"][0]["id"]) == (208, 101)


def test_calls_and_forms_join_nothing(crm: Crm) -> None:
    """Only chats and mail can."""
    [lead] = crm.create("leads", {})
    [made] = _add(crm, "forms", _FORM)
    body = {"link": {"entity_id": lead, "entity_type": "leads"}}
    answer = crm.send("POST", f"{_PATH}/{made['uid']}/link", body)
    assert (answer.status, orjson.loads(answer.body)["detail"]) == (400, "Invalid request data")


def test_lists_newest_first_by_category(crm: Crm) -> None:
    """The order asked for changes nothing."""
    first, second = _add(crm, "forms", _FORM, {**_FORM, "source_uid": "b"})
    crm.clock.advance(1)
    [third] = _add(crm, "sip", _CALL)
    uids = [first["uid"], second["uid"], third["uid"]]

    def found(query: str) -> list[int]:
        return [uids.index(row["uid"]) for row in crm.find(_PATH, query)]

    assert found("order[created_at]=asc") == [2, 1, 0]
    assert found("filter[category][0]=sip") == [2]
    assert found("filter[category][]=sip&filter[category][]=forms&limit=2") == [2, 1]
    assert found(f"filter[uid]={uids[1]}") == [1]
    assert found("filter[pipeline_id]=1") == []


def test_summary_counts_what_became_of_them(crm: Crm) -> None:
    """By creation or sorting, by pipeline and uid."""
    items = [{**_FORM, "source_uid": str(n)} for n in range(3)]
    first, second, _ = _add(crm, "forms", *items)
    _add(crm, "sip", _CALL)
    crm.clock.advance(10)
    crm.post(f"{_PATH}/{first['uid']}/accept", {})
    crm.clock.advance(10)
    crm.send("DELETE", f"{_PATH}/{second['uid']}/decline")
    assert crm.get(f"{_PATH}/summary") == {
        "total": 4,
        "accepted": 1,
        "declined": 1,
        "average_sort_time": 15,
        "categories": {
            "sip": {"total": 1},
            "mail": {"total": 0},
            "forms": {"total": 3},
            "chats": {"total": 0},
        },
    }
    assert crm.get(f"{_PATH}/summary", f"filter[uid]={first['uid']}")["total"] == 1
    assert crm.get(f"{_PATH}/summary", f"filter[created_at][from]={NOON + 15}")["total"] == 1
    assert crm.get(f"{_PATH}/summary", "filter[pipeline_id]=1")["total"] == 0


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"source_uid": None}, "source_uid"),
        ({"metadata": None}, "metadata"),
        ({"pipeline_id": 9}, "pipeline_id"),
        ({"_embedded": {"leads": [{"price": "x"}]}}, "_embedded.leads.0.price"),
        (
            {"_embedded": {"contacts": [{"custom_fields_values": [{"field_id": 9}]}]}},
            "_embedded.contacts.0.custom_fields_values.0.field_id",
        ),
    ],
)
def test_wrong_items_are_refused(crm: Crm, change: Json, path: str) -> None:
    """With the place of the fault, and nothing is made."""
    answer = crm.send("POST", f"{_PATH}/forms", [_FORM, {**_FORM, **change}])
    [item] = orjson.loads(answer.body)["validation-errors"]
    assert (answer.status, item["request_id"], item["errors"][0]["path"]) == (400, "1", path)
    assert crm.find(_PATH) == []


def test_the_same_again_is_refused(crm: Crm) -> None:
    """As long as the first waits."""
    [made] = _add(crm, "sip", _CALL)
    assert crm.send("POST", f"{_PATH}/sip", [_CALL]).status == 400
    crm.post(f"{_PATH}/{made['uid']}/accept", {})
    _add(crm, "sip", _CALL)


def test_a_lead_moved_by_hand_is_sorted(crm: Crm) -> None:
    """It shows in lists, and the inbox forgets it."""
    [made] = _add(crm, "forms", _FORM)
    lead = _ids(made["_embedded"])[0]
    crm.patch(f"leads/{lead}", {"status_id": 142})
    assert [row["id"] for row in crm.find("leads")] == [lead]
    assert crm.find(_PATH) == []


@pytest.mark.parametrize(
    ("seed", "word"),
    [
        ({"fax": []}, "fax"),
        ({"mail": ["x"]}, "list of mappings"),
        ({"mail": [{"pipeline_id": 9}]}, "pipeline 9"),
        ({"mail": [{"_embedded": {"leads": [{"price": "x"}]}}]}, "_embedded.leads.price"),
    ],
)
def test_seeds_that_make_no_sense(seed: Json, word: str) -> None:
    """The error names what is wrong."""
    with pytest.raises(ValueError, match=word):
        make_crm({"unsorted": seed})


def test_webhooks_hear_of_the_inbox(crm: Crm) -> None:
    """An item is added, and deleted by whoever deals with it; its lead is new only then."""
    events = ["add_unsorted", "delete_unsorted", "add_lead", "add_contact", "delete_lead"]
    crm.post("webhooks", {"destination": "https://hook.example.test/", "settings": events})

    def told() -> dict[str, dict[str, list[str]]]:
        hooks = {hook.event: parse_qs(hook.body.decode()) for hook in crm.account.hooks}
        crm.account.hooks.clear()
        return hooks

    [made] = _add(crm, "sip", _CALL)
    lead = _ids(made["_embedded"])[0]
    [(event, form)] = told().items()
    assert event == "add_unsorted"
    assert form["unsorted[add][0][lead_id]"] == [str(lead)]
    crm.post(f"{_PATH}/{made['uid']}/accept", {})
    heard = told()
    assert set(heard) == {"add_lead", "add_contact", "delete_unsorted"}
    form = heard["delete_unsorted"]
    assert form["unsorted[delete][0][action]"] == ["accept"]
    assert form["unsorted[delete][0][accept_result][leads][0]"] == [str(lead)]
    [made] = _add(crm, "forms", _FORM)
    told()
    crm.send("DELETE", f"{_PATH}/{made['uid']}/decline")
    heard = told()
    assert set(heard) == {"delete_lead", "delete_unsorted"}
    assert heard["delete_unsorted"]["unsorted[delete][0][action]"] == ["decline"]


def test_links_echo_the_filter(crm: Crm) -> None:
    """Pages of the inbox are those of any list."""
    _add(crm, "forms", _FORM, {**_FORM, "source_uid": "b"})
    page = crm.get(_PATH, "limit=1&filter[category][0]=forms")
    query = parse_qs(page["_links"]["next"]["href"].partition("?")[2])
    assert query == {"limit": ["1"], "filter[category][0]": ["forms"], "page": ["2"]}
