"""Bots that are started by API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.bots import start_bot
from amocrm_mockserver.body import read_json
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.legacy.call import number_of
from amocrm_mockserver.message import JSON, json_response
from amocrm_mockserver.problems import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = ["run_bots"]

_MOST: Final = 100
_KINDS: Final[Mapping[int, str]] = {1: "contacts", 2: "leads", 12: "customers"}


def run_bots(call: LegacyCall) -> Response:
    """Start bots: all, or none when one of them or of the entities is not there."""
    items: Json = read_json(call.request.body)
    if not is_array(items) or not items:
        raise bad_request("Request data can not be empty")
    if len(items) > _MOST:
        raise bad_request(f"Limit {_MOST} per request")
    runs = [_run_of(call, item) for item in items]
    exchange = call.v4("bots.run_many")
    for run in runs:
        start_bot(exchange, run["bot_id"], run)
    return json_response(202, {"success": True}, kind=JSON)


def _run_of(call: LegacyCall, item: Json) -> Row:
    """A bot and its entity; numbers may come as text."""
    given: Row = item if is_object(item) else {}
    bot_id, number = number_of(given.get("bot_id")), number_of(given.get("entity_id"))
    kind = _KINDS.get(number_of(given.get("entity_type")) or 0)
    if bot_id is None or not call.account.has("bots", bot_id):
        raise bad_request("Bot not found")
    if kind is None or number is None or not call.account.has(kind, number):
        raise bad_request("Entity not found")
    return {"bot_id": bot_id, "entity_type": kind, "entity_id": number}
