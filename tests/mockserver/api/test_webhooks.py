"""Webhooks: subscriptions, and what is told of each change."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from .crm import NOON, Crm, Json, make_crm

_URL = "https://hook.example.test/amo"


def _subscribe(crm: Crm, *events: str, url: str = _URL) -> Json:
    return crm.post("webhooks", {"destination": url, "settings": list(events)})


def _told(crm: Crm) -> list[tuple[str, dict[str, str]]]:
    """The events told since the last look, with the form of each."""
    told = [
        (hook.event, dict(parse_qsl(hook.body.decode(), keep_blank_values=True)))
        for hook in crm.account.hooks
    ]
    crm.account.hooks.clear()
    return told


def _events(crm: Crm) -> list[str]:
    return [event for event, _ in _told(crm)]


def _everything(crm: Crm) -> Crm:
    verbs = ("add", "update", "delete", "restore", "responsible", "note")
    events = [f"{verb}_{noun}" for noun in ("lead", "contact", "company") for verb in verbs]
    tasks = [f"{verb}_task" for verb in ("add", "update", "delete", "responsible")]
    _subscribe(crm, *events, "status_lead", *tasks)
    return crm


def test_subscribing_again_replaces(crm: Crm) -> None:
    """An address has one subscription; a second call changes its events and keeps its id."""
    first = crm.post(
        "webhooks", {"destination": _URL, "settings": ["add_lead", "add_lead"], "sort": 10}
    )
    assert first == {
        "id": first["id"],
        "destination": _URL,
        "created_at": NOON,
        "updated_at": NOON,
        "account_id": crm.account.id,
        "created_by": crm.caller.user_id,
        "sort": 1,
        "disabled": False,
        "settings": ["add_lead"],
    }
    crm.clock.advance(5)
    again = _subscribe(crm, "status_lead", "note_lead")
    assert again == {
        **first,
        "updated_at": NOON + 5,
        "settings": ["status_lead", "note_lead"],
    }
    other = _subscribe(crm, "add_task", url="http://127.0.0.1:9/")
    assert other["sort"] == 2
    assert crm.get("webhooks") == {"_total_items": 2, "_embedded": {"webhooks": [again, other]}}
    assert crm.find("webhooks", f"filter[destination]={_URL}") == [again]


def test_unsubscribing_is_final(crm: Crm) -> None:
    """The row is gone, and an address that is not subscribed is not found."""
    _subscribe(crm, "add_lead")
    assert crm.send("DELETE", "webhooks", {"destination": _URL}).status == 204
    assert crm.find("webhooks") == []
    assert crm.send("DELETE", "webhooks", {"destination": _URL}).status == 404
    assert crm.send("DELETE", "webhooks", {"destination": 5}).status == 400
    assert crm.send("DELETE", "webhooks", {"url": _URL}).status == 400


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"destination": _URL, "settings": ["add_lead", "add_leads"]}, b"settings.1"),
        ({"destination": "hook.example.test", "settings": ["add_lead"]}, b"Invalid URL"),
        ({"destination": "https://крючок.рф/", "settings": ["add_lead"]}, b"Invalid URL"),
        ({"destination": "http://[", "settings": ["add_lead"]}, b"Invalid URL"),
        ({"destination": _URL}, b"FieldMissing"),
        ({"settings": ["add_lead"]}, b"FieldMissing"),
        ([], b"Request data can not be empty"),
    ],
)
def test_what_is_no_subscription(crm: Crm, body: Json, expected: bytes) -> None:
    """Unknown events and what is no address are refused, and nothing is stored."""
    response = crm.send("POST", "webhooks", body)
    assert response.status == 400
    assert expected in response.body
    assert crm.find("webhooks") == []


def test_no_more_than_a_hundred(crm: Crm) -> None:
    """A known address can still be changed."""
    for number in range(100):
        _subscribe(crm, "add_lead", url=f"{_URL}/{number}")
    assert crm.send("POST", "webhooks", {"destination": _URL, "settings": []}).status == 422
    _subscribe(crm, "add_task", url=f"{_URL}/7")


def test_only_what_was_asked_for_is_told(crm: Crm) -> None:
    """Each address hears of its own events, and one that is switched off hears of nothing."""
    _subscribe(crm, "add_lead")
    _subscribe(crm, "add_lead", "add_contact", url="http://127.0.0.1:9/")
    crm.create("leads", {"name": "a"}, {"name": "b"})
    assert [(hook.event, hook.url) for hook in crm.account.hooks] == [
        ("add_lead", _URL),
        ("add_lead", "http://127.0.0.1:9/"),
    ]
    [first, _] = _told(crm)
    assert [first[1][f"leads[add][{index}][name]"] for index in (0, 1)] == ["a", "b"]
    for row in crm.account.table("webhooks").rows.values():
        crm.account.table("webhooks").change(row, {"disabled": row["destination"] == _URL})
    crm.create("contacts", {"name": "c"})
    assert [hook.url for hook in crm.account.hooks] == ["http://127.0.0.1:9/"]


def test_a_refused_write_is_not_told(crm: Crm) -> None:
    """Nothing happened."""
    _everything(crm)
    assert crm.send("POST", "leads", [{"name": "a"}, {"status_id": 5}]).status == 400
    assert _told(crm) == []


def test_what_changes_of_leads_are_told(crm: Crm) -> None:
    """Moves and new responsible users are told besides the change itself."""
    _everything(crm)
    [number] = crm.create("leads", {"name": "a", "price": 5})
    assert _events(crm) == ["add_lead"]
    crm.patch(f"leads/{number}", {"name": "b"})
    [(event, form)] = _told(crm)
    assert event == "update_lead"
    assert form["leads[update][0][name]"] == "b"
    assert "leads[update][0][old_status_id]" not in form
    stage = crm.get(f"leads/{number}")["status_id"]
    crm.patch(f"leads/{number}", {"status_id": 142})
    told = dict(_told(crm))
    assert list(told) == ["status_lead", "update_lead"]
    for action in ("status", "update"):
        form = told[f"{action}_lead"]
        assert form[f"leads[{action}][0][status_id]"] == "142"
        assert form[f"leads[{action}][0][old_status_id]"] == str(stage)
        assert f"leads[{action}][0][old_pipeline_id]" not in form


def test_a_move_to_another_pipeline_names_the_former() -> None:
    """Both the former stage and the former pipeline are told."""
    crm = make_crm(
        {
            "pipelines": [
                {"id": 70, "name": "a", "sort": 1, "is_main": True},
                {"id": 71, "name": "b", "sort": 2},
            ],
            "users": [
                {"id": 501, "name": "A", "email": "a@example.com", "admin": True},
                {"id": 502, "name": "B", "email": "b@example.com"},
            ],
        }
    )
    _everything(crm)
    [number] = crm.create("leads", {"status_id": 142})
    _told(crm)
    crm.patch("leads", [{"id": number, "pipeline_id": 71, "status_id": 142}])
    form = dict(_told(crm))["status_lead"]
    assert form["leads[status][0][old_pipeline_id]"] == "70"
    assert form["leads[status][0][old_status_id]"] == "142"
    crm.patch("leads", [{"id": number, "responsible_user_id": 502}])
    told = dict(_told(crm))
    assert list(told) == ["responsible_lead", "update_lead"]
    form = told["responsible_lead"]
    assert form["leads[responsible][0][old_responsible_user_id]"] == "501"
    assert form["leads[responsible][0][responsible_user_id]"] == "502"
    [task] = crm.create("tasks", {"text": "t", "complete_till": NOON})
    _told(crm)
    crm.patch(f"tasks/{task}", {"responsible_user_id": 502})
    told = dict(_told(crm))
    assert list(told) == ["responsible_task", "update_task"]
    assert told["responsible_task"]["task[responsible][0][old_responsible_user_id]"] == "501"


def test_links_change_both_ends(crm: Crm) -> None:
    """Linking and unlinking update either entity; a note does not."""
    _everything(crm)
    [lead] = crm.create("leads", {})
    [contact] = crm.create("contacts", {"name": "c"})
    _told(crm)
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    crm.post(f"leads/{lead}/link", link)
    assert sorted(_events(crm)) == ["update_contact", "update_lead"]
    crm.send("POST", f"leads/{lead}/unlink", link)
    assert sorted(_events(crm)) == ["update_contact", "update_lead"]
    crm.post(f"leads/{lead}/notes", [{"note_type": "common", "params": {"text": "x"}}])
    assert _events(crm) == ["note_lead"]
    crm.post(f"contacts/{contact}/notes", [{"note_type": "common", "params": {"text": "x"}}])
    assert _events(crm) == ["note_contact"]
    crm.create("leads", {"_embedded": {"contacts": [{"id": contact}]}})
    assert _events(crm) == ["add_lead", "update_contact"]


def test_companies_are_told_among_contacts(crm: Crm) -> None:
    """The key is that of contacts; the type and the element type tell them apart."""
    _everything(crm)
    [number] = crm.create("companies", {"name": "c"})
    [(event, form)] = _told(crm)
    assert event == "add_company"
    assert form["contacts[add][0][type]"] == "company"
    crm.post(f"companies/{number}/notes", [{"note_type": "common", "params": {"text": "x"}}])
    [(event, form)] = _told(crm)
    assert event == "note_company"
    assert form["contacts[note][0][note][element_type]"] == "3"


def test_complex_creation_tells_of_all_three(crm: Crm) -> None:
    """Each part is new, and none of them is also changed."""
    _everything(crm)
    parts = {"contacts": [{"name": "c"}], "companies": [{"name": "d"}]}
    crm.post("leads/complex", [{"name": "a", "_embedded": parts}])
    told = dict(_told(crm))
    assert sorted(told) == ["add_company", "add_contact", "add_lead"]
    contact = told["add_contact"]
    assert contact["contacts[add][0][company_name]"] == "d"
    assert any(name.startswith("contacts[add][0][linked_leads_id]") for name in contact)


def test_completing_a_task(crm: Crm) -> None:
    """The update that closes says so, and later ones that it was closed before."""
    _everything(crm)
    [number] = crm.create("tasks", {"text": "Call", "complete_till": NOON})
    assert _events(crm) == ["add_task"]
    crm.patch(f"tasks/{number}", {"text": "Write"})
    [(_, form)] = _told(crm)
    assert form["task[update][0][old_text]"] == "Call"
    assert "task[update][0][action_close]" not in form
    crm.patch(f"tasks/{number}", {"is_completed": True, "result": {"text": "ok"}})
    [(event, form)] = _told(crm)
    assert event == "update_task"
    said = {name.removeprefix("task[update][0]"): value for name, value in form.items()}
    assert (said["[status]"], said["[action_close]"]) == ("1", "1")
    assert said["[result][text]"] == "ok"
    assert int(said["[result][id]"]) > 0
    crm.patch(f"tasks/{number}", {"text": "Done"})
    [(_, form)] = _told(crm)
    assert form["task[update][0][action_close]"] == "0"


def test_times_without_a_date(crm: Crm) -> None:
    """A deadline beyond every calendar is told as the last one."""
    _everything(crm)
    crm.create("tasks", {"text": "Call", "complete_till": 10**12})
    [(_, form)] = _told(crm)
    assert form["task[add][0][complete_till]"] == "9999-12-31 23:59:59"


def test_incoming_leads_are_told(crm: Crm) -> None:
    """When they come, and when they are sorted: to accept one adds its lead and its contact."""
    events = ["add_unsorted", "delete_unsorted", "add_lead", "add_contact"]
    _subscribe(crm, *events)
    metadata = {
        "form_id": "1",
        "form_name": "F",
        "form_page": "https://a.example/",
        "form_sent_at": NOON,
    }
    item = {"source_uid": "s", "source_name": "S", "metadata": metadata}
    item["_embedded"] = {"leads": [{"name": "L"}], "contacts": [{"name": "C"}]}
    [row] = crm.post("leads/unsorted/forms", [item])["_embedded"]["unsorted"]
    [(event, form)] = _told(crm)
    assert event == "add_unsorted"
    [lead] = row["_embedded"]["leads"]
    assert form["unsorted[add][0][lead_id]"] == str(lead["id"])
    assert form["unsorted[add][0][source_data][form_id]"] == "1"
    crm.post(f"leads/unsorted/{row['uid']}/accept", {})
    told = dict(_told(crm))
    assert sorted(told) == ["add_contact", "add_lead", "delete_unsorted"]
    form = told["delete_unsorted"]
    assert form["unsorted[delete][0][action]"] == "accept"
    assert form["unsorted[delete][0][accept_result][leads][0]"] == str(lead["id"])
    [row] = crm.post("leads/unsorted/forms", [{**item, "source_uid": "t"}])["_embedded"]["unsorted"]
    _told(crm)
    assert crm.send("DELETE", f"leads/unsorted/{row['uid']}/decline", {}).status == 200
    [(event, form)] = _told(crm)
    assert (event, form["unsorted[delete][0][action]"]) == ("delete_unsorted", "decline")


def test_elements_of_lists_are_told(crm: Crm) -> None:
    """Each list has events of its own."""
    [number] = crm.create("catalogs", {"name": "L"})
    _subscribe(crm, f"add_catalog_{number}", f"update_catalog_{number}", "add_catalog_1")
    [element] = crm.create(f"catalogs/{number}/elements", {"name": "E"})
    [(event, form)] = _told(crm)
    assert event == f"add_catalog_{number}"
    assert form["catalogs[add][0][id]"] == str(element)
    crm.patch(f"catalogs/{number}/elements", [{"id": element, "name": "F"}])
    [(event, form)] = _told(crm)
    assert form["catalogs[update][0][name]"] == "F"
