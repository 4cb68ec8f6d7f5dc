"""Links between entities: their rules, and the methods that make, remove and list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import SINGULAR, record
from amocrm_mockserver.body import read_items
from amocrm_mockserver.brackets import encode
from amocrm_mockserver.envelope import NOTHING, hal
from amocrm_mockserver.filters import numbers, scalars
from amocrm_mockserver.problems import (
    Flaw,
    ItemFlaws,
    entity_errors,
    invalid,
    invalid_without_item,
    missing,
    not_found,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["ALLOWED", "add_links", "connect", "disconnect", "find_links", "remove_links", "touch"]

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "leads": frozenset({"contacts", "companies", "catalog_elements"}),
    "contacts": frozenset({"companies", "customers", "catalog_elements", "leads"}),
    "companies": frozenset({"contacts", "leads", "customers", "catalog_elements"}),
    "customers": frozenset({"contacts", "companies", "catalog_elements"}),
    "catalog_elements": frozenset({"leads", "contacts", "companies", "customers"}),
}
"""What each kind of entity can be linked with."""
_ELEMENTS: Final = "catalog_elements"
_SHOWN_ORDER: Final = ("catalog_elements", "contacts", "companies", "leads", "customers")
_OF_CONTACTS: Final = frozenset({"leads", "customers"})
"""One contact of these is the main one."""
_OF_ONE_COMPANY: Final = frozenset({"leads", "contacts", "customers"})
"""These have at most one company."""

_TOO_MANY: Final = 330
"""The old number of "too many links"."""

_End = tuple[str, int]


def connect(
    exchange: Exchange, one: _End, two: _End, metadata: Row, *, fresh: bool = False
) -> None:
    """Link two entities; `fresh` is a link that is made together with the first of them."""
    links = exchange.account.links
    by: int | None = metadata.get("updated_by")
    kinds = {one[0], two[0]}
    if "companies" in kinds and kinds & _OF_ONE_COMPANY:
        owner, company = (two, one) if one[0] == "companies" else (one, two)
        for former in list(links.of(*owner, "companies")):
            if former != company[1]:
                disconnect(exchange, owner, ("companies", former), by=by)
    held = _held(exchange.account, one, two, metadata)
    is_new = links.join(one, two, held)
    if held.get("main_contact"):
        owner, contact = (two, one) if one[0] == "contacts" else (one, two)
        for number, other in links.of(*owner, "contacts").items():
            if number != contact[1]:
                other["main_contact"] = False
    if is_new:
        _log(exchange, "linked", (one, two), by)
        _change(exchange, two, by)
    if not fresh:
        _change(exchange, one, by)


def _held(account: Account, one: _End, two: _End, metadata: Row) -> Row:
    """What is kept of a link; of one that is there already, only what changes."""
    if "catalog_elements" in (one[0], two[0]):
        owner, element = (two, one) if one[0] == "catalog_elements" else (one, two)
        known = account.links.of(*owner, "catalog_elements").get(element[1], {})
        defaults: Row = {"quantity": 1, "catalog_id": None, "price_id": None}
        given = {key: metadata[key] for key in defaults if metadata.get(key) is not None}
        return {**defaults, **known, **given}
    owner, contact = (two, one) if one[0] == "contacts" else (one, two)
    if contact[0] == "contacts" and owner[0] in _OF_CONTACTS:
        contacts = account.links.of(*owner, "contacts")
        if contact[1] in contacts:
            return {"main_contact": True} if metadata.get("is_main") else {}
        is_first = not contacts and account.guesses["contacts.first_is_main"] == "main"
        return {"main_contact": bool(metadata.get("is_main")) or is_first}
    return {}


def disconnect(exchange: Exchange, one: _End, two: _End, *, by: int | None = None) -> None:
    """Undo a link; without one nothing happens."""
    links = exchange.account.links
    if not links.part(one, two):
        return
    _log(exchange, "unlinked", (one, two), by)
    for owner, other in ((one, two), (two, one)):
        if other[0] == "contacts" and owner[0] in _OF_CONTACTS:
            left = links.of(*owner, "contacts").values()
            if left and not any(metadata["main_contact"] for metadata in left):
                next(iter(left))["main_contact"] = True
        _change(exchange, owner, by)


def _log(exchange: Exchange, action: str, ends: tuple[_End, _End], by: int | None) -> None:
    """Both ends hear of a link, or the one alone that the call was about."""
    guesses = exchange.account.guesses
    one, two = ends
    in_after = action == "linked" or guesses["events.unlink_value"] == "value_after"
    for end, other in ((one, two), (two, one)):
        common = guesses["events.link_names"] == "entity" or other[0] == _ELEMENTS
        noun = "entity" if common else SINGULAR[other[0]]
        told = [_told(action.removesuffix("ed"), other)]
        before, after = (None, told) if in_after else (told, None)
        record(exchange, f"{noun}_{action}", *end, before=before, after=after, by=by)
        if guesses["events.link_sides"] == "main":
            break


def _change(exchange: Exchange, end: _End, by: int | None) -> None:
    """One of an entity's links has changed."""
    touch(exchange, end, by)
    row = exchange.account.table(end[0]).rows.get(end[1])
    if row is not None and end[0] != "catalog_elements":
        exchange.tell(end[0], "update", row)


def touch(exchange: Exchange, end: _End, by: int | None = None) -> None:
    """Something that belongs to an entity has changed, and so has its `updated_at`."""
    if exchange.seeding:
        return
    table = exchange.account.table(end[0])
    row = table.rows.get(end[1])
    if row is not None:
        author = exchange.caller.user_id if by is None else by
        table.change(row, {"updated_at": exchange.now, "updated_by": author})


def _told(word: str, end: _End) -> Json:
    return {word: {"entity": {"type": SINGULAR[end[0]], "id": end[1]}}}


def _main_type(exchange: Exchange) -> str:
    return exchange.operation.over.get("entity_type", _ELEMENTS)


def _main(exchange: Exchange) -> int | None:
    """The entity that the path names, which must be there."""
    number = exchange.variables.get("entity_id")
    if number is None:
        return None
    account, kind = exchange.account, _main_type(exchange)
    is_there = account.has(kind, number)
    if kind == _ELEMENTS and is_there:
        catalog = account.table(kind).rows[number]["catalog_id"]
        is_there = catalog == exchange.variables["catalog_id"]
    if not is_there:
        noun = SINGULAR[kind].replace("_", " ").capitalize()
        raise not_found(f"{noun} not found")
    return int(number)


def _ends(engine: Engine, exchange: Exchange) -> list[tuple[_End, _End, Row]]:
    """The links that a body names, checked."""
    kind, number = _main_type(exchange), _main(exchange)
    check = engine.validator.check(exchange.operation.takes or "")
    faulty: list[ItemFlaws] = []
    ends: list[tuple[_End, _End, Row]] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        link: Row = check(item.raw, "", flaws, exchange.account) or {}
        if not flaws:
            _check_ends(exchange, kind, link, flaws)
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
            continue
        main = number if number is not None else link["entity_id"]
        target = (link["to_entity_type"], link["to_entity_id"])
        metadata: Row = link.get("metadata") or {}
        if kind == _ELEMENTS:
            metadata = {**metadata, "catalog_id": exchange.variables["catalog_id"]}
        ends.append(((kind, int(main)), target, metadata))
    if faulty:
        raise invalid(faulty)
    return ends


def _check_ends(exchange: Exchange, kind: str, link: Row, flaws: list[Flaw]) -> None:
    account, target = exchange.account, link["to_entity_type"]
    if "entity_id" in link and not account.has(kind, link["entity_id"]):
        flaws.append(unsupported("entity_id"))
    if target not in ALLOWED[kind]:
        flaws.append(unsupported("to_entity_type"))
    elif target == _ELEMENTS:
        if not exchange.operation.name.startswith("unlink"):
            _check_element(exchange, kind, link, flaws)
    elif not account.has(target, link["to_entity_id"]):
        flaws.append(unsupported("to_entity_id"))
    elif kind == _ELEMENTS and not exchange.operation.name.startswith("unlink"):
        element = int(exchange.variables["entity_id"])
        if not _may_have(account, element, (target, link["to_entity_id"])):
            flaws.append(unsupported("to_entity_id"))


def _check_element(exchange: Exchange, kind: str, link: Row, flaws: list[Flaw]) -> None:
    """An element is named with its catalog, which may let it be linked once only."""
    account, number = exchange.account, link["to_entity_id"]
    metadata: Row = link.get("metadata") or {}
    catalog: int | None = metadata.get("catalog_id")
    if catalog is None:
        flaws.append(missing("metadata.catalog_id"))
        return
    element = account.table(_ELEMENTS).rows.get(number)
    if element is None or element["is_deleted"]:
        flaws.append(unsupported("to_entity_id"))
    elif element["catalog_id"] != catalog:
        flaws.append(unsupported("metadata.catalog_id"))
    else:
        main = exchange.variables.get("entity_id", link.get("entity_id"))
        if main is not None and not _may_have(account, number, (kind, int(main))):
            flaws.append(unsupported("to_entity_id"))


def _may_have(account: Account, element: int, end: _End) -> bool:
    """Whether the catalog of an element lets it be linked with one more entity."""
    row = account.table(_ELEMENTS).rows[element]
    catalog = account.table("catalogs").rows.get(row["catalog_id"])
    if catalog is None or catalog["can_link_multiple"]:
        return True
    linked = account.links.every(_ELEMENTS, element)
    return all((kind, number) == end for kind, number, _ in linked)


def _check_number(account: Account, ends: list[tuple[_End, _End, Row]]) -> None:
    """How many links of one type an entity may have is not known."""
    most = account.guesses["links.most"]
    if most == "any":
        return
    held: dict[tuple[_End, str], set[int]] = {}
    for one, (kind, number), _ in ends:
        linked = account.links.of(*one, kind)
        after = held.setdefault((one, kind), set(linked))
        after.add(number)
        is_too_many = len(linked) < len(after) > int(most)
        if is_too_many and account.guesses.refuses("links.most"):
            raise entity_errors([{"code": _TOO_MANY}])


def add_links(engine: Engine, exchange: Exchange) -> Response:
    """Make links; one that is there takes the new metadata."""
    ends = _ends(engine, exchange)
    _check_number(exchange.account, ends)
    for one, two, metadata in ends:
        connect(exchange, one, two, metadata)
    links = [_shown(exchange.account, one, two, with_main=True) for one, two, _ in ends]
    return _answer(exchange, links, exchange.operation.path.removesuffix("link") + "links", {})


def remove_links(engine: Engine, exchange: Exchange) -> Response:
    """Undo links; whether a pair that is not linked is a fault is not known."""
    ends = _ends(engine, exchange)
    links = exchange.account.links
    apart = any(two[1] not in links.of(*one, two[0]) for one, two, _ in ends)
    if apart and exchange.account.guesses.refuses("links.unlink_unlinked"):
        raise not_found("Link not found")
    for one, two, metadata in ends:
        disconnect(exchange, one, two, by=metadata.get("updated_by"))
    return NOTHING


def find_links(_engine: Engine, exchange: Exchange) -> Response:
    """The links of one entity, or of those that the filter names."""
    kind = _main_type(exchange)
    asked = exchange.query.get("filter", {})
    asked = asked if isinstance(asked, dict) else {}
    number = _main(exchange)
    if number is not None:
        mains = [number]
    else:
        mains = [int(one) for one in numbers(asked.get("entity_id", ""))]
        if not mains:
            raise invalid_without_item([missing("filter.entity_id")])
    links = [
        _shown(exchange.account, (kind, main), (other, other_number), with_main=number is None)
        for main in mains
        for other, other_number, metadata in _ordered(exchange.account, kind, main)
        if _is_asked(asked, other, other_number, metadata)
    ]
    if not links and exchange.account.guesses["links.none"] == "204":
        return NOTHING
    return _answer(exchange, links, exchange.operation.path, exchange.query)


def _ordered(account: Account, kind: str, number: int) -> list[tuple[str, int, Row]]:
    found = account.links.every(kind, number)
    return sorted(found, key=lambda link: _SHOWN_ORDER.index(link[0]))


def _is_asked(asked: Query, kind: str, number: int, metadata: Row) -> bool:
    if "to_entity_id" in asked and number not in numbers(asked["to_entity_id"]):
        return False
    if "to_entity_type" in asked and kind not in scalars(asked["to_entity_type"]):
        return False
    if "to_catalog_id" in asked:
        return metadata.get("catalog_id") in numbers(asked["to_catalog_id"])
    return True


def _shown(account: Account, one: _End, two: _End, *, with_main: bool) -> Row:
    metadata = account.links.of(*one, two[0]).get(two[1], {})
    # The main contact is told to the lead or customer, not to the contact.
    told = (two[0] in {"contacts", _ELEMENTS} or one[0] == _ELEMENTS) and metadata
    link: Row = {"to_entity_id": two[1], "to_entity_type": two[0], "metadata": told or None}
    return {"entity_id": one[1], "entity_type": one[0], **link} if with_main else link


def _answer(exchange: Exchange, links: list[Row], path: str, query: Query) -> Response:
    echoed: Query = {**query, "page": "1", "limit": "50"}
    path = path.format_map(exchange.variables)
    body: Row = {
        "_total_items": len(links),
        "_links": {"self": {"href": f"{exchange.origin}{path}?{encode(echoed)}"}},
        "_embedded": {"links": links},
    }
    return hal(200, body)
