"""Which files of the drive belong to which entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import SINGULAR
from amocrm_mockserver.body import read_items
from amocrm_mockserver.brackets import encode
from amocrm_mockserver.drive import purge
from amocrm_mockserver.envelope import NOTHING, hal, operation_url
from amocrm_mockserver.filters import numbers
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid, not_found, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.state import Table

__all__ = ["attach_files", "detach_files", "find_files", "find_holders"]

_TABLE: Final = "entity_files"
_ELEMENTS: Final = "catalog_elements"
_SIZE: Final = 50
_MOST: Final = 250
_ACCEPTED: Final = Response(202)
_COLUMNS: Final = (
    "id",
    "name",
    "created_by",
    "main_user_id",
    "date_create",
    "price",
    "pipeline_id",
    "date_update",
    "updated_by",
    "entity_type",
    "status_id",
    "closest_task_at",
)
_OTHERWISE: Final = {
    "main_user_id": "responsible_user_id",
    "date_create": "created_at",
    "date_update": "updated_at",
}
"""Columns of entities that the list of holders names otherwise."""


def _owner(exchange: Exchange) -> tuple[str, int]:
    """The entity that the path names."""
    account, variables = exchange.account, exchange.variables
    kind = exchange.operation.over.get("entity_type", _ELEMENTS)
    number = variables["element_id" if kind == _ELEMENTS else "entity_id"]
    is_there = account.has(kind, number)
    if is_there and kind == _ELEMENTS:
        is_there = account.table(kind).rows[number]["catalog_id"] == variables["catalog_id"]
    if not is_there:
        raise not_found(f"{SINGULAR[kind].replace('_', ' ').capitalize()} not found")
    return kind, int(number)


def _table(exchange: Exchange) -> Table:
    return exchange.account.table(_TABLE)


def _is_trashed(exchange: Exchange, uuid: Json) -> bool:
    """A file in the trash cannot be used anywhere; one that the drive never knew is let be."""
    row = exchange.account.table("files").rows.get(uuid)
    return row is not None and row["is_trashed"]


def _files(exchange: Exchange, owner: tuple[str, int]) -> list[Row]:
    """The links of an entity, newest first."""
    purge(exchange.account)
    found = [
        row
        for row in _table(exchange).rows.values()
        if (row["entity_type"], row["entity_id"]) == owner
        and not _is_trashed(exchange, row["file_uuid"])
    ]
    return sorted(found, key=lambda row: -row["id"])


def _number(exchange: Exchange, name: str, default: int) -> int:
    found = numbers(exchange.query.get(name, ""))
    return int(found[0]) if found else default


def find_files(_engine: Engine, exchange: Exchange) -> Response:
    """The files of an entity; `before_id` goes on after a link."""
    rows = _files(exchange, _owner(exchange))
    before = _number(exchange, "before_id", 0)
    if before:
        rows = [row for row in rows if row["id"] < before]
    size = min(_number(exchange, "limit", _SIZE), _MOST)
    files = [{"file_uuid": row["file_uuid"], "id": row["id"]} for row in rows[:size]]
    if not files:
        return NOTHING
    url = operation_url(exchange)
    href = f"{url}?{encode(exchange.query)}" if exchange.query else url
    return hal(200, {"_links": {"self": {"href": href}}, "_embedded": {"files": files}})


def _uuids(engine: Engine, exchange: Exchange, *, is_new: bool = False) -> list[str]:
    """The files that a body names; `is_new` are those that are to be used from now on."""
    check = engine.validator.check(exchange.operation.takes or "")
    uuids: list[str] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        taken: Row = check(item.raw, "", flaws, exchange.account) or {}
        if not flaws and is_new and _is_trashed(exchange, taken["file_uuid"]):
            flaws.append(unsupported("file_uuid"))
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
        else:
            uuids.append(taken["file_uuid"])
    if faulty:
        raise invalid(faulty)
    return uuids


def attach_files(engine: Engine, exchange: Exchange) -> Response:
    """Give files to an entity; those that it has stay as they are."""
    kind, number = _owner(exchange)
    uuids = _uuids(engine, exchange, is_new=True)
    known = {row["file_uuid"] for row in _files(exchange, (kind, number))}
    for uuid in dict.fromkeys(uuids):
        if uuid not in known:
            row: Row = {
                "id": exchange.account.next_id(_TABLE),
                "entity_type": kind,
                "entity_id": number,
                "file_uuid": uuid,
            }
            _table(exchange).add(row)
    return _ACCEPTED


def detach_files(engine: Engine, exchange: Exchange) -> Response:
    """Take files from an entity; those that it does not have do not matter."""
    owner = _owner(exchange)
    gone = set(_uuids(engine, exchange))
    for row in _files(exchange, owner):
        if row["file_uuid"] in gone:
            _table(exchange).remove(row)
    return _ACCEPTED


def find_holders(_engine: Engine, exchange: Exchange) -> Response:
    """The entities that have a file."""
    uuid = exchange.variables["file_uuid"]
    purge(exchange.account)
    rows = [
        row
        for row in _table(exchange).rows.values()
        if row["file_uuid"] == uuid and not _is_trashed(exchange, uuid)
    ]
    holders = [
        _holder(exchange, row)
        for row in rows
        if exchange.account.has(row["entity_type"], row["entity_id"])
    ]
    return hal(200, {"file_uuid": uuid, "entities": holders})


def _holder(exchange: Exchange, link: Row) -> Json:
    entity = exchange.account.table(link["entity_type"]).rows[link["entity_id"]]
    shown: Row = {name: entity.get(_OTHERWISE.get(name, name)) for name in _COLUMNS}
    return {**shown, "entity_type": link["entity_type"]}
