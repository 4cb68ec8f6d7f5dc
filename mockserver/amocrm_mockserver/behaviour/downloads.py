"""What files contain, sent as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from amocrm_mockserver.behaviour.files import sanitized
from amocrm_mockserver.drive import purge, usable_file
from amocrm_mockserver.message import Response
from amocrm_mockserver.problems import not_found

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange

__all__ = ["send_content"]


def send_content(_engine: Engine, exchange: Exchange) -> Response:
    """The version that the path names, or the one that counts; the name in the path is for people.

    Files in the trash cannot be had.
    """
    purge(exchange.account)
    account, variables = exchange.account, exchange.variables
    file = usable_file(account, variables["file_uuid"])
    if file is None or variables["account_uuid"] != account.uuid:
        raise not_found("File not found")
    version = account.table("file_versions").rows.get(
        variables.get("version_uuid", file["version_uuid"])
    )
    if version is None or version["file_uuid"] != file["uuid"]:
        raise not_found("File not found")
    extension = version["metadata"]["extension"]
    ending = f".{extension}" if extension else ""
    plain = sanitized(version["name"] + ending).replace("\\", "_").replace('"', "_")
    name = f"filename=\"{plain}\"; filename*=UTF-8''{quote(version['name'] + ending, safe='')}"
    headers = (
        ("Content-Type", sanitized(version["metadata"]["mime_type"])),
        ("Content-Disposition", f"attachment; {name}"),
    )
    return Response(200, headers, account.drive.contents[version["uuid"]])
