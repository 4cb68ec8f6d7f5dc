"""The envelopes of API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.message import HAL, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall

__all__ = ["answered", "found", "link", "related", "saved"]


def answered(call: LegacyCall, value: Json) -> Response:
    """A good answer; a header tells the time in which it was made."""
    headers = (("Content-Type", HAL), ("Runtime-Timestamp", str(call.now)))
    return Response(200, headers, orjson.dumps(value))


def link(href: str, method: str = "get") -> Row:
    """A `_links` member that leads to a thing."""
    return {"self": {"href": href, "method": method}}


def found(call: LegacyCall, items: Json, key: str = "items") -> Response:
    """A list; 204 when it is empty."""
    if not items:
        return NOTHING
    query = f"?{call.request.query}" if call.request.query else ""
    links = link(call.operation.path + query)
    return answered(call, {"_links": links, "_embedded": {key: items}})


def saved(call: LegacyCall, items: Json, errors: Mapping[str, Json] | None = None) -> Response:
    """What became of a write: those that are saved, and what is wrong with the others."""
    embedded: Row = {"items": items}
    if errors:
        embedded["errors"] = errors
    return answered(call, {"_links": link(call.operation.path, "post"), "_embedded": embedded})


def related(path: str, numbers: Iterable[int]) -> Row:
    """Entities that belong to one; an empty object when there are none."""
    ids = list(numbers)
    if not ids:
        return {}
    return {"id": ids, "_links": link(f"/api/v2/{path}?id={','.join(map(str, ids))}")}
