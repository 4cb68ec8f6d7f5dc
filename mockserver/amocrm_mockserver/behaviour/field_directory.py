"""The custom fields of one entity type, laid out for looking up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["FieldDirectory", "field_directory"]


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


def _lay_out(account: Account, entity_type: str) -> FieldDirectory:
    kind, _, catalog = entity_type.partition(":")
    rows = [
        row
        for row in account.table(f"custom_fields:{kind}").rows.values()
        if not catalog or row["catalog_id"] == int(catalog)
    ]
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
