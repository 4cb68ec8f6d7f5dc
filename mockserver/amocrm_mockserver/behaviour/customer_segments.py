"""Segments of customers, in the segments mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.customer_modes import SEGMENTS, demand_mode
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.problems import Flaw, bad_request, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["CustomerSegments"]

_KIND: Final = "segments"
_MOST: Final = 100
_COLORS: Final = [
    *("10599d", "2176ff", "006acc", "07a0c3", "247ba0", "177e89", "046e8f", "598381"),
    *("0c7c59", "495f41", "00a44b", "08605f", "bf2600", "06d6a0", "e14945", "79b473"),
    *("ae003f", "a2ad59", "cd0f53", "8e936d", "832161", "2e5339", "bf126f", "6f7c12"),
    *("ff5376", "dd1c1a", "bb304e", "631d76", "9d2b32", "4a001f", "b118c8", "6a0f49"),
    *("6610f2", "b38a58", "8963ba", "4b3666", "932f6d", "6b2d5c", "6461a0", "4f517d"),
]
"""The colours that segments may be given; the first one is the default."""


class CustomerSegments(Behaviour):
    """Sets of customers."""

    noun = "Segment"

    def admit(self, exchange: Exchange) -> None:
        """There are segments in the segments mode only."""
        demand_mode(exchange.account, SEGMENTS)

    def columns(self) -> Mapping[str, Show]:
        """Members are counted; values are shown by the definitions."""
        return {"customers_count": _members, "custom_fields_values": _values}

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """There are only so many segments, in colours of the list."""
        if row is None and len(self.home(exchange).rows) >= _MOST:
            raise bad_request("The limit of segments has been reached")
        if item.get("color") is not None and item["color"] not in _COLORS:
            flaws.append(unsupported("color"))
        if "custom_fields_values" in item:
            raw, path = item.pop("custom_fields_values"), "custom_fields_values"
            item["_values"] = field_values.read(exchange.account, _KIND, raw, path, flaws)

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the segment, and log it."""
        columns: Row = {"color": _COLORS[0], "available_products_price_types": [], **item}
        values: field_values.Values = item.get("_values", {})
        columns["_values"] = {number: new for number, new in values.items() if new is not None}
        row = super().create(exchange, columns)
        record(exchange, "segment_created", "segment", row["id"])
        return row

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """Values that are not mentioned stay."""
        changes = super().changes(exchange, row, item)
        changes["_values"], _ = field_values.merge(row, item.get("_values", {}))
        return changes

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Its customers are not in it any more."""
        super().delete(exchange, row)
        customers = exchange.account.table("customers")
        for customer in customers.rows.values():
            if row["id"] in customer["_segments"]:
                left = [number for number in customer["_segments"] if number != row["id"]]
                customers.change(customer, {"_segments": left})


def _members(exchange: Exchange, row: Row) -> Json:
    return sum(
        row["id"] in customer["_segments"]
        for customer in exchange.account.table("customers").rows.values()
        if not customer["is_deleted"]
    )


def _values(exchange: Exchange, row: Row) -> Json:
    return field_values.show(exchange.account, _KIND, row) or []
