"""An answer in place of amoCRM's, to a request that was not sent."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen
from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runs.draft import Draft
from amocrm_gen.runs.route import Document, Route, find_route
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.unset import UNSET

__all__ = ["StandIn", "stand_in_for"]

_UPLOAD: Final = "/v1.0/sessions/upload/"
_MARK: Final = "rehearsal-"
"""The token of an upload that is not made; after it stand the bytes that are not sent yet."""


@frozen
class StandIn:
    """An answer that was made up: each item that was sent, with an id of its own or a negative."""

    status: int
    body: bytes = field(repr=False)


def stand_in_for(
    method: str, url: str, body: bytes | None, *, now: int, fresh: Callable[[], int]
) -> StandIn:
    """Answer a request as the contract says; `fresh` gives ids that no entity has."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    document, route, variables = find_route(method, parts.path)
    sent = _json(body)
    if route is None:
        return StandIn(200, dumps(sent))
    if route.schema is None:
        return StandIn(route.status, b"")
    draft = Draft(
        document=document,
        now=now,
        fresh=fresh,
        move=lambda address: origin + urlsplit(address).path,
    )
    known: dict[str, object] = {
        **route.over,
        **{name: int(text) if text.isdecimal() else text for name, text in variables.items()},
    }
    found = _upload(draft, document, route, origin, sent=sent, length=len(body or b""), known=known)
    if found is None:
        found = _content(draft, route, sent, known, f"{origin}{parts.path}")
    return StandIn(route.status, dumps(found))


def _json(body: bytes | None) -> object:
    try:
        return loads(body or b"null")
    except JSONDecodeError:
        return None


def _content(
    draft: Draft, route: Route, sent: object, known: Mapping[str, object], url: str
) -> object:
    schema = draft.document.resolve(route.schema)
    shown = route.example
    if schema.get("type") == "array":
        example = shown[0] if is_list(shown) and shown else UNSET
        return _items(draft, schema.get("items"), sent, example, known, url)
    properties = schema.get("properties")
    if route.key is None or not is_object(properties):
        if not is_object(properties):
            return draft.value(schema, UNSET, UNSET if shown is None else shown)
        item = draft.record(schema, sent if is_object(sent) else {}, shown, known)
        return _placed(item, url.removesuffix(f"/{known.get('id')}"))
    held = draft.document.resolve(properties.get("_embedded"))
    inner = held.get("properties")
    holder, is_embedded = (inner, True) if is_object(inner) else (properties, False)
    listed = draft.document.resolve(holder.get(route.key))
    examples = _example(shown, route.key)
    items = _items(draft, listed.get("items"), sent, examples, known, url)
    content: dict[str, object] = {
        "_total_items": len(items),
        "_count": len(items),
        "_links": {"self": {"href": url}},
        "errors": [],
        **({"_embedded": {route.key: items}} if is_embedded else {route.key: items}),
    }
    return {name: value for name, value in content.items() if name in properties}


def _example(shown: object, key: str) -> object:
    holder = shown.get("_embedded", shown) if is_object(shown) else None
    listed = holder.get(key) if is_object(holder) else None
    return listed[0] if is_list(listed) and listed else UNSET


def _items(  # noqa: PLR0913, PLR0917 - all that an item is made of
    draft: Draft,
    schema: object,
    sent: object,
    example: object,
    known: Mapping[str, object],
    url: str,
) -> list[object]:
    made: list[object] = []
    for index, item in enumerate(_sent_items(sent)):
        # The server numbers items that have no mark of their own.
        mark = str(item.get("request_id", index))
        found = draft.document.resolve(schema)
        inner = found.get("properties")
        marked = draft.document.resolve(inner.get("request_id") if is_object(inner) else None)
        given = {**item, "request_id": [mark] if marked.get("type") == "array" else mark}
        made.append(_placed(draft.record(found, given, example, known), url))
    return made


def _sent_items(sent: object) -> list[dict[str, object]]:
    """Return the items of a body: a list, one object, or the lists of API v2 by what they do."""
    if is_list(sent):
        return [item if is_object(item) else {"id": item} for item in sent]
    if not is_object(sent):
        return [{}]
    lists = [value for name, value in sent.items() if name in _LISTS and is_list(value)]
    if lists:
        return [item for each in lists for item in _sent_items(each)]
    return [sent]


_LISTS: Final = frozenset(
    {"add", "update", "delete", "subscribe", "unsubscribe", "install", "uninstall"}
)


def _placed(item: dict[str, object], url: str) -> dict[str, object]:
    """Give an item the address that it would have."""
    links = item.get("_links")
    if is_object(links) and "id" in item and is_object(links.get("self")):
        links["self"] = {"href": f"{url}/{item['id']}"}
    return item


def _upload(  # noqa: PLR0913 - all that an upload is known by
    draft: Draft,
    document: Document,
    route: Route,
    origin: str,
    *,
    sent: object,
    length: int,
    known: Mapping[str, object],
) -> object:
    """Answer the steps of an upload, which goes on until the whole file was handed over."""
    if route.id == "files.create_session" and is_object(sent):
        size = sent.get("file_size")
        whole = size if isinstance(size, int) else 0
        made = draft.record(route.schema, {}, route.example)
        return {
            **made,
            "session_id": -draft.fresh(),
            "max_part_size": max(whole, 1),
            "upload_url": f"{origin}{_UPLOAD}{_MARK}{whole}",
        }
    if not route.id.startswith("files.upload_part"):
        return None
    left = str(known.get("session_token", "")).removeprefix(_MARK)
    more = (int(left) if left.isdecimal() else 0) - length
    if more > 0:
        step = draft.record(route.schema, {}, route.example)
        return {**step, "next_url": f"{origin}{_UPLOAD}{_MARK}{more}"}
    return {**draft.record(document.schemas["files.File"], {}), "session_id": -draft.fresh()}
