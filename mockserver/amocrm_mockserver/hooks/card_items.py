"""Leads, contacts, companies and customers as webhooks tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.hooks.field_items import field_items, tag_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["customer_item", "element_item", "lead_item", "person_item"]

_TYPES: Final[Mapping[str, str]] = {"contacts": "contact", "companies": "company"}


def lead_item(account: Account, happening: Happening) -> Row:
    """A lead; null columns and an empty price are left out by the form."""
    row, old, action = happening.row, happening.old, happening.action
    if action == "delete":
        return {key: row[key] for key in ("id", "status_id", "pipeline_id")}
    return {
        "id": row["id"],
        "name": row["name"],
        "status_id": row["status_id"],
        "old_status_id": old.get("status_id"),
        "price": row["price"] or None,
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": old.get("responsible_user_id"),
        "last_modified": row["updated_at"],
        "modified_user_id": row["updated_by"],
        "created_user_id": row["created_by"],
        "date_create": row["created_at"],
        "pipeline_id": row["pipeline_id"],
        "old_pipeline_id": _old_pipeline(account, old),
        "tags": tag_items(account, "leads", row),
        "account_id": account.id,
        "custom_fields": field_items(account, "leads", row),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _old_pipeline(account: Account, old: Row) -> int | None:
    is_told = account.guesses["webhooks.old_pipeline_id"] == "when_changed"
    number: int | None = old.get("pipeline_id") if is_told else None
    return number


def person_item(account: Account, happening: Happening) -> Row:
    """A contact or a company; the two are told apart by the last key."""
    row, kind = happening.row, happening.kind
    if happening.action == "delete":
        return {"id": row["id"], "type": _TYPES[kind]}
    company: Row = {}
    if kind == "contacts":
        linked = account.links.of(kind, row["id"], "companies")
        for number in linked:
            name = account.table("companies").rows[number]["name"]
            company = {"company_name": name, "linked_company_id": number}
    leads = account.links.of(kind, row["id"], "leads")
    return {
        "id": row["id"],
        "name": row["name"],
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": happening.old.get("responsible_user_id"),
        "group_id": row["group_id"],
        "date_create": row["created_at"],
        "last_modified": row["updated_at"],
        "created_user_id": row["created_by"],
        "modified_user_id": row["updated_by"],
        "account_id": account.id,
        **company,
        "custom_fields": field_items(account, kind, row),
        "tags": tag_items(account, kind, row),
        "linked_leads_id": {number: {"ID": number} for number in leads},
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "type": _TYPES[kind],
    }


def customer_item(account: Account, happening: Happening) -> Row:
    """A customer."""
    row = happening.row
    if happening.action == "delete":
        return {"id": row["id"]}
    return {
        "id": row["id"],
        "name": row["name"],
        "next_price": row.get("next_price"),
        "next_date": row.get("next_date"),
        "status_id": row.get("status_id"),
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": happening.old.get("responsible_user_id"),
        "account_id": account.id,
        "date_create": row["created_at"],
        "date_modify": row["updated_at"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "custom_fields": field_items(account, "customers", row),
        "tags": tag_items(account, "customers", row),
    }


def element_item(account: Account, happening: Happening) -> Row:
    """An element of a list."""
    row = happening.row
    item: Row = {"id": row["id"], "catalog_id": row["catalog_id"]}
    if happening.action == "delete":
        return item
    kind = f"catalogs:{row['catalog_id']}"
    return {
        **item,
        "name": row["name"],
        "created_by": row["created_by"],
        "modified_by": row["updated_by"],
        "date_create": row["created_at"],
        "date_modify": row["updated_at"],
        "custom_fields": field_items(account, kind, row),
    }
