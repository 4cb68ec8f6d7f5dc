"""What accounts have granted to integrations: codes, refresh tokens and access tokens."""

from __future__ import annotations

from typing import Final

from attrs import define, field, frozen

__all__ = [
    "ACCESS_LIFE",
    "CODE_LIFE",
    "REFRESH_LIFE",
    "AccessToken",
    "Code",
    "Grant",
    "Grants",
    "RefreshToken",
]

CODE_LIFE: Final = 20 * 60
ACCESS_LIFE: Final = 86_400
REFRESH_LIFE: Final = 90 * 86_400
"""Three months; amoCRM does not say of how many days."""


@frozen(kw_only=True)
class Grant:
    """Who let whom in, and where."""

    subdomain: str
    client_id: str
    user_id: int
    by_admin: bool


@define(kw_only=True)
class Code:
    """An authorization code, good once and for 20 minutes."""

    value: str = field(repr=False)
    grant: Grant
    issued_at: float
    spent: bool = False

    def is_expired(self, now: float) -> bool:
        """Whether its 20 minutes are over."""
        return now >= self.issued_at + CODE_LIFE


@define(kw_only=True)
class RefreshToken:
    """A refresh token, good once and for three months."""

    value: str = field(repr=False)
    grant: Grant
    issued_at: float
    revoked: bool = False

    def is_expired(self, now: float) -> bool:
        """Whether its three months are over."""
        return now >= self.issued_at + REFRESH_LIFE


@define(kw_only=True)
class AccessToken:
    """A bearer token; a long-lived one has no refresh token beside it."""

    value: str = field(repr=False)
    grant: Grant
    expires_at: float
    scopes: tuple[str, ...]
    long_lived: bool = False
    revoked: bool = False

    def is_alive(self, now: float) -> bool:
        """Whether it still opens the account."""
        return not self.revoked and now < self.expires_at


@define
class Grants:
    """All that was granted, by its value."""

    codes: dict[str, Code] = field(factory=dict[str, Code])
    refresh: dict[str, RefreshToken] = field(factory=dict[str, RefreshToken])
    access: dict[str, AccessToken] = field(factory=dict[str, AccessToken])

    def revoke(self, subdomain: str, *, client_id: str | None = None) -> int:
        """End all that an account granted, to one integration or to all; tells how many tokens."""
        ended = 0
        tokens: list[RefreshToken | AccessToken] = [*self.refresh.values(), *self.access.values()]
        for token in tokens:
            if _is_of(token.grant, subdomain, client_id) and not token.revoked:
                token.revoked = True
                ended += 1
        for code in self.codes.values():
            if _is_of(code.grant, subdomain, client_id):
                code.spent = True
        return ended

    def revoke_value(self, value: str) -> bool:
        """End one access or refresh token; False if there is none of that value."""
        token = self.access.get(value) or self.refresh.get(value)
        if token is None:
            return False
        token.revoked = True
        return True

    def forget(self, subdomain: str) -> None:
        """Drop all that an account has granted, as if it had never been."""
        self.codes = {k: v for k, v in self.codes.items() if v.grant.subdomain != subdomain}
        self.refresh = {k: v for k, v in self.refresh.items() if v.grant.subdomain != subdomain}
        self.access = {k: v for k, v in self.access.items() if v.grant.subdomain != subdomain}


def _is_of(grant: Grant, subdomain: str, client_id: str | None) -> bool:
    return grant.subdomain == subdomain and client_id in {None, grant.client_id}
