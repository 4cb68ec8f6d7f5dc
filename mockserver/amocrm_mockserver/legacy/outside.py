"""What connects an account with others by API v2: webhooks, widgets, calls, short links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.behaviour.calls import owner_of, place_calls
from amocrm_mockserver.body import Item
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.legacy.answers import answered, found, link, saved
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.codes import ELEMENT_NUMBERS
from amocrm_mockserver.problems import ProblemError, bad_request, forbidden

if TYPE_CHECKING:
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = [
    "add_calls",
    "find_installed_widgets",
    "find_webhooks",
    "find_widgets",
    "notify_of_calls",
    "save_widgets",
    "set_sources",
    "shorten",
    "subscribe",
    "unsubscribe",
]

_MOST: Final = 100
_NOBODY: Final = 263
_CALL_KEYS: Final = (
    "uniq",
    "source",
    "link",
    "call_result",
    "direction",
)
_CALL_NUMBERS: Final = (
    "duration",
    "call_status",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "responsible_user_id",
)


def find_webhooks(call: LegacyCall) -> Response:
    """List the addresses that are told."""
    rows = sorted(call.table("webhooks").rows.values(), key=lambda row: int(row["id"]))
    return found(
        call,
        [
            {
                "id": row["id"],
                "url": row["destination"],
                "events": row["settings"],
                "disabled": bool(row["disabled"]),
                "_links": link("/api/v2/webhooks"),
            }
            for row in rows
        ],
    )


def subscribe(call: LegacyCall) -> Response:
    """Tell addresses of events; each is taken or refused by itself."""
    return saved(call, [_done(call, hook, _subscribed) for hook in _hooks(call, "subscribe")])


def unsubscribe(call: LegacyCall) -> Response:
    """Tell addresses no more of some events, or of any when none are named."""
    return saved(call, [_done(call, hook, _unsubscribed) for hook in _hooks(call, "unsubscribe")])


def _hooks(call: LegacyCall, name: str) -> list[Row]:
    given: Json = call.body.get(name)
    hooks = [given] if is_object(given) and "url" in given else listed(given)
    if not hooks:
        raise bad_request("Request data can not be empty")
    if len(hooks) > _MOST:
        raise bad_request(f"At most {_MOST} webhooks can be sent at once")
    return [hook if is_object(hook) else {} for hook in hooks]


def _done(call: LegacyCall, hook: Row, carry_out: object) -> Row:
    assert callable(carry_out)
    return {"url": hook.get("url", ""), "result": bool(carry_out(call, hook))}


def _subscribed(call: LegacyCall, hook: Row) -> bool:
    item = {"destination": hook.get("url"), "settings": listed(hook.get("events"))}
    try:
        call.engine.create(call.v4("webhooks.subscribe"), [Item("0", item)])
    except ProblemError:
        return False
    return True


def _unsubscribed(call: LegacyCall, hook: Row) -> bool:
    table = call.table("webhooks")
    rows = (row for row in table.rows.values() if row["destination"] == hook.get("url"))
    row = next(rows, None)
    if row is None:
        return False
    gone = set(listed(hook.get("events")))
    left = [event for event in row["settings"] if event not in gone]
    if gone and left:
        table.change(row, {"settings": left})
    else:
        table.remove(row)
    return True


def find_widgets(call: LegacyCall) -> Response:
    """List widgets."""
    _demand_admin(call)
    return answered(call, {"widgets": [_widget(row) for row in _widgets(call)]})


def find_installed_widgets(call: LegacyCall) -> Response:
    """List widgets in the envelope of lists."""
    _demand_admin(call)
    return found(call, [_widget(row) for row in _widgets(call)])


def _demand_admin(call: LegacyCall) -> None:
    if not call.caller.is_admin:
        raise forbidden()


def _widgets(call: LegacyCall) -> list[Row]:
    numbers = {number_of(one) for one in _given(call, "widget_id")}
    codes = set(_given(call, "widget_code"))
    return [
        row
        for row in call.table("widgets").rows.values()
        if (not numbers and not codes) or row["id"] in numbers or row["code"] in codes
    ]


def _given(call: LegacyCall, name: str) -> list[Json]:
    return listed(call.query.get(name))


def _widget(row: Row) -> Row:
    is_active = bool(row["is_active_in_account"])
    template: list[Row] = row["settings_template"]
    return {
        "widget_id": row["id"],
        "widget_code": row["code"],
        "settings_template": {
            each["key"]: {
                "name": each["name"],
                "type": each["type"],
                "required": bool(each["is_required"]),
            }
            for each in template
        },
        "dp": row["is_work_with_dp"],
        "salesbot_designer": [],
        "rating": row["rating"],
        "settings": row.get("settings") or [],
        "active": int(is_active),
        "path": f"/widgets/{row['code']}",
        "new_design": True,
        "is_lead_source": row["is_lead_source"],
        "dp_ready": row["is_work_with_dp"],
    }


def save_widgets(call: LegacyCall) -> Response:
    """Install widgets and take them away."""
    _demand_admin(call)
    table = call.table("widgets")
    shown: list[Row] = []
    for name in ("install", "uninstall"):
        for item in listed(call.body.get(name)):
            row = _named(call, item if is_object(item) else {})
            if row is None:
                continue
            settings = object_at(item, "settings") if name == "install" else None
            table.change(row, {"is_active_in_account": name == "install", "settings": settings})
            shown.append(_widget(row))
    if not shown:
        raise bad_request("Widget not found")
    return answered(call, {"widgets": shown})


def _named(call: LegacyCall, item: Row) -> Row | None:
    number, code = number_of(item.get("widget_id")), item.get("widget_code")
    rows = call.table("widgets").rows.values()
    return next((row for row in rows if row["id"] == number or row["code"] == code), None)


def set_sources(call: LegacyCall) -> Response:
    """Offer channels of a widget for the button of a site."""
    _demand_admin(call)
    row = _named(call, {"widget_code": call.body.get("code")})
    services = object_at(call.body, "services")
    if row is None or not services:
        raise bad_request("Widget not found" if row is None else "Request data can not be empty")
    call.table("widgets").change(row, {"_services": dict(services)})
    return answered(call, {"code": row["code"], "services": services})


def add_calls(call: LegacyCall) -> Response:
    """Place calls at whom their phones belong to; the others are named beside."""
    items: list[Row] = []
    errors: list[Row] = []
    for given in listed(call.body.get("add")):
        item: Row = given if is_object(given) else {}
        placed = _place(call, item)
        if placed is None:
            errors.append({"msg": "Entity not found", "code": _NOBODY, "item": item})
        else:
            items.append(placed)
    if not items and not errors:
        raise bad_request("Request data can not be empty")
    embedded: Row = {"items": items}
    if errors:
        embedded["errors"] = errors
    return answered(call, {"_links": link(call.operation.path, "post"), "_embedded": embedded})


def _place(call: LegacyCall, item: Row) -> Row | None:
    taken: Row = {name: str(item[name]) for name in _CALL_KEYS if item.get(name) is not None}
    for name in _CALL_NUMBERS:
        number = number_of(item.get(name))
        if number is not None:
            taken[name] = number
    phone = str(item.get("phone_number") or "")
    taken |= {"phone": phone, "source": taken.get("source", "api")}
    taken.setdefault("duration", 0)
    exchange = call.v4("calls.create")
    exchange.body = orjson.dumps([taken])
    response = place_calls(call.engine, exchange)
    if response.status != 200:
        return None
    [shown] = orjson.loads(response.body)["_embedded"]["calls"]
    kind = {"lead": "leads", "contact": "contacts", "company": "companies"}.get(
        shown["entity_type"], "customers"
    )
    return {
        "id": shown["id"],
        "element_id": shown["entity_id"],
        "element_type": ELEMENT_NUMBERS[kind],
        "phone_number": phone,
    }


def notify_of_calls(call: LegacyCall) -> Response:
    """Show users that somebody calls; nothing else comes of it."""
    items: list[Row] = []
    for given in listed(call.body.get("add")):
        item: Row = given if is_object(given) else {}
        if item.get("type") != "phone_call" or not item.get("phone_number"):
            raise bad_request("Invalid request data")
        phone = str(item["phone_number"])
        owner = owner_of(call.account, phone)
        whose: Row = {}
        if owner is not None:
            whose = {"element_id": owner[1], "element_type": ELEMENT_NUMBERS[owner[0]]}
        items.append({**whose, "uid": call.account.ids.uuid(), "phone_number": phone})
    if not items:
        raise bad_request("Request data can not be empty")
    return saved(call, items)


def shorten(call: LegacyCall) -> Response:
    """Shorten an address."""
    url: Json = call.body.get("url")
    if not isinstance(url, str) or not url:
        raise bad_request("Request data can not be empty")
    made = call.engine.behaviour("short_links").create(
        call.v4("short_links.create"), {"url": url, "metadata": {}}
    )
    return answered(call, {"id": made["id"], "url": made["url"], "long_url": url})
