"""A client on an account with contents that the API cannot create."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amocrm_gen import AmoCRM
from amocrm_mockserver import MockServer, Request, Seed
from amocrm_mockserver.seed import AccountSeed
from amocrm_mockserver.transports.urllib3 import mock_pool_manager

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["amocrm_with"]


def amocrm_with(contents: Mapping[str, object]) -> AmoCRM:
    """A client in the same process as its server."""
    account = AccountSeed(subdomain="example", zone="amocrm.ru", contents=dict(contents))
    server = MockServer(Seed(accounts=(account,)))
    path = "/__mock__/accounts/example/tokens"
    asked = Request(method="POST", host="example.amocrm.ru", path=path, query="", body=b"{}")
    token = json.loads(server.handle(asked).body)["access_token"]
    return AmoCRM("example", token=token, transport=mock_pool_manager(server))
