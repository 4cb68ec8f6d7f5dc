"""Reasons for which leads are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.plain import Behaviour

if TYPE_CHECKING:
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["LossReasons"]


class LossReasons(Behaviour):
    """A directory of the account."""

    noun = "Loss reason"
    linked_lists = False
    default_order = "sort"

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A reason without a place comes last, by one guess or another."""
        guess = exchange.account.guesses["loss_reasons.default_sort"]
        rows = self.home(exchange).rows.values()
        last = max((row["sort"] for row in rows), default=-1)
        sort = last + 1 if guess == "next" else int(guess)
        return super().create(exchange, {"sort": sort, **item})

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Leads that were lost for this reason have none any more, it seems."""
        super().delete(exchange, row)
        if exchange.account.guesses["loss_reasons.deletion"] == "kept":
            return
        leads = exchange.account.table("leads")
        for lead in leads.rows.values():
            if lead["loss_reason_id"] == row["id"]:
                leads.change(lead, {"loss_reason_id": None})
