"""Chats of contacts."""

from __future__ import annotations

import orjson

from .crm import Crm, make_crm

_CHAT = "54caee02-e383-46d8-a9b7-1fb43f07cffe"
_OTHER = "64caee02-e383-46d8-a9b7-1fb43f07cffe"


def test_a_chat_has_one_contact(crm: Crm) -> None:
    """It leaves the one that it had; the link gets another id."""
    first, second = crm.create("contacts", {}, {})
    items = [{"contact_id": first, "chat_id": chat} for chat in (_CHAT, _OTHER)]
    answer = crm.post("contacts/chats", items)
    assert list(answer) == ["_total_items", "_embedded"]
    [made, _] = answer["_embedded"]["chats"]
    assert made == {
        "id": made["id"],
        "contact_id": first,
        "chat_id": _CHAT,
        "request_id": "0",
    }
    [again] = crm.post("contacts/chats", items[:1])["_embedded"]["chats"]
    assert again == made
    found = crm.find("contacts/chats", f"contact_id={first}")
    assert [row["chat_id"] for row in found] == [_CHAT, _OTHER]
    crm.post("contacts/chats", [{"contact_id": second, "chat_id": _CHAT}])
    [row] = crm.find("contacts/chats", f"chat_id[]={_CHAT}")
    assert (row["contact_id"], row["id"] == made["id"]) == (second, False)
    assert len(crm.find("contacts/chats", f"contact_id[]={first}&contact_id[]={second}")) == 2
    assert crm.send("GET", "contacts/chats", query="contact_id=9").status == 204


def test_contacts_must_be_there(crm: Crm) -> None:
    """An unknown one is refused."""
    answer = crm.send("POST", "contacts/chats", [{"contact_id": 9, "chat_id": _CHAT}])
    [flaw] = orjson.loads(answer.body)["validation-errors"][0]["errors"]
    assert (answer.status, flaw["path"]) == (400, "contact_id")


def test_chats_that_wait_in_unsorted() -> None:
    """They show the contact of their incoming lead, until it is attached to another."""
    chat = {
        "uid": "c1",
        "metadata": {"origin": {"chat_id": _CHAT}},
        "_embedded": {"contacts": [{"id": 208, "name": "Oleg"}]},
    }
    crm = make_crm(
        {
            "contacts": [{"id": 201, "name": "A"}],
            "leads": [{"id": 101, "name": "L"}],
            "unsorted": {"chats": [chat]},
        }
    )
    [row] = crm.find("contacts/chats", f"chat_id={_CHAT}")
    assert row["contact_id"] == 208
    to = {"entity_id": 101, "entity_type": "leads", "metadata": {"contact_id": 201}}
    crm.post("leads/unsorted/c1/link", {"link": to})
    [row] = crm.find("contacts/chats", f"chat_id={_CHAT}")
    assert row["contact_id"] == 201
