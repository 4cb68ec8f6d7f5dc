"""The drive of an account: what its files contain, and how large they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field

from amocrm_mockserver.jsonvalue import is_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Drive", "drive_origin", "purge", "read_drive", "usable_file"]

_TRASH_LIFE: Final = 30 * 86_400


@define(kw_only=True)
class Drive:
    """Bytes, which no table holds."""

    max_file_size: int = 314_572_800
    max_part_size: int = 524_288
    contents: dict[str, bytes] = field(factory=dict[str, bytes], repr=False)
    """By the uuid of a version."""
    parts: dict[int, list[bytes]] = field(factory=dict[int, "list[bytes]"], repr=False)
    """What has come of a file, by the id of the upload's session."""


def read_drive(given: Json) -> Drive:
    """The drive as a seed describes it; ValueError where that makes no sense."""
    sizes: Row = given if is_object(given) else {}
    known = {"max_file_size", "max_part_size"}
    good = all(type(size) is int and size > 0 for size in sizes.values())
    if not is_object(given) or not known.issuperset(sizes) or not good:
        message = f"drive: give {' and '.join(sorted(known))} in bytes"
        raise ValueError(message)
    return Drive(**sizes)


def drive_origin(account: Account, origin: str) -> str:
    """Where a client finds the drive.

    One that came by the account's own name is given the files host of its zone.
    """
    scheme, _, host = origin.partition("://")
    name, colon, port = host.partition(":")
    if name == account.domain:
        return f"{scheme}://drive-b.{account.zone}{colon}{port}"
    return origin


def usable_file(account: Account, uuid: Json) -> Row | None:
    """A file that is not in the trash."""
    row = account.table("files").rows.get(uuid)
    return None if row is None or row["is_trashed"] else row


def purge(account: Account) -> None:
    """Forget files that have been in the trash for 30 days, with all that belonged to them."""
    files, versions = account.table("files"), account.table("file_versions")
    links = account.table("entity_files")
    end = account.clock.now() - _TRASH_LIFE
    for row in [row for row in files.rows.values() if row["is_trashed"]]:
        if row["deleted_at"] <= end:
            files.remove(row)
            for version in _of(versions.rows.values(), row):
                versions.remove(version)
                account.drive.contents.pop(version["uuid"], None)
            for link in _of(links.rows.values(), row):
                links.remove(link)


def _of(rows: Iterable[Row], file: Row) -> list[Row]:
    return [row for row in rows if row["file_uuid"] == file["uuid"]]
