"""An account that tests ask without a server around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
from attrs import define, field

from amocrm_mockserver.account import Account, Caller, create_account
from amocrm_mockserver.api import answer
from amocrm_mockserver.clock import Clock
from amocrm_mockserver.message import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOON", "ORIGIN", "Crm", "Json", "make_crm"]

Json: TypeAlias = Any
"""A JSON value as a test takes it apart."""

NOON = 1_700_000_000
ORIGIN = "https://example.amocrm.ru"


@define
class Crm:
    """One account, and an admin who asks it."""

    account: Account
    clock: Clock
    caller: Caller
    asked: int = field(default=0)

    def raw(self, method: str, path: str, *, query: str = "", body: bytes = b"") -> Response:
        """Send a request with a body of any bytes."""
        self.asked += 1
        request = Request(
            method=method, host="example.amocrm.ru", path=path, query=query, body=body
        )
        return answer(self.account, self.caller, request)

    def send(self, method: str, path: str, body: Json = None, *, query: str = "") -> Response:
        """Send a request; the path goes on after /api/v4/."""
        data = b"" if body is None else orjson.dumps(body)
        return self.raw(method, f"/api/v4/{path}", query=query, body=data)

    def get(self, path: str, query: str = "") -> Json:
        """Read something that is there."""
        response = self.send("GET", path, query=query)
        assert response.status == 200, (response.status, response.body)
        return orjson.loads(response.body)

    def find(self, path: str, query: str = "", key: str | None = None) -> list[Json]:
        """Read a list; an empty one has no body."""
        response = self.send("GET", path, query=query)
        if response.status == 204:
            assert response.body == b""
            return []
        assert response.status == 200, (response.status, response.body)
        embedded = orjson.loads(response.body)["_embedded"]
        rows: list[Json] = embedded[key or path.rpartition("/")[2]]
        return rows

    def post(self, path: str, body: Json) -> Json:
        """Create something."""
        return self._write("POST", path, body)

    def patch(self, path: str, body: Json) -> Json:
        """Change something."""
        return self._write("PATCH", path, body)

    def _write(self, method: str, path: str, body: Json) -> Json:
        response = self.send(method, path, body)
        assert response.status in {200, 201}, (response.status, response.body)
        return orjson.loads(response.body)

    def create(self, path: str, *items: Json) -> list[int]:
        """Create several things; their ids."""
        answer_ = self.post(path, list(items))
        [rows] = answer_["_embedded"].values()
        return [row["id"] for row in rows]

    def events(self, kind: str) -> list[Json]:
        """The events of one type, oldest first."""
        return [event for event in self.account.events if event["type"] == kind]


def make_crm(
    seed: Mapping[str, object] | None = None, *, zone: str = "amocrm.ru", order: int = 0
) -> Crm:
    """An account whose clock stands still."""
    clock = Clock(frozen_at=NOON)
    account = create_account("example", zone, clock=clock, order=order, seed=seed)
    user_id = next(iter(account.users))
    caller = Caller(user_id=user_id, is_admin=True, client_id=None, origin=ORIGIN)
    return Crm(account, clock, caller)
