"""Tabs of cards: which fields they hold, and what becomes of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.problems import Flaw, bad_request, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show
    from amocrm_mockserver.state import Table

__all__ = ["CustomFieldGroups", "add_predefined_groups"]

_MAIN: Final = "default"
_STATISTIC: Final = "statistic"
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    _MAIN: ("Основное", "Main"),
    _STATISTIC: ("Статистика", "Statistics"),
}


def add_predefined_groups(
    account: Account, kind: str, *, table: str = "custom_field_groups", **more: Json
) -> None:
    """The tabs that a card has from the start; of leads also that of where they came from."""
    word = 0 if account.speaks_russian else 1
    rows = account.table(f"{table}:{kind}" if table == "custom_field_groups" else table)
    fields = account.table(f"custom_fields:{kind}").rows.values()
    with_statistic = any(field["group_id"] == _STATISTIC for field in fields)
    for place, key in enumerate([_MAIN, *([_STATISTIC] if with_statistic else [])]):
        rows.add(
            {
                "id": key,
                "name": _NAMES[key][word],
                "is_predefined": True,
                "type": "custom_field_group",
                "entity_type": kind,
                "sort": place,
                **more,
            }
        )


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

    def fields(self, exchange: Exchange) -> Table:
        """The definitions among which those of the tab are."""
        return exchange.account.table(f"custom_fields:{self.kind(exchange)}")

    def fields_of(self, exchange: Exchange, row: Row) -> list[Row]:
        """The definitions that name the tab; none name the main one."""
        rows = self.fields(exchange).rows.values()
        return [field for field in rows if field["group_id"] == row["id"]]

    def _show_fields(self, exchange: Exchange, row: Row) -> Json:
        return [field["id"] for field in self.fields_of(exchange, row)]

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """Fields that move must be there."""
        known = self.fields(exchange).rows
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
        table = self.fields(exchange)
        for number in item.get("fields") or ():
            table.change(
                table.rows[number], {"group_id": None if row["id"] == _MAIN else row["id"]}
            )

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The fields go to the main tab; predefined tabs stay."""
        if row["is_predefined"]:
            raise bad_request("Bad Request")
        table = self.fields(exchange)
        for field in self.fields_of(exchange, row):
            table.change(field, {"group_id": None})
        super().delete(exchange, row)
