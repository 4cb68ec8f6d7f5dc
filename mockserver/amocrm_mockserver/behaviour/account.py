"""The account as it shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.catalogs import catalog_of_type
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.drive import drive_origin
from amocrm_mockserver.envelope import hal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["AccountCard", "show_account"]

_CASES: Final = (
    "default",
    "dative",
    "genitive",
    "accusative",
    "instrumental",
    "prepositional",
)
_LEAD_NAMES: Final[Mapping[str, tuple[str, str, str]]] = {
    "ru": (
        "f",
        "Сделка Сделке Сделки Сделку Сделкой Сделке",
        "Сделки Сделкам Сделок Сделки Сделками Сделках",
    ),
    "en": ("m", "Lead Lead Lead Lead Lead Lead", "Leads Leads Leads Leads Leads Leads"),
    "es": ("m", "Lead Lead Lead Lead Lead Lead", "Leads Leads Leads Leads Leads Leads"),
}


def show_account(engine: Engine, exchange: Exchange) -> Response:
    """The only row of its table."""
    return hal(200, engine.show(exchange, exchange.account.row))


def _drive_url(exchange: Exchange, _row: Row) -> Json:
    return drive_origin(exchange.account, exchange.origin)


def _entity_names(_exchange: Exchange, _row: Row) -> Json:
    return {
        "leads": {
            language: {
                "gender": gender,
                "singular_form": dict(zip(_CASES, one.split(), strict=True)),
                "plural_form": dict(zip(_CASES, many.split(), strict=True)),
            }
            for language, (gender, one, many) in _LEAD_NAMES.items()
        }
    }


def _datetime_settings(exchange: Exchange, _row: Row) -> Json:
    row = exchange.account.row
    return {
        "date_pattern": "d.m.Y H:i",
        "short_date_pattern": "d.m.Y",
        "short_time_pattern": "H:i",
        # Live answers carry the misspelt key; the official SDK reads the other one.
        "date_formant": "d.m.Y",
        "date_format": "d.m.Y",
        "time_format": "H:i:s",
        "timezone": row["timezone"],
        "timezone_offset": row["timezone_offset"],
    }


def _invoices_settings(exchange: Exchange, _row: Row) -> Json:
    account = exchange.account
    catalog = catalog_of_type(account, "invoices")
    if catalog is None:
        return {"lang": None, "invoices_catalog_id": None}
    language = "ru" if account.speaks_russian else "en"
    return {"lang": language, "invoices_catalog_id": catalog["id"]}


def _rows_of(table: str, *columns: str) -> Show:
    def show(exchange: Exchange, _row: Row) -> Json:
        rows = exchange.account.table(table).rows.values()
        return [{name: row[name] for name in columns} for row in rows]

    return show


class AccountCard(Behaviour):
    """The account's settings and directories."""

    def columns(self) -> Mapping[str, Show]:
        """What is worked out."""
        return {
            "current_user_id": lambda exchange, _row: exchange.caller.user_id,
            "drive_url": _drive_url,
            "entity_names": _entity_names,
            "invoices_settings": _invoices_settings,
        }

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "amojo_rights": lambda _exchange, _row: {"can_direct": True, "can_create_groups": True},
            "users_groups": _rows_of("groups", "id", "name", "uuid"),
            "task_types": _rows_of("task_types", "id", "name", "color", "icon_id", "code"),
            "datetime_settings": _datetime_settings,
        }

    def href(self, exchange: Exchange, row: Row) -> str:  # noqa: ARG002
        """There is no id in the path."""
        return exchange.url("account")
