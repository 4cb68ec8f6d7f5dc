"""Somebody unknown writes: an incoming lead with a contact comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.contact_chats import bind_chat
from amocrm_mockserver.behaviour.unsorted import Unsorted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.problems import Flaw

__all__ = ["note_last_text", "take_in_stranger"]

_FIELDS: Final[Mapping[str, str]] = {"phone": "PHONE", "email": "EMAIL"}


def take_in_stranger(  # noqa: PLR0913 -- an incoming lead has that many parts
    engine: Engine, exchange: Exchange, channel: Row, chat: Row, *, person: Row, message: Row
) -> int:
    """Make the incoming lead, with its contact, in the pipeline of the chat's source."""
    inbox = engine.behaviour("unsorted")
    if not isinstance(inbox, Unsorted):
        raise TypeError(inbox)
    account = exchange.account
    source = _source(account, channel, chat)
    name = person["name"] or "Client"
    to = chat["source_external_id"] or channel["bot"]["id"]
    service: str = channel["code"]
    text: str = message.get("text") or ""
    source_name = channel["title"] or channel["name"] if source is None else source["name"]
    client = {"name": name, "avatar": person["avatar"]}
    item: Row = {
        "source_uid": _source_uid(channel, chat),
        "source_name": source_name,
        "metadata": {
            "from": name,
            "to": to,
            "received_at": exchange.now,
            "service": service,
            "client": client,
            "origin": {"chat_id": chat["id"]},
            "last_message_text": text,
            "source_name": source_name,
        },
        "_embedded": {
            "contacts": [_contact(inbox, exchange, person, name)],
            "leads": [{} if source is None else {"source_id": source["id"]}],
        },
    }
    if source is not None:
        item["pipeline_id"] = source["pipeline_id"]
    operation = exchange.contract.operations["unsorted.create_sip"]
    row = inbox.take_in(evolve(exchange, operation=operation, variables={}), "chats", item)
    told: Row = {
        "source": f"{service}:{to}",
        "source_id": None if source is None else source["id"],
        "source_data": {
            "from": name,
            "name": name,
            "to": to,
            "date": exchange.now,
            "service": service,
            "site": channel["name"],
            "client": {"name": name, "id": person["client_id"]},
            "origin": {"provider": "amojo", "chat_id": chat["id"]},
            "data": [{"id": message["id"], "manager": False, "date": exchange.now, "text": text}],
            "source_name": source_name,
        },
    }
    exchange.tell("unsorted", "add", row, told)
    contact: int = row["_contacts"][0]
    bind_chat(account, contact, chat["id"])
    return contact


def note_last_text(account: Account, channel: Row, chat: Row, text: str) -> None:
    """An incoming lead that still waits shows what was written last."""
    table = account.table("unsorted")
    for key in list(table.having("source_uid", _source_uid(channel, chat))):
        row = table.rows[key]
        if row["_state"] == "waiting":
            metadata: Row = {**row["metadata"], "last_message_text": text}
            table.change(row, {"metadata": metadata})


def _source_uid(channel: Row, chat: Row) -> str:
    return f"amojo:{channel['code']}:{chat['id']}"


def _source(account: Account, channel: Row, chat: Row) -> Row | None:
    """The source that the chat names, else the default one of the channel's integration."""
    rows = [
        row
        for row in account.table("sources").rows.values()
        if row["_client_id"] in {None, channel["client_id"]}
    ]
    wanted = chat["source_external_id"]
    named = [row for row in rows if wanted is not None and row["external_id"] == wanted]
    return next(iter([*named, *(row for row in rows if row["default"])]), None)


def _contact(inbox: Unsorted, exchange: Exchange, person: Row, name: str) -> Row:
    contact: Row = {"name": name}
    values = [
        {"field_code": code, "values": [{"value": person[key]}]}
        for key, code in _FIELDS.items()
        if person[key]
    ]
    if values:
        contact["custom_fields_values"] = values
        flaws: list[Flaw] = []
        inbox.cards["contacts"].check(exchange, contact, None, flaws)
        if flaws:  # an account may have no such fields
            return {"name": name}
    return contact
