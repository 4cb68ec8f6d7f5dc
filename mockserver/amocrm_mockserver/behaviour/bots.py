"""Bots: made by a seed, run and stopped by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.body import read_items
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid, not_found, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.state import Table

__all__ = ["run", "run_many", "stop"]


def run(engine: Engine, exchange: Exchange) -> Response:
    """Start a bot on an entity."""
    bot_id = _bot(exchange)
    for target in _targets(engine, exchange):
        _start(exchange, bot_id, target)
    return _accepted(exchange)


def run_many(engine: Engine, exchange: Exchange) -> Response:
    """Start bots on several entities: all, or none when one of them is not there."""
    for target in _targets(engine, exchange):
        _start(exchange, target["bot_id"], target)
    return _accepted(exchange)


def stop(engine: Engine, exchange: Exchange) -> Response:
    """Stop a bot; one that does not run there is no fault."""
    bot_id = _bot(exchange)
    for target in _targets(engine, exchange):
        _end(exchange, target, bot_id)
    return _accepted(exchange)


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


def _start(exchange: Exchange, bot_id: int, target: Row) -> None:
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
    for row in table.rows.values():
        is_meant = bot_id in {None, row["bot_id"]} and all(row[k] == target[k] for k in keys)
        if is_meant and row["stopped_at"] is None:
            table.change(row, {"stopped_at": exchange.now})


def _runs(exchange: Exchange) -> Table:
    return exchange.account.table("bot_runs")
