"""Catalogs: lists of products, invoices, suppliers and anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.catalog_fields import add_predefined_fields
from amocrm_mockserver.behaviour.custom_field_groups import add_main_group
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items, read_json
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.problems import Flaw, invalid, unprocessable, unsupported
from amocrm_mockserver.validate import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = [
    "Catalogs",
    "catalog_of_type",
    "products_settings",
    "set_products",
    "show_products",
]

_MOST: Final = 10
_ALONE: Final = frozenset({"products", "invoices"})
"""Types of which an account has one catalog at the most."""
_STEP: Final = 10
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "products": ("Товары", "Products"),
    "suppliers": ("Поставщики", "Suppliers"),
}


def catalog_of_type(account: Account, kind: str) -> Row | None:
    """The first catalog of a type; hidden ones, too."""
    rows = account.table("catalogs").rows.values()
    return next((row for row in rows if row["type"] == kind), None)


class Catalogs(Behaviour):
    """What may be done with catalogs."""

    noun = "Catalog"

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """Those of a type, which comes as a plain parameter or as a filter."""
        asked = exchange.query.get("filter")
        tree = exchange.query.get("type", asked.get("type") if isinstance(asked, dict) else None)
        if tree is None:
            return None
        wanted = scalars(tree)
        rows = self.home(exchange).rows.values()
        return [row for row in rows if row["type"] in wanted and not row.get("_hidden")]

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- the operation tells what is new
        flaws: list[Flaw],
    ) -> None:
        """There is one catalog of products and one of invoices, and there are ten in all."""
        if exchange.operation.kind != "create" or exchange.seeding:
            return
        batch = as_list(read_json(exchange.body)) or []
        if len(self.home(exchange).rows) + len(batch) > _MOST:
            raise unprocessable("Catalogs limit exceeded")
        kind = item.get("type")
        if kind in _ALONE:
            named = [one for one in batch if is_object(one) and one.get("type") == kind]
            if len(named) > 1 or catalog_of_type(exchange.account, kind):
                flaws.append(unsupported("type"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the catalog, with the fields that its type has."""
        account, table = exchange.account, self.home(exchange)
        row = self.blank(exchange, item)
        highest = max((known["sort"] for known in table.rows.values()), default=0)
        kind: str = item.get("type", "regular")
        row.update(
            {
                "sort": highest + _STEP,
                "type": kind,
                "can_add_elements": True,
                "can_show_in_cards": False,
                "can_link_multiple": True,
                "can_be_deleted": kind not in {"products", "suppliers"},
                **item,
            }
        )
        table.add(row)
        add_main_group(account, row["id"])
        add_predefined_fields(account, row)
        if kind == "invoices" and account.speaks_russian and not exchange.seeding:
            _add_suppliers(self, exchange)
        return row


def _add_suppliers(catalogs: Catalogs, exchange: Exchange) -> None:
    """Invoices name a supplier, who is an element of a catalog that comes with theirs."""
    if catalog_of_type(exchange.account, "suppliers") is None:
        catalogs.create(
            exchange, {"name": _name(exchange.account, "suppliers"), "type": "suppliers"}
        )


def _name(account: Account, kind: str) -> str:
    return _NAMES[kind][0 if account.speaks_russian else 1]


def show_products(_engine: Engine, exchange: Exchange) -> Response:
    """Whether products are on, and which catalog holds them."""
    return hal(200, products_settings(exchange.account))


def products_settings(account: Account) -> Row:
    """Whether products are on, and the catalog that holds them, on or off."""
    catalog = catalog_of_type(account, "products")
    is_enabled = catalog is not None and not catalog.get("_hidden")
    return {"is_enabled": is_enabled, "catalog_id": catalog["id"] if catalog else None}


def set_products(engine: Engine, exchange: Exchange) -> Response:
    """Turn products on or off; the first time makes their catalog, off hides it."""
    [item] = read_items(exchange)
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    taken: Row = check(item.raw, "", flaws, exchange.account) or {}
    if flaws:
        raise invalid([{"request_id": item.request_id, "errors": flaws}])
    account, is_enabled = exchange.account, taken["is_enabled"]
    catalog = catalog_of_type(account, "products")
    if catalog is not None:
        account.table("catalogs").change(catalog, {"_hidden": not is_enabled})
    elif is_enabled:
        named: Row = {"name": _name(account, "products"), "type": "products"}
        engine.behaviour("catalogs").create(_creation(engine, exchange), named)
    return hal(200, products_settings(account))


def _creation(engine: Engine, exchange: Exchange) -> Exchange:
    """The call that would create a catalog by itself."""
    return evolve(exchange, operation=engine.contract.operations["catalogs.create"], variables={})
