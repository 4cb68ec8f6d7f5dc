"""Calls one account of a mock server in process, by either version of the API."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from attrs import define, field

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.integration import Integration
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.seed import AccountSeed, Seed
from amocrm_mockserver.server import MockServer

__all__ = ["HOST", "NOW", "Caller", "Json"]

Json = Any
"""A JSON value as a test takes it apart."""

HOST: Final = "example.amocrm.ru"
NOW: Final = 1_700_000_000
_OURS: Final = Integration(client_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", client_secret="s3cret")


@define
class Caller:
    """One account whose clock stands still, and a token of its administrator."""

    server: MockServer
    token: str = field(repr=False)

    @classmethod
    def fresh(cls, **contents: Json) -> Caller:
        """A new server; `contents` are those of its account."""
        account = AccountSeed(subdomain="example", zone="amocrm.ru", contents=contents)
        server = MockServer(
            Seed(accounts=(account,), integrations=(_OURS,)), clock=Clock(frozen_at=NOW)
        )
        caller = cls(server, "")
        asked = caller("POST", "/__mock__/accounts/example/tokens", {})
        caller.token = json.loads(asked.body)["access_token"]
        return caller

    def __call__(self, method: str, target: str, body: Json = None, **more: str) -> Response:
        """Send one request; `more` are headers."""
        path, _, query = target.partition("?")
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.server.handle(
            Request(
                method=method,
                host=HOST,
                path=path,
                query=quote(query, safe="=&,%[]+"),
                headers={name: value for name, value in headers.items() if value},
                body=b"" if body is None else json.dumps(body).encode(),
            )
        )

    def ask(self, method: str, target: str, body: Json = None) -> Json:
        """The body of a good answer; None for 204."""
        response = self(method, target, body)
        assert response.status < 300, response.body
        return json.loads(response.body) if response.body else None

    def items(self, target: str) -> list[Json]:
        """The items of a list of API v2; none for 204."""
        answer = self.ask("GET", f"/api/v2/{target}")
        if answer is None:
            return []
        found = answer["_embedded"]["items"]
        assert isinstance(found, list)
        return found

    def save(self, kind: str, **body: Json) -> Json:
        """What stands under `_embedded` after a write of API v2."""
        embedded = self.ask("POST", f"/api/v2/{kind}", body)["_embedded"]
        assert isinstance(embedded["items"], list)
        return embedded

    def added(self, kind: str, **item: Json) -> int:
        """The id of one new entity."""
        saved = self.save(kind, add=[item])
        assert "errors" not in saved, saved
        number: int = saved["items"][0]["id"]
        return number

    def changed(self, kind: str, number: int, **item: Json) -> None:
        """Change one entity now."""
        saved = self.save(kind, update=[{"id": number, "updated_at": NOW, **item}])
        assert "errors" not in saved, saved

    def one(self, kind: str, number: int, more: str = "") -> Json:
        """One entity by API v2."""
        [found] = self.items(f"{kind}?id={number}{more}")
        return found

    def one_v4(self, kind: str, number: int, more: str = "") -> Json:
        """One entity by API v4."""
        return self.ask("GET", f"/api/v4/{kind}/{number}{more}")

    def add_v4(self, path: str, item: Json) -> int:
        """The id of one new entity by API v4."""
        answer = self.ask("POST", f"/api/v4/{path}", [item])
        [found] = next(iter(answer["_embedded"].values()))
        number: int = found["id"]
        return number
