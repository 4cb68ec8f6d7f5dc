"""Talks: conversations with contacts, and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.chat_staff import channel_of_chat, write_as_user
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import NOTHING, hal, operation_url
from amocrm_mockserver.filters import bounds
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import Flaw, invalid, not_found, unknown_route, unprocessable
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["Talks", "close", "find_messages", "send_message", "write_into"]

_OF_KOMMO: Final = frozenset({"find", "find_messages", "send_message"})
_MOST_MESSAGES: Final = 250
_PLURALS: Final[Mapping[str, str]] = {"lead": "leads", "customer": "customers"}


class Talks(Behaviour):
    """What chats and seeds begin; the API reads and closes."""

    noun = "Talk"
    default_order = "talk_id"

    def admit(self, exchange: Exchange) -> None:
        """What only Kommo documents may be unknown to amoCRM."""
        is_kommos = exchange.operation.name in _OF_KOMMO
        if is_kommos and exchange.account.guesses.refuses("talks.methods_of_kommo"):
            url = exchange.url(exchange.operation.path.removeprefix("/api/v4/"))
            zone = exchange.account.zone
            raise unknown_route(exchange.operation.method, url, zone=zone)

    def blank(self, exchange: Exchange, item: Row) -> Row:
        """A talk in work that nobody has read."""
        row = super().blank(exchange, {**item, "id": item.get("talk_id")})
        row["talk_id"] = row.pop("id")
        return {**row, "is_in_work": True, "entity_type": None, "missed_at": None}

    def filter(self, exchange: Exchange, described: Filter, tree: Tree) -> Test | None:  # noqa: ARG002
        """It is enough that `only_in_work` is named."""
        if described.name != "only_in_work":
            return None
        return lambda row: bool(row["is_in_work"])

    def href(self, exchange: Exchange, row: Row) -> str:
        """A talk is named by `talk_id`."""
        return exchange.url(f"talks/{row['talk_id']}")

    def embeds(self) -> Mapping[str, Show]:
        """The contact, and what the talk is about."""
        return {
            "contacts": lambda exchange, row: _refs(exchange, "contacts", row["contact_id"]),
            "leads": lambda exchange, row: _about(exchange, row, "lead"),
            "customers": lambda exchange, row: _about(exchange, row, "customer"),
        }


def _about(exchange: Exchange, row: Row, kind: str) -> Json:
    if row["entity_type"] != kind:
        return ABSENT
    return _refs(exchange, _PLURALS[kind], row["entity_id"])


def _refs(exchange: Exchange, kind: str, number: int | None) -> Json:
    if not number:
        return ABSENT
    return [{"id": number, "_links": {"self": {"href": exchange.url(f"{kind}/{number}")}}}]


def close(engine: Engine, exchange: Exchange) -> Response:
    """End a talk; no rating bot is ever on in this server, so nothing has to be forced."""
    row = _talk(engine, exchange)
    for item in read_items(exchange):
        _check(engine, exchange, item.raw)
    if not row["is_in_work"]:
        raise unprocessable("Talk is already closed")
    changes: Row = {"is_in_work": False, "updated_at": exchange.now}
    if "status" in row:
        changes["status"] = "closed"
    exchange.account.table("talks").change(row, changes)
    exchange.tell("talks", "update", row)
    return Response(exchange.operation.status)


def find_messages(engine: Engine, exchange: Exchange) -> Response:
    """The messages of a talk, newest first."""
    row = _talk(engine, exchange)
    asked = exchange.query.get("filter", {})
    span: Tree = asked.get("created_at", "") if isinstance(asked, dict) else ""
    low, high = bounds(span, since=False)
    limit = exchange.query.get("limit")
    most = int(limit) if isinstance(limit, str) and limit.isdecimal() else _MOST_MESSAGES
    messages = [
        message
        for message in exchange.account.table("talk_messages").rows.values()
        if message["talk_id"] == row["talk_id"]
        and (low is None or message["created_at"] >= low)
        and (high is None or message["created_at"] <= high)
    ]
    messages.reverse()  # of one second, the one that came last goes before
    messages.sort(key=lambda message: -message["created_at"])
    shown = [engine.show(exchange, each) for each in messages[: min(most or 1, _MOST_MESSAGES)]]
    if not shown:
        return NOTHING
    links = {"self": {"href": operation_url(exchange)}}
    return hal(200, {"_links": links, "_embedded": {"messages": shown}})


def send_message(engine: Engine, exchange: Exchange) -> Response:
    """Write into a talk that is in work."""
    row = _talk(engine, exchange)
    [item] = read_items(exchange)
    taken = _check(engine, exchange, item.raw)
    if not row["is_in_work"]:
        raise unprocessable("Talk is closed")
    message = write_into(engine, exchange, row, taken["text"])
    return hal(exchange.operation.status, {"id": message["id"]})


def write_into(engine: Engine, exchange: Exchange, row: Row, text: str) -> Row:
    """The message that the caller's user has written into a talk."""
    account, user_id = exchange.account, exchange.caller.user_id
    found = channel_of_chat(account, row["chat_id"])
    if found is not None:
        return write_as_user(engine, exchange, *found, {"type": "text", "text": text})
    keys = ("talk_id", "chat_id", "contact_id", "entity_id", "entity_type", "origin")
    message: Row = {
        "id": account.ids.uuid(),
        "type": "outgoing",
        "message_type": "text",
        "author": {"id": str(user_id), "type": "internal"},
        "text": text,
        "created_at": exchange.now,
        **{key: row[key] for key in keys},
    }
    account.table("talk_messages").add(message)
    account.table("talks").change(row, {"is_read": True, "updated_at": exchange.now})
    exchange.tell("outgoing_messages", "add", message)
    exchange.tell("talks", "update", row)
    return message


def _talk(engine: Engine, exchange: Exchange) -> Row:
    row = exchange.account.table("talks").rows.get(exchange.variables["id"])
    if row is None:
        raise not_found(f"{engine.behaviour('talks').title()} not found")
    return row


def _check(engine: Engine, exchange: Exchange, raw: Row) -> Row:
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    taken: Row = check(raw, "", flaws, exchange.account) or {}
    if flaws:
        raise invalid([{"request_id": "0", "errors": flaws}])
    return taken
