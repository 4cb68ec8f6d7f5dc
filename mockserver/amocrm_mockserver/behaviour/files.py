"""Files of the drive: described, found, renamed, trashed and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from amocrm_mockserver.behaviour.file_filters import file_filter
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import read_items
from amocrm_mockserver.drive import purge
from amocrm_mockserver.envelope import NOTHING, hal, operation_url
from amocrm_mockserver.problems import Flaw, ItemFlaws, invalid, not_found, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = [
    "SHARED",
    "FileVersions",
    "Files",
    "actor",
    "delete_files",
    "restore_files",
    "sanitized",
]

SHARED: Final = ("type", "name", "sanitized_name", "size", "metadata", "previews")
"""What a file has of the version that counts."""


def actor(exchange: Exchange) -> Row:
    """Who makes the call, as files tell it."""
    return {"id": exchange.caller.user_id, "type": "internal"}


def _file_name(row: Row) -> str:
    extension = row["metadata"]["extension"]
    return quote(f"{row['name']}.{extension}" if extension else row["name"], safe="")


def _download(exchange: Exchange, *uuids: str, name: str) -> Json:
    path = "/".join(["download", exchange.account.uuid, *uuids, name])
    return {"href": f"{exchange.origin}/{path}"}


def _shown_previews(exchange: Exchange, row: Row, *uuids: str) -> Json:
    """Where each picture is fetched, and how large it is."""
    held: list[Row] | None = row["previews"]
    if held is None:
        return None
    link = _download(exchange, *uuids, name=_file_name(row))["href"]
    return [{"download_link": link, **size} for size in held]


class Files(Behaviour):
    """The files that are there, and those in the trash for up to 30 days."""

    noun = "File"
    ignored = frozenset({"uuid", "created_by", "updated_by"})
    default_order: ClassVar[str] = "id"

    def admit(self, exchange: Exchange) -> None:
        """Files that were in the trash too long are gone."""
        purge(exchange.account)

    def columns(self) -> Mapping[str, Show]:
        """The addresses, and the pictures that stand for the file."""
        return {"_links": self._links, "previews": self._previews}

    def _previews(self, exchange: Exchange, row: Row) -> Json:
        return _shown_previews(exchange, row, row["uuid"], row["version_uuid"])

    def _links(self, exchange: Exchange, row: Row) -> Json:
        uuid, name = row["uuid"], _file_name(row)
        return {
            "download": _download(exchange, uuid, name=name),
            "download_version": _download(exchange, uuid, row["version_uuid"], name=name),
            "self": {"href": self.href(exchange, row)},
        }

    def href(self, exchange: Exchange, row: Row) -> str:
        """The address of the description."""
        return f"{exchange.origin}/v1.0/files/{row['uuid']}"

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """Those in the trash only when they are asked for."""
        asked = exchange.query.get("filter")
        rows = self.home(exchange).rows.values()
        if isinstance(asked, dict) and "deleted" in asked:
            return list(rows)
        return [row for row in rows if not row["is_trashed"]]

    def filter(self, exchange: Exchange, described: Filter, tree: Tree) -> Test | None:
        """Nearly none of them compares a column."""
        return file_filter(exchange, described.name, tree)

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """The version must be one of this file's.

        Name and version cannot both be changed; a client that sends what it has read may send
        the version that counts already.
        """
        wanted: Json = item.get("version_uuid")
        if row is None or flaws or wanted in (None, row["version_uuid"]):
            return
        version = exchange.account.table("file_versions").rows.get(wanted)
        is_own = version is not None and version["file_uuid"] == row["uuid"]
        if not is_own or "name" in item:
            flaws.append(unsupported("version_uuid"))

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """A version brings its own name, size and kind with it."""
        changes: Row = {"updated_at": exchange.now, "updated_by": actor(exchange)}
        versions = exchange.account.table("file_versions")
        version = versions.rows[item.get("version_uuid") or row["version_uuid"]]
        if "name" in item:
            named = {"name": item["name"], "sanitized_name": sanitized(item["name"])}
            versions.change(version, named)
        return {**changes, "version_uuid": version["uuid"], **{k: version[k] for k in SHARED}}


class FileVersions(Behaviour):
    """All that was uploaded as one file."""

    noun = "File"
    default_order: ClassVar[str] = "number"

    def columns(self) -> Mapping[str, Show]:
        """Whether it counts, the addresses, and the pictures that stand for it."""
        return {"is_main": self._is_main, "_links": self._links, "previews": self._previews}

    def _previews(self, exchange: Exchange, row: Row) -> Json:
        return _shown_previews(exchange, row, row["file_uuid"], row["uuid"])

    def rows(self, exchange: Exchange) -> Iterable[Row]:
        """The versions of the file that the path names."""
        purge(exchange.account)
        uuid = exchange.variables["file_uuid"]
        if uuid not in exchange.account.table("files").rows:
            raise not_found("File not found")
        return [row for row in self.home(exchange).rows.values() if row["file_uuid"] == uuid]

    def _is_main(self, exchange: Exchange, row: Row) -> Json:
        file = exchange.account.table("files").rows[row["file_uuid"]]
        return file["version_uuid"] == row["uuid"]

    def _links(self, exchange: Exchange, row: Row) -> Json:
        uuids = row["file_uuid"], row["uuid"]
        href = f"{exchange.origin}/v1.0/files/{uuids[0]}/versions/{uuids[1]}"
        name = _file_name(row)
        return {"download": _download(exchange, *uuids, name=name), "self": {"href": href}}


def _named(engine: Engine, exchange: Exchange) -> list[Row]:
    """The files that a body names; one that is not there does not matter."""
    check = engine.validator.check(exchange.operation.takes or "")
    rows: list[Row] = []
    faulty: list[ItemFlaws] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        taken: Row = check(item.raw, "", flaws, exchange.account) or {}
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
            continue
        row = exchange.account.table("files").rows.get(taken["uuid"])
        if row is not None:
            rows.append(row)
    if faulty:
        raise invalid(faulty)
    return rows


def delete_files(engine: Engine, exchange: Exchange) -> Response:
    """Put files into the trash, where they stay for 30 days."""
    table = exchange.account.table("files")
    for row in _named(engine, exchange):
        if not row["is_trashed"]:
            gone = {"is_trashed": True, "deleted_at": exchange.now, "deleted_by": actor(exchange)}
            table.change(row, gone)
    return NOTHING


def restore_files(engine: Engine, exchange: Exchange) -> Response:
    """Bring files back; answers them as a list does."""
    table = exchange.account.table("files")
    rows = _named(engine, exchange)
    for row in rows:
        table.change(row, {"is_trashed": False, "deleted_at": None, "deleted_by": None})
    shown = [engine.show(exchange, row) for row in rows]
    links = {"self": {"href": operation_url(exchange)}}
    return hal(200, {"_count": len(rows), "_links": links, "_embedded": {"files": shown}})


def sanitized(name: str) -> str:
    """A name in ASCII, as amoCRM keeps it beside the true one."""
    return "".join(each if each.isascii() and each.isprintable() else "_" for each in name)
