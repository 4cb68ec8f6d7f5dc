"""Links, main contacts and chat messages as amoCRM's own pages make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.links import ALLOWED, connect, disconnect
from amocrm_mockserver.behaviour.page_calls import form_of, inside, numbers_in, text_in
from amocrm_mockserver.behaviour.talks import write_into
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.message import json_response

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["send_to_chats", "set_links", "set_main_contact"]

_End = tuple[str, int]


def set_links(_engine: Engine, exchange: Exchange) -> Response:
    """Make links and undo others; what names nothing is told among the errors."""
    told: Row = {}
    asked = inside(form_of(exchange), "request", "links")
    for verb in ("link", "unlink"):
        links = _rows(inside(asked, verb))
        if not links:
            continue
        errors: list[Row] = []
        for link in links:
            ends = _ends(exchange, link)
            if ends is None:
                errors.append({"item": link})
            elif verb == "link":
                connect(exchange, *ends, _metadata(exchange, link, ends))
            else:
                disconnect(exchange, *ends)
        done = [link for link in links if {"item": link} not in errors]
        told[verb] = {"links": done, "errors": errors}
    return json_response(200, {"response": {"links": told, "server_time": exchange.now}})


def _rows(value: Json) -> list[Row]:
    if is_object(value):
        value = list(value.values())
    return [row for row in value if is_object(row)] if is_array(value) else []


def _ends(exchange: Exchange, link: Row) -> tuple[_End, _End] | None:
    """Two entities that are there and that may be linked."""
    ends: list[_End] = []
    for name in ("from", "to"):
        kind, numbers = text_in(link.get(name)), numbers_in(link.get(f"{name}_id"))
        if kind not in ALLOWED or not numbers or not exchange.account.has(kind, numbers[0]):
            return None
        ends.append((kind, numbers[0]))
    one, two = ends
    return (one, two) if two[0] in ALLOWED[one[0]] else None


def _metadata(exchange: Exchange, link: Row, ends: tuple[_End, _End]) -> Row:
    elements = [number for kind, number in ends if kind == "catalog_elements"]
    if not elements:
        return {}
    row = exchange.account.table("catalog_elements").rows[elements[0]]
    metadata: Row = {"catalog_id": row["catalog_id"]}
    try:
        quantity = float(text_in(link.get("quantity")))
    except ValueError:
        return metadata
    return {**metadata, "quantity": int(quantity) if quantity.is_integer() else quantity}


def set_main_contact(_engine: Engine, exchange: Exchange) -> Response:
    """Let another of a lead's contacts be the main one."""
    form = form_of(exchange)
    leads, contacts = numbers_in(form.get("main_id")), numbers_in(form.get("linked_id"))
    if leads and contacts:
        linked = exchange.account.links.of("leads", leads[0], "contacts")
        if contacts[0] in linked:
            ends = ("leads", leads[0]), ("contacts", contacts[0])
            connect(exchange, *ends, {"is_main": True})
            return json_response(200, {"status": "success"})
    return json_response(200, {"status": "fail"})


def send_to_chats(engine: Engine, exchange: Exchange) -> Response:
    """Write into every talk in work of these leads; a lead without one is told."""
    form = form_of(exchange)
    text, numbers = text_in(form.get("text")), numbers_in(form.get("ids"))
    talks = list(exchange.account.table("talks").rows.values())
    sent: list[int] = []
    for number in numbers if text else ():
        for talk in talks:
            about = (talk["entity_type"], talk["entity_id"])
            if talk["is_in_work"] and about == ("lead", number):
                write_into(engine, exchange, talk, text)
                sent.append(number)
    failed = [number for number in numbers if number not in sent]
    status = "success" if sent and not failed else "fail"
    return json_response(200, {"status": status, "sent": sent, "failed": failed})
