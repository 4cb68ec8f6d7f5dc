"""Buttons for sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.sources import source_row
from amocrm_mockserver.jsonvalue import object_at
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import Flaw, forbidden, not_found, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["WebsiteButtons", "add_online_chat"]

_MOST_DOMAINS: Final = 10
_SECONDS_TO_MAKE: Final = 1


class WebsiteButtons(Behaviour):
    """The source of a button is there at once, the button itself a little later."""

    noun = "Website button"
    default_order = "source_id"
    shown_after_write = frozenset({"scripts"})

    def columns(self) -> Mapping[str, Show]:
        """What is known only when the button is made."""
        return {
            "button_id": lambda exchange, row: _when_made(exchange, row, row["button_id"]),
            "script": lambda exchange, row: _when_made(exchange, row, row["script"]),
            "creation_status": lambda exchange, row: (
                _when_made(exchange, row, "created") or "creation_pending"
            ),
            "trusted_websites": lambda _, row: row["_trusted"],
        }

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """Also those that are deleted, when they are asked for."""
        return self.home(exchange).rows.values() if "deleted" in exchange.wanted else None

    def find(self, exchange: Exchange) -> Row | None:
        """Also one that is deleted, when it is asked for."""
        if "deleted" in exchange.wanted:
            row: Row | None = self.home(exchange).rows.get(self.key(exchange))
            return row
        return super().find(exchange)

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """A button needs a pipeline, and a site or the app; it has ten domains at most."""
        if exchange.caller.client_id is None and not exchange.seeding:
            raise forbidden()
        if flaws:
            return
        if row is not None:
            if len(_domains(row, item)) > _MOST_DOMAINS:
                flaws.append(unsupported("trusted_websites.add"))
            return
        if not exchange.account.has("pipelines", item["pipeline_id"]):
            flaws.append(unsupported("pipeline_id"))
        domains: list[str] = item["trusted_websites"]
        if len(domains) > _MOST_DOMAINS or not (domains or item["is_used_in_app"]):
            flaws.append(unsupported("trusted_websites"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the source, and the button after it."""
        account = exchange.account
        row = self.blank(exchange, item)
        name = item.get("name", "")
        number: int = item.get("id") or account.next_id("sources")
        row.update(
            {
                "source_id": number,
                "button_id": account.next_id("website_buttons"),
                "name": name,
                "pipeline_id": item["pipeline_id"],
                "script": f'<script data-source="{number}"></script>',
                "is_deleted": False,
                "_trusted": item["trusted_websites"],
                "_online_chat": False,
                "_made_at": 0 if exchange.seeding else exchange.now + _SECONDS_TO_MAKE,
            }
        )
        source: Row = {"id": number, "name": name, "pipeline_id": item["pipeline_id"]}
        source["_client_id"] = exchange.caller.client_id
        account.table("sources").add(source_row(account, source))
        return self.home(exchange).add(row)

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Rename the button; domains are added to those that are there."""
        changes: Row = {"_trusted": _domains(row, item)}
        if "name" in item:
            changes["name"] = item["name"]
        self.home(exchange).change(row, changes)


def add_online_chat(engine: Engine, exchange: Exchange) -> Response:
    """Put a chat behind a button; a pipeline has one, which all its buttons share."""
    behaviour = engine.behaviour(exchange.operation.table)
    if exchange.caller.client_id is None:
        raise forbidden()
    row = behaviour.find(exchange)
    if row is None:
        raise not_found("Website button not found")
    behaviour.home(exchange).change(row, {"_online_chat": True})
    return Response(exchange.operation.status)


def _when_made(exchange: Exchange, row: Row, value: Json) -> Json:
    return value if exchange.now >= row["_made_at"] else None


def _domains(row: Row, item: Row) -> list[str]:
    """Domains cannot be added to a button that has none."""
    held: list[str] = row["_trusted"]
    added: list[str] = object_at(item, "trusted_websites").get("add", [])
    return list(dict.fromkeys([*held, *added])) if held else held
