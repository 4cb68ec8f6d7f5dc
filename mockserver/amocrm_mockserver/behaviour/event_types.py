"""The directory of event types, in four languages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from amocrm_mockserver.envelope import listed
from amocrm_mockserver.selection import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = ["find_event_types"]

_LANGUAGES: Final = ("en", "ru", "es", "pt")
_OF_FIELDS: Final = 24
_FIELD_CHANGED: Final[Mapping[str, str]] = {
    "en": 'Field "{name}" changed',
    "ru": "Поле «{name}» изменено",
    "es": "Campo «{name}» modificado",
    "pt": "Campo «{name}» alterado",
}
_OWNERS: Final = ("leads", "contacts", "companies", "customers")


class _EventType(NamedTuple):
    key: str
    number: int
    names: Mapping[str, str]


@cache
def _types() -> tuple[_EventType, ...]:
    text = files(__package__ or "").joinpath("event_types.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return tuple(
        _EventType(key, int(number), dict(zip(_LANGUAGES, names, strict=True)))
        for key, number, *names in rows
    )


def find_event_types(_engine: Engine, exchange: Exchange) -> Response:
    """All static types, then one for each custom field."""
    account = exchange.account
    language = _language(exchange)
    shown: list[Row] = [
        {"key": one.key, "type": one.number, "lang": one.names[language]} for one in _types()
    ]
    shown += [
        {
            "key": f"custom_field_{field['id']}_value_changed",
            "type": _OF_FIELDS,
            "lang": _FIELD_CHANGED[language].format(name=field["name"]),
        }
        for field in _fields(account)
    ]
    return listed(exchange, Page(shown, 1, 0, more=False, total=len(shown)), list(shown))


def _language(exchange: Exchange) -> str:
    """The one asked for, or the user's; English where neither is known."""
    account = exchange.account
    user = account.users.get(exchange.caller.user_id, {})
    wanted = [exchange.query.get("language_code"), user.get("lang")]
    return next((one for one in wanted if isinstance(one, str) and one in _LANGUAGES), "en")


def _fields(account: Account) -> list[Row]:
    return [
        field for kind in _OWNERS for field in account.table(f"custom_fields:{kind}").rows.values()
    ]
