"""Rows that belong to the integration which made them; no other integration sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.problems import Flaw, forbidden, invalid, invalid_items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["Owned", "delete_many"]


class Owned(Behaviour):
    """A table that each integration has for itself; what a seed adds is for all of them."""

    def rows(self, exchange: Exchange) -> Iterable[Row]:
        """The rows that the caller's integration sees."""
        client_id = exchange.caller.client_id
        if client_id is None:
            raise forbidden()
        rows = self.home(exchange).rows.values()
        return [row for row in rows if row["_client_id"] in {None, client_id}]

    def find(self, exchange: Exchange) -> Row | None:
        """A row of another integration is not there."""
        return self._own(exchange, super().find(exchange))

    def find_one(self, exchange: Exchange, number: int | str) -> Row | None:
        """A row of another integration is not there."""
        return self._own(exchange, super().find_one(exchange, number))

    def _own(self, exchange: Exchange, row: Row | None) -> Row | None:
        client_id = exchange.caller.client_id
        if client_id is None:
            raise forbidden()
        return row if row is not None and row["_client_id"] in {None, client_id} else None

    def blank(self, exchange: Exchange, item: Row) -> Row:
        """The row is the caller's."""
        client_id = exchange.caller.client_id
        if client_id is None and not exchange.seeding:
            raise forbidden()
        return {**super().blank(exchange, item), "_client_id": client_id}


def delete_many(engine: Engine, exchange: Exchange) -> Response:
    """Forget several rows: all of them, or none when one is not there."""
    behaviour = engine.behaviour(exchange.operation.table)
    check = engine.validator.check(exchange.operation.takes or "")
    rows: dict[int, Row] = {}
    unknown: list[tuple[str, Flaw]] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        taken: Row = check(item.raw, "", flaws, exchange.account) or {}
        if flaws:
            raise invalid([{"request_id": item.request_id, "errors": flaws}])
        row = behaviour.find_one(exchange, taken["id"])
        if row is None:
            noun = behaviour.title().lower()
            detail = f"{noun} with id = {taken['id']} not found"
            unknown.append(
                (item.request_id, {"code": "EntityNotFound", "path": "id", "detail": detail})
            )
        else:
            rows[taken["id"]] = row
    if unknown:
        raise invalid_items(unknown)
    for row in rows.values():
        behaviour.delete(exchange, row)
    return NOTHING
