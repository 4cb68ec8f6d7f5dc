"""Entities of the model as the API shows them, key by key, with every `with`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .cards import Card, Json
    from .crm import Crm, Event

__all__ = ["WITH", "shown_card", "shown_event", "shown_links", "shown_values"]

WITH: Final = {
    "leads": "contacts,catalog_elements,loss_reason,source_id,is_price_modified_by_robot",
    "contacts": "leads,customers,catalog_elements",
    "companies": "leads,customers,contacts,catalog_elements",
    "customers": "contacts,companies,catalog_elements,group_id",
}
"""What whole lists are asked for."""


def shown_card(crm: Crm, card: Card) -> Json:
    """One entity with all that belongs to it."""
    shown: Json = {
        "id": card.id,
        "name": card.name,
        "responsible_user_id": card.responsible,
        "group_id": 0,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "closest_task_at": crm.deadline(card.end),
        "is_deleted": False,
        "custom_fields_values": shown_values(crm, card),
        "account_id": crm.account,
        **card.own,
        "_links": crm.url(f"{card.kind}/{card.id}"),
        "_embedded": _embedded(crm, card),
    }
    if card.kind == "leads":
        robot = {"is_price_computed": False, "is_price_modified_by_robot": False}
        shown |= {"source_id": None, "score": None, "labor_cost": None, **robot}
    return shown


def shown_values(crm: Crm, card: Card) -> Json:
    """Filled fields in the order of the card; null when there are none."""
    definitions = sorted(crm.fields[card.kind].values(), key=lambda one: one.place)
    filled = [one.shown(card.values[one.id]) for one in definitions if one.id in card.values]
    return [one for one in filled if one["values"]] or None


def _embedded(crm: Crm, card: Card) -> Json:
    tags = [crm.tags[card.kind][name] for name in card.tags]
    embedded: Json = {"tags": tags, "catalog_elements": _elements(crm, card)}
    kinds = {
        "leads": ("contacts", "companies"),
        "contacts": ("companies", "leads", "customers"),
        "companies": ("leads", "customers", "contacts"),
        "customers": ("contacts", "companies"),
    }[card.kind]
    for kind in kinds:
        refs = crm.refs(kind, crm.links.ids(card.end, kind))
        if kind == "contacts" and card.kind != "companies":
            marks = [link.is_main for _, link in crm.links.of(card.end, kind)]
            refs = [{**ref, "is_main": mark} for ref, mark in zip(refs, marks, strict=True)]
        embedded[kind] = refs
    if card.kind == "leads":
        chosen = card.own["loss_reason_id"]
        embedded["loss_reason"] = [row for row in crm.reasons if row["id"] == chosen]
    if card.kind == "customers":
        embedded["segments"] = crm.refs("customers/segments", card.segments)
    return embedded


def _elements(crm: Crm, card: Card) -> list[Json]:
    return [
        {
            "id": number,
            "metadata": crm.links.metadata(card.end, link),
            "_links": crm.url(f"catalogs/{link.catalog}/elements/{number}"),
        }
        for number, link in crm.links.of(card.end, "catalog_elements")
    ]


def shown_links(crm: Crm, card: Card) -> list[Json]:
    """All links of an entity, in no order, as its own list shows them."""
    kinds = ("leads", "contacts", "companies", "customers", "catalog_elements")
    return [
        {
            "to_entity_id": number,
            "to_entity_type": kind,
            "metadata": crm.links.metadata(card.end, link),
        }
        for kind in kinds
        for number, link in crm.links.of(card.end, kind)
    ]


def shown_event(crm: Crm, event: Event) -> Json:
    """An event without its id."""
    plural, number = event.end
    path, kind = f"{plural}/{number}", plural
    entity: Json = {"id": number}
    if plural == "catalog_elements":
        catalog = {**crm.former, **crm.elements}[number]["catalog_id"]
        entity["catalog_id"] = catalog
        path, kind = f"catalogs/{catalog}/elements/{number}", f"catalog_{catalog}"
    singular = {"companies": "company"}.get(kind, kind.removesuffix("s"))
    shown = {
        "type": event.type,
        "entity_id": number,
        "entity_type": singular,
        "created_by": event.by,
        "created_at": event.at,
        "value_before": event.before,
        "value_after": event.after,
        "account_id": crm.account,
    }
    if plural != "segments":
        shown["_embedded"] = {"entity": {**entity, "_links": crm.url(path)}}
    return shown
