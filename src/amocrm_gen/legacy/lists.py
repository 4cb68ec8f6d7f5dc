"""Lists of API v2 as plain JSON: items, whole answers, pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast, overload

from amocrm_gen.objects.base import items_of
from amocrm_gen.runtime.encode import http_date

if TYPE_CHECKING:
    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["get_items", "read_list"]


def get_items(answer: object) -> "list[JsonObject] | None":
    """Return the items of an answer of API v2; None where it has none."""
    return items_of(answer) or None


@overload
def read_list(
    client: "Client",
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    modified_since: datetime | int | None = None,
    whole: Literal[False] = False,
) -> "list[JsonObject] | None": ...
@overload
def read_list(
    client: "Client",
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    modified_since: datetime | int | None = None,
    whole: Literal[True],
) -> "JsonObject | None": ...
def read_list(
    client: "Client",
    path: str,
    params: Mapping[str, object] | None = None,
    *,
    modified_since: datetime | int | None = None,
    whole: bool = False,
) -> "list[JsonObject] | JsonObject | None":
    """Ask for one page of a list.

    Args:
        client: The account's client.
        path: The list: "/api/v2/leads".
        params: Filters, as the API has them.
        modified_since: Only what was changed since then; a moment or unix seconds.
        whole: Give the whole answer instead of its items.

    Returns:
        The items or the answer; None where nothing was found.
    """
    since = http_date(modified_since)
    headers = {"If-Modified-Since": since} if since else None
    answer: JsonValue = client.request("GET", path, query=params or {}, headers=headers)
    if whole:
        return cast("JsonObject | None", answer)
    return get_items(answer)
