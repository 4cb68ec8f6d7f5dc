"""Saves and deletes many objects: one request for each kind, adds and changes together."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from amocrm_gen.objects.base import CrmObject, items_of
from amocrm_gen.objects.incoming import IncomingLead, send_incoming, uids_of
from amocrm_gen.objects.saving import send
from amocrm_gen.objects.values import int_or_none
from amocrm_gen.runtime.errors import ApiError
from amocrm_gen.runtime.kinds import is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["delete_objects", "save_incoming", "save_objects"]

_MOST = 500

T = TypeVar("T")
P = TypeVar("P", CrmObject, IncomingLead)


def save_objects(
    client: Client, objects: CrmObject | Iterable[CrmObject], *, limit: int = 250
) -> list[JsonObject]:
    """Save objects of any kinds, at most `limit` (up to 500) in a request; return the answers.

    Objects that were added learn their ids. Where some of a request are refused, the others are
    saved and know it; the error that is raised names the refused ones.
    """
    return [_save_part(client, path, part) for path, part in _parts(_several(objects), limit)]


def _several(objects: T | Iterable[T]) -> Iterable[T]:
    if isinstance(objects, CrmObject | IncomingLead):
        return [cast("T", objects)]
    return cast("Iterable[T]", objects)


def _parts(objects: Iterable[P], limit: int) -> Iterator[tuple[str, Sequence[P]]]:
    if not 1 <= limit <= _MOST:
        raise ValueError(f"limit is {limit}; a request takes 1 to {_MOST} entities")
    for path, members in _by_path(objects).items():
        rest = iter(members)
        while part := list(islice(rest, limit)):
            yield path, part


def _by_path(objects: Iterable[P]) -> Mapping[str, Sequence[P]]:
    found: dict[str, list[P]] = {}
    for one in objects:
        found.setdefault(one.path, []).append(one)
    return found


def _save_part(client: Client, path: str, part: Sequence[CrmObject]) -> JsonObject:
    added = [one for one in part if one.id is None]
    changed = [one for one in part if one.id is not None]

    def make() -> JsonObject:
        body: JsonObject = {}
        if added:
            # amoCRM repeats the mark of each, so that ids find their objects.
            marked = [{**one.changes(), "request_id": place} for place, one in enumerate(added, 1)]
            body["add"] = cast("JsonValue", marked)
        if changed:
            body["update"] = cast("JsonValue", [one.changes() for one in changed])
        return body

    try:
        answer = send(client, path, make, changed=[one.need_id() for one in changed])
    except ApiError as error:
        _learn(error.saved, added, changed)
        raise
    _learn(items_of(answer), added, changed)
    return cast("JsonObject", answer)


def _learn(
    items: Iterable[object], added: Sequence[CrmObject], changed: Sequence[CrmObject]
) -> None:
    """Tell objects what became of them."""
    by_id = {one.id: one for one in changed}
    for item in items:
        if not is_object(item):
            continue
        known = by_id.get(int_or_none(item.get("id")))
        mark = item.get("request_id")
        if known is not None:
            known.saved_as(item)
        elif isinstance(mark, int) and 1 <= mark <= len(added):
            added[mark - 1].saved_as(item)


def delete_objects(client: Client, objects: CrmObject | Iterable[CrmObject]) -> None:
    """Delete objects, one request for each kind.

    Raises `ConfigurationError` before anything is sent when one has no id.
    """
    gone = list(_several(objects))
    for one in gone:
        one.need_id()
    for path, members in _by_path(gone).items():
        send(client, path, partial(_deletion, members))
        for one in members:
            one.id = None


def _deletion(members: Sequence[CrmObject]) -> JsonObject:
    return {"delete": [one.need_id() for one in members]}


def save_incoming(
    client: Client, requests: IncomingLead | Iterable[IncomingLead], *, limit: int = 250
) -> list[str]:
    """Add incoming leads of any kinds, at most `limit` in a request; return their uids."""
    found: list[str] = []
    for path, part in _parts(_several(requests), limit):
        uids = uids_of(send_incoming(client, path, [one.params() for one in part]))
        for one, uid in zip(part, uids, strict=False):
            one.uid = uid
        found += uids
    return found
