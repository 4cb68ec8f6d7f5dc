"""Stages of customers, in the periodicity mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.customer_modes import PERIODICITY, demand_mode
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.stages import COLORS
from amocrm_mockserver.problems import Flaw, bad_request, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["RECENT", "CustomerStatuses", "add_customer_statuses"]

RECENT: Final = 4
"""The type of the stage of those who have just bought."""
_MOST: Final = 30
_SYSTEM: Final = (
    (RECENT, "#ccff66", "Недавно купили", "Recently purchased"),
    (1, "#99ccff", "Ожидаемая покупка", "Expected purchase"),
    (2, "#fd5598", "Не купили", "Did not purchase"),
    (3, "#d5d8db", "Закрыто", "Closed"),
)
"""Type, colour, and the name in Russian and English."""


def add_customer_statuses(account: Account, given: list[Row]) -> None:
    """The stages that every account has; `given` takes their place."""
    word = 2 if account.speaks_russian else 3
    system = [{"type": one[0], "color": one[1], "name": one[word]} for one in _SYSTEM]
    for place, row in enumerate(given or system):
        account.table("customer_statuses").add(
            {
                "id": row.get("id") or account.next_id("customer_statuses"),
                "name": "",
                "sort": place,
                "is_default": row.get("type", 0) != 0,
                "conditions": [[], []],
                "color": COLORS[0],
                "type": 0,
                "account_id": account.id,
                **{name: value for name, value in row.items() if name != "id"},
            }
        )


class CustomerStatuses(Behaviour):
    """What may be done with stages."""

    noun = "Status"
    default_order = "sort"
    marks_one = True

    def admit(self, exchange: Exchange) -> None:
        """There are stages in the periodicity mode only."""
        demand_mode(exchange.account, PERIODICITY)

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """There are only so many stages, in colours of the list."""
        if row is None and len(self.home(exchange).rows) >= _MOST:
            raise bad_request("The limit of statuses has been reached")
        if item.get("color") is not None and item["color"] not in COLORS:
            flaws.append(unsupported("color"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Put the stage in its place among the others."""
        columns: Row = {"color": COLORS[0], "conditions": [[], []], **item}
        row = super().create(exchange, columns)
        self._renumber(exchange)
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Places are counted anew."""
        super().update(exchange, row, item)
        self._renumber(exchange)

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Customers of the stage move to the first one."""
        if row["is_default"]:
            raise bad_request("System status can not be deleted")
        super().delete(exchange, row)
        self._renumber(exchange)
        rows = self.home(exchange).rows.values()
        heir = min(rows, key=lambda stage: int(stage["sort"]))["id"]
        customers = exchange.account.table("customers")
        for customer in customers.rows.values():
            if customer["status_id"] == row["id"]:
                customers.change(customer, {"status_id": heir})

    def _renumber(self, exchange: Exchange) -> None:
        table = self.home(exchange)
        ordered = sorted(table.rows.values(), key=lambda row: (row["sort"], row["id"]))
        for place, row in enumerate(ordered):
            table.change(row, {"sort": place})
