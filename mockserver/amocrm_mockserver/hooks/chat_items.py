"""Incoming leads, talks, messages and templates as webhooks tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["message_item", "review_item", "talk_item", "unsorted_item"]

_TALK = (
    "talk_id",
    "created_at",
    "updated_at",
    "rate",
    "contact_id",
    "chat_id",
    "entity_id",
    "entity_type",
    "is_in_work",
    "is_read",
    "origin",
)
_ELEMENTS = {"contact": 1, "lead": 2, "customer": 12}


def unsorted_item(account: Account, happening: Happening) -> Row:
    """An incoming lead; to accept or decline one is to delete it.

    `old` says what became of it: `action`, `user_id`, and the ids of `leads` and `contacts`.
    """
    row, told = happening.row, happening.old
    if happening.action == "delete":
        result = {"leads": told.get("leads"), "contacts": told.get("contacts")}
        return {
            "action": told["action"],
            "uid": row["uid"],
            f"{told['action']}_result": result,
            "category": row["category"],
            "created_at": told["at"],
            "modified_user_id": told["user_id"],
        }
    leads: list[int] = told.get("leads", [])
    contacts: list[int] = told.get("contacts", [])
    return {
        "uid": row["uid"],
        "source": told.get("source", row["source_name"]),
        "source_uid": row["source_uid"],
        "category": row["category"],
        "source_data": told.get("source_data", row["metadata"]),
        "date_create": row["created_at"],
        "data": {
            "contacts": [{"id": number} for number in contacts],
            "leads": None if row["category"] == "chats" else [{"id": number} for number in leads],
        },
        "pipeline_id": row["pipeline_id"],
        "account_id": account.id,
        "source_id": told.get("source_id"),
        "lead_id": leads[0] if leads else None,
        "created_at": row["created_at"],
    }


def talk_item(_account: Account, happening: Happening) -> Row:
    """A talk."""
    return {name: happening.row.get(name) for name in _TALK}


def message_item(_account: Account, happening: Happening) -> Row:
    """A message of a chat, with what the chat belongs to, if it belongs to anything."""
    row = happening.row
    kind = row.get("entity_type")
    number = row.get("entity_id")
    return {
        "id": row["id"],
        "chat_id": row["chat_id"],
        "talk_id": row["talk_id"],
        "contact_id": row["contact_id"],
        "text": row["text"] or "",
        "created_at": row["created_at"],
        "message_type": row.get("message_type"),
        "attachment": row.get("attachment"),
        "element_type": None if kind is None else _ELEMENTS.get(kind),
        "entity_type": kind,
        "element_id": number,
        "entity_id": number,
        "type": row["type"],
        "author": row.get("author"),
        "origin": row.get("origin"),
    }


def review_item(account: Account, happening: Happening) -> Row:
    """A template that was sent to review."""
    row = happening.row
    return {
        "id": row["id"],
        "type": row["type"],
        "account_id": account.id,
        "name": row["name"],
        "content": row["content"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "is_editable": row["is_editable"],
        "reviews": row["reviews"],
        "is_on_review": row["is_on_review"],
        "waba_footer": row["waba_footer"],
        "waba_category": row["waba_category"],
        "waba_language": row["waba_language"],
    }
