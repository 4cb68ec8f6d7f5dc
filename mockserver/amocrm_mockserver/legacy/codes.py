"""The numbers that API v2 has for kinds of things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ELEMENT_NUMBERS", "ELEMENT_TYPES", "NOTE_NUMBERS", "NOTE_TYPES"]

ELEMENT_TYPES: Final[Mapping[int, str]] = {
    1: "contacts",
    2: "leads",
    3: "companies",
    4: "tasks",
    12: "customers",
}
ELEMENT_NUMBERS: Final = {kind: number for number, kind in ELEMENT_TYPES.items()}

NOTE_TYPES: Final[Mapping[int, str]] = {
    1: "lead_created",
    2: "contact_created",
    3: "lead_status_changed",
    4: "common",
    5: "attachment",
    6: "call",
    7: "mail_message",
    8: "mail_message_attachment",
    9: "external_attachment",
    10: "call_in",
    11: "call_out",
    12: "company_created",
    13: "task_result",
    17: "chat",
    25: "service_message",
    99: "max_system",
    101: "dropbox",
    102: "sms_in",
    103: "sms_out",
}
NOTE_NUMBERS: Final[Mapping[str, int]] = {
    **{name: number for number, name in NOTE_TYPES.items()},
    "extended_service_message": 25,
}
