"""Purchases of customers, and the totals that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.customer_modes import PERIODICITY, demand_mode
from amocrm_mockserver.behaviour.customer_statuses import RECENT
from amocrm_mockserver.behaviour.customers import log_stage
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.jsonvalue import array_at, object_at
from amocrm_mockserver.problems import Flaw, not_found
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["Transactions"]

_OF_CUSTOMER: Final = ("next_price", "next_date")
_ASIDE: Final = frozenset({"_embedded", "metadata", *_OF_CUSTOMER})
"""Keys of an item that are not columns of the purchase."""


class Transactions(Behaviour):
    """What customers have bought."""

    noun = "Transaction"

    def admit(self, exchange: Exchange) -> None:
        """The account must have customers."""
        demand_mode(exchange.account)

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """All of them, or those of a customer who is there."""
        self._demand_customer(exchange)
        return None

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """The customer of the path must be there."""
        self._demand_customer(exchange)

    def _demand_customer(self, exchange: Exchange) -> None:
        number = self.scope(exchange).get("customer_id")
        if number is not None and not exchange.account.has("customers", number):
            raise not_found("Customer not found")

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the purchase; the customer's totals and next purchase follow."""
        row = self.blank(exchange, item)
        row["completed_at"] = exchange.now
        row.update({name: value for name, value in item.items() if name not in _ASIDE})
        row["_elements"] = array_at(object_at(item, "_embedded"), "catalog_elements")
        row["_metadata"] = item.get("metadata")
        self.home(exchange).add(row)
        by, told = row["created_by"], [{"transaction": {"id": row["id"]}}]
        record(exchange, "transaction_added", "customers", row["customer_id"], after=told, by=by)
        more: Row = {name: item[name] for name in _OF_CUSTOMER if name in item}
        _count(exchange, row["customer_id"], row["price"], 1, {**more, "updated_by": by})
        return row

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The customer's totals are as if it had not been."""
        self.home(exchange).change(row, {"is_deleted": True})
        by = {"updated_by": exchange.caller.user_id}
        _count(exchange, row["customer_id"], -row["price"], -1, by)

    def embeds(self) -> Mapping[str, Show]:
        """Who bought, and what."""
        return {"customer": _customer, "catalog_elements": _elements}


def _count(exchange: Exchange, number: int, price: int, count: int, more: Row) -> None:
    table = exchange.account.table("customers")
    customer = table.rows[number]
    before, stage = customer["ltv"], customer["status_id"]
    ltv: int = before + price
    purchases = max(customer["purchases_count"] + count, 0)
    changes: Row = {
        **more,
        "ltv": ltv,
        "purchases_count": purchases,
        "average_check": _average(exchange, ltv, purchases),
        "updated_at": exchange.now,
    }
    if count > 0 and exchange.account.row["customers_mode"] == PERIODICITY:
        changes["status_id"] = _recent(exchange, stage)
    table.change(customer, changes)
    exchange.tell("customers", "update", customer)
    log_stage(exchange, customer, stage)
    if ltv != before:
        record(
            exchange,
            "ltv_field_changed",
            "customers",
            number,
            before=[{"ltv_field_value": {"ltv": before}}],
            after=[{"ltv_field_value": {"ltv": ltv}}],
            by=customer["updated_by"],
        )


def _average(exchange: Exchange, ltv: int, purchases: int) -> int:
    if not purchases:
        return 0
    is_cut = exchange.account.guesses["customers.average_check"] == "cut"
    return int(ltv / purchases) if is_cut else round(ltv / purchases)


def _recent(exchange: Exchange, otherwise: int) -> int:
    rows = exchange.account.table("customer_statuses").rows.values()
    return next((int(row["id"]) for row in rows if row["type"] == RECENT), otherwise)


def _customer(exchange: Exchange, row: Row) -> Json:
    number = row["customer_id"]
    return {"id": number, "_links": {"self": {"href": exchange.url(f"customers/{number}")}}}


def _elements(_exchange: Exchange, row: Row) -> Json:
    return row["_elements"] or ABSENT
