"""An integration: the OAuth client that accounts let in."""

from __future__ import annotations

from attrs import field, frozen

__all__ = ["ALL_SCOPES", "REDIRECT_URI", "Integration"]

ALL_SCOPES = ("push_notifications", "files", "crm", "files_delete", "notifications")
REDIRECT_URI = "https://www.example.com/oauth2/"
"""Where integrations that nobody described send their codes; the domain is reserved."""


@frozen(kw_only=True)
class Integration:
    """An OAuth client, known by its credentials."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = REDIRECT_URI
    name: str = "Integration"
    scopes: tuple[str, ...] = ALL_SCOPES
    only: str | None = None
    """The subdomain of the one account that a private integration works in."""

    def is_open_to(self, subdomain: str) -> bool:
        """Whether an account of that subdomain may let the integration in."""
        return self.only is None or self.only == subdomain
