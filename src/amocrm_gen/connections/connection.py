"""One account that this user has connected."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Self

from attrs import evolve, field, frozen

from amocrm_gen.connections.connector import Connector, connector_of
from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.secret import conceal_optional
from amocrm_gen.runtime.types import JsonObject

__all__ = ["Connection", "check_id"]

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
"""It is a part of a file's name."""


def check_id(text: str) -> str:
    """Return an id as connections have it; an error if it cannot be one."""
    given = text.strip().lower()
    if not _ID.fullmatch(given):
        raise ConfigurationError(
            f"{text!r} is no id of a connection",
            advice="take letters, digits, dots and dashes: my-shop",
        )
    return given


@frozen(kw_only=True)
class Connection:
    """An account, where it is, and the integration by which it is reached; not its tokens."""

    id: str = field(converter=check_id)
    connector: Connector
    domain: str
    """`example.amocrm.ru`."""
    base_url: str | None = None
    """Where requests go instead of the domain: a mock server."""
    client_id: str | None = None
    client_secret: str | None = field(default=None, converter=conceal_optional, repr=False)
    redirect_uri: str | None = None
    created_at: datetime = field(factory=lambda: datetime.now(UTC))
    is_of_environment: bool = False
    """Whether its token is that of AMOCRM_TOKEN; then it is in no book."""

    @property
    def subdomain(self) -> str:
        """The domain's own label."""
        return self.domain.partition(".")[0]

    @property
    def integration(self) -> Integration | None:
        """What renews the tokens; None for a long-lived token."""
        if self.client_id is None or self.client_secret is None or self.redirect_uri is None:
            return None
        return Integration(
            client_id=self.client_id,
            client_secret=self.client_secret,
            redirect_uri=self.redirect_uri,
        )

    def having(self, integration: Integration) -> Self:
        """Return it with other credentials."""
        return evolve(
            self,
            client_id=integration.client_id,
            client_secret=integration.client_secret,
            redirect_uri=integration.redirect_uri,
        )

    def is_called(self, name: str) -> bool:
        """Tell whether a selector means it: its id, domain or subdomain, or the account's URL."""
        wanted = name.strip().lower()
        wanted = wanted.partition("//")[2].partition("/")[0] if "//" in wanted else wanted
        return wanted in {self.id, self.domain, self.subdomain}

    def plain(self) -> JsonObject:
        """Return it as JSON for people and programs, without its secret."""
        return {
            "id": self.id,
            "connector": self.connector.id,
            "domain": self.domain,
            "baseUrl": self.base_url,
            "clientId": self.client_id,
            "redirectUri": self.redirect_uri,
            "createdAt": self.created_at.isoformat(timespec="seconds"),
        }

    def stored(self) -> JsonObject:
        """Return it as the book keeps it, with its secret."""
        return {
            "id": self.id,
            "connector": self.connector.id,
            "domain": self.domain,
            "base_url": self.base_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": self.redirect_uri,
            "created_at": self.created_at.timestamp(),
        }

    @classmethod
    def read(cls, found: object) -> Self:
        """Read what `stored` has written; a `ConfigurationError` that shows nothing of it."""
        if not is_object(found):
            raise ConfigurationError("a connection is no JSON object")
        domain, created = _text(found, "domain"), found.get("created_at")
        if not isinstance(created, int | float) or isinstance(created, bool):
            created = 0
        return cls(
            id=_text(found, "id"),
            connector=connector_of(_text(found, "connector")),
            domain=Account.parse(domain).domain,
            base_url=_optional(found, "base_url"),
            client_id=_optional(found, "client_id"),
            client_secret=_optional(found, "client_secret"),
            redirect_uri=_optional(found, "redirect_uri"),
            created_at=datetime.fromtimestamp(created, UTC),
        )


def _text(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    if isinstance(value, str):
        return str(value)
    raise ConfigurationError(f"a connection has no {key}")


def _optional(found: Mapping[str, object], key: str) -> str | None:
    value = found.get(key)
    if value is None or isinstance(value, str):
        # What was read is sealed; an address may be shown.
        return None if value is None else str(value)
    raise ConfigurationError(f"a connection has a wrong {key}")
