"""An account's addresses, and the hosts that may see its tokens."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["Account"]

_FAMILIES: Final = (("amocrm.ru",), ("amocrm.com", "kommo.com"))
"""Zones of one company each: a token of one family is never shown to the other."""
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SHARED: Final = frozenset({"www", "api", "drive"})


@frozen
class Account:
    """One account: its domain is its name everywhere, its origin is where requests go."""

    domain: str
    """`example.amocrm.ru`."""
    origin: str
    """`https://example.amocrm.ru`, or the origin of an explicit base URL."""
    is_elsewhere: bool = False
    """Whether requests go to an explicit base URL instead of the domain."""

    @classmethod
    def parse(cls, name: str, *, base_url: str | None = None, zone: str | None = None) -> "Account":
        """Read `example`, `example.amocrm.ru` or `https://example.kommo.com`.

        `zone` is taken for a name without one.
        """
        text = name.strip().lower()
        host = text.partition("//")[2].partition("/")[0] if "//" in text else text
        subdomain, _, given = host.partition(".")
        found = given or zone or _FAMILIES[0][0]
        known = any(found in family for family in _FAMILIES)
        if not _LABEL.fullmatch(subdomain) or not known or subdomain in _SHARED:
            raise ConfigurationError(
                f"{name!r} is no account name",
                advice='give the subdomain or the domain: "example", "example.kommo.com"',
            )
        domain = f"{subdomain}.{found}"
        if base_url is None:
            return cls(domain, f"https://{domain}")
        return cls(domain, _origin(_split(base_url)), is_elsewhere=True)

    @property
    def zone(self) -> str:
        """The domain without the account's own label."""
        return self.domain.partition(".")[2]

    def trusts(self, url: str) -> bool:
        """Tell whether a token of this account may be sent to a URL."""
        try:
            parts = _split(url)
        except ConfigurationError:
            return False
        if _origin(parts) == self.origin:
            return True
        if self.is_elsewhere or parts.scheme != "https" or parts.username or parts.port:
            return False
        host = parts.hostname or ""
        zones = next(family for family in _FAMILIES if self.zone in family)
        return any(host.endswith(f".{zone}") for zone in zones)

    def moved(self, domain: str) -> "Account":
        """Return the account under another domain of its family."""
        if self.is_elsewhere and domain.strip().lower() == self.origin.partition("//")[2]:
            # A stand-in knows the account by the address that it has itself.
            return self
        there = Account.parse(domain)
        if not self.trusts(there.origin) and not self.is_elsewhere:
            raise ConfigurationError(
                f"{domain!r} is not of the same company as {self.domain!r}",
                advice="make a client for the domain that the account is at",
            )
        return Account(
            there.domain, self.origin if self.is_elsewhere else there.origin, self.is_elsewhere
        )


_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_STRANGE: Final = re.compile(r"[^!-~]|\\")
"""Blanks, backslashes and the like: each library understands them in its own way."""


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host = _HOST.fullmatch(parts.hostname or "")
        usable = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        parts, host, usable = urlsplit(""), None, False
    if not usable or host is None or _STRANGE.search(url):
        raise ConfigurationError(
            f"{url!r} is no base URL", advice='give scheme and host: "http://127.0.0.1:8080"'
        )
    return parts


_PORTS: Final = {"http": 80, "https": 443}


def _origin(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
