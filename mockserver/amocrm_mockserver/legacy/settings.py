"""The account, its pipelines, fields and goods by API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.catalogs import products_settings, set_products
from amocrm_mockserver.behaviour.field_directory import field_table, fields_of
from amocrm_mockserver.behaviour.stages import stages
from amocrm_mockserver.body import Item
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.legacy.answers import answered, link, saved
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.codes import NOTE_TYPES
from amocrm_mockserver.legacy.listing import ids_of
from amocrm_mockserver.problems import ProblemError, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = [
    "delete_pipelines",
    "find_pipelines",
    "save_fields",
    "save_pipelines",
    "show_account",
    "show_products",
    "switch_products",
]

_PATTERN: Final = {
    "date": "d.m.Y",
    "time": "H:i",
    "date_time": "d.m.Y H:i",
    "time_full": "H:i:s",
}
_RIGHTS: Final = ("mail", "incoming_leads", "catalogs", "lead", "contact", "company", "task")
_LEVELS: Final = ("add", "view", "edit", "delete", "export")
_FIELD_OWNERS: Final = ("contacts", "leads", "companies", "customers")
_FIELD_NUMBERS: Final[Mapping[str, int]] = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
    "date_time": 19,
}
_FIELD_NAMES: Final = {number: name for name, number in _FIELD_NUMBERS.items()}
_OWNER_NUMBERS: Final = {1: "contacts", 2: "leads", 3: "companies", 12: "customers"}


def show_account(call: LegacyCall) -> Response:
    """The account, and the parts that are asked for."""
    account, row = call.account, call.account.row
    body: Row = {
        "_links": link("/api/v2/account"),
        "id": account.id,
        "name": row["name"],
        "subdomain": account.subdomain,
        "currency": row["currency"],
        "timezone": row.get("timezone") or "Europe/Moscow",
        "timezone_offset": row["timezone_offset"],
        "language": row.get("language") or ("ru" if account.speaks_russian else "en"),
        "date_pattern": _PATTERN,
        "current_user": call.caller.user_id,
    }
    parts: Mapping[str, Callable[[], Json]] = {
        "users": lambda: _users(call),
        "custom_fields": lambda: _all_fields(call),
        "note_types": _note_types,
        "groups": lambda: _groups(call),
        "task_types": lambda: [
            {"id": kind["id"], "name": kind["name"]}
            for kind in call.table("task_types").rows.values()
        ],
        "pipelines": lambda: {
            str(one["id"]): _pipeline(call, one, short=True) for one in _pipelines(call)
        },
    }
    wanted = call.wanted
    shown = {name: part() for name, part in parts.items() if name in wanted}
    if shown:
        body["_embedded"] = shown
    return answered(call, body)


def _groups(call: LegacyCall) -> list[Row]:
    return [_group(row) for row in call.table("groups").rows.values()]


def _group(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"]}


def _note_types() -> Json:
    return [
        {"id": number, "name": "", "code": code.upper(), "editable": "Y" if number == 4 else "N"}
        for number, code in NOTE_TYPES.items()
    ]


def _users(call: LegacyCall) -> Row:
    with_free = call.query.get("free_users") == "Y"
    shown: Row = {}
    for user in call.account.users.values():
        rights: Row = user["rights"]
        if not rights["is_active"] or (rights["is_free"] and not with_free):
            continue
        shown[str(user["id"])] = {
            "id": user["id"],
            "name": user["name"],
            "last_name": "",
            "login": user["email"],
            "language": user["lang"],
            "group_id": rights.get("group_id") or 0,
            "is_active": True,
            "is_free": bool(rights["is_free"]),
            "is_admin": bool(rights["is_admin"]),
            "phone_number": user.get("phone_number") or "",
            "rights": _rights(rights),
        }
    return shown


def _rights(rights: Row) -> Row:
    full = "A" if rights["is_admin"] else "D"
    shown: Row = dict.fromkeys(_RIGHTS[:3], full)
    for kind in ("lead", "contact", "company", "task"):
        plural = "companies" if kind == "company" else f"{kind}s"
        own: Row = rights.get(plural) or {}
        for level in _LEVELS if kind != "task" else _LEVELS[2:4]:
            shown[f"{kind}_{level}"] = own.get(level, full)
    return shown


def _all_fields(call: LegacyCall) -> Row:
    shown: Row = {kind: _fields(call, kind) for kind in _FIELD_OWNERS}
    catalogs = {
        str(number): _fields(call, f"catalogs:{number}") for number in call.table("catalogs").rows
    }
    shown["catalogs"] = catalogs or []
    return shown


def _fields(call: LegacyCall, kind: str) -> Json:
    rows = fields_of(call.account, kind)
    return {str(row["id"]): _field(row) for row in rows} or []


def _field(row: Row) -> Row:
    field: Row = {
        "id": row["id"],
        "name": row["name"],
        "field_type": _FIELD_NUMBERS.get(row["type"], 1),
        "sort": row["sort"],
        "code": row["code"] or "",
        "is_multiple": row["type"] == "multitext",
        "is_system": bool(row["is_predefined"]),
        "is_editable": not row.get("is_api_only"),
        "is_required": bool(row.get("is_required")),
        "is_deletable": bool(row["is_deletable"]),
        "is_visible": bool(row.get("is_visible", True)),
        "params": {},
    }
    if row["enums"]:
        field["enums"] = {str(enum["id"]): enum["value"] for enum in row["enums"]}
    return field


def _pipelines(call: LegacyCall) -> list[Row]:
    rows = call.table("pipelines").rows.values()
    return sorted(rows, key=lambda row: (row["sort"], row["id"]))


def _pipeline(call: LegacyCall, row: Row, *, short: bool) -> Row:
    own = stages(call.account, row["id"])
    shown: Row = {
        "id": row["id"],
        "name": row["name"],
        "sort": row["sort"],
        "is_main": bool(row["is_main"]),
        "statuses": {
            str(stage["id"]): _stage(stage, short=short) for stage in own if stage["type"] != 1
        },
    }
    if not short:
        shown["_links"] = link(f"/api/v2/pipelines?id={row['id']}")
    return shown


def _stage(stage: Row, *, short: bool) -> Row:
    """The account tells by a letter what pipelines tell by a truth value."""
    is_editable = bool(stage["is_editable"])
    editable: Row = {"is_editable": is_editable}
    if short:
        editable = {"editable": "Y" if is_editable else "N"}
    return {
        "id": stage["id"],
        "name": stage["name"],
        "color": stage["color"],
        "sort": stage["sort"],
        **editable,
    }


def find_pipelines(call: LegacyCall) -> Response:
    """The pipelines by id."""
    wanted = ids_of(call)
    items = {
        str(row["id"]): _pipeline(call, row, short=False)
        for row in _pipelines(call)
        if wanted is None or row["id"] in wanted
    }
    links = link("/api/v2/pipelines")
    return answered(call, {"_links": links, "_embedded": {"items": items}})


def save_pipelines(call: LegacyCall) -> Response:
    """Add and change pipelines in the envelope of the oldest methods."""
    request: Json = call.body.get("request")
    given: Json = request.get("pipelines") if is_object(request) else None
    if not is_object(given):
        raise bad_request("Request data can not be empty")
    added: Row = {}
    for place, item in enumerate(listed(given.get("add"))):
        if is_object(item):
            added[str(place)] = _set_pipeline(call, None, item)
    changed: Row = {}
    update: Json = given.get("update")
    entries = update.items() if is_object(update) else enumerate(listed(update))
    for key, item in entries:
        if not is_object(item):
            continue
        row = call.table("pipelines").rows.get(number_of(item.get("id", key)))
        if row is not None:
            changed[str(row["id"])] = _set_pipeline(call, row, item)
    told = {"pipelines": {"add": {"pipelines": added}, "update": changed}}
    return answered(call, {"response": {**told, "server_time": call.now}})


def _set_pipeline(call: LegacyCall, row: Row | None, item: Row) -> Row:
    taken: Row = {name: item[name] for name in ("name",) if item.get(name)}
    number = number_of(item.get("sort"))
    if number is not None:
        taken["sort"] = number
    if "is_main" in item:
        taken["is_main"] = item["is_main"] in (True, 1, "1", "on", "true")
    plain = [
        {
            "name": str(stage.get("name", "")),
            "sort": number_of(stage.get("sort")) or 20,
            **({"color": stage["color"]} if stage.get("color") else {}),
        }
        for stage in listed(item.get("statuses"))
        if is_object(stage) and "name" in stage
    ]
    if row is None:
        taken.setdefault("sort", 100)
        taken |= {"is_main": taken.get("is_main", False), "is_unsorted_on": True}
        taken["_embedded"] = {"statuses": plain}
        [row] = call.engine.create(call.v4("pipelines.create"), [Item("0", taken)])
    else:
        exchange = call.v4("pipelines.update")
        call.engine.behaviour("pipelines").update(exchange, row, taken)
    return _pipeline(call, row, short=False)


def delete_pipelines(call: LegacyCall) -> Response:
    """Delete pipelines in the envelope of the oldest methods."""
    request: Json = call.body.get("request")
    named = listed(request.get("id")) if is_object(request) else []
    if not named:
        raise bad_request("Request data can not be empty")
    told: Row = {}
    for number in map(number_of, named):
        row = call.table("pipelines").rows.get(number)
        try:
            if row is not None:
                call.engine.behaviour("pipelines").delete(call.v4("pipelines.delete"), row)
            told[str(number)] = row is not None
        except ProblemError:
            told[str(number)] = False
    return answered(call, {"response": {**told, "server_time": call.now}})


def save_fields(call: LegacyCall) -> Response:
    """Add and delete custom fields."""
    items: list[Row] = []
    errors: Row = {}
    for item in listed(call.body.get("add")):
        row = _add_field(call, item) if is_object(item) else None
        if row is None:
            errors.setdefault("add", []).append({"code": 203})
        else:
            mark = number_of(item.get("request_id")) or 0
            items.append({"id": row["id"], "request_id": mark, "_links": link("/api/v2/fields")})
    for item in listed(call.body.get("delete")):
        number = number_of(item.get("id")) if is_object(item) else None
        origin = item.get("origin") if is_object(item) else None
        if not _delete_field(call, number, origin):
            errors.setdefault("delete", []).append({"id": number or 0, "code": 204})
    return saved(call, items, errors)


def _add_field(call: LegacyCall, item: Row) -> Row | None:
    kind = _FIELD_NAMES.get(number_of(item.get("type")) or 0)
    number = number_of(item.get("catalog_id")) or number_of(item.get("element_type")) or 0
    owner = _OWNER_NUMBERS.get(number)
    if owner is None and number in call.table("catalogs").rows:
        owner = f"catalogs:{number}"
    if kind is None or owner is None or not item.get("name") or not item.get("origin"):
        return None
    from amocrm_mockserver.behaviour.custom_fields import field_row  # noqa: PLC0415

    enums = [{"value": str(enum)} for enum in listed(item.get("enums"))]
    row = field_row(call.account, owner, {"name": str(item["name"]), "type": kind, "enums": enums})
    row["_origin"] = str(item["origin"])
    field_table(call.account, owner).add(row)
    call.account.redefine()
    return row


def _delete_field(call: LegacyCall, number: int | None, origin: Json) -> bool:
    """Who has made a field may delete it."""
    for owner in (*_FIELD_OWNERS, "catalogs"):
        table = field_table(call.account, owner)
        row = table.rows.get(number)
        if row is not None and row.get("_origin") == str(origin):
            table.remove(row)
            call.account.redefine()
            return True
    return False


def show_products(call: LegacyCall) -> Response:
    """Whether the account has goods."""
    links = link("/api/v2/products_settings")
    return answered(call, {**products_settings(call.account), "_links": links})


def switch_products(call: LegacyCall) -> Response:
    """Switch goods on or off."""
    given: Json = call.body.get("enabled", call.body.get("enable"))
    if given is None:
        raise bad_request("Request data can not be empty")
    exchange = call.v4("products_settings.update")
    exchange.body = b'{"is_enabled":true}' if given in (True, 1, "1") else b'{"is_enabled":false}'
    set_products(call.engine, exchange)
    return show_products(call)
