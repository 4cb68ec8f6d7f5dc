"""Deletes what the API cannot: cards, tasks, notes, customers, catalogs and their elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.links import touch
from amocrm_mockserver.behaviour.page_calls import as_of, form_of, inside, numbers_in, trash
from amocrm_mockserver.jsonvalue import Json, is_array
from amocrm_mockserver.message import html_response, json_response
from amocrm_mockserver.problems import invalid_without_item, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.message import Response

__all__ = [
    "delete_cards",
    "delete_catalog",
    "delete_customers",
    "delete_element",
    "delete_elements",
    "delete_from_feed",
    "delete_lead",
    "delete_pipeline",
    "delete_task",
    "delete_whole_catalog",
    "wrong_shape",
]

_NOTED: Final = ("leads", "contacts", "companies", "customers")
_UNKNOWN: Final = 282
_MODE_OFF: Final = 426
_WRONG_SHAPE: Final = "222"
_FAILED_PAGE: Final = "<html><head><title>500</title></head><body><h1>500</h1></body></html>"
_TEXTS: Final[Mapping[bool, Mapping[str, str]]] = {
    True: {
        "done": "Удалено",
        "leads": "Недостаточно прав для удаления сделки",
        "contacts": "Недостаточно прав для удаления контакта",
    },
    False: {
        "done": "Deleted",
        "leads": "Not enough rights to delete the lead",
        "contacts": "Not enough rights to delete the contact",
    },
}
"""By whether the account speaks Russian. Companies are called contacts."""


def delete_cards(_engine: Engine, exchange: Exchange) -> Response:
    """Move leads, contacts or companies to the trash; those that are there refuse."""
    kind = exchange.operation.over["entity_type"]
    numbers = numbers_in(form_of(exchange).get("ID"))
    refused = [number for number in numbers if not trash(exchange, kind, number)]
    texts = _TEXTS[exchange.account.speaks_russian]
    if numbers and not refused:
        return json_response(200, {"status": "success", "message": texts["done"]})
    said = texts["leads" if kind == "leads" else "contacts"]
    errors = [said] * max(len(refused), 1)
    return json_response(200, {"status": "fail", "errors": errors, "message": said})


def delete_lead(_engine: Engine, exchange: Exchange) -> Response:
    """Move one lead to the trash."""
    numbers = numbers_in(form_of(exchange).get("ID"))[:1]
    done = [number for number in numbers if trash(exchange, "leads", number)]
    status = "ok" if done else "fail"
    return json_response(
        200 if done else 400, {"status": status, "id": numbers[0] if numbers else 0}
    )


def delete_from_feed(engine: Engine, exchange: Exchange) -> Response:
    """Delete a task, a note or a call, which is a note."""
    form = form_of(exchange)
    [number, *_] = [*numbers_in(form.get("ID")), 0]
    action: Json = form.get("ACTION")
    if action == "NOTE_DELETE":
        status = "ok" if _delete_note(exchange, number) else "no note"
        return json_response(200, {"status": status, "id": number})
    if action == "TASK_DELETE" and delete_task(engine, exchange, number):
        return json_response(200, {"status": "ok", "id": number})
    return json_response(400, {"status": "fail", "id": number})


def delete_task(engine: Engine, exchange: Exchange, number: int) -> bool:
    """Delete a task; False when there is none."""
    row = exchange.account.table("tasks").rows.get(number)
    if row is None:
        return False
    engine.behaviour("tasks").delete(as_of(exchange, "tasks.update_one"), row)
    return True


def _delete_note(exchange: Exchange, number: int) -> bool:
    for kind in _NOTED:
        table = exchange.account.table(f"notes:{kind}")
        row = table.rows.get(number)
        if row is not None:
            table.remove(row)
            told: Json = {"note": {"id": number}}
            if row["note_type"] == "common":
                name = "common_note_deleted"
                side = exchange.account.guesses["events.note_deleted_value"]
                before, after = (None, [told]) if side == "value_after" else ([told], None)
                record(exchange, name, kind, row["entity_id"], before=before, after=after)
            touch(exchange, (kind, row["entity_id"]))
            return True
    return False


def delete_customers(_engine: Engine, exchange: Exchange) -> Response:
    """Move customers to the trash."""
    asked = inside(form_of(exchange), "request", "customers", "delete")
    numbers = numbers_in(asked)
    if not numbers:
        return wrong_shape()
    is_off = exchange.account.row["customers_mode"] in {"disabled", "unavailable"}
    done: Row = {}
    errors: list[Row] = []
    for number in numbers:
        if is_off or not trash(exchange, "customers", number):
            errors.append({"id": number, "code": _MODE_OFF if is_off else _UNKNOWN})
        else:
            done[str(number)] = {"id": number}
    return _answer("customers", done, errors)


def delete_catalog(engine: Engine, exchange: Exchange) -> Response:
    """Delete one catalog with all that is in it; several at once are too much for amoCRM."""
    asked = inside(form_of(exchange), "request", "catalogs", "delete")
    if is_array(asked):
        return html_response(500, _FAILED_PAGE)
    numbers = numbers_in(asked) if isinstance(asked, str | int) else []
    if not numbers:
        return wrong_shape()
    row = exchange.account.table("catalogs").rows.get(numbers[0])
    if row is None or not row["can_be_deleted"]:
        return _answer("catalogs", {}, [{"id": numbers[0], "code": _UNKNOWN}])
    delete_whole_catalog(engine, as_of(exchange, "catalogs.update_one"), row)
    done: Row = {str(row["id"]): {"id": row["id"], "name": row["name"]}}
    return _answer("catalogs", done, [])


def delete_whole_catalog(engine: Engine, exchange: Exchange, row: Row) -> None:
    """Delete a catalog with its elements, which no card has any more, and its fields."""
    for element in list(exchange.account.table("catalog_elements").rows.values()):
        if element["catalog_id"] == row["id"] and not element["is_deleted"]:
            delete_element(exchange, element)
    _forget_fields(exchange.account, row["id"])
    engine.behaviour("catalogs").delete(exchange, row)


def _forget_fields(account: Account, catalog_id: int) -> None:
    for name in ("catalog_custom_fields", "catalog_custom_field_groups"):
        table = account.table(name)
        for row in [row for row in table.rows.values() if row["catalog_id"] == catalog_id]:
            table.remove(row)
    account.redefine()


def delete_elements(_engine: Engine, exchange: Exchange) -> Response:
    """Delete elements of catalogs; cards are not linked with them any more."""
    numbers = numbers_in(inside(form_of(exchange), "request", "catalog_elements", "delete"))
    if not numbers:
        return wrong_shape()
    rows = exchange.account.table("catalog_elements").rows
    done: Row = {}
    errors: list[Row] = []
    for number in numbers:
        row = rows.get(number)
        if row is None or row["is_deleted"]:
            errors.append({"id": number, "code": _UNKNOWN})
        else:
            delete_element(exchange, row)
            done[str(number)] = {"id": number, "name": row["name"]}
    return _answer("catalog_elements", done, errors)


def delete_element(exchange: Exchange, row: Row) -> None:
    """Delete an element of a catalog; no card has it any more."""
    account = exchange.account
    element = ("catalog_elements", row["id"])
    for kind, number, _ in list(account.links.every(*element)):
        account.links.part((kind, number), element)
    by = exchange.caller.user_id
    changes = {"is_deleted": True, "updated_at": exchange.now, "updated_by": by}
    account.table("catalog_elements").change(row, changes)
    exchange.tell("catalog_elements", "delete", row)


def delete_pipeline(engine: Engine, exchange: Exchange) -> Response:
    """Delete a pipeline, as the API does."""
    numbers = numbers_in(inside(form_of(exchange), "request", "id"))
    row = exchange.account.table("pipelines").rows.get(numbers[0]) if numbers else None
    if row is None:
        raise invalid_without_item([unsupported("id")])
    engine.behaviour("pipelines").delete(as_of(exchange, "pipelines.delete"), row)
    return json_response(200, {"response": {str(row["id"]): True, "server_time": exchange.now}})


def wrong_shape() -> Response:
    """What is answered to a body that lacks what it should hold."""
    said = {"error": "Некорректный запрос", "error_code": _WRONG_SHAPE}
    return json_response(400, {"response": said})


def _answer(kind: str, done: Row, errors: list[Row]) -> Response:
    told = {kind: {"delete": {kind: done, "errors": errors}}}
    return json_response(200, {"response": told})
