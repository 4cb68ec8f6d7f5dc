"""Short ways to ask a mock server something, in process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from attrs import frozen

from amocrm_mockserver import Request, Seed, parse_seed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver import MockServer, Response

__all__ = ["CLIENT", "NOON", "OTHER_CLIENT", "SEED", "Answer", "Asker", "two_accounts"]

NOON = 1_700_000_000
"""Where the clocks of these tests stand."""

CLIENT = {
    "client_id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
    "client_secret": "s3cret",
    "redirect_uri": "https://www.example.com/oauth2/",
}
OTHER_CLIENT = {
    "client_id": "11111111-2222-4333-8444-555555555555",
    "client_secret": "another",
    "redirect_uri": "https://other.example.com/back",
}
SEED = f"""
integrations:
  - {orjson.dumps(CLIENT).decode()}
  - {orjson.dumps(OTHER_CLIENT).decode()}
accounts:
  - subdomain: acc1
    users:
      - {{name: Admin, email: admin@example.com, admin: true, api_key: "0123456789"}}
      - {{name: Seller, email: seller@example.com}}
    codes: [code-1, code-2]
  - subdomain: acc2
    zone: kommo.com
    codes: [code-3]
"""


def two_accounts() -> Seed:
    """`acc1.amocrm.ru` and `acc2.kommo.com`, with two integrations for both."""
    return parse_seed(SEED)


@frozen
class Answer:
    """A response, easy to compare."""

    response: Response

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def json(self) -> Any:  # Any: tests look into it
        """The body, parsed."""
        return orjson.loads(self.response.body)

    @property
    def text(self) -> str:
        """The body, decoded."""
        return self.response.body.decode()

    def header(self, name: str) -> str | None:
        """A header of the answer."""
        return self.response.header(name)


@frozen
class Asker:
    """Sends requests to one server."""

    server: MockServer
    host: str = "acc1.amocrm.ru"
    scheme: str = "https"

    def __call__(
        self,
        method: str,
        path: str,
        *,
        host: str | None = None,
        token: str | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request; `path` may carry a query."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        if json is not None:
            body = orjson.dumps(json)
        if form is not None:
            body = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        path, _, query = path.partition("?")
        request = Request(
            method=method,
            scheme=self.scheme,
            host=host or self.host,
            path=path,
            query=query,
            headers=sent,
            body=body,
        )
        return Answer(self.server.handle(request))

    def log_in(self, code: str, *, host: str | None = None, **changes: str) -> Answer:
        """Exchange a code at the token endpoint."""
        body = {**CLIENT, "grant_type": "authorization_code", "code": code, **changes}
        return self("POST", "/oauth2/access_token", host=host, json=body)

    def refresh(self, refresh_token: str, *, host: str | None = None, **changes: str) -> Answer:
        """Exchange a refresh token at the token endpoint."""
        body = {**CLIENT, "grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
        return self("POST", "/oauth2/access_token", host=host, json=body)

    def control(self, method: str, path: str, body: object = None) -> Any:  # Any: as json
        """A control call that must succeed."""
        answer = self(method, f"/__mock__/{path}", json=body)
        assert answer.status == 200, answer.text
        return answer.json
