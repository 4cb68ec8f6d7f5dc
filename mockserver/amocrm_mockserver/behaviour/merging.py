"""An incoming lead becomes part of one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.complex_items import creation
from amocrm_mockserver.behaviour.duplicates import email_form, main_contact, phone_form
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.jsonvalue import array_at, object_at

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.behaviour.complex_items import ComplexItem, Part
    from amocrm_mockserver.behaviour.duplicates import Hit
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["merge"]

_ASIDE: Final = frozenset({"_embedded", "_values", "tags_to_add", "request_id"})
_OF_THE_LEAD: Final = frozenset(
    {"pipeline_id", "status_id", "closed_at", "loss_reason_id", "created_at", "created_by"}
)
"""What a merge leaves as it is: where the lead stands, and how it came into being."""
_TOLD_ANEW: Final = frozenset({"updated_at", "updated_by"})
_NAMES: Final = frozenset({"name", "first_name", "last_name"})


def merge(engine: Engine, exchange: Exchange, item: ComplexItem, hit: Hit) -> Row:
    """Change the leads found, their main contacts and companies; the newest lead is named."""
    results = [_merge_into(engine, exchange, item, hit, lead) for lead in hit.leads]
    return results[0]


def _merge_into(engine: Engine, exchange: Exchange, item: ComplexItem, hit: Hit, lead: Row) -> Row:
    keeps = hit.rule.keeps
    account = exchange.account
    change = _merged(account, "leads", lead, item.lead, keeps=keeps)
    engine.behaviour("leads").update(exchange, lead, change)
    for part in item.parts:
        _merge_part(engine, exchange, part, lead["id"], keeps=keeps)
    given = {part.kind: part.known for part in item.parts}
    contact = given.get("contacts") or main_contact(account, lead["id"])
    return {
        "id": lead["id"],
        "contact_id": contact,
        "company_id": _company(account, lead["id"]),
        "request_id": [item.request_id],
        "merged": True,
    }


def _merge_part(
    engine: Engine, exchange: Exchange, part: Part, lead_id: int, *, keeps: bool
) -> None:
    """A part that is there is linked; a new one goes into the lead's own, or becomes that."""
    account = exchange.account
    is_contact = part.kind == "contacts"
    held = main_contact(account, lead_id) if is_contact else _company(account, lead_id)
    number = part.known
    if number is None:
        sub = creation(engine, exchange, part.kind)
        behaviour = engine.behaviour(part.kind)
        if held is not None:
            row = account.table(part.kind).rows[held]
            behaviour.update(sub, row, _merged(account, part.kind, row, part.item, keeps=keeps))
            return
        number = int(behaviour.create(sub, part.item)["id"])
    elif held is not None and keeps and not is_contact:
        return
    connect(exchange, ("leads", lead_id), (part.kind, number), {}, fresh=True)
    contact = main_contact(account, lead_id)
    if not is_contact and contact is not None and held is None:
        connect(exchange, ("contacts", contact), (part.kind, number), {}, fresh=True)


def _merged(account: Account, kind: str, row: Row, item: Row, *, keeps: bool) -> Row:
    """What an item changes in a row that is there."""
    aside = _ASIDE | _OF_THE_LEAD if kind == "leads" else _ASIDE | {"created_at", "created_by"}
    change = {name: value for name, value in item.items() if name not in aside}
    if keeps:
        named = _NAMES if row["name"] else frozenset[str]()
        change = {
            name: value
            for name, value in change.items()
            if name in _TOLD_ANEW or (not row.get(name) and name not in named)
        }
    values: Row = item.get("_values", {})
    taken = {
        number: _joined(account, kind, number, row["_values"].get(number), new)
        for number, new in values.items()
        if not (keeps and row["_values"].get(number))
    }
    tags = [*array_at(object_at(item, "_embedded"), "tags"), *array_at(item, "tags_to_add")]
    return {**change, "_values": taken, "tags_to_add": tags}


def _joined(
    account: Account, kind: str, number: str, held: list[Row] | None, new: list[Row] | None
) -> list[Row] | None:
    """Phones and e-mails are added to those that are there; other values take their place."""
    field = field_directory(account, kind).by_id[int(number)]
    if field["type"] != "multitext" or not held or not new:
        return new
    form = phone_form if field["code"] == "PHONE" else email_form
    joined = list(held)
    seen: set[Json] = {form(account, value["value"]) for value in held}
    for value in new:
        mark = form(account, value["value"])
        if mark not in seen:
            seen.add(mark)
            joined.append(value)
    return joined


def _company(account: Account, lead_id: int) -> int | None:
    return next(iter(account.links.of("leads", lead_id, "companies")), None)
