"""Custom fields and tabs of catalogs; some types of catalogs have fields from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.custom_field_groups import CustomFieldGroups
from amocrm_mockserver.behaviour.custom_fields import CustomFields, field_row
from amocrm_mockserver.behaviour.field_directory import field_table, fields_of
from amocrm_mockserver.problems import not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["CatalogFields", "CatalogGroups", "add_predefined_fields", "owner_of"]

_Field = tuple[str, str, str, str]
"""Code, type, and the name in Russian and English."""

_FIELDS: Final[Mapping[str, tuple[_Field, ...]]] = {
    "products": (
        ("SKU", "text", "Артикул", "SKU"),
        ("DESCRIPTION", "textarea", "Описание", "Description"),
        ("PRICE", "price", "Цена", "Price"),
        ("SPECIAL_PRICE_1", "price", "Специальная цена", "Special price"),
        ("GROUP", "category", "Группа", "Group"),
        ("UNIT", "select", "Единица измерения", "Unit"),
        ("EXTERNAL_ID", "text", "External ID", "External ID"),
    ),
    "invoices": (
        ("BILL_STATUS", "select", "Статус", "Status"),
        ("PAYER", "payer", "Плательщик", "Payer"),
        ("SUPPLIER", "supplier", "Поставщик", "Supplier"),
        ("ITEMS", "items", "Товары", "Items"),
        ("BILL_PRICE", "numeric", "Итоговая сумма", "Total"),
        ("BILL_VAT_TYPE", "select", "Тип НДС", "VAT type"),
        ("BILL_REASON_FOR_NO_VAT", "text", "Основание освобождения от НДС", "Reason for no VAT"),
        ("BILL_PAYMENT_DATE", "date_time", "Дата оплаты", "Payment date"),
        ("BILL_COMMENT", "textarea", "Комментарий", "Comment"),
    ),
    "suppliers": (
        ("SUPPLIER_VAT_ID", "text", "ИНН", "VAT ID"),
        ("SUPPLIER_TAX_REGISTRATION_REASON_CODE", "text", "КПП", "Tax registration code"),
        ("SUPPLIER_PRIMARY_STATE_REGISTRATION_NUMBER", "text", "ОГРН", "Registration number"),
        ("SUPPLIER_BANK_IDENTIFICATION_CODE", "text", "БИК", "Bank code"),
        ("SUPPLIER_ACCOUNT_NUMBER", "text", "Расчётный счёт", "Account number"),
        ("SUPPLIER_LEGAL_ADDRESS", "text", "Юридический адрес", "Legal address"),
        ("SUPPLIER_REAL_ADDRESS", "text", "Фактический адрес", "Real address"),
        ("SUPPLIER_DIRECTOR_NAME", "text", "Директор", "Director"),
        ("SUPPLIER_DIRECTOR_POST", "text", "Должность директора", "Director's post"),
        ("SUPPLIER_ACCOUNTANT_NAME", "text", "Бухгалтер", "Accountant"),
        ("SUPPLIER_ACCOUNTANT_POST", "text", "Должность бухгалтера", "Accountant's post"),
        ("SUPPLIER_PHONE", "text", "Телефон", "Phone"),
    ),
}
_ENUMS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "BILL_STATUS": (
        ("created", "Создан", "Created"),
        ("paid", "Оплачен", "Paid"),
        ("partially_paid", "Частично оплачен", "Partially paid"),
        ("paid_in_advance", "Оплачен в аванс", "Paid in advance"),
    ),
    "BILL_VAT_TYPE": (
        ("vat_exempt", "Не облагается", "Exempt"),
        ("vat_included", "Включён в стоимость", "Included"),
        ("vat_not_included", "Начисляется сверху", "Not included"),
    ),
    "UNIT": (
        ("piece", "шт", "pcs"),
        ("kg", "кг", "kg"),
        ("meter", "м", "m"),
        ("liter", "л", "l"),
    ),
}
"""Code, and the text in Russian and English."""
_REQUIRED: Final = frozenset({"BILL_STATUS"})
_GUESSED: Final[Mapping[str, str]] = {
    "BILL_REASON_FOR_NO_VAT": "invoices.type_of_no_vat_reason",
    "BILL_PAYMENT_DATE": "invoices.type_of_payment_date",
}
"""The types of these are not known."""


def add_predefined_fields(account: Account, catalog: Row) -> None:
    """The fields that a catalog has by its type."""
    word = 0 if account.speaks_russian else 1
    table = field_table(account, "catalogs")
    for code, kind, *names in _FIELDS.get(catalog["type"], ()):
        choices = _ENUMS.get(code, ())
        guess = _GUESSED.get(code)
        item: Row = {
            "code": code,
            "type": kind if guess is None else account.guesses[guess],
            "name": names[word],
            "enums": [{"value": texts[word], "code": key} for key, *texts in choices],
            "is_predefined": True,
            "is_deletable": False,
            "is_required": code in _REQUIRED,
        }
        table.add(field_row(account, f"catalogs:{catalog['id']}", item))
    account.redefine()


def owner_of(exchange: Exchange) -> str:
    """The catalog of the path as the directory of fields names it."""
    number = exchange.variables["catalog_id"]
    if number not in exchange.account.table("catalogs").rows:
        raise not_found("Catalog not found")
    return f"catalogs:{number}"


class CatalogFields(CustomFields):
    """Definitions of one catalog; those of all catalogs stand in one table."""

    def entity_type(self, exchange: Exchange) -> str:
        """The catalog of the path."""
        return owner_of(exchange)

    def scope(self, exchange: Exchange) -> Row:
        """The catalog must be there, too."""
        owner_of(exchange)
        return {"catalog_id": exchange.variables["catalog_id"]}

    def owners(self, exchange: Exchange) -> tuple[str, Iterable[Row]]:
        """Elements of the catalog have the values."""
        name = "catalog_elements"
        number = exchange.variables["catalog_id"]
        rows = exchange.account.table(name).rows.values()
        return name, [row for row in rows if row["catalog_id"] == number]


class CatalogGroups(CustomFieldGroups):
    """Tabs of the card of an element."""

    def scope(self, exchange: Exchange) -> Row:
        """The catalog must be there, too."""
        owner_of(exchange)
        return {"catalog_id": exchange.variables["catalog_id"]}

    def key(self, exchange: Exchange) -> Json:
        """Each catalog has a tab `default`."""
        return exchange.variables["catalog_id"], exchange.variables["id"]

    def kind(self, exchange: Exchange) -> str:  # noqa: ARG002
        """All are of this kind."""
        return "catalogs"

    def fields(self, exchange: Exchange) -> list[Row]:
        """The definitions of the catalog."""
        return fields_of(exchange.account, owner_of(exchange))
