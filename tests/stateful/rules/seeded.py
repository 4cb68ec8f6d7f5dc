"""What the account of the services holds that the API cannot create."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from amocrm_mockserver.seed import AccountSeed, Seed

__all__ = ["ACCOUNT", "ASKED", "CHANNEL", "GUEST", "SECRET", "SEED", "SERVICE", "WAITS"]

GUEST: Final = 7
"""A contact with a talk about nothing."""
ASKED: Final = 8
"""A lead with a talk."""
ACCOUNT: Final = "52e591f7-c98f-4255-8495-827210138c81"
"""How the chats host calls the account."""
CHANNEL: Final = "f90ba33d-c9d9-44da-b76c-c349b0ecbe41"
SECRET: Final = "c6a0aee0ff3e1c0b2a1e"
SERVICE: Final = "amo.ext.77"
WAITS: Final = tuple(f"w{number}" for number in range(60))
"""Bots that wait for a widget, by what they are continued with."""

_WIDGET: Final = {
    "code": "phone",
    "settings_template": [{"key": "login", "name": "Login", "type": "text", "is_required": True}],
}
_BOTS: Final = [
    {"id": 1, "name": "A", "type_functionality": "regular", "settings": {"active": True}},
    {"id": 2, "name": "B", "type_functionality": "greeting"},
]
_ABOUT: Final = {"entity_type": "lead", "entity_id": ASKED}
_TALKS: Final = [
    {"talk_id": 5, "contact_id": GUEST, "chat_id": str(UUID(int=5))},
    {"talk_id": 6, "contact_id": GUEST, "chat_id": str(UUID(int=6)), **_ABOUT},
]
_WAITING: Final = [
    {"bot_id": 1, "continue_id": wait, "entity_type": "contacts", "entity_id": GUEST}
    for wait in WAITS
]

SEED: Final = Seed(
    accounts=(
        AccountSeed(
            subdomain="example",
            zone="amocrm.ru",
            contents={
                "contacts": [{"id": GUEST, "name": "Guest"}],
                "leads": [{"id": ASKED, "name": "Asked"}],
                "talks": _TALKS,
                "bots": _BOTS,
                "waiting_bots": _WAITING,
                "widgets": [_WIDGET],
                "amojo_id": ACCOUNT,
                "chat_channels": [{"id": CHANNEL, "secret": SECRET, "code": SERVICE}],
            },
        ),
    )
)
