"""A transport that looks on: tests ask it what was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import define
from urllib3 import PoolManager

from amocrm_gen import AmoCRM

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from amocrm_mockserver.testing import MockAccount

__all__ = ["Sent", "Watched", "client_of"]


@define
class Sent:
    """A request that was sent."""

    method: str
    path: str
    body: Any  # any JSON

    @property
    def is_write(self) -> bool:
        """Whether it may have changed something."""
        return self.method not in {"GET", "HEAD"}


class Watched(PoolManager):
    """Sends what it is told to, and remembers it."""

    def __init__(self) -> None:
        super().__init__(maxsize=8)
        self.sent: list[Sent] = []

    def urlopen(  # type: ignore[override]  # redirects are the client's business
        self,
        method: str,
        url: str,
        **more: Any,  # as urllib3 has them
    ) -> BaseHTTPResponse:
        """Send a request."""
        body = more.get("body")
        self.sent.append(
            Sent(
                method,
                url.partition("://")[2].partition("/")[2],
                json.loads(body) if body else None,
            )
        )
        return super().urlopen(method, url, **more)

    @property
    def writes(self) -> list[Sent]:
        """The requests that may have changed something."""
        return [one for one in self.sent if one.is_write]


def client_of(account: MockAccount, transport: PoolManager) -> AmoCRM:
    """Return a client of a mock account that sends through a transport."""
    return AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, transport=transport
    )
