"""Incoming leads of a seed: also those that the API cannot make, from chats and e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.unsorted import PARTS, Unsorted
from amocrm_mockserver.jsonvalue import array_at, is_array, is_object, object_at

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw

__all__ = ["plant_unsorted"]

_CATEGORIES: Final = frozenset({"sip", "forms", "chats", "mail"})


def plant_unsorted(engine: Engine, exchange: Exchange, category: str, items: Json) -> None:
    """Take in the items of one category; ValueError names what is wrong.

    An item is written as for the API and may also have its `uid`; what comes with it may have an
    `id`. Metadata is taken as it stands.
    """
    where = f"unsorted.{category}"
    inbox = engine.behaviour("unsorted")
    if category not in _CATEGORIES or not isinstance(inbox, Unsorted):
        raise ValueError(f"{where}: the categories are {', '.join(sorted(_CATEGORIES))}")
    if not is_array(items) or not all(is_object(item) for item in items):
        raise ValueError(f"{where}: must be a list of mappings")
    operation = exchange.contract.operations["unsorted.create_sip"]
    exchange = evolve(exchange, operation=operation)
    for index, raw in enumerate(items):
        item: Row = {"metadata": {}, **raw, "_embedded": {}}
        flaws: list[Flaw] = []
        for kind in PARTS:
            given = array_at(object_at(raw, "_embedded"), kind)
            item["_embedded"][kind] = [_part(engine, exchange, kind, one, flaws) for one in given]
        if "pipeline_id" in item and not exchange.account.has("pipelines", item["pipeline_id"]):
            raise ValueError(f"{where}[{index}]: there is no pipeline {item['pipeline_id']}")
        if flaws:
            raise ValueError(f"{where}[{index}]: {flaws[0]['path']}: {flaws[0]['detail']}")
        inbox.take_in(exchange, category, item)


def _part(engine: Engine, exchange: Exchange, kind: str, raw: Row, flaws: list[Flaw]) -> Row:
    operation = exchange.contract.operations[f"{kind}.create"]
    check = engine.validator.check(operation.takes or "")
    part: Row = check(raw, f"_embedded.{kind}", flaws, exchange.account) or {}
    own = evolve(exchange, operation=operation)
    engine.behaviour(kind).check(own, part, None, flaws)
    return {**part, "id": raw["id"]} if "id" in raw else part
