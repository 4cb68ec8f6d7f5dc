"""Leads that are created together with their contact and company in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from amocrm_mockserver.behaviour.complex_items import (
    PARTS,
    ComplexItem,
    Incoming,
    check_item,
    creation,
)
from amocrm_mockserver.behaviour.duplicates import Hit, find_hit
from amocrm_mockserver.behaviour.leads import named_source, pipeline_of
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.merging import merge
from amocrm_mockserver.behaviour.unsorted import Unsorted
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        made = merge(engine, exchange, one, hit) if hit else _make(engine, exchange, one)
        known = results.setdefault(made["id"], made)
        if known is not made:
            made["request_id"] = [*known["request_id"], *made["request_id"]]
            known.update(made)
    return hal(exchange.operation.status, list(results.values()))


def _hit(exchange: Exchange, item: ComplexItem) -> Hit | None:
    account = exchange.account
    contact = next((part for part in item.parts if part.kind == "contacts"), None)
    if contact is None or item.incoming is not None:
        return None
    held = contact.item if contact.known is None else account.table("contacts").rows[contact.known]
    source = named_source(exchange, item.lead)
    return find_hit(
        exchange,
        pipeline_of(exchange, item.lead),
        held.get("_values", {}),
        source_id=None if source is None else source["id"],
    )


def _make(engine: Engine, exchange: Exchange, item: ComplexItem) -> Row:
    if item.incoming is not None:
        return _take_in(engine, exchange, item, item.incoming)
    return _create(engine, exchange, item)


def _take_in(engine: Engine, exchange: Exchange, item: ComplexItem, incoming: Incoming) -> Row:
    """The lead waits to be accepted, and what is new with it stays hidden until then."""
    inbox = engine.behaviour("unsorted")
    if not isinstance(inbox, Unsorted):
        raise TypeError(inbox)
    operation = engine.contract.operations[f"unsorted.create_{incoming.category}"]
    given: Row = {
        "pipeline_id": pipeline_of(exchange, item.lead),
        "metadata": incoming.metadata,
        "_embedded": {
            "leads": [item.lead],
            **{part.kind: [part.item] for part in item.parts if part.known is None},
        },
    }
    if "created_at" in item.lead:
        given["created_at"] = item.lead["created_at"]
    guests = {part.kind: part.known for part in item.parts if part.known is not None}
    called = evolve(exchange, operation=operation, variables={})
    row = inbox.take_in(called, incoming.category, given, guests=guests)
    ids = {kind: next(iter(row[f"_{kind}"]), guests.get(kind)) for kind in PARTS}
    return _result(item, row["_leads"][0], ids)


def _create(engine: Engine, exchange: Exchange, item: ComplexItem) -> Row:
    lead = engine.behaviour("leads").create(exchange, item.lead)
    ids: dict[str, int | None] = {}
    for part in item.parts:
        number = part.known
        if number is None:
            sub = creation(engine, exchange, part.kind)
            row = engine.behaviour(part.kind).create(sub, part.item)
            number = int(row["id"])
        ids[part.kind] = number
        connect(exchange, ("leads", lead["id"]), (part.kind, number), {}, fresh=True)
    contact, company = (ids.get(kind) for kind in PARTS)
    if contact is not None and company is not None:
        connect(exchange, ("contacts", contact), ("companies", company), {}, fresh=True)
    return _result(item, lead["id"], ids)


def _result(item: ComplexItem, lead_id: int, ids: Mapping[str, int | None]) -> Row:
    return {
        "id": lead_id,
        "contact_id": ids.get("contacts"),
        "company_id": ids.get("companies"),
        "request_id": [item.request_id],
        "merged": False,
    }
