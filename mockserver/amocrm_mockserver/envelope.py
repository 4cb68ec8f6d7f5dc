"""Wraps what is shown into the envelopes of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.brackets import encode
from amocrm_mockserver.message import HAL, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.selection import Page

__all__ = ["HAL_HEADERS", "NOTHING", "hal", "listed", "operation_url", "written"]

NOTHING: Final = Response(204)
"""Done, or nothing found: no body and no content type."""

HAL_HEADERS: Final = (("Content-Type", HAL),)
"""Of a good answer of the account's own host."""
_VARIABLE: Final = re.compile(r"\{(\w+)\}")


def hal(status: int, value: Json) -> Response:
    """A successful answer of the API."""
    return Response(status, HAL_HEADERS, orjson.dumps(value))


def operation_url(exchange: Exchange) -> str:
    """The address of the method called, without a query."""
    variables = exchange.variables
    if not variables:
        return exchange.origin + exchange.operation.path
    path = _VARIABLE.sub(lambda found: str(variables[found[1]]), exchange.operation.path)
    return exchange.origin + path


def listed(exchange: Exchange, page: Page, rows: list[Json], *, linked: bool = True) -> Response:
    """A list: paged, paged with totals, or whole; without any row it is 204 where that is said.

    `linked` is false for the few whole lists that have no `_links`.
    """
    operation = exchange.operation
    if not rows and operation.empty:
        return NOTHING
    embedded = {operation.key: rows}
    if operation.envelope == "page":
        links = _page_links(exchange, page)
        return hal(200, {"_page": page.number, "_links": links, "_embedded": embedded})
    if operation.envelope == "page_total":
        return hal(
            200,
            {
                "_total_items": page.total,
                "_page": page.number,
                "_page_count": -(-page.total // page.size) if page.size else 1,
                "_links": _page_links(exchange, page),
                "_embedded": embedded,
            },
        )
    if operation.envelope in ("member", "member_page"):
        return hal(200, embedded)
    if operation.envelope == "count_page":
        return hal(
            200,
            {
                "_count": len(rows),
                "_links": _page_links(exchange, page),
                "_embedded": embedded,
            },
        )
    body: Row = {"_total_items": page.total}
    if operation.envelope == "count":
        body = {"_count": len(rows)}
    if operation.envelope in ("embedded", "linked_page", "written"):
        body = {}
    if linked and operation.envelope != "embedded":
        body["_links"] = {"self": {"href": operation_url(exchange)}}
    return hal(200, {**body, "_embedded": embedded})


def _page_links(exchange: Exchange, page: Page) -> Row:
    url, query = operation_url(exchange), exchange.query
    links: Row = {"self": _page_link(url, query, page.number, page.size)}
    if page.more:
        links["next"] = _page_link(url, query, page.number + 1, page.size)
    if page.number > 1:
        links["first"] = _page_link(url, query, 1, page.size)
        links["prev"] = _page_link(url, query, page.number - 1, page.size)
    return links


def _page_link(url: str, query: Query, number: int, size: int) -> Row:
    echoed: Query = {**query, "page": str(number), "limit": str(size)}
    return {"href": f"{url}?{encode(echoed)}"}


def written(exchange: Exchange, rows: list[Row], *, linked: bool = True) -> Response:
    """What a write of several items answers."""
    operation = exchange.operation
    if operation.envelope == "none":
        return NOTHING
    if operation.envelope == "array":
        return hal(operation.status, rows)
    if operation.envelope == "item":
        return hal(operation.status, rows[0])
    return hal(operation.status, _many_written(exchange, rows, linked=linked))


def _many_written(exchange: Exchange, rows: list[Row], *, linked: bool) -> Row:
    operation = exchange.operation
    embedded: Mapping[str, Json] = {operation.key: rows}
    links = {"_links": {"self": {"href": operation_url(exchange)}}}
    if operation.envelope == "embedded":
        return {"_embedded": embedded}
    if operation.envelope == "written":
        return {**links, "_embedded": embedded}
    total = {"_total_items": len(rows)}
    if operation.envelope == "list_total" and linked:
        return {**total, **links, "_embedded": embedded}
    return {**total, "_embedded": embedded}
