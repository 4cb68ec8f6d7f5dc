"""Tasks and notes as webhooks tell of them, with times in words."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["ELEMENT_TYPES", "note_item", "task_item"]

ELEMENT_TYPES: Final[Mapping[str | None, int]] = {
    "contacts": 1,
    "leads": 2,
    "companies": 3,
    "customers": 12,
}
_NOTE_TYPES: Final[Mapping[str, int]] = {
    "common": 4,
    "attachment": 5,
    "call_in": 10,
    "call_out": 11,
    "service_message": 25,
    "extended_service_message": 25,
    "sms_in": 102,
    "sms_out": 103,
}
"""Types of notes that the second API numbers; others have no number here."""
_END_OF_TIME: Final = 253_402_300_799
"""The last second of the year 9999."""


def task_item(account: Account, happening: Happening) -> Row:
    """A task."""
    row, old = happening.row, happening.old
    if happening.action == "delete":
        element = {"element_id": row["entity_id"]}
        element["element_type"] = ELEMENT_TYPES.get(row["entity_type"])
        is_told = account.guesses["webhooks.deleted_task"] == "with_element"
        return {"id": row["id"], **(element if is_told else {})}
    item: Row = {
        "id": row["id"],
        "element_id": row["entity_id"],
        "element_type": ELEMENT_TYPES.get(row["entity_type"]),
        "task_type": row["task_type_id"],
        "date_create": _words(account, row["created_at"]),
        "text": row["text"],
        "status": row["is_completed"],
        "account_id": account.id,
        "created_user_id": row["created_by"],
        "last_modified": _words(account, row["updated_at"]),
        "responsible_user_id": row["responsible_user_id"],
        "complete_till": _words(account, row["complete_till"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "complete_before": row["complete_till"],
    }
    if happening.action == "responsible":
        item["old_responsible_user_id"] = old["responsible_user_id"]
    if happening.action == "update":
        item["old_text"] = old["text"]
        if row["is_completed"]:
            item["action_close"] = not old["is_completed"]
        if row["result"]:
            item["result"] = {"id": row.get("_result_id"), "text": row["result"]["text"]}
    return item


def note_item(account: Account, happening: Happening) -> Row:
    """A note; its text is written as HTML."""
    row = happening.row
    params: Row = row["params"]
    text = params.get("text")
    return {
        "note": {
            "element_type": ELEMENT_TYPES[happening.kind.partition(":")[2]],
            "element_id": row["entity_id"],
            "note_type": _NOTE_TYPES.get(row["note_type"]),
            "text": _html(orjson.dumps(params).decode() if text is None else str(text)),
            "account_id": account.id,
            "date_create": _words(account, row["created_at"]),
            "timestamp_x": _words(account, row["updated_at"]),
            "created_by": row["created_by"],
            "modified_by": row["updated_by"],
            "main_user_id": row["responsible_user_id"],
            "group_id": row["group_id"],
            "id": row["id"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "attachement": params.get("file_name"),
        }
    }


def _html(text: str) -> str:
    """As PHP escapes it."""
    return escape(text).replace("&#x27;", "&#039;")


def _words(account: Account, moment: int) -> str:
    """The time of the account's clocks; times that have no date are cut to those that have."""
    offset = account.utc_offset if account.guesses["webhooks.times_in_words"] == "account" else 0
    seconds = min(max(moment + offset, 0), _END_OF_TIME)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
