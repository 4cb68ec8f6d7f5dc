"""Chats of a channel, and the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.jsonvalue import object_at

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = [
    "find_chat",
    "find_person",
    "find_staff",
    "greet",
    "open_chat",
    "shown_person",
]

_TOLD: Final = ("name", "avatar", "profile_link")


def find_chat(account: Account, channel: Row, ref: str | None, own: str | None) -> Row | None:
    """A chat by amoCRM's id of it, else by the integration's."""
    table = account.table("chats")
    if ref is not None:
        row = table.rows.get(ref)
        return row if row is not None and row["channel_id"] == channel["id"] else None
    if own is None:
        return None
    keys = table.having("conversation_id", own)
    rows = (table.rows[key] for key in keys)
    return next((row for row in rows if row["channel_id"] == channel["id"]), None)


def open_chat(exchange: Exchange, channel: Row, own: str | None, source: str | None = None) -> Row:
    """A new chat; `source` is the integration's id of the source by which it came."""
    account = exchange.account
    row: Row = {
        "id": account.ids.uuid(),
        "conversation_id": own,
        "channel_id": channel["id"],
        "user_id": None,
        "source_external_id": source,
        "created_at": exchange.now,
        "typing": None,
        "is_blocked": False,
        "_typing_told_at": 0,
    }
    return account.table("chats").add(row)


def find_person(account: Account, channel: Row, ref: str | None, own: str | None) -> Row | None:
    """Somebody outside, by amoCRM's id, else by the integration's."""
    table = account.table("chat_users")
    if ref is not None:
        row = table.rows.get(ref)
        return row if row is not None and row["channel_id"] == channel["id"] else None
    if own is None:
        return None
    rows = (table.rows[key] for key in table.having("client_id", own))
    return next((row for row in rows if row["channel_id"] == channel["id"]), None)


def greet(exchange: Exchange, channel: Row, party: Row) -> Row:
    """Somebody outside: known already, or from now on; what is told of them is taken over."""
    account, own = exchange.account, party.get("id")
    table = account.table("chat_users")
    told: Row = {name: party[name] for name in _TOLD if name in party}
    profile = object_at(party, "profile")
    told |= {name: profile[name] for name in ("phone", "email") if name in profile}
    known = find_person(account, channel, party.get("ref_id"), own)
    if known is None:
        blank: Row = {"name": "", "avatar": "", "profile_link": "", "phone": "", "email": ""}
        ids: Row = {"id": account.ids.uuid(), "client_id": own, "channel_id": channel["id"]}
        return table.add({**ids, **blank, **told})
    if known["client_id"] is None and own is not None:
        told["client_id"] = own
    table.change(known, told)
    return known


def find_staff(account: Account, channel: Row, amojo_id: str | None) -> Row | None:
    """A user, or the channel's bot, as the chats host knows them."""
    bot: Row = channel["bot"]
    if amojo_id is not None and amojo_id == bot["id"]:
        return {"id": bot["id"], "name": bot["name"], "_type": "bot"}
    for user in account.users.values():
        if user["amojo_id"] == amojo_id:
            return {
                "id": amojo_id,
                "name": user["name"],
                "_type": "internal",
                "_user_id": user["id"],
            }
    return None


def shown_person(person: Row) -> Row:
    """Somebody as histories and hooks show them; what is not known is left out."""
    names = ("id", "name", "client_id", "avatar", "phone", "email")
    return {name: person[name] for name in names if person.get(name)}
