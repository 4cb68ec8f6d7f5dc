"""A template becomes a message: what stands for its markers is looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_talks import contact_of, last_talk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["fill_template"]

_MARKER: Final = re.compile(r"\{\{(lead|contact)\.(\w+)\}\}")
_NOTHING: Final[Mapping[str, object]] = {}


def fill_template(account: Account, chat: Row, template: Row) -> Row:
    """The message that a user sends by choosing a template; an unknown marker is empty."""
    contact = contact_of(account, chat)
    talk = last_talk(account, chat["id"])
    lead = None if talk is None or talk["entity_type"] != "lead" else talk["entity_id"]
    cards = {
        "contact": account.table("contacts").rows.get(contact, _NOTHING),
        "lead": account.table("leads").rows.get(lead, _NOTHING),
    }
    values = {
        found[0]: str(cards[found[1]].get(found[2], ""))
        for found in _MARKER.finditer(template["content"])
    }
    told: Row = {
        "id": template["id"],
        "content": template["content"],
        "params": [{"key": key, "value": value} for key, value in values.items()],
    }
    if template.get("external_id"):
        told["external_id"] = template["external_id"]
    message: Row = {
        "type": "text",
        "text": _MARKER.sub(lambda found: values[found[0]], template["content"]),
        "template": told,
    }
    if template["buttons"]:
        buttons = [[_button(button)] for button in template["buttons"]]
        message["markup"] = {"mode": "inline", "buttons": buttons}
    return message


def _button(button: Row) -> Row:
    return {name: button[name] for name in ("text", "url") if button.get(name)}
