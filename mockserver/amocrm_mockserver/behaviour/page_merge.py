"""Finds leads that seem to be the same, and makes one of several."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_OID, uuid5

import orjson

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.duplicates import email_form, phone_form
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.page_calls import (
    as_of,
    form_of,
    inside,
    numbers_in,
    text_in,
    trash,
)
from amocrm_mockserver.behaviour.page_deletion import delete_task, wrong_shape
from amocrm_mockserver.behaviour.page_values import values_of
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.message import json_response
from amocrm_mockserver.problems import unknown_page
from amocrm_mockserver.state import is_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["change_many", "find_duplicates", "merge", "preview_merge"]

_KINDS: Final[Mapping[int, str]] = {
    1: "contacts",
    2: "leads",
    3: "companies",
    4: "tasks",
    12: "customers",
    17: "contacts",
}
_LISTED: Final[Mapping[str, str]] = {"CONTACTS": "contacts", "LEADS": "leads"}
_FEW: Final = 2
"""What is merged is at least so many."""


def find_duplicates(_engine: Engine, exchange: Exchange) -> Response:
    """Leads whose contacts share a phone or an e-mail: one group of them."""
    groups = list(_groups(exchange.account))
    told: Row = {"total": len(groups)} if "count" in exchange.wanted else {}
    if not groups:
        return json_response(200, {**told, "double": None})
    leads, contacts = groups[0]
    named = f"{exchange.account.subdomain}/{leads}"
    uuids = [str(uuid5(NAMESPACE_OID, named))]
    double = {"leads": leads, "contacts": contacts, "group_uuids": uuids}
    return json_response(200, {**told, "double": double})


def _groups(account: Account) -> Iterator[tuple[list[int], list[int]]]:
    known: dict[str, list[int]] = {}
    for row in account.table("contacts").rows.values():
        if is_shown(row):
            for mark in _marks(account, row):
                known.setdefault(mark, []).append(row["id"])
    leads = account.table("leads").rows
    seen: set[tuple[int, ...]] = set()
    for contacts in known.values():
        linked = {
            number
            for contact in contacts
            for number in account.links.of("contacts", contact, "leads")
            if is_shown(leads[number])
        }
        found = sorted(linked)
        if len(found) >= _FEW and tuple(found) not in seen:
            seen.add(tuple(found))
            yield found, sorted(contacts)


def _marks(account: Account, row: Row) -> set[str]:
    by_code = field_directory(account, "contacts").by_code
    marks: set[str] = set()
    for code, form in (("PHONE", phone_form), ("EMAIL", email_form)):
        field = by_code.get(code)
        held: list[Row] = row["_values"].get(str(field["id"]), []) if field else []
        marks |= {f"{code}/{text}" for value in held if (text := form(account, value["value"]))}
    return marks


def preview_merge(_engine: Engine, exchange: Exchange) -> Response:
    """The fields of what may be merged, and the values of each."""
    kind = _merged_kind(exchange)
    rows = _rows(exchange, kind, form_of(exchange).get("id"))
    if len(rows) < _FEW:
        return json_response(200, {"status": "fail", "response": {}})
    fields: Row = {}
    values: Row = {}
    for row in rows:
        for key, name, shown in _comparable(exchange, kind, row):
            fields[key] = name
            values.setdefault(key, {})[str(row["id"])] = {"values": shown}
    told = {
        "elements": [row["id"] for row in rows],
        "compare_fields": fields,
        "compare_values": values,
    }
    return json_response(200, {"status": "success", "response": told})


def _merged_kind(exchange: Exchange) -> str:
    """What is merged; nobody has seen companies merged, but their page can do it."""
    kind = exchange.operation.over["entity_type"]
    if kind == "companies" and exchange.account.guesses.refuses("merges.companies"):
        raise unknown_page()
    return kind


def _rows(exchange: Exchange, kind: str, asked: Json) -> list[Row]:
    rows = exchange.account.table(kind).rows
    found = (rows.get(number) for number in numbers_in(asked))
    return [row for row in found if row is not None and is_shown(row)]


def _comparable(
    exchange: Exchange, kind: str, row: Row
) -> Iterator[tuple[str, str, list[Mapping[str, Json]]]]:
    account = exchange.account
    created = datetime.fromtimestamp(row["created_at"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    plain = [("NAME", row["name"]), ("MAIN_USER_ID", row["responsible_user_id"])]
    plain.append(("DATE_CREATE", created))
    if kind == "leads":
        plain += [("PRICE", row["price"]), ("STATUS", row["status_id"])]
    for key, value in plain:
        yield key, key, [{"value": str(value), "label": str(value)}]
    tags = account.table(f"tags:{kind}").rows
    named = [tags[number] for number in row["_tags"]]
    yield "TAGS", "TAGS", [{"value": tag["id"], "label": tag["name"]} for tag in named]
    key, other = ("CONTACTS", "contacts") if kind == "leads" else ("LEADS", "leads")
    linked = list(account.links.of(kind, row["id"], other))
    yield key, key, [{"value": {str(number): {"id": number}}, "label": ""} for number in linked]
    for field in field_values.show(account, kind, row) or ():
        is_many = field["field_type"] == "multitext"
        shown = [_choice(value, is_many=is_many) for value in field["values"]]
        yield f"cfv_{field['field_id']}", field["field_name"], shown


def _choice(value: Row, *, is_many: bool) -> Mapping[str, Json]:
    text = text_in(value.get("value"))
    if not is_many:
        return {"value": value.get("enum_id", text), "label": text}
    written = orjson.dumps({"DESCRIPTION": str(value["enum_id"]), "VALUE": text}).decode()
    return {"value": written, "label": text, "checked": True}


def merge(engine: Engine, exchange: Exchange) -> Response:
    """Give one of several what all have, and move the others to the trash."""
    kind = _merged_kind(exchange)
    form = form_of(exchange)
    result = form.get("result_element")
    rows = _rows(exchange, kind, form.get("id"))
    [main, *_] = [*_rows(exchange, kind, inside(result, "ID")), None]
    if main is None or main not in rows or len(rows) < _FEW:
        return wrong_shape()
    others = [row for row in rows if row["id"] != main["id"]]
    item = values_of(exchange, kind, result, main, others)
    engine.behaviour(kind).update(as_of(exchange, f"{kind}.update_one"), main, item)
    for other in others:
        _hand_over(exchange, kind, main["id"], other["id"], result)
        trash(exchange, kind, other["id"])
    record(exchange, "entity_merged", kind, main["id"])
    return _job(exchange)


def _hand_over(exchange: Exchange, kind: str, main: int, other: int, result: Json) -> None:
    """The links, notes and tasks of one are the other's from now on."""
    account = exchange.account
    chosen = {known: inside(result, key) for key, known in _LISTED.items()}
    for linked, number, metadata in list(account.links.every(kind, other)):
        account.links.part((kind, other), (linked, number))
        wanted = chosen.get(linked)
        held = account.links.of(kind, main, linked)
        is_second = linked == "companies" and bool(held)
        if (wanted is None or number in numbers_in(wanted)) and not is_second:
            kept = {key: value for key, value in metadata.items() if key != "main_contact"}
            connect(exchange, (kind, main), (linked, number), kept)
    for table, fixed in ((f"notes:{kind}", {}), ("tasks", {"entity_type": kind})):
        held_rows = account.table(table)
        for row in list(held_rows.rows.values()):
            is_of_it = all(row[name] == value for name, value in fixed.items())
            if is_of_it and row["entity_id"] == other:
                held_rows.change(row, {"entity_id": main})


def change_many(engine: Engine, exchange: Exchange) -> Response:
    """Delete many entities, or give them to another user."""
    actions = inside(form_of(exchange), "request", "multiactions", "add")
    listed: list[Json] = list(actions.values()) if is_object(actions) else actions
    if not is_array(listed) or not listed:
        return wrong_shape()
    todo = [(_kind(action), numbers_in(inside(action, "ids")), action) for action in listed]
    if not all(kind and _is_known(action) for kind, _, action in todo):
        return wrong_shape()
    for kind, numbers, action in todo:
        for number in numbers:
            _act(engine, exchange, (kind, number), inside(action, "data", "data"))
    return _job(exchange)


def _kind(action: Json) -> str:
    [number, *_] = [*numbers_in(inside(action, "entity_type")), 0]
    return _KINDS.get(number, "")


def _is_known(action: Json) -> bool:
    data = inside(action, "data", "data")
    return inside(data, "ACTION") == "DELETE" or bool(numbers_in(inside(data, "MAIN_USER_ID")))


def _act(engine: Engine, exchange: Exchange, entity: tuple[str, int], data: Json) -> None:
    kind, number = entity
    if inside(data, "ACTION") == "DELETE":
        if kind == "tasks":
            delete_task(engine, exchange, number)
        else:
            trash(exchange, kind, number)
        return
    row = exchange.account.table(kind).rows.get(number)
    [user, *_] = numbers_in(inside(data, "MAIN_USER_ID"))
    if row is not None and user in exchange.account.users:
        acting = as_of(exchange, f"{kind}.update_one")
        engine.behaviour(kind).update(acting, row, {"responsible_user_id": user})


def _job(exchange: Exchange) -> Response:
    """A job that was begun, and that is done already."""
    jobs = {"data": [{"job_id": exchange.account.next_id("jobs")}]}
    body = {"response": {"multiactions": {"set": jobs}}}
    return json_response(exchange.operation.status, body)
