"""Items of complex creation: a lead and the contact and company that come with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.problems import missing, unsupported
from amocrm_mockserver.validate import as_list

if TYPE_CHECKING:
    from amocrm_mockserver.body import Item
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw

__all__ = ["PARTS", "ComplexItem", "Incoming", "Part", "check_item", "creation"]

PARTS: Final = ("contacts", "companies")
_LOG: Final = logging.getLogger("amocrm_mockserver.api")
_METADATA: Final = {"sip": "unsorted.SipMetadataWrite", "forms": "unsorted.FormMetadataWrite"}
"""By category."""
_MOST_VALUES: Final = 40
"""Custom field values of one entity, by the docs."""


@frozen
class Part:
    """A contact or company of a lead: one that is there, or one to make."""

    kind: str
    known: int | None
    item: Row


@frozen
class Incoming:
    """What makes a lead an incoming one."""

    category: str
    metadata: Row


@frozen
class ComplexItem:
    """One item of the body, checked."""

    request_id: str
    lead: Row
    parts: list[Part]
    incoming: Incoming | None


def check_item(engine: Engine, exchange: Exchange, item: Item, flaws: list[Flaw]) -> ComplexItem:
    """Check the lead and its parts, each by the rules of its own kind."""
    embedded: Json = item.raw.get("_embedded")
    embedded = embedded if is_object(embedded) else {}
    own = {key: value for key, value in embedded.items() if key not in PARTS}
    raw = {**item.raw, "_embedded": own}
    if object_at(own, "metadata"):
        raw.pop("status_id", None)
    lead: Row = engine.validator.check(exchange.operation.takes or "")(
        raw, "", flaws, exchange.account
    )
    lead.pop("request_id", None)
    engine.behaviour("leads").check(exchange, lead, None, flaws)
    incoming = _check_metadata(engine, exchange, lead, flaws)
    parts: list[Part] = []
    for kind in PARTS:
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
    return ComplexItem(item.request_id, lead, parts, incoming)


def _check_metadata(
    engine: Engine, exchange: Exchange, lead: Row, flaws: list[Flaw]
) -> Incoming | None:
    metadata = object_at(object_at(lead, "_embedded"), "metadata")
    if not metadata:
        return None
    path = "_embedded.metadata"
    category: Json = metadata.get("category")
    schema = _METADATA.get(category) if isinstance(category, str) else None
    if schema is None:
        at = f"{path}.category"
        flaws.append(missing(at) if category is None else unsupported(at))
        return None
    taken: Row = engine.validator.check(schema)(metadata, path, flaws, exchange.account)
    return Incoming(category, taken)


def _warn(item: Item, what: str) -> None:
    """Tell of what the docs forbid without saying how it is refused."""
    _LOG.warning("POST /api/v4/leads/complex, request_id %s: %s", item.request_id, what)


def _check_part(  # noqa: PLR0913, PLR0917 -- one part and where it stands
    engine: Engine, exchange: Exchange, kind: str, raw: Json, path: str, flaws: list[Flaw]
) -> Part:
    if is_object(raw) and raw.get("id") is not None:
        schema = "leads.LeadComplexContact" if kind == "contacts" else "leads.CompanyLink"
        own: list[Flaw] = []
        link: Row = engine.validator.check(schema)(raw, path, own, exchange.account)
        flaws.extend(own)
        return Part(kind, link["id"], {})
    sub = creation(engine, exchange, kind)
    inner: list[Flaw] = []
    item: Row = (
        engine.validator.check(sub.operation.takes or "")(raw, "", inner, exchange.account) or {}
    )
    item.pop("request_id", None)
    engine.behaviour(kind).check(sub, item, None, inner)
    for flaw in inner:
        flaw["path"] = f"{path}.{flaw['path']}" if flaw["path"] else path
    flaws.extend(inner)
    return Part(kind, None, item)


def creation(engine: Engine, exchange: Exchange, kind: str) -> Exchange:
    """The call that would create a contact or company by itself."""
    operation = engine.contract.operations[f"{kind}.create"]
    return evolve(exchange, operation=operation, variables={})
