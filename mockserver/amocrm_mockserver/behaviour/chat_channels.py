"""Channels of the chats API: registered for an account, then connected to it and disconnected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_bodies import read_body
from amocrm_mockserver.chat_problems import not_registered
from amocrm_mockserver.chat_scope import parts_of_scope, scope_of
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.message import Response, json_response

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = [
    "CHANNEL_KEYS",
    "channel_of",
    "connect_channel",
    "disconnect_channel",
    "disconnect_channels",
    "plant_channels",
    "register_channel",
]

_TEXTS: Final = ("id", "secret", "name", "code", "hook_url", "client_id", "hook_api_version")
_FLAGS: Final = ("typing", "connected")
CHANNEL_KEYS: Final = frozenset({*_TEXTS, *_FLAGS, "bot"})
"""What can be said of a channel where it is registered."""
_SECRET_DIGITS: Final = 40
_OPTIONS: Final = ("title", "is_time_window_disabled")


def register_channel(account: Account, item: Row) -> Row:
    """Do what amoCRM's support does: allow a channel in an account; ValueError tells a fault.

    `connected` spares the call of `connect`; `typing` is the wish to be told who types.
    """
    for name in item:
        if name not in CHANNEL_KEYS:
            raise ValueError(f"the key {name} is not known; known are {', '.join(_sorted())}")
    for names, kind in ((_TEXTS, str), (_FLAGS, bool), (("bot",), dict)):
        for name in names:
            if not isinstance(item.get(name), kind | None):
                wrong = f"{name} must be of type {_WORDS[kind]}"
                raise ValueError(wrong)  # noqa: TRY004 -- what is wrong is the seed, not the code
    ids, table = account.ids, account.table("chat_channels")
    number = account.next_id("chat_channels")
    bot: Row = item.get("bot") or {}
    row: Row = {
        "id": item.get("id") or ids.uuid(),
        "secret": item.get("secret") or ids.hex(_SECRET_DIGITS),
        "name": item.get("name") or "Chats",
        "code": item.get("code") or f"amo.ext.{number}",
        "bot": {"id": ids.uuid(), "client_id": "", "name": "Bot", **bot},
        "hook_url": item.get("hook_url") or "",
        "client_id": item.get("client_id"),
        "typing": bool(item.get("typing")),
        "is_connected": bool(item.get("connected")),
        "title": None,
        "hook_api_version": item.get("hook_api_version") or "v2",
    }
    if row["id"] in table.rows:
        raise ValueError(f"there is a channel {row['id']} already")
    return table.add(row)


_WORDS: Final = {str: "string", bool: "boolean", dict: "object"}


def _sorted() -> list[str]:
    return sorted(CHANNEL_KEYS)


def plant_channels(account: Account, items: Json) -> None:
    """Take in the channels of a seed; ValueError names what is wrong."""
    if not is_array(items) or not all(is_object(item) for item in items):
        raise ValueError("chat_channels: must be a list of mappings")
    for index, item in enumerate(items):
        try:
            register_channel(account, item)
        except ValueError as error:
            raise ValueError(f"chat_channels[{index}]: {error}") from None


def channel_of(exchange: Exchange) -> Row:
    """The channel that the path names."""
    variables = exchange.variables
    named = str(variables.get("scope_id", variables.get("channel_id")))
    channel = exchange.account.table("chat_channels").rows.get(parts_of_scope(named)[0])
    if channel is None:
        raise not_registered()
    return channel


def connect_channel(engine: Engine, exchange: Exchange) -> Response:
    """Connect the channel, or say anew how."""
    account, channel = exchange.account, channel_of(exchange)
    item = read_body(engine, exchange)
    changes: Row = {
        "is_connected": True,
        "hook_api_version": item.get("hook_api_version", "v1"),
        **{name: item[name] for name in _OPTIONS if name in item},
    }
    account.table("chat_channels").change(channel, changes)
    told: Row = {"account_id": item["account_id"], "scope_id": scope_of(account, channel), **item}
    return json_response(200, {**told, "hook_api_version": channel["hook_api_version"]})


def disconnect_channels(account: Account, client_ids: list[str]) -> None:
    """An integration that is uninstalled takes the connections of its channels with it."""
    table = account.table("chat_channels")
    for channel in list(table.rows.values()):
        if channel["client_id"] in client_ids:
            table.change(channel, {"is_connected": False})


def disconnect_channel(engine: Engine, exchange: Exchange) -> Response:
    """From now on the channel is told nothing, and can bring nothing."""
    read_body(engine, exchange)
    channel = channel_of(exchange)
    exchange.account.table("chat_channels").change(channel, {"is_connected": False})
    return Response(200)
