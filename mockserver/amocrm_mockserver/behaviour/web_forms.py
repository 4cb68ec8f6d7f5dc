"""Web forms on other people's sites: what visitors send becomes an incoming lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.notes import add_note
from amocrm_mockserver.behaviour.page_calls import as_of, form_of, inside, text_in
from amocrm_mockserver.behaviour.page_values import read_field
from amocrm_mockserver.behaviour.unsorted import Unsorted
from amocrm_mockserver.body import read_json
from amocrm_mockserver.brackets import decode, encode
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.message import json_response
from amocrm_mockserver.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["submit_form"]

_KINDS: Final[Mapping[str, str]] = {"1": "contacts", "2": "leads", "3": "companies"}
"""The last part of a field's name."""
_PLAIN: Final = frozenset({"name", "price"})


def submit_form(engine: Engine, exchange: Exchange) -> Response:
    """Take a form in; fields that the account does not know are passed over."""
    form = _form(exchange)
    number, mark = text_in(form.get("form_id")), text_in(form.get("hash"))
    if not number or not mark:
        return json_response(400, {"status": "fail", "message": "form_id and hash are required"})
    inbox = engine.behaviour("unsorted")
    if not isinstance(inbox, Unsorted):
        raise TypeError(inbox)
    metadata: Row = {
        "form_id": number,
        "form_name": number,
        "form_page": _referer(form),
        "ip": "127.0.0.1",
        "form_sent_at": exchange.now,
        "referer": _referer(form),
    }
    if text_in(form.get("visitor_uid")):
        metadata["visitor_uid"] = text_in(form["visitor_uid"])
    parts, note = _parts(exchange, form.get("fields"))
    item: Row = {
        "source_uid": mark,
        "source_name": number,
        "metadata": metadata,
        "_embedded": {kind: [part] for kind, part in parts.items()},
    }
    row = inbox.take_in(as_of(exchange, "unsorted.create_forms"), "forms", item)
    if note:
        add_note(exchange, ("leads", row["_leads"][0]), "common", {"text": note})
    return json_response(200, {"status": "success"})


def _parts(exchange: Exchange, fields: Json) -> tuple[dict[str, Row], str]:
    """The lead, contact and company of the fields, and the note."""
    parts: dict[str, Row] = {}
    note = ""
    for name, value in fields.items() if is_object(fields) else ():
        key, _, place = str(name).rpartition("_")
        kind = _KINDS.get(place)
        if key == "note":
            note = text_in(value)
        elif kind is not None and key in _PLAIN:
            _set_plain(parts.setdefault(kind, {}), kind, key, text_in(value))
        elif kind is not None:
            values: Row = {}
            chosen = value.items() if is_object(value) else [(None, value)]
            for enum, text in chosen:
                for field, more in read_field(exchange, kind, key, text, enum).items():
                    values[field] = [*values.get(field, ()), *(more or ())]
            held = parts.setdefault(kind, {}).setdefault("_values", {})
            held.update(values)
    return parts, note


def _set_plain(part: Row, kind: str, key: str, text: str) -> None:
    if key == "name" and text:
        part["name"] = text
    elif kind == "leads" and text.isascii() and text.isdecimal():
        part["price"] = int(text[:15])


def _referer(form: Mapping[int | str, Json]) -> str:
    """The page that the visitor was on, out of a text that is JSON or the page itself."""
    text = text_in(form.get("user_origin"))
    try:
        value = read_json(text.encode())
    except ProblemError:
        return text
    return text_in(inside(value, "referer"))


def _form(exchange: Exchange) -> dict[int | str, Json]:
    """The form, also where a browser has sent it in parts."""
    body = exchange.body
    if not body.startswith(b"--"):
        return form_of(exchange)
    mark, _, _ = body.partition(b"\r\n")
    pairs: dict[int | str, str] = {}
    for part in body.split(mark)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        _, _, name = head.partition(b'name="')
        text = value.removesuffix(b"\r\n").decode("utf-8", "replace")
        pairs[name.partition(b'"')[0].decode("utf-8", "replace")] = text
    return {**decode(encode(dict(pairs)))}
