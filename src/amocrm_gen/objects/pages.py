"""Reads lists of API v2 page by page, as plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast, overload

from amocrm_gen.objects.base import items_of
from amocrm_gen.objects.defaults import MOST_ROWS, defaults_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["pages"]

_BY_NUMBER = frozenset({"/api/v2/catalog_elements"})
"""Lists whose pages have numbers; all others count rows."""


@overload
def pages(
    client: Client,
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    size: int | None = None,
    whole: Literal[False] = False,
) -> Iterator[list[JsonObject]]: ...
@overload
def pages(
    client: Client,
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    size: int | None = None,
    whole: Literal[True],
) -> Iterator[JsonObject]: ...
def pages(
    client: Client,
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    size: int | None = None,
    whole: bool = False,
) -> Iterator[list[JsonObject] | JsonObject]:
    """Go through the pages of a list; nothing is asked before the first step.

    Args:
        client: The account's client.
        path: The list: "/api/v2/leads".
        params: Filters; `limit_offset` or `page` says where to begin.
        size: Rows on a page, at most 500; left out, as the account's settings say, or 500.
        whole: Give whole answers instead of lists of items.

    Returns:
        An iterator that ends on 204, on an empty page, or after a page that is not full.
    """
    if size is None:
        size = defaults_of(client).page_size
    if not 1 <= size <= MOST_ROWS:
        raise ValueError(f"size is {size}; a page has 1 to {MOST_ROWS} rows")
    query = dict(params or {})
    by_number = path in _BY_NUMBER
    name = "page" if by_number else "limit_offset"
    place = int(str(query.get(name) or (1 if by_number else 0)))
    while True:
        more: dict[str, object] = {name: place}
        if not by_number:
            more = {"limit_rows": size, name: place}
        answer = client.request("GET", path, query={**query, **more})
        items = items_of(answer)
        if not items:
            return
        yield cast("JsonObject", answer) if whole else items
        if not by_number and len(items) < size:
            return
        place += 1 if by_number else size
