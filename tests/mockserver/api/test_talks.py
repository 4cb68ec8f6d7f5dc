"""Talks, widgets and bots, which begin elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson
import pytest
from attrs import evolve

from .crm import NOON, ORIGIN, Crm, Json, make_crm

_CHAT = "54caee02-e383-46d8-a9b7-1fb43f07cffe"


@pytest.fixture
def talking() -> Crm:
    """An account with a talk about a lead, one about nothing, and one that is over."""
    talk = {"contact_id": 7, "chat_id": _CHAT, "origin": "telegram"}
    return make_crm(
        {
            "contacts": [{"id": 7, "name": "c"}],
            "leads": [{"id": 11, "name": "l"}],
            "talks": [
                {**talk, "talk_id": 1, "entity_id": 11, "entity_type": "lead"},
                {**talk, "talk_id": 2, "contact_id": 8},
                {**talk, "talk_id": 3, "is_in_work": False, "status": "closed"},
            ],
            "talk_messages": [
                {"id": "m1", "talk_id": 1, "type": "incoming", "text": "a", "created_at": 100},
                {"id": "m2", "talk_id": 1, "type": "incoming", "text": "b", "created_at": 200},
            ],
        }
    )


def test_filters_of_talks(talking: Crm) -> None:
    """By what they are about; naming `only_in_work` is enough."""
    for query, ids in (
        ("", [1, 2, 3]),
        ("filter[talk_id][]=3&filter[talk_id][]=1", [1, 3]),
        ("filter[contact_id]=8", [2]),
        ("filter[entity_type]=lead&filter[entity_id]=11", [1]),
        ("filter[only_in_work]=", [1, 2]),
        ("filter[only_in_work]=0", [1, 2]),
        ("filter[talk_id]=9", []),
        ("limit=2&page=2", [3]),
    ):
        assert [talk["talk_id"] for talk in talking.find("talks", query)] == ids, query


def test_a_talk_about_nothing(talking: Crm) -> None:
    """It has a contact only."""
    talk = talking.get("talks/2")
    assert (talk["entity_id"], talk["entity_type"]) == (None, None)
    assert talk["_embedded"] == {
        "contacts": [{"id": 8, "_links": {"self": {"href": f"{ORIGIN}/api/v4/contacts/8"}}}]
    }
    assert talking.send("GET", "talks/9").status == 404


def test_closing(talking: Crm) -> None:
    """Once, told to webhooks."""
    talking.post("webhooks", {"destination": "https://h.example/", "settings": ["update_talk"]})
    talking.clock.advance(5)
    response = talking.send("POST", "talks/1/close", {"force_close": False})
    assert (response.status, response.body) == (202, b"")
    talk = talking.get("talks/1")
    assert (talk["is_in_work"], talk["updated_at"]) == (False, NOON + 5)
    [hook] = talking.account.hooks
    form = dict(parse_qsl(hook.body.decode()))
    assert (form["talk[update][0][is_in_work]"], form["talk[update][0][talk_id]"]) == ("0", "1")
    assert talking.send("POST", "talks/1/close").status == 422
    assert talking.send("POST", "talks/9/close").status == 404
    assert talking.send("POST", "talks/2/close", {"force_close": "x"}).status == 400
    assert talking.send("POST", "talks/2/close", []).status == 202


def test_messages(talking: Crm) -> None:
    """Newest first, within a span; sent ones are told to webhooks."""
    events = ["add_outgoing_message", "update_talk"]
    talking.post("webhooks", {"destination": "https://h.example/", "settings": events})

    def texts(query: str = "") -> list[str]:
        return [message["text"] for message in talking.find("talks/1/messages", query)]

    assert texts() == ["b", "a"]
    assert texts("filter[created_at][from]=150") == ["b"]
    assert texts("filter[created_at][to]=150") == ["a"]
    assert texts("limit=1") == ["b"]
    assert talking.send("GET", "talks/2/messages").status == 204
    assert talking.send("GET", "talks/9/messages").status == 404
    response = talking.send("POST", "talks/1/send_message", {"text": "c"})
    assert response.status == 202
    number = orjson.loads(response.body)["id"]
    assert [hook.event for hook in talking.account.hooks] == events
    form = dict(parse_qsl(talking.account.hooks[0].body.decode()))
    item = "outgoing_message[add][0]"
    assert (form[f"{item}[id]"], form[f"{item}[element_id]"]) == (number, "11")
    assert (form[f"{item}[type]"], form[f"{item}[element_type]"]) == ("outgoing", "2")
    assert texts() == ["c", "b", "a"]
    assert talking.send("POST", "talks/1/send_message", {}).status == 400
    assert talking.send("POST", "talks/3/send_message", {"text": "c"}).status == 422
    assert talking.send("POST", "talks/9/send_message", {"text": "c"}).status == 404


def test_settings_of_a_widget() -> None:
    """Only those that it asks for are kept, and only its own integration reads them."""
    setting: Json = {"key": "login", "name": "L", "type": "text", "is_required": True}
    widget = {"code": "phone", "client_uuid": "ours", "settings_template": [setting]}
    crm = make_crm({"widgets": [widget, {"code": "fax"}]})
    assert crm.send("POST", "widgets/phone", {}).status == 400
    installed = crm.post("widgets/phone", {"login": "x", "more": 1})
    assert installed["settings"] == {"login": "x"}
    assert installed["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/widgets/phone"}}
    assert "settings" not in crm.get("widgets/phone")
    crm.caller = evolve(crm.caller, client_id="ours")
    assert crm.get("widgets/phone")["settings"] == {"login": "x"}
    assert crm.post("widgets/fax", {})["is_active_in_account"] is True
    assert [row["code"] for row in crm.find("widgets")] == ["phone", "fax"]
    assert crm.send("DELETE", "widgets/phone").status == 204
    shown = crm.get("widgets/phone")
    assert ("settings" in shown, shown["is_active_in_account"]) == (False, False)
    for method in ("GET", "POST", "DELETE"):
        assert crm.send(method, "widgets/none", {"a": 1}).status == 404


def test_bots_run_one_at_a_time() -> None:
    """A new one takes the place of the former; all or none are started."""
    crm = make_crm({"bots": [{"id": 1, "name": "A"}, {"id": 2}], "leads": [{"id": 7}]})
    target = {"entity_id": 7, "entity_type": "leads"}

    def running() -> list[int]:
        rows = crm.account.table("bot_runs").rows.values()
        return [row["bot_id"] for row in rows if row["stopped_at"] is None]

    response = crm.send("POST", "bots/1/run", target)
    assert (response.status, response.body) == (202, b"Accepted")
    assert response.header("Content-Type") == "text/html"
    bad = [{"bot_id": 2, **target}, {"bot_id": 3, **target}]
    assert crm.send("POST", "bots/run", bad).status == 400
    assert running() == [1]
    assert crm.send("POST", "bots/run", [{"bot_id": 2, **target}]).status == 202
    assert running() == [2]
    assert crm.send("POST", "bots/1/stop", target).status == 202
    assert running() == [2]
    assert crm.send("POST", "bots/2/stop", target).status == 202
    assert running() == []
    assert crm.send("POST", "bots/1/run", {"entity_id": 8, "entity_type": "leads"}).status == 400
    assert crm.send("POST", "bots/9/stop", target).status == 404
    assert crm.send("POST", "bots/run", [{"bot_id": 2, **target}] * 101).status == 422
    assert crm.send("GET", "bots/9").status == 204
    [bot] = crm.find("bots", "filter[id][]=1&with=favorite", "items")
    assert bot == {
        "id": 1,
        "name": "A",
        "type_functionality": "regular",
        "is_visual_editor": False,
        "settings": {},
        "is_favorite": False,
    }
