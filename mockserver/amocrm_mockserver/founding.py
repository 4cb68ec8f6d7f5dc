"""Brings an account into being: what every new one has, then what its seed adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.account import Account, Caller
from amocrm_mockserver.behaviour.custom_field_groups import add_predefined_groups
from amocrm_mockserver.behaviour.custom_fields import field_row
from amocrm_mockserver.behaviour.customer_statuses import add_customer_statuses
from amocrm_mockserver.behaviour.pipelines import add_pipeline
from amocrm_mockserver.behaviour.sources import source_row
from amocrm_mockserver.behaviour.users import add_role, add_user, default_group
from amocrm_mockserver.contract import load_contract
from amocrm_mockserver.drive import read_drive
from amocrm_mockserver.duplicate_control import read_rules
from amocrm_mockserver.ids import Ids
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.planting import plant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.clock import Clock
    from amocrm_mockserver.guesses import Guesses
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["found"]

_MULTITEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "PHONE": ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"),
    "EMAIL": ("WORK", "PRIV", "OTHER"),
}
_FIELDS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    "contacts": (
        ("POSITION", "text", "Должность", "Position"),
        ("PHONE", "multitext", "Телефон", "Phone"),
        ("EMAIL", "multitext", "Email", "Email"),
    ),
    "companies": (
        ("PHONE", "multitext", "Телефон", "Phone"),
        ("EMAIL", "multitext", "Email", "Email"),
        ("WEB", "url", "Web", "Web"),
        ("ADDRESS", "textarea", "Адрес", "Address"),
    ),
}
"""Code, type, and the name in Russian and English."""
_TRACKING: Final = [
    "UTM_CONTENT",
    "UTM_MEDIUM",
    "UTM_CAMPAIGN",
    "UTM_SOURCE",
    "UTM_TERM",
    "UTM_REFERRER",
    "ROISTAT",
    "REFERRER",
    "OPENSTAT_SERVICE",
    "OPENSTAT_CAMPAIGN",
    "OPENSTAT_AD",
    "OPENSTAT_SOURCE",
    "FROM",
    "GCLIENTID",
    "_YM_UID",
    "_YM_COUNTER",
    "GCLID",
    "YCLID",
    "FBCLID",
]
_LOSS_REASONS: Final = (
    ("Пропала потребность", "No longer needed"),
    ("Не устроили условия", "Terms did not suit"),
    ("Выбрали других", "Chose others"),
)
_TASK_TYPES: Final = (("FOLLOW_UP", "Связаться", "Follow-up"), ("MEETING", "Встреча", "Meeting"))
_SETTINGS: Final = frozenset(
    [
        "id",
        "name",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "country",
        "currency",
        "currency_symbol",
        "customers_mode",
        "is_unsorted_on",
        "mobile_feature_version",
        "is_loss_reason_enabled",
        "is_helpbot_enabled",
        "is_technical_account",
        "contact_name_display_order",
        "amojo_id",
        "uuid",
        "version",
        "is_api_filter_enabled",
        "timezone",
        "timezone_offset",
    ]
)
"""Keys of a seed that set columns of the account itself."""
_EARLY: Final = frozenset(
    {
        "customer_statuses",
        "users",
        "groups",
        "roles",
        "pipelines",
        "loss_reasons",
        "task_types",
        "links",
        "sources",
    }
)
_PLAIN: Final = "predefined_fields"
_DUPLICATES: Final = "duplicate_control"
_DRIVE: Final = "drive"
_GUESSES: Final = "guesses"
_GROUPED: Final = ("leads", "contacts", "companies", "customers")
"""Entity types whose cards have tabs."""


def found(  # noqa: PLR0913 -- what an account is founded on
    subdomain: str,
    zone: str,
    *,
    clock: Clock,
    order: int,
    seed: Mapping[str, object],
    guesses: Guesses,
) -> Account:
    """A new account; ValueError tells what in the seed makes no sense."""
    ids = Ids(subdomain, order=order)
    account = Account(subdomain=subdomain, zone=zone, order=order, clock=clock, ids=ids, row={})
    account.guesses = guesses
    guesses.choose(seed.get(_GUESSES, {}))
    account.row = _settings(account, seed)
    account.given.update(_numbers(dict(seed)))
    for group in [default_group(account), *_list(seed, "groups")]:
        account.table("groups").add({**default_group(account), **group})
    for role in _list(seed, "roles"):
        add_role(account, role)
    admin: Row = {"name": "Admin", "email": "admin@example.com", "admin": True}
    for user in _list(seed, "users") or [admin]:
        add_user(account, user)
    name = "Воронка" if account.speaks_russian else "Pipeline"
    for pipeline in _list(seed, "pipelines") or [{"name": name, "sort": 1, "is_main": True}]:
        add_pipeline(account, pipeline)
    _add_directories(account, seed)
    account.duplicate_control = read_rules(account, seed.get(_DUPLICATES, []))
    account.drive = read_drive(seed.get(_DRIVE, {}))
    add_customer_statuses(account, _list(seed, "customer_statuses"))
    if seed.get(_PLAIN, True):
        _add_fields(account)
    for kind in _GROUPED:
        add_predefined_groups(account, kind)
    if seed:
        _add_contents(account, seed)
    return account


def _settings(account: Account, seed: Mapping[str, object]) -> Row:
    now, ids, russian = int(account.clock.now()), account.ids, account.speaks_russian
    row: Row = {
        "id": seed.get("id") or ids.next("accounts"),
        "name": account.subdomain,
        "subdomain": account.subdomain,
        "created_at": now,
        "created_by": 0,
        "updated_at": now,
        "updated_by": 0,
        "country": "RU" if russian else "US",
        "currency": "RUB" if russian else "USD",
        "currency_symbol": "₽" if russian else "$",
        "customers_mode": "segments",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
        "amojo_id": ids.uuid(),
        "uuid": ids.uuid(),
        "version": 1,
        "is_api_filter_enabled": True,
        "timezone": "Europe/Moscow" if russian else "UTC",
        "timezone_offset": "+03:00" if russian else "+00:00",
    }
    row.update({key: seed[key] for key in _SETTINGS if key in seed})
    return row


def _add_directories(account: Account, seed: Mapping[str, object]) -> None:
    word = 0 if account.speaks_russian else 1
    for place, (code, *names) in enumerate(_TASK_TYPES, 1):
        kind: Row = {"id": place, "name": names[word], "color": None, "icon_id": None, "code": code}
        account.table("task_types").add(kind)
    for given in _list(seed, "task_types"):
        kind = {"color": None, "icon_id": None, "code": None, **given}
        kind.setdefault("id", account.next_id("task_types"))
        account.table("task_types").add(kind)
    for source in _list(seed, "sources"):
        account.table("sources").add(source_row(account, source))
    now = int(account.clock.now())
    usual: list[Row] = [{"name": names[word]} for names in _LOSS_REASONS]
    for place, reason in enumerate(_list(seed, "loss_reasons") or usual):
        number: int = reason.get("id") or account.next_id("loss_reasons")
        times = {"sort": place, "created_at": now, "updated_at": now}
        account.table("loss_reasons").add({"id": number, "name": "", **times, **reason})


def _add_fields(account: Account) -> None:
    word = 0 if account.speaks_russian else 1
    fields: list[tuple[str, Row]] = [
        (kind, {"code": code, "type": field_type, "name": names[word]})
        for kind, rows in _FIELDS.items()
        for code, field_type, *names in rows
    ]
    fields.extend(
        (
            "leads",
            {"code": code, "type": "tracking_data", "name": code.lower(), "group_id": "statistic"},
        )
        for code in _TRACKING
    )
    if account.speaks_russian:
        agreement = {"code": "USER_AGREEMENT", "type": "checkbox", "name": "Польз. соглашение"}
        fields.append(("contacts", agreement))
    for place, (kind, item) in enumerate(fields, 1):
        enums = [
            {"value": value, "sort": 2 * index}
            for index, value in enumerate(_MULTITEXT.get(item["code"], ()), 1)
        ]
        given = {"enums": enums, "is_predefined": True, "is_deletable": False, "sort": 2 * place}
        account.table(f"custom_fields:{kind}").add(field_row(account, kind, {**item, **given}))


def _add_contents(account: Account, seed: Mapping[str, object]) -> None:
    user = next(iter(account.users.values()))
    caller = Caller(user_id=user["id"], is_admin=True, client_id=None, origin="")
    rest = {
        key: value
        for key, value in seed.items()
        if key not in _SETTINGS
        and key not in _EARLY
        and key not in (_PLAIN, _DUPLICATES, _DRIVE, _GUESSES)
    }
    plant(account, caller, load_contract(), rest, _list(seed, "links"))


def _list(seed: Mapping[str, object], key: str) -> list[Row]:
    value: Json = seed.get(key, [])
    if not is_array(value) or not all(is_object(row) for row in value):
        raise ValueError(f"{key}: must be a list of mappings")
    return value


def _numbers(value: Json) -> Iterator[int]:
    """Every id that a seed names, wherever it stands."""
    if is_object(value):
        number = value.get("id")
        if isinstance(number, int):
            yield number
        for inner in value.values():
            yield from _numbers(inner)
    elif is_array(value):
        for inner in value:
            yield from _numbers(inner)
