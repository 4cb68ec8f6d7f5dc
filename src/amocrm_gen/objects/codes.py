"""The numbers of API v2 and what they stand for.

amoCRM docs: code tables of API v2.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from amocrm_gen.runtime.codes import AMO_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ADDRESS_PARTS",
    "AMO_CODES",
    "EMAIL_ENUMS",
    "LOST",
    "MESSENGER_ENUMS",
    "PHONE_ENUMS",
    "WON",
    "ElementType",
    "FieldType",
    "NoteType",
    "TaskType",
]

WON: Final = 142
LOST: Final = 143


class ElementType(IntEnum):
    """Kinds of entities; the fields of a catalog have its id instead."""

    CONTACT = 1
    LEAD = 2
    COMPANY = 3
    TASK = 4
    CUSTOMER = 12


class TaskType(IntEnum):
    """Kinds of tasks that every account has."""

    CALL = 1
    MEETING = 2
    LETTER = 3


class NoteType(IntEnum):
    """Kinds of notes; those that the API writes are 4, 13, 25, 102 and 103."""

    LEAD_CREATED = 1
    CONTACT_CREATED = 2
    LEAD_STATUS_CHANGED = 3
    COMMON = 4
    ATTACHMENT = 5
    CALL = 6
    MAIL = 7
    MAIL_ATTACHMENT = 8
    EXTERNAL_ATTACHMENT = 9
    CALL_IN = 10
    CALL_OUT = 11
    COMPANY_CREATED = 12
    TASK_RESULT = 13
    CHAT = 17
    SYSTEM = 25
    MAX_SYSTEM = 99
    DROPBOX = 101
    SMS_IN = 102
    SMS_OUT = 103


class FieldType(IntEnum):
    """Kinds of custom fields."""

    TEXT = 1
    NUMERIC = 2
    CHECKBOX = 3
    SELECT = 4
    MULTISELECT = 5
    DATE = 6
    URL = 7
    MULTITEXT = 8
    TEXTAREA = 9
    RADIOBUTTON = 10
    STREETADDRESS = 11
    SMART_ADDRESS = 13
    BIRTHDAY = 14
    LEGAL_ENTITY = 15
    ITEMS = 16
    ORG_LEGAL_NAME = 17


PHONE_ENUMS: Final = ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")
EMAIL_ENUMS: Final = ("WORK", "PRIV", "OTHER")
MESSENGER_ENUMS: Final = ("SKYPE", "ICQ", "JABBER", "GTALK", "MSN", "OTHER")
ADDRESS_PARTS: Final[Mapping[str, int]] = {
    "address_line_1": 1,
    "address_line_2": 2,
    "city": 3,
    "state": 4,
    "zip": 5,
    "country": 6,
}
"""Parts of an address: written by name, read by number."""
