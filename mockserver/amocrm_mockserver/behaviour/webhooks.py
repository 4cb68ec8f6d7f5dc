"""Webhooks: addresses that are told of events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.jsonvalue import is_array
from amocrm_mockserver.problems import (
    Flaw,
    bad_request,
    invalid_without_item,
    missing,
    not_found,
    unprocessable,
    unsupported,
    wrong_type,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show
    from amocrm_mockserver.state import Table

__all__ = ["Webhooks", "unsubscribe"]

_MOST: Final = 100
_OF_CATALOG: Final = re.compile(r"(add|update|delete)_catalog_\d+")
"""How amoCRM names the events of a list is not published."""


class Webhooks(Behaviour):
    """Subscriptions, one for each address."""

    noun = "Webhook"
    linked_lists = False

    def columns(self) -> Mapping[str, Show]:
        """A live account answered a subscription with the events as a map, the docs show a list."""
        return {"settings": _settings}

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- an address that is known obeys the same rules
        flaws: list[Flaw],
    ) -> None:
        """The address must be a URL of ASCII letters, and the events must be known."""
        known: list[str] = exchange.contract.schema("webhooks.WebhookEvent")["enum"]
        given: Json = item.get("settings")
        for index, event in enumerate(given if is_array(given) else ()):
            flaw = unsupported(f"settings.{index}")
            if _OF_CATALOG.fullmatch(str(event)):
                # The schema lists the published events only.
                flaws[:] = [other for other in flaws if other != flaw]
            elif event not in known and flaw not in flaws:
                flaws.append(flaw)
        if flaws:
            return
        if not _is_url(item["destination"]):
            raise bad_request("Invalid URL")
        table = self.home(exchange)
        if _at(table, item["destination"]) is None and len(table.rows) >= _MOST:
            raise unprocessable(f"Webhooks limit of {_MOST} is exceeded")

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A known address takes the new events; what that does to the old ones is a guess."""
        table = self.home(exchange)
        settings: list[str] = list(dict.fromkeys(item["settings"]))
        row = _at(table, item["destination"])
        if row is None:
            row = self.blank(exchange, item)
            last = max((other["sort"] for other in table.rows.values()), default=0)
            row.update({**item, "settings": settings, "sort": last + 1})
            return table.add(row)
        guesses = exchange.account.guesses
        if guesses["webhooks.same_address"] == "merged":
            settings = list(dict.fromkeys([*row["settings"], *settings]))
        changes: Row = {**item, "settings": settings}
        if guesses["webhooks.switched_off_address"] == "switched_on":
            changes |= {"disabled": False, "_failed_at": []}
        table.change(row, {**changes, "updated_at": exchange.now})
        return row


def _settings(exchange: Exchange, row: Row) -> Json:
    events: list[str] = row["settings"]
    is_answer = exchange.operation.kind == "create"
    if is_answer and exchange.account.guesses["webhooks.settings_in_answer"] == "map":
        return dict.fromkeys(events, 1)
    return events


def unsubscribe(_engine: Engine, exchange: Exchange) -> Response:
    """Forget an address."""
    [item] = read_items(exchange)
    destination: Json = item.raw.get("destination")
    if destination is None:
        raise invalid_without_item([missing("destination")])
    if not isinstance(destination, str):
        raise invalid_without_item([wrong_type("destination", "string")])
    table = exchange.account.table("webhooks")
    row = _at(table, destination)
    if row is None:
        raise not_found("Webhook not found")
    table.remove(row)
    return NOTHING


def _at(table: Table, destination: str) -> Row | None:
    return next((row for row in table.rows.values() if row["destination"] == destination), None)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        name = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(name) and name.isascii()
