"""Who calls on the chats host: a channel that signs its requests, or a user with a session."""

from __future__ import annotations

import hmac
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import md5
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import orjson

from amocrm_mockserver.account import Caller
from amocrm_mockserver.chat_problems import (
    bad_signature,
    bad_token,
    not_connected,
    not_registered,
)
from amocrm_mockserver.chat_scope import parts_of_scope
from amocrm_mockserver.holder import find_holder
from amocrm_mockserver.jsonvalue import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.world import World

__all__ = ["admit_to_chats", "named_account"]

_TYPE: Final = "application/json"
_LIFE: Final = 15 * 60
"""Seconds for which a signature is good, before and after its date."""


def named_account(world: World, request: Request) -> Account | None:
    """The account that a path of the chats host names, or the body of a connection."""
    match _segments(request.path):
        case ["v2", "origin", "custom", scope, *_]:
            amojo_id = parts_of_scope(scope)[1] or _account_id(request.body)
        case ["v1", "chats", amojo_id, _, "messages"] | ["messages", amojo_id, "merge"]:
            pass
        case _:
            return None
    return _account(world, amojo_id)


def admit_to_chats(world: World, request: Request, operation: Operation) -> tuple[Account, Caller]:
    """The account, and in whose name the request is made; raises 401, 403 or 404 otherwise."""
    named = dict(zip(_segments(operation.path), _segments(request.path), strict=True))
    if operation.auth != "signed":
        return _user(world, request, named["{amojo_id}"])
    if "{scope_id}" in named:
        channel_id, amojo_id = parts_of_scope(named["{scope_id}"])
    else:
        channel_id, amojo_id = named["{channel_id}"], _account_id(request.body)
    known = _registrations(world, channel_id)
    if not known:
        raise not_registered()
    _check_signature(request, next(iter(known.values()))["secret"], world.clock.now())
    account = _account(world, amojo_id)
    if account is None or account.subdomain not in known:
        raise not_connected()
    channel = known[account.subdomain]
    if "{scope_id}" in named and not channel["is_connected"]:
        raise not_connected()
    caller = Caller(user_id=0, is_admin=True, client_id=channel["client_id"], origin=request.origin)
    return account, caller


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _account(world: World, amojo_id: str) -> Account | None:
    accounts = world.accounts.values()
    return next((one for one in accounts if one.row["amojo_id"] == amojo_id), None)


def _account_id(body: bytes) -> str:
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    named: Json = value.get("account_id") if is_object(value) else None
    return named if isinstance(named, str) else ""


def _registrations(world: World, channel_id: str) -> Mapping[str, Row]:
    """The channel as each account knows it, by subdomain."""
    found = {
        account.subdomain: account.table("chat_channels").rows.get(channel_id)
        for account in world.accounts.values()
        if "chat_channels" in account.tables
    }
    return {subdomain: row for subdomain, row in found.items() if row is not None}


def _check_signature(request: Request, secret: str, now: float) -> None:
    headers = request.headers
    checksum, date = headers.get("content-md5", ""), headers.get("date", "")
    kind = headers.get("content-type", "")
    if kind != _TYPE:
        raise bad_signature("Content-Type must be application/json")
    if checksum.lower() != md5(request.body, usedforsecurity=False).hexdigest():
        raise bad_signature("Content-MD5 does not fit the body")
    if not _is_fresh(date, now):
        raise bad_signature("Date is missing or older than 15 minutes")
    given = headers.get("x-signature", "").lower().encode()
    # The path arrives decoded; who signs may have signed it as it was sent.
    for path in {request.path, quote(request.path)}:
        text = f"{request.method}\n{checksum}\n{kind}\n{date}\n{path}"
        expected = hmac.new(secret.encode(), text.encode(), "sha1").hexdigest()
        if hmac.compare_digest(given, expected.encode()):
            return
    raise bad_signature("X-Signature does not fit the request")


def _is_fresh(date: str, now: float) -> bool:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return abs(moment.timestamp() - now) <= _LIFE


def _user(world: World, request: Request, amojo_id: str) -> tuple[Account, Caller]:
    account = _account(world, amojo_id)
    token = request.headers.get("x-auth-token")
    session = None if account is None else account.table("chat_sessions").rows.get(token)
    if account is None or session is None or session["expires_at"] <= world.clock.now():
        raise bad_token()
    holder = find_holder(account, session["user_id"])
    if holder is None or not holder.is_active:
        raise bad_token()
    caller = Caller(
        user_id=holder.id, is_admin=holder.is_admin, client_id=None, origin=request.origin
    )
    return account, caller
