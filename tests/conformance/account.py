"""An account of the mock server, seen by plain HTTP: the judge of what a client did."""

from collections.abc import Iterable
from typing import Any, Final

import urllib3
from attrs import frozen

__all__ = ["Account"]

Row = dict[str, Any]

_PAGE: Final = 250
_OK: Final = 200
_NO_CONTENT: Final = 204


@frozen
class Account:
    """Reads and prepares the state with an administrator's token."""

    http: urllib3.PoolManager
    url: str
    subdomain: str
    zone: str
    token: str
    refresh_token: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def read(self, path: str, **query: object) -> Row | None:
        """What stands at a path; None for 204 and 404."""
        status, body = self._send("GET", path, self.token, query=query)
        if status in {_NO_CONTENT, 404}:
            return None
        return _expected(status, body, f"GET {path}")

    def row(self, path: str, **query: object) -> Row:
        """What stands at a path, which must be something."""
        found = self.read(path, **query)
        if found is None:
            message = f"nothing at {path}"
            raise LookupError(message)
        return found

    def rows(self, path: str, key: str, **query: object) -> list[Row]:
        """All rows of a list, walked by page number until a page is not full."""
        rows: list[Row] = []
        page = 1
        while True:
            answer = self.read(path, page=page, limit=_PAGE, **query)
            fresh = answer["_embedded"][key] if answer else []
            rows += fresh
            if len(fresh) < _PAGE:
                return rows
            page += 1

    def ids(self, table: str) -> set[int]:
        """The ids of all leads, contacts, companies or tasks."""
        return {row["id"] for row in self.rows(table, table)}

    def add(self, table: str, items: Iterable[Row]) -> list[int]:
        """Put rows into a table, behind the client's back."""
        items = list(items)
        made: list[int] = []
        for start in range(0, len(items), _PAGE):
            answer = self.write("POST", table, items[start : start + _PAGE])
            key = table.rsplit("/", 1)[-1]
            made += [row["id"] for row in answer["_embedded"][key]]
        return made

    def write(self, method: str, path: str, body: object) -> Row:
        """Change the state; gives the answer."""
        status, answer = self._send(method, path, self.token, body=body)
        return _expected(status, answer, f"{method} {path}")

    def accepts(self, token: str) -> bool:
        """Tell whether an access token opens this account."""
        status, _ = self._send("GET", "account", token)
        return status == _OK

    def exchange(self, code: str) -> dict[str, str]:
        """Trade an authorization code for an access token and a refresh token."""
        status, body = self._ask_for_tokens(grant_type="authorization_code", code=code)
        pair = _expected(status, body, "POST /oauth2/access_token")
        return {name: pair[name] for name in ("access_token", "refresh_token")}

    def refuses_grant(self, **grant: str) -> bool:
        """Tell whether the token endpoint turns a code or a refresh token away."""
        status, _ = self._ask_for_tokens(**grant)
        return status in {400, 401}

    def _ask_for_tokens(self, **grant: str) -> tuple[int, object]:
        body = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": self.redirect_uri,
            **grant,
        }
        answer = self.http.request(
            "POST", f"{self.url}/oauth2/access_token", json=body, headers=self._host
        )
        return answer.status, answer.json()

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        *,
        query: dict[str, object] | None = None,
        body: object = None,
    ) -> tuple[int, object]:
        # With `json=None` urllib3 sends no body; reads have a query and writes a body, never both.
        answer = self.http.request(
            method,
            f"{self.url}/api/v4/{path}",
            headers={**self._host, "Authorization": f"Bearer {token}"},
            fields={name: str(value) for name, value in (query or {}).items()} or None,
            json=body,
        )
        return answer.status, answer.json() if answer.data else None

    @property
    def _host(self) -> dict[str, str]:
        return {"Host": f"{self.subdomain}.{self.zone}"}


def _expected(status: int, body: object, what: str) -> Row:
    if status >= 300 or not isinstance(body, dict):
        message = f"the check itself was refused: {what} gave {status}: {body}"
        raise RuntimeError(message)
    return body
