"""Short addresses for contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.problems import Flaw, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["ShortLinks", "shorten"]

_HOST = "https://amo.sh"


class ShortLinks(Behaviour):
    """What may be done with short addresses."""

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- they are never changed
        flaws: list[Flaw],
    ) -> None:
        """The contact must be there."""
        if not flaws and not exchange.account.has("contacts", item["metadata"]["entity_id"]):
            flaws.append(unsupported("metadata.entity_id"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make a short address, and keep the long one."""
        account = exchange.account
        code = "/".join(account.ids.hex(6).upper() for _ in range(2))
        row: Row = {
            "id": account.next_id(self.table),
            "url": f"{_HOST}/K/{code}",
            "account_id": account.id,
            "metadata": item["metadata"],
            "_long": item["url"],
        }
        return self.home(exchange).add(row)


def shorten(engine: Engine, exchange: Exchange) -> Response:
    """Short addresses in the order of the request; the answer's own link has no host."""
    rows = engine.create(exchange, read_items(exchange))
    shown = [engine.show(exchange, row) for row in rows]
    links = {"self": {"href": exchange.operation.path}}
    return hal(200, {"_links": links, "_embedded": {exchange.operation.key: shown}})
