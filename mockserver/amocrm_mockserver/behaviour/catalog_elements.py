"""Elements of catalogs: their values, and what is special to invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.catalog_fields import owner_of
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.notes import add_note
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.filters import numbers
from amocrm_mockserver.problems import Flaw, missing
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["CatalogElements"]

_SUPPLIER: Final[Mapping[str, str]] = {
    "vat_id": "SUPPLIER_VAT_ID",
    "kpp": "SUPPLIER_TAX_REGISTRATION_REASON_CODE",
    "tax_registration_reason_code": "SUPPLIER_TAX_REGISTRATION_REASON_CODE",
    "bank_code": "SUPPLIER_BANK_IDENTIFICATION_CODE",
    "address": "SUPPLIER_LEGAL_ADDRESS",
    "bank_account_number": "SUPPLIER_ACCOUNT_NUMBER",
}
"""What an invoice tells of its supplier, and the field of the supplier that knows it."""
_PAID: Final = "paid"


class CatalogElements(Behaviour):
    """What may be done with elements."""

    noun = "Catalog element"
    missing = "elements.missing"

    def columns(self) -> Mapping[str, Show]:
        """Values are kept by field and shown by the definitions of the catalog."""
        return {"custom_fields_values": _show_values, "invoice_link": _show_link}

    def embeds(self) -> Mapping[str, Show]:
        """Invoices tell whether their sums were computed anew; they never are."""
        return {"warning": _show_warning}

    def scope(self, exchange: Exchange) -> Row:
        """The catalog must be there, too."""
        owner_of(exchange)
        return {"catalog_id": exchange.variables["catalog_id"]}

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """The official SDK names ids without `filter`."""
        asked = exchange.query.get("id")
        if asked is None:
            return None
        rows = self.home(exchange).rows
        found = (rows.get(number) for number in dict.fromkeys(numbers(asked)))
        return [row for row in found if row is not None and not row["is_deleted"]]

    def search(self, exchange: Exchange, text: str) -> Test:
        """Part of the name or of a filled field."""
        wanted, owner = text.casefold(), owner_of(exchange)

        def test(row: Row) -> bool:
            found = [row["name"], *field_values.texts(exchange.account, owner, row)]
            return any(wanted in one.casefold() for one in found)

        return test

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- the operation tells what is new
        flaws: list[Flaw],
    ) -> None:
        """Values must be known to the catalog; a new element has those that are required."""
        account, owner = exchange.account, owner_of(exchange)
        path = "custom_fields_values"
        if path in item:
            item["_values"] = field_values.read(account, owner, item.pop(path), path, flaws)
        if exchange.operation.kind == "create" and not exchange.seeding and not flaws:
            values: field_values.Values = item.get("_values", {})
            required = field_directory(account, owner).by_id.values()
            if any(one["is_required"] and not values.get(str(one["id"])) for one in required):
                flaws.append(missing(path))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the element."""
        row = self.blank(exchange, item)
        values: field_values.Values = item.pop("_values", {})
        row.update(item)
        row["_values"] = {number: new for number, new in values.items() if new is not None}
        row["updated_at"] = item.get("updated_at", row["created_at"])
        if _status(exchange, row) == _PAID:
            _note_payment(exchange, row)
        self.home(exchange).add(row)
        exchange.tell(self.table, "add", row)
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Change the element; an invoice that is paid tells it to the cards it belongs to."""
        values: field_values.Values = item.pop("_values", {})
        former = _status(exchange, row)
        held, _ = field_values.merge(row, values)
        changes = self.changes(exchange, row, item)
        self.home(exchange).change(row, {**changes, "_values": held})
        if former != _PAID and _status(exchange, row) == _PAID:
            _note_payment(exchange, row)
        exchange.tell(self.table, "update", row)


def _owner(row: Row) -> str:
    return f"catalogs:{row['catalog_id']}"


def _is_invoice(exchange: Exchange, row: Row) -> bool:
    catalog = exchange.account.table("catalogs").rows.get(row["catalog_id"])
    return catalog is not None and catalog["type"] == "invoices"


def _show_values(exchange: Exchange, row: Row) -> Json:
    shown = field_values.show(exchange.account, _owner(row), row)
    if shown is None or "supplier_field_values" not in exchange.wanted:
        return shown
    return [
        {**field, "values": [_with_details(exchange, value) for value in field["values"]]}
        if field["field_type"] == "supplier"
        else field
        for field in shown
    ]


def _with_details(exchange: Exchange, value: Row) -> Row:
    """A supplier's name and numbers, out of the catalog of suppliers."""
    number: int | None = value["value"].get("entity_id")
    element = exchange.account.table("catalog_elements").rows.get(number)
    if element is None:
        return value
    fields = field_values.show(exchange.account, _owner(element), element) or ()
    texts = {field["field_code"]: field["values"][0]["value"] for field in fields}
    details = {key: texts.get(code) for key, code in _SUPPLIER.items()}
    return {"value": {"entity_id": number, "name": element["name"], **details}}


def _show_link(exchange: Exchange, row: Row) -> Json:
    if not _is_invoice(exchange, row):
        return None
    return f"{exchange.origin}/invoices/{row['catalog_id']}/{row['id']}"


def _show_warning(exchange: Exchange, row: Row) -> Json:
    return {"message": None} if _is_invoice(exchange, row) else ABSENT


def _status(exchange: Exchange, row: Row) -> str | None:
    """The code of an invoice's status."""
    if not _is_invoice(exchange, row):
        return None
    directory = field_directory(exchange.account, _owner(row))
    field = directory.by_code.get("BILL_STATUS")
    values: list[Row] = row["_values"].get(str(field["id"]), []) if field else []
    if field is None or not values:
        return None
    code: str | None = directory.enums[field["id"]].get(values[0]["enum_id"], {}).get("code")
    return code


def _note_payment(exchange: Exchange, row: Row) -> None:
    """Date the payment, and tell it to the leads and customers that the invoice belongs to."""
    directory = field_directory(exchange.account, _owner(row))
    field = directory.by_code.get("BILL_PAYMENT_DATE")
    if field is not None and str(field["id"]) not in row["_values"]:
        row["_values"] = {**row["_values"], str(field["id"]): [{"value": exchange.now}]}
    for kind in ("leads", "customers"):
        for number in exchange.account.links.of("catalog_elements", row["id"], kind):
            params: Row = {"service": "", "text": row["name"], "icon_url": ""}
            add_note(exchange, (kind, number), "invoice_paid", params)
