"""The accounts of one mock server, its integrations, and what the ones granted the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_mockserver.account import Account, create_account
from amocrm_mockserver.grants import Code, Grant, Grants
from amocrm_mockserver.guesses import Guesses
from amocrm_mockserver.holder import first_admin
from amocrm_mockserver.hosts import LOCAL_ZONE, split_port
from amocrm_mockserver.integration import REDIRECT_URI, Integration
from amocrm_mockserver.outbox import Outbox
from amocrm_mockserver.post import Post
from amocrm_mockserver.seed import AccountSeed, Seed, SeedError

if TYPE_CHECKING:
    from amocrm_mockserver.clock import Clock

__all__ = ["World", "build_world"]


@define(kw_only=True)
class World:
    """Everything that a reset throws away and a state file keeps."""

    clock: Clock
    accounts: dict[str, Account] = field(factory=dict[str, Account])
    """By subdomain, oldest first."""
    integrations: dict[str, Integration] = field(factory=dict[str, Integration])
    """By client id; the seed's first."""
    grants: Grants = field(factory=Grants)
    disabled: set[tuple[str, str]] = field(factory=set[tuple[str, str]])
    """Subdomain and client id of integrations that an account has switched off."""
    outbox: Outbox = field(factory=Outbox)
    post: Post = field(factory=Post)
    """What webhooks are told."""
    exchanged_at: dict[tuple[str, int, str], float] = field(
        factory=dict[tuple[str, int, str], float]
    )
    """When an API key was last exchanged, by subdomain, user and client id."""
    left: dict[str, tuple[str, int]] = field(factory=dict[str, tuple[str, int]])
    """Hosts that an account has left: its new subdomain, and the status that is answered there."""
    answered: dict[str, int] = field(factory=dict[str, int])
    """How many answers each account gave: the source of request ids."""
    guesses: Guesses = field(factory=Guesses)
    """Those of every account that has none of its own."""
    order: int = 0
    """How many accounts there ever were, so that no two share a range of ids."""

    def account_at(self, host: str) -> Account | None:
        """The account that a Host header names."""
        label, _, zone = split_port(host)[0].partition(".")
        account = self.accounts.get(label)
        if account is not None and zone in {account.zone, LOCAL_ZONE}:
            return account
        return None

    def first_account(self) -> Account | None:
        """The oldest account."""
        return next(iter(self.accounts.values()), None)

    def add_account(self, seed: AccountSeed) -> Account:
        """Bring an account into being, with an integration of its own if there is no other."""
        account = create_account(
            seed.subdomain,
            seed.zone,
            clock=self.clock,
            order=self.order,
            seed=seed.contents,
            guesses=self.guesses,
        )
        self.order += 1
        self.accounts[seed.subdomain] = account
        shared = next((i for i in self.integrations.values() if i.only is None), None)
        integration = shared or self.add_private_integration(account)
        for value in seed.codes:
            self.add_code(value, self.grant(account, integration))
        return account

    def add_fresh_account(
        self,
        subdomain: str | None,
        zone: str,
        redirect_uri: str,
        guesses: object = None,
    ) -> tuple[Account, Integration]:
        """An account of its own for one test, and the integration that only it knows.

        GuessError tells what is wrong with its guesses.
        """
        name = subdomain or self._free_subdomain()
        account = create_account(
            name,
            zone,
            clock=self.clock,
            order=self.order,
            seed=None if guesses is None else {"guesses": guesses},
            guesses=self.guesses,
        )
        self.order += 1
        self.accounts[name] = account
        return account, self.add_private_integration(account, redirect_uri)

    def _free_subdomain(self) -> str:
        number = self.order
        while f"account{number}" in self.accounts:
            number += 1
        return f"account{number}"

    def add_private_integration(
        self, account: Account, redirect_uri: str = REDIRECT_URI
    ) -> Integration:
        """An integration that works in one account only."""
        integration = Integration(
            client_id=account.ids.uuid(),
            client_secret=account.ids.hex(64),
            redirect_uri=redirect_uri,
            name=f"Integration of {account.subdomain}",
            only=account.subdomain,
        )
        self.integrations[integration.client_id] = integration
        return integration

    def remove_account(self, subdomain: str) -> None:
        """Drop an account with all that belongs to it."""
        del self.accounts[subdomain]
        self.grants.forget(subdomain)
        for integration in [i for i in self.integrations.values() if i.only == subdomain]:
            del self.integrations[integration.client_id]

    def integrations_of(self, account: Account) -> list[Integration]:
        """The integrations that an account can let in, its own first."""
        open_to = [i for i in self.integrations.values() if i.is_open_to(account.subdomain)]
        return sorted(open_to, key=lambda integration: integration.only is None)

    def grant(self, account: Account, integration: Integration) -> Grant:
        """What the first admin of an account grants an integration."""
        return Grant(
            subdomain=account.subdomain,
            client_id=integration.client_id,
            user_id=first_admin(account).id,
            by_admin=True,
        )

    def add_code(self, value: str, grant: Grant) -> Code:
        """An authorization code, good from now on."""
        self.disabled.discard((grant.subdomain, grant.client_id))
        code = Code(value=value, grant=grant, issued_at=self.clock.now())
        self.grants.codes[value] = code
        return code

    def issue_code(self, grant: Grant) -> Code:
        """An authorization code with a value from the account's stream."""
        return self.add_code(self.accounts[grant.subdomain].ids.token("def502"), grant)


def build_world(seed: Seed, clock: Clock) -> World:
    """The world as a seed describes it; raises SeedError where an account cannot be made."""
    world = World(clock=clock)
    world.guesses.choose(seed.guesses)
    for integration in seed.integrations:
        world.integrations[integration.client_id] = integration
    for index, account in enumerate(seed.accounts):
        try:
            world.add_account(account)
        except (KeyError, TypeError, ValueError) as error:
            if seed.source is None:
                raise
            message = f"{seed.source.at(f'accounts[{index}]')}: {error}"
            raise SeedError(message) from error
    return world
