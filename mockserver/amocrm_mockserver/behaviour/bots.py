"""Bots: made by a seed, run and stopped by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.body import read_items
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid, not_found, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.state import Table

__all__ = ["plant_waits", "resume", "run", "run_many", "start_bot", "stop"]

_MOST_HANDLERS: Final = 10
_MOST_BUTTONS: Final = 25
_LONGEST_TEXT: Final = 80
_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "show": frozenset({"text", "buttons", "buttons_url"}),
    "goto": frozenset({"question", "answer", "finish"}),
}


def run(engine: Engine, exchange: Exchange) -> Response:
    """Start a bot on an entity."""
    bot_id = _bot(exchange)
    for target in _targets(engine, exchange):
        start_bot(exchange, bot_id, target)
    return _accepted(exchange)


def run_many(engine: Engine, exchange: Exchange) -> Response:
    """Start bots on several entities: all, or none when one of them is not there."""
    for target in _targets(engine, exchange):
        start_bot(exchange, target["bot_id"], target)
    return _accepted(exchange)


def stop(engine: Engine, exchange: Exchange) -> Response:
    """Stop a bot; one that does not run there is no fault."""
    bot_id = _bot(exchange)
    for target in _targets(engine, exchange):
        _end(exchange, target, bot_id)
    return _accepted(exchange)


def resume(engine: Engine, exchange: Exchange) -> Response:
    """Let a bot go on that waits for a widget; it can go on once."""
    variables = exchange.variables
    waiting = _waits(exchange.account).rows.get(str(variables["continue_id"]))
    if waiting is None or waiting["bot_id"] != variables["bot_id"] or waiting["ended_at"]:
        raise not_found("Bot is not waiting")
    check = engine.validator.check(exchange.operation.takes or "")
    [item] = read_items(exchange)
    flaws: list[Flaw] = []
    told: Row = check(item.raw, "", flaws, exchange.account) or {}
    if not flaws:
        _check_handlers(told.get("execute_handlers") or [], flaws)
    if flaws:
        raise invalid([{"request_id": item.request_id, "errors": flaws}])
    _waits(exchange.account).change(waiting, {"ended_at": exchange.now, "told": told})
    return Response(exchange.operation.status)


def _check_handlers(handlers: list[Row], flaws: list[Flaw]) -> None:
    """At most ten steps, with no longer texts and no more buttons than documented."""
    if len(handlers) > _MOST_HANDLERS:
        flaws.append(unsupported("execute_handlers"))
    for index, each in enumerate(handlers):
        params: Row = each["params"]
        path = f"execute_handlers.{index}.params"
        if params["type"] not in _TYPES[each["handler"]]:
            flaws.append(unsupported(f"{path}.type"))
        if len(params.get("value") or "") > _LONGEST_TEXT:
            flaws.append(unsupported(f"{path}.value"))
        if len(params.get("buttons") or ()) > _MOST_BUTTONS:
            flaws.append(unsupported(f"{path}.buttons"))


def plant_waits(account: Account, items: Json) -> None:
    """Bots that wait for a widget, as a seed tells them; ValueError where that makes no sense."""
    for item in items if is_array(items) else [items]:
        given: Row = item if is_object(item) else {}
        wanted = ("bot_id", "continue_id", "entity_type", "entity_id")
        if not all(name in given for name in wanted):
            message = f"waiting_bots: give {', '.join(wanted)}"
            raise ValueError(message)
        row: Row = {name: given[name] for name in wanted}
        row["id"] = row["continue_id"] = str(row["continue_id"])
        _waits(account).add({**row, "ended_at": None, "told": None})


def _waits(account: Account) -> Table:
    return account.table("bot_waits")


def _accepted(exchange: Exchange) -> Response:
    return Response(exchange.operation.status, (("Content-Type", "text/html"),), b"Accepted")


def _bot(exchange: Exchange) -> int:
    number = exchange.variables["id"]
    if not exchange.account.has("bots", number):
        raise not_found("Bot not found")
    return int(number)


def _targets(engine: Engine, exchange: Exchange) -> list[Row]:
    check = engine.validator.check(exchange.operation.takes or "")
    account = exchange.account
    taken: list[Row] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        target: Row = check(item.raw, "", flaws, account) or {}
        if not flaws and "bot_id" in target and not account.has("bots", target["bot_id"]):
            flaws.append(unsupported("bot_id"))
        if not flaws and not account.has(target["entity_type"], target["entity_id"]):
            flaws.append(unsupported("entity_id"))
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
        taken.append(target)
    if faulty:
        raise invalid(faulty)
    return taken


def start_bot(exchange: Exchange, bot_id: int, target: Row) -> None:
    """An entity has one bot at a time; a new one takes the place of the other."""
    _end(exchange, target)
    _runs(exchange).add(
        {
            "id": exchange.account.next_id("bot_runs"),
            "bot_id": bot_id,
            "entity_type": target["entity_type"],
            "entity_id": target["entity_id"],
            "started_at": exchange.now,
            "stopped_at": None,
        }
    )


def _end(exchange: Exchange, target: Row, bot_id: Json = None) -> None:
    table = _runs(exchange)
    keys = ("entity_type", "entity_id")
    if bot_id is None:
        _give_up_waiting(exchange, target)
    for row in table.rows.values():
        is_meant = bot_id in {None, row["bot_id"]} and all(row[k] == target[k] for k in keys)
        if is_meant and row["stopped_at"] is None:
            table.change(row, {"stopped_at": exchange.now})


def _give_up_waiting(exchange: Exchange, target: Row) -> None:
    """A bot that waits cannot go on after another was started."""
    table = _waits(exchange.account)
    for row in table.rows.values():
        if all(row[key] == target[key] for key in ("entity_type", "entity_id")):
            table.change(row, {"ended_at": row["ended_at"] or exchange.now})


def _runs(exchange: Exchange) -> Table:
    return exchange.account.table("bot_runs")
