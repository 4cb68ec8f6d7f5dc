"""Incoming leads by API v2; API v4 calls them unsorted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import orjson
from attrs import evolve

from amocrm_mockserver.behaviour.unsorted import Unsorted, is_waiting
from amocrm_mockserver.behaviour.unsorted_sorting import accept as accept_one
from amocrm_mockserver.behaviour.unsorted_sorting import decline as decline_one
from amocrm_mockserver.filters import bounds, numbers, scalars
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.legacy.answers import answered, found, link
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.cards import shown_card
from amocrm_mockserver.legacy.leads import LeadWriter
from amocrm_mockserver.legacy.listing import filter_of
from amocrm_mockserver.legacy.people import CompanyWriter, ContactWriter
from amocrm_mockserver.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.legacy.cards import CardWriter
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.problems import Flaw

__all__ = [
    "accept_incoming",
    "add_forms",
    "add_sips",
    "decline_incoming",
    "find_incoming",
    "summarise_incoming",
]

_WRITERS: Final[Mapping[str, CardWriter]] = {
    "leads": LeadWriter(),
    "contacts": ContactWriter(),
    "companies": CompanyWriter(),
}
_SHOWN: Final = {"sip": "sip", "mail": "mail", "forms": "form", "chats": "chat"}
_KEYS: Final = {
    "forms": ("form_id", "form_page"),
    "sip": ("to", "from", "duration", "date_call", "service_code"),
}
"""What tells one request from another."""
_MOST: Final = 500
_MISSING: Final = "Required fields are missing"


def _inbox(call: LegacyCall) -> Unsorted:
    found_inbox = call.engine.behaviour("unsorted")
    if not isinstance(found_inbox, Unsorted):
        raise TypeError(found_inbox)
    return found_inbox


def _add(call: LegacyCall, category: str, needed: tuple[str, ...]) -> Response:
    uids: list[str] = []
    for item in listed(call.body.get("add")):
        given: Row = item if is_object(item) else {}
        info = object_at(given, "incoming_lead_info")
        if any(info.get(name) in (None, "") for name in needed):
            return _failed(call, uids, _MISSING)
        known = _known(call, category, given)
        if known is None:
            try:
                known = _take_in(call, category, given)
            except ProblemError:
                return _failed(call, uids, "Invalid request data")
        uids.append(known)
    if not uids:
        return _failed(call, uids, "Request data can not be empty")
    links = link(call.operation.path, "post")
    return answered(call, {"status": "success", "data": uids, "_links": links})


def _failed(call: LegacyCall, uids: list[str], error: str) -> Response:
    links = link(call.operation.path, "post")
    told: Row = {"status": "fail", "data": uids, "error": error, "error_code": 400}
    return answered(call, {**told, "_links": links})


def add_forms(call: LegacyCall) -> Response:
    """Take in requests by forms."""
    return _add(call, "forms", ("form_id", "form_page"))


def add_sips(call: LegacyCall) -> Response:
    """Take in requests by calls."""
    return _add(call, "sip", ("to", "from", "date_call", "service_code"))


def _known(call: LegacyCall, category: str, given: Row) -> str | None:
    """The same request, if it is there already."""
    info = object_at(given, "incoming_lead_info")
    mark = [str(info.get(name)) for name in _KEYS[category]]
    if category == "forms":
        mark.append(str(number_of(given.get("created_at"))))
    for row in call.table("unsorted").rows.values():
        if row["category"] == category and row.get("_legacy_mark") == mark:
            uid: str = row["uid"]
            return uid
    return None


def _take_in(call: LegacyCall, category: str, given: Row) -> str:
    info = object_at(given, "incoming_lead_info")
    exchange = call.v4(f"unsorted.create_{category}")
    inbox = _inbox(call)
    item: Row = {
        "source_uid": str(given.get("source_uid") or ""),
        "source_name": str(given.get("source_name") or ""),
        "metadata": _metadata(category, info),
        "_embedded": {
            kind: _parts(call, inbox, kind, given) for kind in ("leads", "contacts", "companies")
        },
    }
    pipeline = number_of(given.get("pipeline_id"))
    if pipeline in call.table("pipelines").rows:
        item["pipeline_id"] = pipeline
    created = number_of(given.get("created_at"))
    if created is not None:
        item["created_at"] = created
    row = inbox.take_in(exchange, category, item)
    mark = [str(info.get(name)) for name in _KEYS[category]]
    if category == "forms":
        mark.append(str(created))
    call.table("unsorted").change(row, {"_legacy_info": dict(info), "_legacy_mark": mark})
    uid: str = row["uid"]
    return uid


def _metadata(category: str, info: Row) -> Row:
    """What API v4 tells of the same request."""
    if category == "forms":
        names = {
            "form_id": "form_id",
            "form_name": "form_name",
            "form_page": "form_page",
            "form_send_at": "form_sent_at",
            "ip": "ip",
            "referer": "referer",
        }
        shown = {new: info[old] for old, new in names.items() if info.get(old) is not None}
        return {**shown, "form_id": str(info["form_id"])}
    shown = {
        "from": str(info.get("from", "")),
        "phone": str(info.get("from", "")),
        "called_at": number_of(info.get("date_call")) or 0,
        "duration": str(number_of(info.get("duration")) or 0),
        "link": str(info.get("link") or ""),
        "service_code": str(info.get("service_code", "")),
    }
    return {**shown, "uniq": str(info["uniq"])} if info.get("uniq") else shown


def _parts(call: LegacyCall, inbox: Unsorted, kind: str, given: Row) -> list[Row]:
    """What comes with the request, checked as new entities are."""
    writer = _WRITERS[kind]
    made: list[Row] = []
    exchange = call.v4(f"{kind}.create")
    check = call.engine.validator.check(exchange.operation.takes or "")
    for part in listed(object_at(given, "incoming_entities").get(kind)):
        flaws: list[Flaw] = []
        item = writer.v4_item(call, part if is_object(part) else {})
        taken: Row = check(item, "", flaws, call.account) or {}
        inbox.cards[kind].check(exchange, taken, None, flaws)
        made.append(taken)
    return made


def find_incoming(call: LegacyCall) -> Response:
    """List the requests that wait."""
    rows = [row for row in call.table("unsorted").rows.values() if is_waiting(call.account, row)]
    uid = call.query.get("uid")
    if isinstance(uid, str) and uid:
        rows = [row for row in rows if row["uid"] == uid]
    categories = call.query.get("categories")
    if categories:
        wanted = set(scalars(categories))
        rows = [row for row in rows if {row["category"], _SHOWN[row["category"]]} & wanted]
    pipeline = call.query.get("pipeline_id")
    if pipeline:
        rows = [row for row in rows if row["pipeline_id"] in numbers(pipeline)]
    order = call.query.get("order_by")
    if isinstance(order, dict):
        for column, way in ((str(key), tree) for key, tree in order.items()):
            if column in ("created_at", "pipeline_id", "source_name"):
                rows.sort(key=partial(_column, column), reverse=way == "desc")
    return found(call, [_incoming(call, row) for row in _page(call, rows)])


def _column(name: str, row: Row) -> str:
    return str(row[name])


def _page(call: LegacyCall, rows: list[Row]) -> list[Row]:
    """By limit_rows and limit_offset, or by page_size and page."""
    size = number_of(call.query.get("limit_rows"))
    if size:
        offset = max(number_of(call.query.get("limit_offset")) or 0, 0)
        return rows[offset : offset + min(size, _MOST)]
    size = min(number_of(call.query.get("page_size")) or _MOST, _MOST)
    start = (max(number_of(call.query.get("page")) or 1, 1) - 1) * size
    return rows[start : start + size]


def _incoming(call: LegacyCall, row: Row) -> Row:
    entities = {
        kind: [
            shown_card(call, kind, call.table(kind).rows[number])
            for number in row[f"_{kind}"]
            if number in call.table(kind).rows
        ]
        for kind in _WRITERS
    }
    return {
        "category": _SHOWN[row["category"]],
        "uid": row["uid"],
        "source_name": row["source_name"],
        "source_uid": row["source_uid"],
        "created_at": row["created_at"],
        "pipeline_id": row["pipeline_id"],
        "incoming_lead_info": row.get("_legacy_info") or _info(row),
        "incoming_entities": {kind: cards for kind, cards in entities.items() if cards},
        "_links": link(f"/api/v2/incoming_leads?uid={row['uid']}"),
    }


def _info(row: Row) -> Row:
    """What API v2 tells of a request that API v4 has made."""
    metadata: Row = row["metadata"]
    if row["category"] != "sip":
        return metadata
    return {
        "from": metadata.get("from", ""),
        "to": metadata.get("phone", ""),
        "date_call": metadata.get("called_at", row["created_at"]),
        "duration": metadata.get("duration", 0),
        "link": metadata.get("link", ""),
        "service_code": metadata.get("service_code", ""),
    }


def accept_incoming(call: LegacyCall) -> Response:
    """Accept requests; what was made is named by uid."""
    return _sort(call, "accept", accept_one, _made)


def decline_incoming(call: LegacyCall) -> Response:
    """Decline requests."""
    return _sort(call, "decline", decline_one, lambda _row: False)


def _made(row: Row) -> Json:
    return {kind: row[f"_{kind}"] for kind in _WRITERS}


def _sort(
    call: LegacyCall,
    name: str,
    carry_out: Callable[[Engine, Exchange], Response],
    told: Callable[[Row], Json],
) -> Response:
    given = {key: number_of(call.body.get(key)) for key in ("user_id", "status_id")}
    if name == "decline":
        given.pop("status_id")
    body = orjson.dumps({key: number for key, number in given.items() if number})
    data: Row = {}
    error = None
    for uid in map(str, listed(call.body.get(name))):
        row = call.table("unsorted").rows.get(uid)
        exchange = evolve(call.v4(f"unsorted.{name}"), variables={"uid": uid}, body=body)
        try:
            carry_out(call.engine, exchange)
        except ProblemError:
            error = "Incoming lead not found"
            continue
        data[uid] = told(row or {})
    links = link(call.operation.path, "post")
    if error is not None and not data:
        told_error: Row = {"status": "fail", "data": {}, "error": error, "error_code": 282}
        return answered(call, {**told_error, "_links": links})
    return answered(call, {"status": "success", "data": data, "_links": links})


def summarise_incoming(call: LegacyCall) -> Response:
    """Count requests by category, and how long they waited."""
    span = filter_of(call).get("date")
    low, high = bounds(span, since=False) if span is not None else (None, None)
    rows = [
        row
        for row in call.table("unsorted").rows.values()
        if (low is None or row["created_at"] >= low) and (high is None or row["created_at"] <= high)
    ]
    counts = {name: sum(row["category"] == name for row in rows) for name in _SHOWN}
    waits = [row["_sorted_at"] - row["created_at"] for row in rows if row["_sorted_at"]]
    return answered(
        call,
        {
            "_links": link(call.operation.path),
            "sip": counts["sip"],
            "mail": counts["mail"],
            "form": counts["forms"],
            "forms": counts["forms"],
            "chat": counts["chats"],
            "total": len(rows),
            "accepted": sum(row["_state"] == "accepted" for row in rows),
            "avg_time": sum(waits) // len(waits) if waits else 0,
        },
    )
