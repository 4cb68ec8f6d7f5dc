"""Uploads to the drive: a session, its parts one after the other, and the file that they make."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from mimetypes import MimeTypes
from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.behaviour.files import SHARED, actor, sanitized
from amocrm_mockserver.body import read_items
from amocrm_mockserver.drive import purge, usable_file
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.picture_size import picture_size
from amocrm_mockserver.problems import (
    Flaw,
    ProblemError,
    bad_request,
    empty_body,
    invalid,
    not_found,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["begin_upload", "kind_of", "upload_part"]

_SESSIONS: Final = "upload_sessions"
_LIFE: Final = 86_400
_KINDS: Final[Mapping[str, str]] = {"image": "image", "video": "video", "audio": "audio"}
_DOCUMENTS: Final = frozenset(
    {
        "application/pdf",
        "application/rtf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
    }
)
_OFFICE: Final = ("text/", "application/vnd.openxmlformats-", "application/vnd.oasis.")
_MIME: Final = MimeTypes()
"""Python's own table, whatever the machine knows."""
_HEAD: Final = urlsafe_b64encode(b'{"typ":"JWT","alg":"HS256"}').rstrip(b"=").decode()


def begin_upload(engine: Engine, exchange: Exchange) -> Response:
    """Tell where the first part is to go."""
    purge(exchange.account)
    account, drive = exchange.account, exchange.account.drive
    [item] = read_items(exchange)
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    taken: Row = check(item.raw, "", flaws, account) or {}
    if not flaws and "file_uuid" in taken and usable_file(account, taken["file_uuid"]) is None:
        flaws.append(unsupported("file_uuid"))
    if flaws:
        raise invalid([{"request_id": item.request_id, "errors": flaws}])
    if not 0 <= taken["file_size"] <= drive.max_file_size:
        raise bad_request(f"File size must be at most {drive.max_file_size} bytes")
    row: Row = {
        "id": account.next_id(_SESSIONS),
        "created_at": exchange.now,
        "created_by": taken.get("created_by") or actor(exchange),
        "user_id": exchange.caller.user_id,
        "file_name": taken["file_name"],
        "file_size": taken["file_size"],
        "content_type": taken.get("content_type"),
        "file_uuid": taken.get("file_uuid"),
        "with_preview": taken.get("with_preview", False),
        "made": None,
        "tokens": [],
    }
    account.table(_SESSIONS).add(row)
    drive.parts[row["id"]] = []
    answer: Row = {
        "max_file_size": drive.max_file_size,
        "max_part_size": drive.max_part_size,
        "session_id": row["id"],
        "upload_url": _next_url(exchange, row),
    }
    return hal(200, answer)


def upload_part(engine: Engine, exchange: Exchange) -> Response:
    """Take in a part; the last one makes the file.

    A part that has come before is taken for what replaces it, with all that came after it: its
    answer may have been lost.
    """
    purge(exchange.account)
    session, number = _session(exchange)
    drive = exchange.account.drive
    if session["made"] is not None:
        return _made_before(engine, exchange, session, number)
    parts = drive.parts[session["id"]][:number]
    received = sum(map(len, parts)) + len(exchange.body)
    if not exchange.body and session["file_size"]:
        raise empty_body()
    if len(exchange.body) > drive.max_part_size:
        raise bad_request(f"Part size must be at most {drive.max_part_size} bytes")
    if received > session["file_size"]:
        raise bad_request(f"File size must be {session['file_size']} bytes")
    drive.parts[session["id"]] = [*parts, exchange.body]
    del session["tokens"][number + 1 :]
    if received < session["file_size"]:
        step: Row = {"session_id": session["id"], "next_url": _next_url(exchange, session)}
        return hal(200, step)
    file = _store(exchange, session, b"".join(drive.parts.pop(session["id"])))
    exchange.account.table(_SESSIONS).change(session, {"made": file["uuid"]})
    return _shown(engine, exchange, session, file)


def _made_before(engine: Engine, exchange: Exchange, session: Row, number: int) -> Response:
    file = usable_file(exchange.account, session["made"])
    if file is None or number + 1 != len(session["tokens"]):
        raise _no_session()
    return _shown(engine, exchange, session, file)


def _shown(engine: Engine, exchange: Exchange, session: Row, file: Row) -> Response:
    # What is answered is a file, though the operation's own shape has room for both answers.
    mark = {"session_id": session["id"]}
    return hal(200, engine.show_of("files", exchange, file, mark))


def _no_session() -> ProblemError:
    return not_found("Session not found")


def _session(exchange: Exchange) -> tuple[Row, int]:
    """The session that the path's token names, and the number of the part."""
    token = str(exchange.variables["session_token"])
    try:
        claims: Json = orjson.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    except (IndexError, ValueError):
        claims = None
    if not is_object(claims):
        raise _no_session()
    row = exchange.account.table(_SESSIONS).rows.get(claims.get("session_id"))
    if row is None or token not in row["tokens"] or exchange.now >= row["created_at"] + _LIFE:
        raise _no_session()
    return row, row["tokens"].index(token)


def _next_url(exchange: Exchange, session: Row) -> str:
    """Where the next part goes; accounts outside amocrm.ru have a shorter path."""
    account = exchange.account
    claims: Row = {
        "account_id": account.id,
        "session_id": session["id"],
        "user_id": session["user_id"],
        "part_num": len(session["tokens"]) + 1,
    }
    body = urlsafe_b64encode(orjson.dumps(claims)).rstrip(b"=").decode()
    token = f"{_HEAD}.{body}.{account.ids.hex(43)}"
    session["tokens"].append(token)
    path = "/v1.0/sessions/upload" if account.zone == "amocrm.ru" else "/upload"
    return f"{exchange.origin}{path}/{token}"


def kind_of(mime_type: str) -> str:
    """What amoCRM takes a file for."""
    if mime_type in _DOCUMENTS or mime_type.startswith(_OFFICE):
        return "document"
    return _KINDS.get(mime_type.partition("/")[0], "file")


def _store(exchange: Exchange, session: Row, content: bytes) -> Row:
    """Make a version of what has come, and a file if it is not one of an old file's."""
    account = exchange.account
    version = _version(exchange, session, content)
    account.drive.contents[version["uuid"]] = content
    seen: Row = {name: version[name] for name in SHARED}
    files = account.table("files")
    old = usable_file(account, session["file_uuid"])
    if old is not None:
        version["file_uuid"] = old["uuid"]
        now = {"updated_at": exchange.now, "updated_by": version["created_by"]}
        more = {"version_uuid": version["uuid"], "has_multiple_versions": True, **now}
        files.change(old, {**seen, **more})
        account.table("file_versions").add(version)
        return old
    file: Row = {
        "id": account.next_id("files"),
        "uuid": account.ids.uuid(),
        "version_uuid": version["uuid"],
        "source_id": None,
        "has_multiple_versions": False,
        "is_trashed": False,
        "deleted_at": None,
        "deleted_by": None,
        **seen,
        **{name: version[name] for name in ("created_at", "created_by")},
        **{name: version[name] for name in ("updated_at", "updated_by")},
    }
    version["file_uuid"] = file["uuid"]
    account.table("file_versions").add(version)
    return files.add(file)


def _previews(account: Account, session: Row, kind: str, content: bytes) -> list[Row] | None:
    """The sizes of the pictures that stand for a file; the only one is the picture itself."""
    is_wanted = session["with_preview"] or account.guesses["files.previews"] == "of_every_picture"
    size = picture_size(content) if is_wanted and kind == "image" else None
    return None if size is None else [{"width": size[0], "height": size[1]}]


def _version(exchange: Exchange, session: Row, content: bytes) -> Row:
    account = exchange.account
    name, dot, extension = session["file_name"].rpartition(".")
    if not dot or not name:
        name, extension = session["file_name"], ""
    guessed = _MIME.guess_type(session["file_name"])[0]
    mime_type = session["content_type"] or guessed or "application/octet-stream"
    kind = kind_of(mime_type)
    return {
        "uuid": account.ids.uuid(),
        "number": len(account.table("file_versions").rows),
        "type": kind,
        "name": name,
        "sanitized_name": sanitized(name),
        "size": len(content),
        "source_id": None,
        "created_at": exchange.now,
        "created_by": session["created_by"],
        "updated_at": exchange.now,
        "updated_by": session["created_by"],
        "metadata": {"extension": extension, "mime_type": mime_type},
        "previews": _previews(account, session, kind, content),
    }
