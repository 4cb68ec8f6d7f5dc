"""Leads that are created together with their contact and company in one call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.body import Item, read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid
from amocrm_mockserver.validate import as_list

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["create_complex"]

_LOG: Final = logging.getLogger("amocrm_mockserver.api")
_PARTS: Final = ("contacts", "companies")
_MOST_VALUES: Final = 40
"""Custom field values of one entity, by the docs."""


@frozen
class _Part:
    """A contact or company of a lead: one that is there, or one to make."""

    kind: str
    known: int | None
    item: Row


@frozen
class _Checked:
    item: Item
    lead: Row
    parts: list[_Part]


def create_complex(engine: Engine, exchange: Exchange) -> Response:
    """Make leads with their contacts and companies, link all with all, and name what came of it.

    Duplicate control is off in this server: nothing is ever merged.
    """
    checked: list[_Checked] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        checked.append(_check(engine, exchange, item, flaws))
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
    if faulty:
        raise invalid(faulty)
    return hal(exchange.operation.status, [_create(engine, exchange, one) for one in checked])


def _check(engine: Engine, exchange: Exchange, item: Item, flaws: list[Flaw]) -> _Checked:
    embedded: Json = item.raw.get("_embedded")
    embedded = embedded if is_object(embedded) else {}
    own = {key: value for key, value in embedded.items() if key not in _PARTS}
    raw = {**item.raw, "_embedded": own}
    lead: Row = engine.validator.check(exchange.operation.takes or "")(
        raw, "", flaws, exchange.account
    )
    lead.pop("request_id", None)
    engine.behaviour("leads").check(exchange, lead, None, flaws)
    parts: list[_Part] = []
    for kind in _PARTS:
        given = as_list(embedded.get(kind) or [])
        for one in given[:1] if given else ():
            path = f"_embedded.{kind}.0"
            parts.append(_check_part(engine, exchange, kind, one, path, flaws))
        if given and len(given) > 1:
            _warn(item, f"_embedded.{kind} holds {len(given)}, one is taken")
    entities = {"": lead, **{f"_embedded.{part.kind}.0.": part.item for part in parts}}
    for path, entity in entities.items():
        count = len(entity.get("_values", ()))
        if count > _MOST_VALUES:
            _warn(item, f"{path}custom_fields_values holds {count}, the docs allow {_MOST_VALUES}")
    return _Checked(item, lead, parts)


def _warn(item: Item, what: str) -> None:
    """Tell of what the docs forbid without saying how it is refused."""
    _LOG.warning("POST /api/v4/leads/complex, request_id %s: %s", item.request_id, what)


def _check_part(  # noqa: PLR0913, PLR0917 -- one part and where it stands
    engine: Engine, exchange: Exchange, kind: str, raw: Json, path: str, flaws: list[Flaw]
) -> _Part:
    if is_object(raw) and raw.get("id") is not None:
        schema = "leads.LeadComplexContact" if kind == "contacts" else "leads.CompanyLink"
        own: list[Flaw] = []
        link: Row = engine.validator.check(schema)(raw, path, own, exchange.account)
        flaws.extend(own)
        return _Part(kind, link["id"], {})
    sub = _creation(engine, exchange, kind)
    inner: list[Flaw] = []
    item: Row = (
        engine.validator.check(sub.operation.takes or "")(raw, "", inner, exchange.account) or {}
    )
    item.pop("request_id", None)
    engine.behaviour(kind).check(sub, item, None, inner)
    for flaw in inner:
        flaw["path"] = f"{path}.{flaw['path']}" if flaw["path"] else path
    flaws.extend(inner)
    return _Part(kind, None, item)


def _creation(engine: Engine, exchange: Exchange, kind: str) -> Exchange:
    """The call that would create a contact or company by itself."""
    operation = engine.contract.operations[f"{kind}.create"]
    return evolve(exchange, operation=operation, variables={})


def _create(engine: Engine, exchange: Exchange, checked: _Checked) -> Row:
    lead = engine.behaviour("leads").create(exchange, checked.lead)
    ids: dict[str, int] = {}
    for part in checked.parts:
        number = part.known
        if number is None:
            sub = _creation(engine, exchange, part.kind)
            row = engine.behaviour(part.kind).create(sub, part.item)
            number = int(row["id"])
        ids[part.kind] = number
        connect(exchange, ("leads", lead["id"]), (part.kind, number), {}, fresh=True)
    if len(ids) == len(_PARTS):
        contact, company = (ids[kind] for kind in _PARTS)
        connect(exchange, ("contacts", contact), ("companies", company), {}, fresh=True)
    return {
        "id": lead["id"],
        "contact_id": ids.get("contacts"),
        "company_id": ids.get("companies"),
        "request_id": [checked.item.request_id],
        "merged": False,
    }
