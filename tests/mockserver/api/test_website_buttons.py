"""Buttons for sites."""

from __future__ import annotations

import orjson
import pytest
from attrs import evolve

from .crm import NOON, Crm, Json, make_crm


@pytest.fixture
def ours(crm: Crm) -> Crm:
    """An account as an integration sees it."""
    crm.caller = evolve(crm.caller, client_id="ours")
    return crm


def _pipeline(crm: Crm) -> int:
    number: int = crm.find("leads/pipelines")[0]["id"]
    return number


def _make(crm: Crm, **more: Json) -> Json:
    body = {"trusted_websites": ["a.example"], "is_used_in_app": False, **more}
    response = crm.send("POST", "website_buttons", {"pipeline_id": _pipeline(crm), **body})
    assert response.status == 202, response.body
    return orjson.loads(response.body)


def test_a_button_is_made_in_a_while(ours: Crm) -> None:
    """The source is there at once; the button and its script follow."""
    made = _make(ours, name="Main")
    number = made["source_id"]
    assert made == {"source_id": number, "trusted_websites": ["a.example"], "name": "Main"}
    pending = {
        "account_id": ours.account.id,
        "source_id": number,
        "button_id": None,
        "is_duplication_control_enabled": False,
        "name": "Main",
        "creation_status": "creation_pending",
        "pipeline_id": _pipeline(ours),
        "script": None,
        "is_deleted": False,
    }
    assert ours.get(f"website_buttons/{number}", "with=scripts") == pending
    assert ours.get(f"sources/{number}")["name"] == "Main"
    ours.clock.freeze(NOON + 1)
    [shown] = ours.find("website_buttons")
    assert (shown["creation_status"], "script" in shown) == ("created", False)
    assert shown["button_id"] > 0


def test_changes(ours: Crm) -> None:
    """A change shows the script; domains are added where there are some."""
    number = _make(ours)["source_id"]
    body = {"name": "B", "trusted_websites": {"add": ["b.example", "a.example"]}}
    changed = ours.patch(f"website_buttons/{number}", body)
    assert (changed["name"], "script" in changed) == ("B", True)
    row = ours.account.table("website_buttons").rows[number]
    assert row["_trusted"] == ["a.example", "b.example"]
    bare = _make(ours, trusted_websites=[], is_used_in_app=True)["source_id"]
    ours.patch(f"website_buttons/{bare}", body)
    assert ours.account.table("website_buttons").rows[bare]["_trusted"] == []
    many = {"trusted_websites": {"add": [f"{index}.example" for index in range(9)]}}
    assert ours.send("PATCH", f"website_buttons/{number}", many).status == 400


def test_a_chat_behind_a_button(ours: Crm) -> None:
    """Taken on, without a body; the button must be there."""
    number = _make(ours)["source_id"]
    response = ours.send("POST", f"website_buttons/{number}/online_chat", [])
    assert (response.status, response.body) == (202, b"")
    assert ours.send("POST", "website_buttons/5/online_chat").status == 404
    assert ours.send("PATCH", "website_buttons/5", {"name": "x"}).status == 404
    assert ours.send("GET", "website_buttons/5").status == 404


@pytest.mark.parametrize(
    "more",
    [
        {"pipeline_id": 5},
        {"trusted_websites": []},
        {"trusted_websites": [f"{index}.example" for index in range(11)]},
        {"trusted_websites": None},
    ],
)
def test_what_is_no_button(ours: Crm, more: Json) -> None:
    """An unknown pipeline, nowhere to stand, too many domains."""
    body = {"pipeline_id": _pipeline(ours), "trusted_websites": ["a"], "is_used_in_app": False}
    assert ours.send("POST", "website_buttons", {**body, **more}).status == 400
    assert ours.find("website_buttons") == []


def test_only_integrations_make_them(crm: Crm) -> None:
    """Others may look."""
    body = {"pipeline_id": _pipeline(crm), "trusted_websites": ["a"], "is_used_in_app": False}
    assert crm.send("POST", "website_buttons", body).status == 403
    assert crm.send("POST", "website_buttons/5/online_chat").status == 403
    assert crm.find("website_buttons") == []


def test_deleted_buttons_are_shown_on_demand() -> None:
    """In lists and by themselves."""
    button = {"id": 5, "trusted_websites": ["a"], "is_used_in_app": False, "is_deleted": True}
    pipelines = [{"id": 70, "name": "a", "sort": 1, "is_main": True}]
    crm = make_crm({"pipelines": pipelines, "website_buttons": [{**button, "pipeline_id": 70}]})
    assert crm.find("website_buttons") == []
    assert crm.send("GET", "website_buttons/5").status == 404
    [shown] = crm.find("website_buttons", "with=deleted,scripts")
    assert shown["is_deleted"] is True
    assert crm.get("website_buttons/5", "with=deleted")["creation_status"] == "created"
