"""Tabs of cards: which fields they hold, and what becomes of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.field_directory import field_table, fields_of
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.problems import Flaw, bad_request, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["CustomFieldGroups", "add_main_group", "add_predefined_groups"]

_MAIN: Final = "default"
_STATISTIC: Final = "statistic"
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    _MAIN: ("Основное", "Main"),
    _STATISTIC: ("Статистика", "Statistics"),
}


def add_predefined_groups(account: Account, kind: str) -> None:
    """The tabs that a card has from the start; of leads also that of where they came from."""
    table = account.table(f"custom_field_groups:{kind}")
    table.add(_predefined(account, _MAIN, kind, 0))
    if any(field["group_id"] == _STATISTIC for field in fields_of(account, kind)):
        table.add(_predefined(account, _STATISTIC, kind, 1))


def add_main_group(account: Account, catalog_id: int) -> None:
    """The tab that the card of every element has."""
    row = {**_predefined(account, _MAIN, "catalogs", 0), "catalog_id": catalog_id}
    account.table("catalog_custom_field_groups").add(row)


def _predefined(account: Account, key: str, kind: str, sort: int) -> Row:
    return {
        "id": key,
        "name": _NAMES[key][0 if account.speaks_russian else 1],
        "is_predefined": True,
        "type": "custom_field_group",
        "entity_type": kind,
        "sort": sort,
    }


class CustomFieldGroups(Behaviour):
    """What may be done with tabs."""

    noun = "Custom field group"
    linked_lists = False

    def columns(self) -> Mapping[str, Show]:
        """A tab does not hold its fields: they know it."""
        return {"fields": self._show_fields}

    def kind(self, exchange: Exchange) -> str:
        """The entity type whose cards have the tab."""
        return exchange.operation.over["entity_type"]

    def fields(self, exchange: Exchange) -> list[Row]:
        """The definitions among which those of the tab are."""
        return fields_of(exchange.account, self.kind(exchange))

    def _inside(self, exchange: Exchange, row: Row) -> list[Row]:
        """The definitions that name the tab; none name the main one."""
        return [field for field in self.fields(exchange) if field["group_id"] == row["id"]]

    def _show_fields(self, exchange: Exchange, row: Row) -> Json:
        return [field["id"] for field in self._inside(exchange, row)]

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """Fields that move must be there."""
        known = {field["id"] for field in self.fields(exchange)}
        for index, number in enumerate(item.get("fields") or ()):
            if number is not None and number not in known:
                flaws.append(unsupported(f"fields.{index}"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the tab; its id is made of the entity type and digits."""
        kind = self.kind(exchange)
        number = exchange.account.next_id("custom_field_groups")
        row: Row = {
            "id": f"{kind}_{exchange.now}{number}",
            "is_predefined": False,
            "type": "custom_field_group",
            "entity_type": kind,
            **item,
            **self.scope(exchange),
        }
        return self.home(exchange).add(row)

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Rename or move the tab; fields that are named move into it."""
        changes = {name: item[name] for name in ("name", "sort") if item.get(name) is not None}
        self.home(exchange).change(row, changes)
        table = field_table(exchange.account, self.kind(exchange))
        group = None if row["id"] == _MAIN else row["id"]
        for number in item.get("fields") or ():
            table.change(table.rows[number], {"group_id": group})

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The fields go to the main tab; predefined tabs stay."""
        if row["is_predefined"]:
            raise bad_request("Bad Request")
        table = field_table(exchange.account, self.kind(exchange))
        for field in self._inside(exchange, row):
            table.change(field, {"group_id": None})
        super().delete(exchange, row)
