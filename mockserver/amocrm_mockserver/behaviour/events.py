"""Records what happens to entities, in the shapes that the events list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["FIELD_TYPES", "SINGULAR", "log", "record", "record_added"]

SINGULAR: Final[Mapping[str, str]] = {
    "leads": "lead",
    "contacts": "contact",
    "companies": "company",
    "customers": "customer",
    "tasks": "task",
    "catalog_elements": "catalog_element",
}
"""Entity types as events name them."""

FIELD_TYPES: Final[Mapping[str, int]] = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
    "date_time": 19,
}
"""Types of custom fields as events number them; 0 stands for those whose number is not known."""


def record(  # noqa: PLR0913 -- an event has that many parts
    exchange: Exchange,
    kind: str,
    entity_type: str,
    entity_id: int,
    *,
    before: list[Json] | None = None,
    after: list[Json] | None = None,
    by: int | None = None,
) -> None:
    """Add an event to the account's log; `by` is the acting user unless given.

    A seed makes no events: what it describes has not happened.
    """
    if exchange.seeding:
        return
    author = exchange.caller.user_id if by is None else by
    end = (entity_type, entity_id)
    values = {"value_after": after or [], "value_before": before or []}
    log(exchange.account, kind, end, by=author, at=exchange.now, values=values)


def log(  # noqa: PLR0913 -- an event has that many parts
    account: Account,
    kind: str,
    end: tuple[str, int],
    *,
    by: int,
    at: int,
    values: Row | None = None,
) -> None:
    """Add an event that no call of the API makes, such as a deletion by hand."""
    entity_type, entity_id = end
    event: Row = {
        "id": account.ids.ulid(at),
        "type": kind,
        "entity_id": entity_id,
        "entity_type": _named(account, entity_type, entity_id),
        "created_by": by,
        "created_at": at,
        **(values or {"value_after": [], "value_before": []}),
        "account_id": account.id,
    }
    account.events.append(event)


def _named(account: Account, entity_type: str, entity_id: int) -> str:
    """The entity type; that of a catalog's element names the catalog."""
    if entity_type == "catalog_elements":
        element = account.table(entity_type).rows.get(entity_id)
        if element is not None:
            return f"catalog_{element['catalog_id']}"
    return SINGULAR.get(entity_type, entity_type)


def record_added(exchange: Exchange, entity_type: str, row: Row) -> None:
    """The event of a new entity; it names a system note that no list shows."""
    note = {"note": {"id": exchange.account.next_id("notes")}}
    kind = f"{SINGULAR[entity_type]}_added"
    record(exchange, kind, entity_type, row["id"], after=[note], by=row["created_by"])
