"""Performs an operation by its traits, as the generated method would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from amocrm_gen.actions.requests import call_of, operation_of
from amocrm_gen.runtime.files.download import download
from amocrm_gen.runtime.files.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.actions.layout import Layout
    from amocrm_gen.runtime.call import Call, Operation, Page
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["invoke"]

_SILENT: Final = frozenset({"linked_page", "member_page"})
"""Envelopes that do not say whether there is a next page."""


def invoke(amo: AmoCRM, layout: Layout, given: JsonObject) -> JsonValue:
    """Send what a checked input says, and return the output.

    Raises what the client raises: `ApiError` and its kinds, `BatchError` of a list of which some
    items were not written, `TransportError`.
    """
    operation = operation_of(layout)
    if layout.is_fetched:
        return _fetched(amo, layout, operation, given)
    if layout.is_paged:
        return _listed(amo, layout, operation, given)
    if layout.is_batch and "items" in given:
        return {"items": _written(amo, layout, operation, given)}
    answer = amo.send(call_of(layout, operation, given))
    return {"items": answer} if layout.is_listed else answer


def _fetched(amo: AmoCRM, layout: Layout, operation: Operation, given: JsonObject) -> JsonValue:
    path = Path(str(given["to"])).expanduser()
    call = call_of(layout, operation, given)
    address = f"{call.path}?{urlencode(call.query)}" if call.query else call.path
    target = Target(path, None)
    size = amo.perform(lambda session: download(session, operation, address, target, None))
    return {"path": str(path), "size": size}


def _listed(amo: AmoCRM, layout: Layout, operation: Operation, given: JsonObject) -> JsonValue:
    pages = layout.described.traits["paginated"]
    page: Any = given.get("page", 1)  # Any: integers, as the schema has seen to
    size: Any = given.get("page_size")  # Any: as above
    limit: Any = given.get("limit")  # Any: as above

    def make(number: int, length: int) -> Call[Page[JsonValue]]:
        call = call_of(layout, operation, given, page=(number, length))
        return cast("Call[Page[JsonValue]]", call)

    if limit is not None or given.get("all"):
        walked = amo.paginate(make, operation=operation, limit=limit, page_size=size, page=page)
        return {"items": list(walked)}
    size = size or pages["default"]
    found = amo.send(make(page, size))
    is_last = len(found.items) < size if operation.envelope in _SILENT else not found.next_href
    if is_last or not found.items:
        return {"items": found.items}
    return {"items": found.items, "next_page": page + 1}


def _written(
    amo: AmoCRM, layout: Layout, operation: Operation, given: JsonObject
) -> list[JsonValue]:
    def make(items: Sequence[JsonValue]) -> Call[list[JsonValue]]:
        call = call_of(layout, operation, {**given, "items": list(items)})
        return cast("Call[list[JsonValue]]", call)

    items = cast("list[JsonValue]", given["items"])
    if len(items) == 1:
        # Of one item alone, its own error is raised.
        return [cast("JsonValue", amo.write(make, items[0], operation=operation))]
    written = amo.write(make, items, operation=operation)
    return cast("list[JsonValue]", written)
