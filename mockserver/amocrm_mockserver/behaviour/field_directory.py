"""The custom fields of one entity type, laid out for looking up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.state import Table

__all__ = ["FieldDirectory", "field_directory", "field_table", "fields_of"]


@frozen
class FieldDirectory:
    """Definitions by id and by code, and the enums of each."""

    by_id: dict[int, Row]
    """In the order in which cards show them."""
    by_code: dict[str, Row]
    enums: dict[int, dict[int, Row]]
    """By field and enum id; nodes of category trees, too."""
    places: dict[int, int]


def field_directory(account: Account, entity_type: str) -> FieldDirectory:
    """The directory as it is now; `catalogs:4521` names the fields of one catalog."""
    found = account.directories.get(entity_type)
    if found is None:
        found = _lay_out(account, entity_type)
        account.directories[entity_type] = found
    return found


def field_table(account: Account, entity_type: str) -> Table:
    """Where definitions are kept; those of all catalogs together."""
    kind = entity_type.partition(":")[0]
    name = "catalog_custom_fields" if kind == "catalogs" else f"custom_fields:{kind}"
    return account.table(name)


def fields_of(account: Account, entity_type: str) -> list[Row]:
    """The definitions of one entity type, or of one catalog."""
    catalog = entity_type.partition(":")[2]
    rows = field_table(account, entity_type).rows.values()
    return [row for row in rows if not catalog or row["catalog_id"] == int(catalog)]


def _lay_out(account: Account, entity_type: str) -> FieldDirectory:
    rows = fields_of(account, entity_type)
    rows.sort(key=lambda row: (row["sort"], row["id"]))
    return FieldDirectory(
        by_id={row["id"]: row for row in rows},
        by_code={row["code"]: row for row in rows if row["code"]},
        enums={
            row["id"]: {
                enum["id"]: enum for enum in [*(row["enums"] or ()), *(row.get("nested") or ())]
            }
            for row in rows
        },
        places={row["id"]: place for place, row in enumerate(rows)},
    )
