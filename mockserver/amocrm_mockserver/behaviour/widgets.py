"""Widgets: installed with the settings that they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.problems import invalid, missing, not_found
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["Widgets", "install"]


class Widgets(Behaviour):
    """What a seed puts in: the API only installs and uninstalls."""

    noun = "Widget"

    def columns(self) -> Mapping[str, Show]:
        """The settings are for the widget's own integration, and for who installs it."""
        return {"settings": _settings}

    def href(self, exchange: Exchange, row: Row) -> str:
        """A widget is named by its code."""
        return exchange.url(f"widgets/{row['code']}")

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The widget stays, without its settings."""
        self.home(exchange).change(row, {"is_active_in_account": False, "settings": None})


def install(engine: Engine, exchange: Exchange) -> Response:
    """Switch a widget on; every setting that it requires must be there."""
    behaviour = engine.behaviour(exchange.operation.table)
    row = behaviour.find(exchange)
    if row is None:
        raise not_found("Widget not found")
    [item] = read_items(exchange)
    template: list[Row] = row["settings_template"]
    required = [each["key"] for each in template if each["is_required"]]
    flaws = [missing(key) for key in required if not item.raw.get(key)]
    if flaws:
        raise invalid([{"request_id": item.request_id, "errors": flaws}])
    known = {each["key"] for each in template}
    settings = {key: value for key, value in item.raw.items() if key in known}
    behaviour.home(exchange).change(row, {"is_active_in_account": True, "settings": settings})
    return hal(exchange.operation.status, engine.show(exchange, row))


def _settings(exchange: Exchange, row: Row) -> Json:
    own = row["client_uuid"] is not None and row["client_uuid"] == exchange.caller.client_id
    if row.get("settings") is None or not (own or exchange.operation.name == "install"):
        return ABSENT
    return row["settings"]
