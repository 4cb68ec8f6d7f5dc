"""What the tests of the rows share: a server in this process, and clients of its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, field

from amocrm_gen import AmoCRM, Integration, Token
from amocrm_gen.legacy import Accounts, Settings
from amocrm_mockserver.faults import FaultRule
from amocrm_mockserver.integration import REDIRECT_URI
from amocrm_mockserver.tokens import issue_pair
from amocrm_mockserver.transports.urllib3 import mock_pool_manager
from runtime.amo import TOKEN_PATH, Asked, RecordingServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver import Request
    from amocrm_mockserver.account import Account

__all__ = ["TOKEN_PATH", "Messages", "Place", "Tenant", "field_of", "items", "read", "sent"]

KEY = "canary-api-key"
MAIL = "admin@example.com"


class Messages:
    """Takes debug messages."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def debug(self, message: str, /) -> None:
        """Keep a message."""
        self.all.append(message)


@define
class Tenant:
    """An account of the server, and what its owner knows."""

    place: Place
    inside: Account
    integration: Integration

    @property
    def domain(self) -> str:
        """Its host."""
        return self.inside.domain

    def token(self) -> Token:
        """Return a fresh pair of tokens."""
        with self.place.server.locked() as world:
            grant = world.grant(self.inside, world.integrations[self.integration.client_id])
            pair = issue_pair(world, grant, api_domain=self.domain)
        return Token.read(pair["access_token"], pair["refresh_token"], self.domain)

    def code(self) -> str:
        """Return an authorization code, as if a person had agreed."""
        with self.place.server.locked() as world:
            grant = world.grant(self.inside, world.integrations[self.integration.client_id])
            return world.issue_code(grant).value

    def client(self, **options: Any) -> AmoCRM:
        """Return a client; with a token unless it has another way in."""
        given = {"throttle": None, "transport": self.place.pool, **options}
        if not {"token", "integration", "login", "store"} & given.keys():
            given["token"] = self.token().access_token
        return AmoCRM(self.domain, **given)


@define
class Place:
    """A server in this process, under amoCRM's own names."""

    server: RecordingServer = field(factory=RecordingServer)

    @property
    def pool(self) -> Any:
        """What leads there from any host."""
        return mock_pool_manager(self.server)

    def tenant(self, *, zone: str = "amocrm.ru", subdomain: str | None = None) -> Tenant:
        """Return a fresh account."""
        with self.server.locked() as world:
            account, known = world.add_fresh_account(subdomain, zone, REDIRECT_URI)
            next(iter(account.users.values())).update(email=MAIL, api_key=KEY)
        integration = Integration(
            client_id=known.client_id,
            client_secret=known.client_secret,
            redirect_uri=known.redirect_uri,
        )
        return Tenant(self, account, integration)

    def accounts(self, **settings: Any) -> Accounts:
        """Return a registry of accounts whose clients end here."""
        return Accounts(Settings(**{"throttle": None, **settings}), transport=self.pool)

    def fail(self, **rule: Any) -> None:
        """Let requests go wrong."""
        with self.server.locked():
            self.server.faults.add(FaultRule(**rule))

    def asked(self) -> list[Asked]:
        """Return what was asked since the last look."""
        found = list(self.server.asked)
        self.server.asked.clear()
        return found


def sent(request: Request) -> Any:
    """Return the JSON of a request."""
    return orjson.loads(request.body)


def items(answer: Any) -> list[Mapping[str, Any]]:
    """Return the items of an answer of API v2."""
    return list(answer["_embedded"]["items"]) if answer else []


def read(amo: AmoCRM, kind: str, number: int, **query: object) -> Any:
    """Return an entity as API v2 shows it."""
    answer: Any = amo.request("GET", f"/api/v2/{kind}", query={"id": number, **query})
    return answer["_embedded"]["items"][0]


def field_of(amo: AmoCRM, kind: Any, code: str) -> int:
    """Return the id of a field that every account has."""
    return next(one.id for one in amo.custom_fields.find(kind) if one.code == code)
