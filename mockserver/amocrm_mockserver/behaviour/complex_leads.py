"""Leads that are created together with their contact and company in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.complex_items import (
    PARTS,
    ComplexItem,
    check_item,
    creation,
)
from amocrm_mockserver.behaviour.duplicates import Hit, find_hit
from amocrm_mockserver.behaviour.leads import pipeline_of
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.merging import merge
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["create_complex"]


def create_complex(engine: Engine, exchange: Exchange) -> Response:
    """Make leads with their contacts and companies, link all with all, and name what came of it.

    Where duplicate control is on, an item may become part of a lead that was there before the
    call; the items of one call are not compared with each other.
    """
    checked: list[ComplexItem] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        checked.append(check_item(engine, exchange, item, flaws))
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
    if faulty:
        raise invalid(faulty)
    hits = [_hit(exchange, one) for one in checked]
    results: dict[int, Row] = {}
    for one, hit in zip(checked, hits, strict=True):
        made = merge(engine, exchange, one, hit) if hit else _create(engine, exchange, one)
        known = results.setdefault(made["id"], made)
        if known is not made:
            made["request_id"] = [*known["request_id"], *made["request_id"]]
            known.update(made)
    return hal(exchange.operation.status, list(results.values()))


def _hit(exchange: Exchange, item: ComplexItem) -> Hit | None:
    account = exchange.account
    contact = next((part for part in item.parts if part.kind == "contacts"), None)
    if contact is None:
        return None
    held = contact.item if contact.known is None else account.table("contacts").rows[contact.known]
    return find_hit(exchange, pipeline_of(account, item.lead), held.get("_values", {}))


def _create(engine: Engine, exchange: Exchange, item: ComplexItem) -> Row:
    lead = engine.behaviour("leads").create(exchange, item.lead)
    ids: dict[str, int] = {}
    for part in item.parts:
        number = part.known
        if number is None:
            sub = creation(engine, exchange, part.kind)
            row = engine.behaviour(part.kind).create(sub, part.item)
            number = int(row["id"])
        ids[part.kind] = number
        connect(exchange, ("leads", lead["id"]), (part.kind, number), {}, fresh=True)
    if len(ids) == len(PARTS):
        contact, company = (ids[kind] for kind in PARTS)
        connect(exchange, ("contacts", contact), ("companies", company), {}, fresh=True)
    return {
        "id": lead["id"],
        "contact_id": ids.get("contacts"),
        "company_id": ids.get("companies"),
        "request_id": [item.request_id],
        "merged": False,
    }
