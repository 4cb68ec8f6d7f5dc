"""Who follows a lead or a customer; only a seed can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.problems import not_found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Subscriptions", "plant_subscriptions"]

_KINDS: Final = ("leads", "customers")
_KEYS: Final = ("entity_id", "subscriber_id", "type")


class Subscriptions(Behaviour):
    """A read-only list."""

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """The followers of an entity that is there."""
        kind, number = exchange.operation.over["entity_type"], exchange.variables["entity_id"]
        if not exchange.account.has(kind, number):
            raise not_found("Entity not found")
        return self.home(exchange).rows.values()


def plant_subscriptions(account: Account, kind: str, items: Json) -> None:
    """Take in followers of one entity type; ValueError names what is wrong."""
    where = f"subscriptions.{kind}"
    if kind not in _KINDS:
        raise ValueError(f"{where}: there are {' and '.join(_KINDS)}")
    if not is_array(items) or not all(is_object(item) for item in items):
        raise ValueError(f"{where}: must be a list of mappings")
    for index, item in enumerate(items):
        lacking = [key for key in _KEYS if key not in item]
        if lacking:
            raise ValueError(f"{where}[{index}]: {lacking[0]} is missing")
        row = {"id": account.next_id("subscriptions"), **item}
        account.table(f"subscriptions:{kind}").add(row)
