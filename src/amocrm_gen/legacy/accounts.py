"""Several accounts in one program: each is logged in once, the last one is the default."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from amocrm_gen.legacy.domains import full_domain
from amocrm_gen.legacy.settings import Settings
from amocrm_gen.objects.defaults import set_defaults
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.php import PhpTokenStore
from amocrm_gen.v4.client import AmoCRM

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from amocrm_gen.runtime.integration import Integration

__all__ = ["Accounts"]


class Accounts:
    """The accounts of a program, by name.

    Args:
        settings: What all of them share.
        base_url: Where to send requests instead, as for tests.
        transport: A urllib3 pool manager to use instead of own ones.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        base_url: str | None = None,
        transport: "PoolManager | None" = None,
    ) -> None:
        self.settings = Settings() if settings is None else settings
        self._base_url = base_url
        self._transport = transport
        self._clients: dict[str, AmoCRM] = {}
        self._default: str | None = None

    def __repr__(self) -> str:
        """Tell the accounts."""
        return f"Accounts({', '.join(self._clients)})"

    def log_in(
        self, account: str, integration: "Integration | None" = None, *, code: str | None = None
    ) -> AmoCRM:
        """Log an account in by OAuth, and make it the default.

        Args:
            account: "example" or a domain.
            integration: Left out, the token file of the account tells it.
            code: The authorization code of the first login; later tokens come from the store.

        Returns:
            The account's client.

        Raises `ConfigurationError` before anything is sent where there are no tokens yet and no
        code is given; `OAuthError` for a code that amoCRM refuses.
        """
        domain = self._domain(account)
        store = self.settings.store
        if code is None and store.load(domain) is None:
            raise ConfigurationError(
                f"there are no tokens of {domain} yet",
                advice="log in with code=, which a person gets who grants access",
            )
        if integration is None and isinstance(store, PhpTokenStore):
            integration = store.integration or store.integration_of(domain)
        if isinstance(store, PhpTokenStore) and store.integration is None:
            store = PhpTokenStore(store.folder, integration)
        options = self.settings.client_options()
        client = AmoCRM(
            domain,
            integration=integration,
            store=store,
            base_url=self._base_url,
            transport=self._transport,
            **options,
        )
        if code is not None:
            client.authorize(code)
        return self._keep(domain, client)

    def log_in_by_key(self, account: str, login: str, api_key: str) -> AmoCRM:
        """Log an account in by a user's API key, and make it the default.

        Raises `Unauthorized` where the key is refused. The session is renewed when it is over.
        """
        domain = self._domain(account)
        client = AmoCRM(
            domain,
            login=ApiKeyLogin(
                login=login,
                api_key=api_key,
                attempts=self.settings.login_attempts,
                pause=self.settings.login_pause,
            ),
            store=MemoryTokenStore(),
            base_url=self._base_url,
            transport=self._transport,
            **self.settings.client_options(),
        )
        client.request("GET", "/api/v2/account")
        return self._keep(domain, client)

    def _keep(self, domain: str, client: AmoCRM) -> AmoCRM:
        before = self._clients.pop(domain, None)
        if before is not None:
            before.close()
        set_defaults(client, self.settings.object_defaults())
        self._clients[domain] = client
        self._default = domain
        return client

    def has_tokens(self, account: str) -> bool:
        """Tell whether an account was logged in by OAuth before, in this program or another."""
        return self.settings.store.load(self._domain(account)) is not None

    def __getitem__(self, account: str) -> AmoCRM:
        """Return the client of an account.

        Raises `ConfigurationError`, before anything is sent, for one that is not logged in.
        """
        return self.get(account)

    def get(self, account: str | None = None) -> AmoCRM:
        """Return the client of an account, or of the one that was logged in last."""
        domain = self._default if account is None else self._domain(account)
        found = None if domain is None else self._clients.get(domain)
        if found is None:
            raise ConfigurationError(
                "no account is logged in" if domain is None else f"{domain} is not logged in",
                advice="call log_in first",
            )
        return found

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients.values():
            client.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close all clients."""
        self.close()

    def _domain(self, account: str) -> str:
        return full_domain(account, zone=self.settings.zone)
