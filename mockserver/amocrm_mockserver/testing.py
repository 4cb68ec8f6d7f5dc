"""A mock server and an account in it, for tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from attrs import field, frozen

from amocrm_mockserver.hosts import ZONES
from amocrm_mockserver.integration import REDIRECT_URI, Integration
from amocrm_mockserver.tokens import issue_pair

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.clock import Clock
    from amocrm_mockserver.seed import Seed
    from amocrm_mockserver.server import MockServer
    from amocrm_mockserver.threaded import ThreadedServer

__all__ = ["MockAccount", "fresh_account", "mock_amocrm"]


@frozen(kw_only=True)
class MockAccount:
    """A fresh account, the integration that only it knows, and where both are reached."""

    base_url: str
    """Where the server listens; the token says which account is meant."""
    integration: Integration
    token: str = field(repr=False)
    """An access token of the admin, good for a day."""
    refresh_token: str = field(repr=False)
    running: ThreadedServer = field(repr=False)
    inside: Account = field(repr=False)
    """The account as the server holds it."""

    @property
    def subdomain(self) -> str:
        """The first label of the account's host."""
        return self.inside.subdomain

    @property
    def domain(self) -> str:
        """The account's host, such as `example.amocrm.ru`."""
        return self.inside.domain

    @property
    def server(self) -> MockServer:
        """The mock server, for its clock, faults and limits, or to be called in process."""
        return self.running.server

    @property
    def clock(self) -> Clock:
        """The server's clock; other accounts live by it, too."""
        return self.server.clock

    def issue_code(self) -> str:
        """An authorization code, as if a user had agreed."""
        world = self.server.world
        return world.issue_code(world.grant(self.inside, self.integration)).value


def fresh_account(
    running: ThreadedServer,
    subdomain: str | None = None,
    *,
    zone: str = ZONES[0],
    guesses: Mapping[str, object] | None = None,
) -> MockAccount:
    """An account of its own in a running server, which goes by these guesses."""
    with running.server.locked() as world:
        account, integration = world.add_fresh_account(subdomain, zone, REDIRECT_URI, guesses)
        grant = world.grant(account, integration)
        pair = issue_pair(world, grant, api_domain=running.url.rpartition("/")[2])
    return MockAccount(
        base_url=running.url,
        integration=integration,
        token=cast("str", pair["access_token"]),
        refresh_token=cast("str", pair["refresh_token"]),
        running=running,
        inside=account,
    )


@contextmanager
def mock_amocrm(
    seed: Seed | None = None,
    *,
    clock: Clock | None = None,
    limits: bool = False,
    guesses: Mapping[str, object] | None = None,
) -> Generator[MockAccount]:
    """A server on a free port and a fresh account in it; also a decorator.

    `with mock_amocrm() as account: AmoCRM(account.domain, token=account.token,
    base_url=account.base_url)`.
    """
    from amocrm_mockserver.server import MockServer  # noqa: PLC0415 -- slow to import, and not always used
    from amocrm_mockserver.threaded import ThreadedServer  # noqa: PLC0415 -- slow to import, and not always used

    with ThreadedServer(MockServer(seed, clock=clock, limits=limits, guesses=guesses)) as running:
        yield fresh_account(running)
