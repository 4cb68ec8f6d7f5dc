"""Catalogs and their elements by API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from attrs import evolve

from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.page_deletion import delete_element, delete_whole_catalog
from amocrm_mockserver.body import Item
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.legacy.answers import found, link
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.field_values import shown_fields, v4_values
from amocrm_mockserver.legacy.listing import chosen, one_of, shown_rows
from amocrm_mockserver.legacy.saving import RefusedError, save

if TYPE_CHECKING:
    from collections.abc import Callable

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = [
    "CatalogWriter",
    "ElementWriter",
    "find_catalogs",
    "find_elements",
    "save_catalogs",
    "save_elements",
]

_FLAGS: Final = ("can_add_elements", "can_show_in_cards", "can_link_multiple")
_MOST: Final = 500


class CatalogWriter:
    """Writes catalogs by the rules of API v4."""

    path: ClassVar[str] = "catalogs"
    empty_add: ClassVar[int] = 283
    empty_update: ClassVar[int] = 283
    empty: ClassVar[int] = 283
    wrong: ClassVar[int] = 283
    unknown: ClassVar[int] = 282

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a catalog."""
        taken = _catalog_item(item)
        if not taken.get("name"):
            raise RefusedError(285)
        [row] = call.engine.create(call.v4("catalogs.create"), [Item("0", taken)])
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The catalog."""
        return call.table("catalogs").rows.get(number)

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change a catalog; its type stays."""
        taken = _catalog_item(item)
        taken.pop("type", None)
        exchange = call.v4("catalogs.update")
        call.engine.change(exchange, row, Item("0", {**taken, "id": row["id"]}))

    def delete(self, call: LegacyCall, row: Row) -> None:
        """A catalog goes with its elements, its fields and their groups."""
        if not row["can_be_deleted"]:
            raise RefusedError(281)
        delete_whole_catalog(call.engine, call.v4("catalogs.update"), row)


def _catalog_item(item: Row) -> Row:
    taken: Row = {name: item[name] for name in ("name", "type") if item.get(name)}
    number = number_of(item.get("sort"))
    if number is not None:
        taken["sort"] = number
    for name in _FLAGS:
        if item.get(name) is not None:
            taken[name] = item[name] in (True, 1, "1", "true")
    return taken


class ElementWriter:
    """Writes elements by the rules of API v4."""

    path: ClassVar[str] = "catalog_elements"
    empty_add: ClassVar[int] = 283
    empty_update: ClassVar[int] = 283
    empty: ClassVar[int] = 283
    wrong: ClassVar[int] = 283
    unknown: ClassVar[int] = 282

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make an element of the catalog that is named."""
        catalog = number_of(item.get("catalog_id"))
        if catalog is None or not item.get("name"):
            raise RefusedError(285)
        if catalog not in call.table("catalogs").rows:
            raise RefusedError(282)
        taken = _element_item(call, catalog, item)
        [row] = call.engine.create(_in(call, "create", catalog), [Item("0", taken)])
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The element, unless it is deleted."""
        row = call.table("catalog_elements").rows.get(number)
        return None if row is None or row["is_deleted"] else row

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change an element; it stays in its catalog."""
        catalog: int = row["catalog_id"]
        taken = {**_element_item(call, catalog, item), "id": row["id"]}
        call.engine.change(_in(call, "update", catalog), row, Item("0", taken))

    def delete(self, call: LegacyCall, row: Row) -> None:
        """An element is in no list and no card any more."""
        delete_element(_in(call, "update", row["catalog_id"]), row)


def _in(call: LegacyCall, name: str, catalog: int) -> Exchange:
    return evolve(call.v4(f"catalog_elements.{name}"), variables={"catalog_id": catalog})


def _element_item(call: LegacyCall, catalog: int, item: Row) -> Row:
    taken: Row = {}
    if item.get("name"):
        taken["name"] = str(item["name"])
    if "custom_fields" in item:
        owner = f"catalogs:{catalog}"
        known = field_directory(call.account, owner).by_id
        for field in listed(item["custom_fields"]):
            if not is_object(field) or number_of(field.get("id")) not in known:
                raise RefusedError(204)
        taken["custom_fields_values"] = v4_values(call.account, owner, item["custom_fields"])
    return taken


def find_catalogs(call: LegacyCall) -> Response:
    """List catalogs."""
    rows = chosen(call, shown_rows(call, "catalogs"), {})
    return found(call, [_catalog(row) for row in rows])


def save_catalogs(call: LegacyCall) -> Response:
    """Add, change and delete catalogs."""
    return save(call, CatalogWriter())


def find_elements(call: LegacyCall) -> Response:
    """List elements by number of page."""
    tests: dict[str, Callable[[Tree], Test]] = {
        "catalog_id": one_of("catalog_id"),
        "term": _named,
    }
    rows = chosen(call, shown_rows(call, "catalog_elements"), tests)
    size = number_of(call.query.get("limit_rows")) or _MOST
    size = min(max(size, 1), _MOST)
    page = max(number_of(call.query.get("page")) or 1, 1)
    shown = rows[(page - 1) * size : page * size]
    return found(call, [_element(call, row) for row in shown])


def _named(tree: Tree) -> Test:
    wanted = " ".join(scalars(tree)).casefold()
    return lambda row: wanted in row["name"].casefold()


def save_elements(call: LegacyCall) -> Response:
    """Add, change and delete elements."""
    return save(call, ElementWriter())


def _catalog(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["name"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "sort": row["sort"],
        "type": row["type"],
        **{name: bool(row[name]) for name in _FLAGS},
        "_links": link(f"/api/v2/catalogs?id={row['id']}"),
    }


def _element(call: LegacyCall, row: Row) -> Row:
    owner: Json = row["catalog_id"]
    return {
        "id": row["id"],
        "name": row["name"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "updated_by": row["updated_by"],
        "updated_at": row["updated_at"],
        "is_deleted": bool(row["is_deleted"]),
        "custom_fields": shown_fields(call.account, f"catalogs:{owner}", row),
        "catalog_id": owner,
        "_links": link(f"/api/v2/catalog_elements?catalog_id={owner}&id={row['id']}"),
    }
