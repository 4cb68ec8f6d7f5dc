"""Contacts: people and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.cards import Cards, elements_of, refs_of
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.tags import attached
from amocrm_mockserver.jsonvalue import object_at, objects_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.render import Show

__all__ = ["Contacts"]

_LAST_NAME_FIRST = 2


class Contacts(Cards):
    """People."""

    noun = "Contact"

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "tags": attached("contacts"),
            "companies": refs_of("contacts", "companies"),
            "leads": refs_of("contacts", "leads"),
            "customers": refs_of("contacts", "customers"),
            "catalog_elements": elements_of("contacts"),
        }

    def part(self, exchange: Exchange, row: Row) -> Row:  # noqa: ARG002
        """A contact in the trash says that it is not deleted; so do live answers."""
        return {**row, "is_deleted": False} if row["is_deleted"] else row

    def complete(self, exchange: Exchange, row: Row, item: Row) -> None:  # noqa: ARG002
        """A name is made of its parts when only they are given."""
        row.setdefault("is_unsorted", False)
        if not row["name"]:
            row["name"] = _full_name(exchange.account, row["first_name"], row["last_name"])

    def take_more(self, exchange: Exchange, row: Row, raw: Row) -> None:
        """Companies that are named with a new contact may be linked with it."""
        if exchange.account.guesses["contacts.created_with_companies"] == "ignored":
            return
        for _, ref in objects_at(object_at(raw, "_embedded"), "companies"):
            if exchange.account.has("companies", ref.get("id")):
                connect(exchange, ("contacts", row["id"]), ("companies", ref["id"]), {}, fresh=True)

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """New parts make a new name, unless a new name comes with them."""
        changes = super().changes(exchange, row, item)
        parts: Row = {name: changes.get(name, row[name]) for name in ("first_name", "last_name")}
        is_renamed = item.get("name", row["name"]) != row["name"]
        if not is_renamed and any(parts[name] != row[name] for name in parts):
            changes["name"] = (
                _full_name(exchange.account, parts["first_name"], parts["last_name"]) or row["name"]
            )
        return changes


def _full_name(account: Account, first_name: str, last_name: str) -> str:
    names = [first_name, last_name]
    if account.row["contact_name_display_order"] == _LAST_NAME_FIRST:
        names.reverse()
    return " ".join(name for name in names if name)
