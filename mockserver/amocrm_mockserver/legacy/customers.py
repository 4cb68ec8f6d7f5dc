"""Customers, their purchases and their stages by API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from attrs import evolve

from amocrm_mockserver.behaviour.customer_modes import demand_mode
from amocrm_mockserver.behaviour.page_calls import trash
from amocrm_mockserver.body import Item
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.legacy.answers import answered, found, link, saved
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.cards import (
    CardWriter,
    company_of,
    elements_in,
    main_contact_of,
    relations,
    shown_card,
)
from amocrm_mockserver.legacy.listing import (
    chosen,
    cut,
    filter_of,
    one_of,
    shown_rows,
    span_test,
)
from amocrm_mockserver.legacy.saving import RefusedError, save

if TYPE_CHECKING:
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = [
    "CustomerWriter",
    "TransactionWriter",
    "find_customers",
    "find_periods",
    "find_transactions",
    "save_customers",
    "save_periods",
    "save_transactions",
]

_DATES: Final = {"create": "created_at", "modify": "updated_at"}
_AFTER: Final = "after"


class CustomerWriter(CardWriter):
    """Those who buy again."""

    path: ClassVar[str] = "customers"
    empty_add: ClassVar[int] = 425
    empty_update: ClassVar[int] = 425
    empty: ClassVar[int] = 283
    wrong: ClassVar[int] = 283
    unknown: ClassVar[int] = 282
    columns: ClassVar = {
        "next_price": "next_price",
        "next_date": "next_date",
        "periodicity": "periodicity",
        "period_id": "status_id",
    }
    links: ClassVar = {"contacts_id": "contacts", "company_id": "companies"}

    def delete(self, call: LegacyCall, row: Row) -> None:
        """A customer goes to the trash."""
        trash(call.v4("customers.update"), "customers", row["id"])


def find_customers(call: LegacyCall) -> Response:
    """List customers."""
    demand_mode(call.account)
    rows = chosen(call, shown_rows(call, "customers"), {})
    asked = filter_of(call).get("date")
    if isinstance(asked, dict) and "id" not in call.query:
        kind = asked.get("type")
        column = _DATES.get(kind if isinstance(kind, str) else "", "next_date")
        rows = [row for row in rows if span_test(column, asked)(row)]
    return found(call, [_customer(call, row) for row in cut(call, rows)])


def save_customers(call: LegacyCall) -> Response:
    """Add, change and delete customers; the deleted ones are named with the saved ones."""
    demand_mode(call.account)
    named = [number_of(number) for number in listed(call.body.get("delete"))]
    rows = call.table("customers").rows
    gone = [
        {"id": number, "name": rows[number]["name"]}
        for number in named
        if number in rows and not rows[number]["is_deleted"]
    ]
    response = save(call, CustomerWriter())
    if not gone or "add" in call.body or "update" in call.body:
        return response
    links = link(call.operation.path, "post")
    return answered(call, {"_links": links, "_embedded": {"items": {"deleted": gone}}})


def _customer(call: LegacyCall, row: Row) -> Row:
    return {
        **shown_card(call, "customers", row),
        "is_deleted": bool(row["is_deleted"]),
        "next_price": row["next_price"] or 0,
        "next_date": row["next_date"] or 0,
        "period_id": row["status_id"] or 0,
        "periodicity": row["periodicity"] or 0,
        "main_contact": main_contact_of(call, "customers", row),
        "contacts": relations(call, "customers", row, "contacts"),
        "company": company_of(call, "customers", row),
    }


class TransactionWriter:
    """Writes purchases by the rules of API v4."""

    path: ClassVar[str] = "transactions"
    empty_add: ClassVar[int] = 283
    empty_update: ClassVar[int] = 283
    empty: ClassVar[int] = 283
    wrong: ClassVar[int] = 283
    unknown: ClassVar[int] = 282

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a purchase of a customer."""
        customer = number_of(item.get("customer_id"))
        if customer is None or not call.account.has("customers", customer):
            raise RefusedError(282)
        taken: Row = {"price": number_of(item.get("price")) or 0}
        for name, column in (("date", "completed_at"), ("next_date", "next_date")):
            number = number_of(item.get(name))
            if number is not None:
                taken[column] = number
        if number_of(item.get("next_price")) is not None:
            taken["next_price"] = number_of(item["next_price"])
        if item.get("comment"):
            taken["comment"] = str(item["comment"])
        bought: list[Json] = [
            {"id": number, "metadata": told} for number, told in elements_in(call, item, "elements")
        ]
        if bought:
            taken["_embedded"] = {"catalog_elements": bought}
        exchange = evolve(call.v4("transactions.create"), variables={"customer_id": customer})
        [row] = call.engine.create(exchange, [Item("0", taken)])
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The purchase."""
        row = call.table("transactions").rows.get(number)
        return None if row is None or row["is_deleted"] else row

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Only the comment can be changed."""
        comment = str(item.get("comment") or "")
        call.table("transactions").change(row, {"comment": comment, "updated_at": call.now})

    def delete(self, call: LegacyCall, row: Row) -> None:
        """The customer's totals are as if it had not been."""
        call.engine.behaviour("transactions").delete(call.v4("transactions.delete"), row)


def find_transactions(call: LegacyCall) -> Response:
    """List purchases."""
    demand_mode(call.account)
    tests = {"customer_id": one_of("customer_id")}
    rows = cut(call, chosen(call, shown_rows(call, "transactions"), tests))
    return found(call, [_transaction(call, row) for row in rows])


def save_transactions(call: LegacyCall) -> Response:
    """Add and delete purchases, and change their comments."""
    demand_mode(call.account)
    for item in listed(call.body.get("update")):
        if is_object(item) and "id" not in item:
            item["id"] = item.get("transaction_id")
    return save(call, TransactionWriter())


def _transaction(call: LegacyCall, row: Row) -> Row:
    customer = row["customer_id"]
    return {
        "id": row["id"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "updated_by": row["updated_by"],
        "account_id": call.account.id,
        "is_deleted": bool(row["is_deleted"]),
        "comment": row["comment"] or "",
        "price": row["price"],
        "date": row["completed_at"],
        "customer": {"id": customer, "_links": link(f"/api/v2/customers?id={customer}")},
        "_links": link(f"/api/v2/transactions?id={row['id']}"),
    }


def find_periods(call: LegacyCall) -> Response:
    """List stages of customers."""
    rows = sorted(call.table("customer_statuses").rows.values(), key=lambda row: int(row["sort"]))
    return found(call, [_period(row) for row in rows])


def save_periods(call: LegacyCall) -> Response:
    """Change stages; those without an id are new."""
    table = call.table("customer_statuses")
    items: list[Row] = []
    for item in listed(call.body.get("update")):
        if not is_object(item):
            continue
        row = table.rows.get(number_of(item.get("id")))
        if row is None:
            exchange = call.v4("customer_statuses.create")
            name = str(item.get("name") or f"{number_of(item.get('period')) or 0}")
            [row] = call.engine.create(
                exchange, [Item("0", {"name": name, "sort": len(table.rows)})]
            )
        changes: Row = {}
        if item.get("color"):
            changes["color"] = str(item["color"])
        for name, column in (("period", "_period"), ("sort", "sort")):
            number = number_of(item.get(name))
            if number is not None:
                changes[column] = number
        table.change(row, changes)
        items.append(_period(row))
    return saved(call, items)


def _period(row: Row) -> Row:
    kind: Json = "before" if row["type"] == 0 else _AFTER
    shown: Row = {"id": row["id"], "type": kind, "color": row["color"], "sort": row["sort"]}
    shown["period"] = row.get("_period", 0)
    return shown
