"""What can be connected: the three worlds of amoCRM, and a mock server."""

from typing import Final
from urllib.parse import urlencode

from attrs import frozen

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.types import JsonObject

__all__ = ["CONNECTORS", "Connector", "connector_for", "connector_of"]


@frozen(kw_only=True)
class Connector:
    """A kind of place where accounts are."""

    id: str
    name: str
    description: str
    zone: str
    """The domain that accounts without another one are in."""
    keys: tuple[str, ...] = ()
    """Other names that it goes by."""

    @property
    def is_mock(self) -> bool:
        """Whether accounts are at a mock server."""
        return self.id == "mock"

    def consent_url(self, *, client_id: str, state: str, base_url: str | None = None) -> str:
        """Return the page where a person lets an integration in, and chooses the account."""
        origin = (base_url or f"https://www.{self.zone}").rstrip("/")
        return f"{origin}/oauth?" + urlencode({"client_id": client_id, "state": state})

    def plain(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "domain": self.zone,
            "login": "none" if self.is_mock else "oauth2 or long-lived token",
        }


CONNECTORS: Final = (
    Connector(
        id="amocrm-ru",
        name="amoCRM (amocrm.ru)",
        description="Accounts at NAME.amocrm.ru.",
        zone="amocrm.ru",
        keys=("amocrm", "amo", "amocrm.ru"),
    ),
    Connector(
        id="amocrm-com",
        name="amoCRM (amocrm.com)",
        description="Accounts at NAME.amocrm.com.",
        zone="amocrm.com",
        keys=("amocrm.com",),
    ),
    Connector(
        id="kommo",
        name="Kommo (kommo.com)",
        description="Accounts at NAME.kommo.com.",
        zone="kommo.com",
        keys=("kommo.com",),
    ),
    Connector(
        id="mock",
        name="Mock server",
        description="A fake amoCRM on this machine, to practise on: no account, no browser.",
        zone="amocrm.ru",
        keys=("practice",),
    ),
)


def connector_of(key: str) -> Connector:
    """Return a connector by its id or another name of it."""
    wanted = key.strip().lower()
    for connector in CONNECTORS:
        if wanted == connector.id or wanted in connector.keys:
            return connector
    raise ConfigurationError(
        f"there is no connector {key!r}",
        advice=f"there are {', '.join(connector.id for connector in CONNECTORS)}",
    )


def connector_for(domain: str, *, base_url: str | None = None) -> Connector:
    """Return the connector of an account's domain."""
    if base_url is not None:
        return connector_of("mock")
    return connector_of(domain.partition(".")[2])
