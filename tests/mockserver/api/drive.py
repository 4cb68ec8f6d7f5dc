"""The drive of an account, asked by its own host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import orjson
from attrs import define, field

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.integration import Integration
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.seed import AccountSeed, Seed
from amocrm_mockserver.server import MockServer

from .crm import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DAY", "Drive", "make_drive"]

DAY = 86_400

Json: TypeAlias = Any
"""A JSON value as a test takes it apart."""


@define
class Drive:
    """One account on a server whose clock stands still, and an admin who asks it."""

    server: MockServer
    zone: str
    token: str = ""
    sent: int = field(default=0)

    @property
    def host(self) -> str:
        """The files host."""
        return f"drive-b.{self.zone}"

    def raw(
        self, method: str, url: str, *, body: bytes = b"", token: str | None = None
    ) -> Response:
        """Send bytes to an address, or to a path of the drive; without a token if it is empty."""
        parts = urlsplit(url)
        token = self.token if token is None else token
        request = Request(
            method=method,
            scheme="https",
            host=parts.netloc or self.host,
            path=parts.path,
            query=parts.query,
            headers={"authorization": f"Bearer {token}"} if token else {},
            body=body,
        )
        return self.server.handle(request)

    def send(self, method: str, url: str, body: Json = None, **more: Any) -> Response:
        """Send JSON."""
        data = b"" if body is None else orjson.dumps(body)
        return self.raw(method, url, body=data, **more)

    def get(self, url: str) -> Json:
        """Read something that is there."""
        return good(self.send("GET", url))

    def begin(self, name: str = "a.txt", size: int = 10, **more: Json) -> Json:
        """Begin an upload."""
        body = {"file_name": name, "file_size": size, **more}
        return good(self.send("POST", "/v1.0/sessions", body))

    def put(self, url: str, part: bytes) -> Json:
        """Send a part."""
        return good(self.raw("POST", url, body=part))

    def upload(self, name: str = "a.txt", content: bytes = b"0123456789", **more: Json) -> Json:
        """Upload a file in parts; what the last answer says."""
        begun = self.begin(name, len(content), **more)
        size = begun["max_part_size"]
        step = {"next_url": begun["upload_url"]}
        for start in range(0, len(content), size):
            step = self.put(step["next_url"], content[start : start + size])
        return step

    def names(self, query: str = "") -> list[str]:
        """The names in a list."""
        response = self.send("GET", f"/v1.0/files?{query}")
        if response.status == 204:
            return []
        return [row["name"] for row in good(response)["_embedded"]["files"]]

    def control(self, path: str, body: Json) -> Json:
        """Steer the server."""
        return good(self.send("POST", f"https://example.{self.zone}/__mock__/{path}", body))


def good(response: Response) -> Json:
    """The JSON of a good answer."""
    assert response.status == 200, (response.status, response.body[:300])
    return orjson.loads(response.body)


def make_drive(
    contents: Mapping[str, object] | None = None,
    *,
    zone: str = "amocrm.ru",
    scopes: tuple[str, ...] = ("crm", "files", "files_delete"),
) -> Drive:
    """A drive that takes parts of four bytes."""
    given = {"drive": {"max_part_size": 4, "max_file_size": 100}, **(contents or {})}
    account = AccountSeed(subdomain="example", zone=zone, contents=given)
    integration = Integration(client_id="one", client_secret="s", scopes=scopes)
    seed = Seed(accounts=(account,), integrations=(integration,))
    drive = Drive(MockServer(seed, clock=Clock(frozen_at=NOON)), zone)
    drive.token = drive.control("accounts/example/tokens", {})["access_token"]
    return drive
